"""One metric over all versions of a model: what is drawn, what stands in the list, and what is not drawn and why.

The rule it keeps: pure; versions in the order of registration, drafts last; a value without a number, or in another
unit than the newest, is not drawn and is told, never 0; a difference is to the nearest earlier value that compares.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from signoff.policy.compare import Better, better_of, metric_key
from signoff.registry.rows import headline_metrics, natural
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.measures import delta_text
from signoff.tui.present import count
from signoff.values.display import UNKNOWN, aligned
from signoff.values.metrics import Direction, Metric, comparable, delta, direction

MOST_NAMED = 3


class Trends(msgspec.Struct, frozen=True, kw_only=True):
    """Every metric of a model.

    Attributes:
        versions: The versions' names, in order.
        metrics: What tells a metric apart in words -> its values by the place of their version; headlines first, then
            those of everybody, then those of groups.
        meanings: Which way is better, by a metric's name, as model.yaml says.
    """

    versions: tuple[str, ...]
    metrics: Mapping[str, Mapping[int, Metric]]
    meanings: Mapping[str, Direction]

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells the metrics apart, in order."""
        return tuple(self.metrics)

    def choose(self, word: str) -> str:
        """Return the metric that a word means: itself, else the first of that name, else the first; "" for none."""
        if word in self.metrics:
            return word
        named = (key for key, values in self.metrics.items() if any(one.name == word for one in values.values()))
        return next(named, next(iter(self.metrics), ""))


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """What one version says.

    Attributes:
        text: As written, lined up with the others; `-` for nothing.
        number: What is drawn, or None.
        delta: By how much it is above the nearest earlier one; None where there is none.
        change: That as text, lined up with the others.
        better: What that means, None where nobody knows.
    """

    text: str
    number: Decimal | None = None
    delta: Decimal | None = None
    change: str = ""
    better: Better | None = None


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """One metric.

    Attributes:
        key: What tells it apart.
        place: Which of the metrics it is, from 1.
        total: How many metrics there are.
        unit: Its unit, "" where nobody said.
        way: Which way is better, None where nobody knows.
        values: One for every version, in order.
        left_out: What is not drawn, in words.
    """

    key: str = ""
    place: int = 0
    total: int = 0
    unit: str = ""
    way: Direction | None = None
    values: tuple[Value, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[Decimal | None, ...]:
        """What is drawn."""
        return tuple(value.number for value in self.values)


def in_order(model: ModelView) -> tuple[VersionView, ...]:
    """Return registered versions in the order of registration, then drafts by name as people count."""
    drafts = sorted((one for one in model.versions if not one.registered), key=lambda one: natural(one.version))
    return (*(one for one in model.versions if one.registered), *drafts)


def trends_of(model: ModelView) -> Trends:
    """Return every metric that any version of a model says."""
    found: dict[tuple[object, ...], dict[int, Metric]] = {}
    views = in_order(model)
    for place, view in enumerate(views):
        for metric in view.metrics:
            found.setdefault(metric.identity, {}).setdefault(place, metric)
    first = headline_metrics(model)

    def order(values: Mapping[int, Metric]) -> tuple[bool, int, int]:
        one = next(iter(values.values()))
        rank = first.index(one.name) if one.name in first else len(first)
        return (bool(one.slice), rank, -max(values))

    ordered = sorted(found.values(), key=order)
    return Trends(
        versions=tuple(view.version for view in views),
        metrics={metric_key(next(iter(values.values()))): values for values in ordered},
        meanings={one.name: one.direction for one in model.metadata.metrics if one.direction},
    )


def trend_of(trends: Trends, word: str) -> Trend:
    """Return the metric that a word means, over all versions; an empty one where no version says any metric."""
    key = trends.choose(word)
    said = trends.metrics.get(key)
    if said is None:
        return Trend()
    basis = next((said[at] for at in sorted(said, reverse=True) if said[at].number is not None), None)
    drawn = {at: one for at, one in said.items() if basis is not None and comparable(one, basis)}
    one = basis or next(iter(said.values()))
    way = trends.meanings.get(one.name) or direction(one.name)
    return Trend(
        key=key,
        place=trends.keys.index(key) + 1,
        total=len(trends.metrics),
        unit=one.unit or "",
        way=way,
        values=tuple(_values(len(trends.versions), said, drawn, way)),
        left_out=tuple(_left_out(trends.versions, said, drawn)),
    )


def _values(
    number: int, said: Mapping[int, Metric], drawn: Mapping[int, Metric], way: Direction | None
) -> Iterator[Value]:
    texts = aligned([said[at].text if at in said else UNKNOWN for at in range(number)])
    deltas = tuple(_deltas(number, drawn))
    changes = aligned([delta_text(difference) for difference in deltas])
    for at, difference in enumerate(deltas):
        one = drawn[at].number if at in drawn else None
        better = better_of(difference, way)
        yield Value(text=texts[at], number=one, delta=difference, change=changes[at], better=better)


def _deltas(number: int, drawn: Mapping[int, Metric]) -> Iterator[Decimal | None]:
    before: Metric | None = None
    for at in range(number):
        here = drawn.get(at)
        yield delta(before, here) if before is not None and here is not None else None
        before = here or before


def _left_out(versions: Sequence[str], said: Mapping[int, Metric], drawn: Mapping[int, Metric]) -> Iterator[str]:
    silent = len(versions) - len(said)
    if silent:
        yield f"{count(silent, 'version')} of {len(versions):,} without it"
    rest = [at for at in said if at not in drawn]
    wordy = [f"{versions[at]} ({said[at].text})" for at in rest if said[at].number is None]
    other = [f"{versions[at]} ({said[at].unit or 'no unit'})" for at in rest if said[at].number is not None]
    for what, names in (("without a number", wordy), ("in other units", other)):
        if names:
            more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            yield f"{what}, not drawn: {', '.join(names[:MOST_NAMED])}{more}"
