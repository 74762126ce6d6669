"""Numbers as lengths: bars of groups with the gap between them, confidence intervals with their bounds.

The rule it keeps: pure; a bar begins at zero, on a scale that all of its group share; what has no number has no bar;
a gap is told only between values that can be compared. Each character has an ASCII form.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations

import msgspec

from signoff.tui.present import Pieces, Tone, cells, fit, shown
from signoff.values.display import UNKNOWN, aligned
from signoff.values.metrics import Metric, comparable

WHOLES: dict[str, Decimal] = {
    "fraction": Decimal(1),
    "ratio": Decimal(1),
    "%": Decimal(100),
    "percent": Decimal(100),
    "pct": Decimal(100),
}
BAR, NO_BAR, LEFT, RIGHT, RULE, POINT = "━", " ", "├", "┤", "─", "●"
LEAST_BAR, MOST_BAR = 8, 40
NO_NUMBER, GAP = "no number", "gap"


class Scale(msgspec.Struct, frozen=True):
    """From where to where some numbers are drawn."""

    low: Decimal
    high: Decimal

    def place(self, number: Decimal, width: int) -> int:
        """Return in which of `width` cells a number stands."""
        if self.high <= self.low:
            return 0
        share = float((number - self.low) / (self.high - self.low))
        return max(0, min(width - 1, round(share * (width - 1))))


def bar_scale(metrics: Iterable[Metric]) -> Scale:
    """Return the scale of some bars: zero is on it, and the whole where the unit has one."""
    numbers, wholes = [Decimal(0)], [Decimal(0)]
    for metric in metrics:
        if metric.number is not None:
            numbers.append(metric.number)
            wholes.append(WHOLES.get(metric.unit or "", Decimal(0)))
    return Scale(min(numbers), max(*numbers, *wholes))


def bar(number: Decimal, scale: Scale, width: int, *, plain: bool = False) -> str:
    """Return a bar from zero to a number, in exactly `width` cells."""
    if not number or scale.high <= scale.low:
        return NO_BAR * width
    share = float(abs(number) / (scale.high - scale.low))
    length = max(1, min(width, round(share * width)))
    zero = round(float(-scale.low / (scale.high - scale.low)) * width)
    start = max(0, zero - length) if number < 0 else min(zero, width - length)
    return NO_BAR * start + shown(BAR, plain=plain) * length + NO_BAR * (width - start - length)


def gap(metrics: Iterable[Metric]) -> Decimal | None:
    """Return the largest number less the smallest; None where there are not two, or some are not comparable."""
    numbered = [metric for metric in metrics if metric.number is not None]
    if len(numbered) < 2 or not all(comparable(one, other) for one, other in combinations(numbered, 2)):  # noqa: PLR2004
        return None
    numbers = [metric.number for metric in numbered if metric.number is not None]
    return max(numbers) - min(numbers)


def slice_label(metric: Metric) -> str:
    """Return the group that a value was measured on, without the keys: `female`, `black, female`."""
    return shown(", ".join(value for _, value in metric.slice))


def slice_keys(metric: Metric) -> str:
    """Return by what a value's group was told apart: `gender`, `gender, race`."""
    return ", ".join(key for key, _ in metric.slice)


def group_names(metrics: Sequence[Metric]) -> list[str]:
    """Return the groups, each with how many it is of where that is said: `female  n 312`."""
    labels = [slice_label(metric) for metric in metrics]
    counts = ["" if metric.count is None else f"{metric.count}" for metric in metrics]
    room, width = max(map(cells, labels), default=0), max(map(len, counts), default=0)
    return [
        f"{fit(label, room)}  n {number:>{width}}" if number else label
        for label, number in zip(labels, counts, strict=True)
    ]


def bar_lines(
    metrics: Sequence[Metric], *, width: int, after: Sequence[Pieces] = (), plain: bool = False
) -> tuple[Pieces, ...]:
    """Return a line for each group: its name, its bar, its value; where there are two or more, the gap below.

    Args:
        metrics: One metric of several groups, told apart by the same keys.
        width: Cells for a line without what stands behind it; bars are left out where they have no room.
        after: What stands behind each value, and last behind the gap.
        plain: Whether to use ASCII only.
    """
    several = len(metrics) > 1
    names = [*group_names(metrics), *[GAP] * several]
    texts = aligned([*(shown(metric.text) for metric in metrics), *[gap_text(gap(metrics))] * several])
    value, room = max(map(len, texts), default=0), min(max(map(len, names), default=0), width // 2)
    length = min(MOST_BAR, width - room - value - 4)
    scale = bar_scale(metrics)
    drawn = [*(_bar_of(metric, scale, length, plain=plain) for metric in metrics), *[NO_BAR * length] * several]
    bars = [f"  {one}" if length >= LEAST_BAR else "" for one in drawn]
    tails = [*after, *[()] * len(names)]
    lines: list[Pieces] = []
    for at, name in enumerate(names):
        tone: Tone = "plain" if at < len(metrics) else "strong"
        lines.append(((fit(name, room), tone), (bars[at], "accent"), (f"  {texts[at]}", tone), *tails[at]))
    return tuple(lines)


def _bar_of(metric: Metric, scale: Scale, width: int, *, plain: bool) -> str:
    if metric.number is not None:
        return bar(metric.number, scale, width, plain=plain)
    return fit("" if metric.text == UNKNOWN else NO_NUMBER, width)


def gap_text(difference: Decimal | None) -> str:
    """Return a gap as text."""
    return UNKNOWN if difference is None else f"{difference:f}"


def interval_scale(metrics: Iterable[Metric]) -> Scale | None:
    """Return the scale on which some intervals can be set below each other; None where none has bounds."""
    found = [one for metric in metrics for one in (metric.low, metric.high, metric.number) if one is not None]
    return Scale(min(found), max(found)) if found else None


def interval(metric: Metric, scale: Scale, width: int, *, plain: bool = False) -> str:
    """Return an interval with its bounds and its value, as `├──●──┤`, in exactly `width` cells."""
    if metric.low is None or metric.high is None:
        return fit("no interval", width)
    first, last = (scale.place(one, width) for one in sorted((metric.low, metric.high)))
    drawn = [" "] * width
    drawn[first : last + 1] = RULE * (last + 1 - first)
    drawn[first], drawn[last] = LEFT, RIGHT
    if metric.number is not None:
        drawn[scale.place(metric.number, width)] = POINT
    return shown("".join(drawn), plain=plain)
