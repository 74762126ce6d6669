"""The columns of metrics, parameters and tags: what had to be looked for in all versions of a model.

The rule it keeps: looked for once for each state of a model, whatever is shown, sorted or filtered in between; a cell
is made when it is seen; numbers of one column have their decimal points below each other.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from math import isnan

import msgspec

from signoff.policy.states import States
from signoff.registry.rows import VersionRow, headline, headline_metrics, known_names, tags_of, text_of_any
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.present import Piece
from signoff.tui.widgets.fields import Field, Order, Word
from signoff.tui.widgets.table import Column
from signoff.values.display import UNKNOWN

LONGEST_TITLE = 13
MOST_MEASURED = 4000
LEAST_WIDTH, MOST_WIDTH, MOST_TEXT = 7, 12, 28
Text = Callable[[VersionView], str | None]


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
        self._names: frozenset[str] | None = None
        self.headlines: tuple[str, ...] = ()

    def look_at(self, model: ModelView) -> None:
        """Forget what was known of any other state."""
        if model is not self.model:
            self.model, self._fields, self._names = model, {}, None
            self.headlines = headline_metrics(model)

    def names(self) -> frozenset[str]:
        """Return every `metrics.`, `params.` and `tags.` name that the versions have."""
        if self._names is None:
            model = self.model
            self._names = known_names(VersionRow(view, model) for view in model.versions) if model else frozenset()
        return self._names

    def field(self, whole: str, priority: int) -> Field[VersionView]:
        """Return the column of `metrics.NAME`, `params.NAME` or `tags.NAME`."""
        found = self._fields.get(whole)
        if found is None or found.column.priority != priority:
            family, _, name = whole.partition(".")
            versions = self.model.versions if self.model else ()
            found = FAMILIES[family](name, versions, priority)
            if family == "metrics" and self.model is not None and name in self.model.figures:
                found = msgspec.structs.replace(found, order=_order(self.model, name, found.order))
            self._fields[whole] = found
        return found


def _order(model: ModelView, name: str, slowly: Callable[[VersionView], Order]) -> Callable[[VersionView], Order]:
    """Return the order by a metric whose numbers are at hand; drafts are asked one by one."""
    numbers, states = memoryview(model.figures[name]).cast("d"), model.history.versions

    def order(view: VersionView) -> Order:
        place = states.place_of(view.version) if isinstance(states, States) else None
        if place is None or place >= len(numbers):
            return slowly(view)
        number = numbers[place]
        return None if isnan(number) else number

    return order


def _metric(name: str, versions: Sequence[VersionView], priority: int) -> Field[VersionView]:
    def text(view: VersionView) -> str | None:
        metric = headline(view, name)
        return metric.text if metric else None

    @cache
    def numbers() -> dict[str, Order]:
        return {view.version: metric.number for view in versions if (metric := headline(view, name))}

    def order(view: VersionView) -> Order:
        return numbers().get(view.version)

    return _numbers(f"metric.{name}", metric_title(name), text, order, versions=versions, priority=priority)


def _parameter(name: str, versions: Sequence[VersionView], priority: int) -> Field[VersionView]:
    def value(view: VersionView) -> object:
        said = view.metadata.hyperparameters if view.metadata else ()
        return next((one for known, one in said if known == name), None)

    def text(view: VersionView) -> str | None:
        found = value(view)
        return None if found is None else text_of_any(found)

    def order(view: VersionView) -> Order:
        found = value(view)
        if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
            return None if found is None else Word(text_of_any(found))
        return found

    numbers = all(isinstance(value(view), int | float | None) for view in some(versions))
    made = _numbers if numbers else _words
    return made(f"params.{name}", metric_title(name), text, order, versions=versions, priority=priority)


def _tag(name: str, versions: Sequence[VersionView], priority: int) -> Field[VersionView]:
    def text(view: VersionView) -> str | None:
        found = dict(tags_of(view))
        return (found[name] or name) if name in found else None

    return _words(f"tags.{name}", metric_title(name), text, text, versions=versions, priority=priority)


FAMILIES: dict[str, Callable[[str, Sequence[VersionView], int], Field[VersionView]]] = {
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
    order: Callable[[VersionView], Order],
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
    order: Callable[[VersionView], Order],
    *,
    versions: Sequence[VersionView],
    priority: int,
) -> Field[VersionView]:
    longest = max((len(text(view) or "") for view in some(versions)), default=0)
    width = min(MOST_TEXT, max(LEAST_WIDTH, longest))
    shape = Column(id=column, title=title, width=width, priority=priority, grow=max(0, min(longest, 60) - width))
    return Field(column=shape, cell=lambda view: (text(view) or UNKNOWN, "plain"), order=order)
