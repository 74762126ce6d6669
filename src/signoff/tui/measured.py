"""The columns of metrics, parameters and tags: what had to be looked for in all versions of a model.

The rule it keeps: looked for once for each state of a model, whatever is shown, sorted or filtered in between; a cell
is made when it is seen; numbers of one column have their decimal points below each other.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from math import isnan

from signoff.policy.states import States
from signoff.registry.columns import Key
from signoff.registry.rows import headline, headline_metrics, tags_of, text_of_any
from signoff.registry.snapshot import ModelView
from signoff.registry.tables import Table, Tables
from signoff.registry.views import VersionView
from signoff.tui.present import Piece
from signoff.tui.widgets.fields import Field, Order, Word
from signoff.tui.widgets.table import Column
from signoff.values.display import UNKNOWN

LONGEST_TITLE = 13
MOST_MEASURED = 4000
LEAST_WIDTH, MOST_WIDTH, MOST_TEXT = 7, 12, 28
Text = Callable[[VersionView], str | None]
Asked = Callable[[VersionView], Order]


def metric_title(name: str) -> str:
    """Return a metric's name as a column's title: its beginning, where it is long."""
    title = name.replace("_", " ").upper()
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


class Measured:
    """What is known of one state of a model."""

    def __init__(self) -> None:
        """Begin without a model."""
        self.model: ModelView | None = None
        self._fields: dict[str, Field[VersionView]] = {}
        self.table = Table(())
        self._tables = Tables()
        self.headlines: tuple[str, ...] = ()

    def look_at(self, model: ModelView) -> None:
        """Forget what was known of any other state."""
        if model is not self.model:
            self.model, self._fields = model, {}
            self.table = self._tables.of((model,))
            self.headlines = headline_metrics(model)

    def names(self) -> Collection[str]:
        """Return every `metrics.`, `params.` and `tags.` name that the versions have."""
        return self.table.names

    def field(self, whole: str, priority: int) -> Field[VersionView]:
        """Return the column of `metrics.NAME`, `params.NAME` or `tags.NAME`."""
        found = self._fields.get(whole)
        if found is None or found.column.priority != priority:
            family, _, name = whole.partition(".")
            versions = self.model.versions if self.model else ()
            key = _key(self.table, whole)
            order = _order(key)
            if family == "metrics":
                order = _number_order(key)
                if self.model is not None and name in self.model.figures:
                    order = _figure_order(self.model, name, order)
            found = self._fields[whole] = FAMILIES[family](name, versions, order, priority)
        return found


def _key(table: Table, whole: str) -> Callable[[VersionView], Key]:
    """Return by what versions are sorted; the column is made when somebody sorts."""
    made = cache(lambda: table.key_of(whole))

    def key(view: VersionView) -> Key:
        return made()(view)

    return key


def _order(key: Callable[[VersionView], Key]) -> Asked:
    """Return the order by numbers, and words behind them."""

    def order(view: VersionView) -> Order:
        found = key(view)
        return Word(found) if isinstance(found, str) else found

    return order


def _number_order(key: Callable[[VersionView], Key]) -> Asked:
    """Return the order by numbers; words are unknown."""

    def order(view: VersionView) -> Order:
        found = key(view)
        return found if isinstance(found, float) else None

    return order


def _figure_order(model: ModelView, name: str, slowly: Asked) -> Asked:
    """Return the order by a metric whose numbers are at hand; drafts are asked one by one."""
    numbers, states = memoryview(model.figures[name]).cast("d"), model.history.versions

    def order(view: VersionView) -> Order:
        place = states.place_of(view.version) if isinstance(states, States) else None
        if place is None or place >= len(numbers):
            return slowly(view)
        number = numbers[place]
        return None if isnan(number) else number

    return order


def _metric(name: str, versions: Sequence[VersionView], order: Asked, priority: int) -> Field[VersionView]:
    def text(view: VersionView) -> str | None:
        metric = headline(view, name)
        return metric.text if metric else None

    return _numbers(f"metric.{name}", metric_title(name), text, order, versions=versions, priority=priority)


def _parameter(name: str, versions: Sequence[VersionView], order: Asked, priority: int) -> Field[VersionView]:
    def value(view: VersionView) -> object:
        said = view.metadata.hyperparameters if view.metadata else ()
        return next((one for known, one in said if known == name), None)

    def text(view: VersionView) -> str | None:
        found = value(view)
        return None if found is None else text_of_any(found)

    numbers = all(isinstance(value(view), int | float | None) for view in some(versions))
    made = _numbers if numbers else _words
    return made(f"params.{name}", metric_title(name), text, order, versions=versions, priority=priority)


def _tag(name: str, versions: Sequence[VersionView], order: Asked, priority: int) -> Field[VersionView]:
    def text(view: VersionView) -> str | None:
        found = dict(tags_of(view))
        return (found[name] or name) if name in found else None

    return _words(f"tags.{name}", metric_title(name), text, order, versions=versions, priority=priority)


FAMILIES: dict[str, Callable[[str, Sequence[VersionView], Asked, int], Field[VersionView]]] = {
    "metrics": _metric,
    "params": _parameter,
    "tags": _tag,
}


def some(versions: Sequence[VersionView]) -> Sequence[VersionView]:
    """Return so many versions as tell how wide a column must be: all of a few thousand, else every so many-th of them."""
    step = len(versions) // MOST_MEASURED + 1
    return versions[::step]


def _numbers(
    column: str,
    title: str,
    text: Text,
    order: Asked,
    *,
    versions: Sequence[VersionView],
    priority: int,
) -> Field[VersionView]:
    before, after = 1, 0
    for view in some(versions):
        known = text(view)
        if known is not None:
            point = known.find(".")
            head = len(known) if point < 0 else point
            before, after = max(before, head), max(after, len(known) - head)
    width = min(MOST_WIDTH, max(LEAST_WIDTH, before + after))

    def cell(view: VersionView) -> Piece:
        head, point, tail = (text(view) or UNKNOWN).partition(".")
        return head.rjust(before) + (point + tail).ljust(after), "plain"

    shape = Column(id=column, title=title, width=width, align="right", priority=priority)
    return Field(column=shape, cell=cell, order=order)


def _words(
    column: str,
    title: str,
    text: Text,
    order: Asked,
    *,
    versions: Sequence[VersionView],
    priority: int,
) -> Field[VersionView]:
    longest = max((len(text(view) or "") for view in some(versions)), default=0)
    width = min(MOST_TEXT, max(LEAST_WIDTH, longest))
    shape = Column(id=column, title=title, width=width, priority=priority, grow=max(0, min(longest, 60) - width))
    return Field(column=shape, cell=lambda view: (text(view) or UNKNOWN, "plain"), order=order)
