"""The goals and how near this run came: one line for each, collected while benchmarks run, printed as a table at the end.

The rule it keeps: a figure stands beside the floor or peer of the same run, with the ratio of the two, and nothing is
taken off for a busy machine.
"""

import os
import statistics
import sys
from collections.abc import Sequence

import msgspec

from benchmarks.measuring import emit
from benchmarks.probing import table

TITLES = ("goal", "case", "signoff", "beside", "its figure", "ratio", "wanted", "")
NOT_INSTALLED = "not installed, or does not run"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison.

    Attributes:
        goal: Its number.
        case: What was measured.
        ours: Our figure, with its unit.
        beside: What it is compared with: a floor or a peer.
        figure: The figure of that.
        ratio: Ours to it, or it to ours, as the goal says; None where there is none.
        wanted: What the goal wants of it.
        met: Whether it is so; None where nothing is wanted.
    """

    goal: str
    case: str
    ours: str
    beside: str = ""
    figure: str = ""
    ratio: float | None = None
    wanted: str = ""
    met: bool | None = None


LINES: list[Line] = []


def tell(
    goal: str,
    case: str,
    ours: str,
    *,
    beside: str = "",
    figure: str = "",
    ratio: float | None = None,
    most: float | None = None,
    least: float | None = None,
    shown: bool = True,
) -> Line:
    """Keep a line, print it as JSON, and return it.

    Args:
        goal: Its number.
        case: What was measured.
        ours: Our figure, with its unit.
        beside: What it is compared with.
        figure: The figure of that.
        ratio: What the goal is about.
        most: The highest ratio that meets the goal.
        least: The lowest ratio that meets the goal.
        shown: Whether the ratio is one; else it is a number of its own, which `ours` says already.
    """
    wanted = f"<= {most:g}" if most is not None else f">= {least:g}" if least is not None else ""
    met = (
        None if ratio is None else ratio <= most if most is not None else ratio >= least if least is not None else None
    )
    line = Line(
        goal=goal,
        case=case,
        ours=ours,
        beside=beside,
        figure=figure,
        ratio=ratio if shown else None,
        wanted=wanted,
        met=met,
    )
    LINES.append(line)
    emit(case, **{name: value for name, value in msgspec.structs.asdict(line).items() if name != "case"})
    return line


def absent(goal: str, case: str, peer: str, wanted: str = "") -> None:
    """Say that a peer is not here."""
    LINES.append(Line(goal=goal, case=case, ours="", beside=peer, figure=NOT_INSTALLED, wanted=wanted))


def quartile(numbers: Sequence[float]) -> float:
    """Return the lower quartile."""
    return statistics.quantiles(numbers, n=4)[0]


def ratio_of(ours: Sequence[float], others: Sequence[float]) -> float:
    """Return the lower quartile of the ratios of the rounds."""
    return quartile([one / other for one, other in zip(ours, others, strict=True)])


def ahead_of(ours: Sequence[float], others: Sequence[float]) -> float:
    """Return how many times more the others took: the lower quartile of the ratios of the rounds."""
    return quartile([other / one for one, other in zip(ours, others, strict=True)])


def milliseconds(numbers: Sequence[float]) -> str:
    """Return the median of milliseconds as text."""
    middle = statistics.median(numbers)
    return f"{middle:.0f} ms" if middle >= 100 else f"{middle:.3g} ms"


def need(*lines: Line) -> None:
    """Fail where a goal was not met."""
    missed = [f"goal {one.goal}, {one.case}: {one.ours}, ratio {one.ratio}, wanted {one.wanted}" for one in lines]
    missed = [text for text, one in zip(missed, lines, strict=True) if one.met is False]
    assert not missed, "\n".join(missed)


def print_all() -> None:
    """Print every line of this run."""
    if not LINES:
        return
    rows: list[tuple[str, ...]] = [TITLES]
    for one in sorted(LINES, key=lambda line: [int(part) for part in line.goal.split(".") if part.isdecimal()]):
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}" if one.ratio < 10 else f"{one.ratio:.0f}"
        verdict = "" if one.met is None else "met" if one.met else "MISSED"
        rows.append((one.goal, one.case, one.ours, one.beside, one.figure, ratio, one.wanted, verdict))
    known = [one.met for one in LINES if one.met is not None]
    load = os.getloadavg()
    table(f"{sum(known)} of {len(known)} met; load {load[0]:.1f} at the end, {load[2]:.1f} before", rows)
    sys.stdout.flush()
