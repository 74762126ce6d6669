"""The line above a list: its filter, how many there are, how many are marked, and in which order.

The rule it keeps: what has no room is left out whole, the order first; the filter's text is clipped before a number is.
"""

import msgspec

from signoff.tui.present import Pieces, clip_pieces, shown, width_of
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.paint import is_plain

LEAST_TEXT = 8


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say.

    Attributes:
        numbers: How many are shown.
        text: The filter, where it is not being typed.
        marked: How many are marked, or "".
        order: By what they are sorted, or "".
        other: By what they would be sorted next, or "".
    """

    numbers: str = ""
    text: str = ""
    marked: str = ""
    order: str = ""
    other: str = ""


def marked_words(seen: int, hidden: int) -> str:
    """Return how many are marked: those that commands are about, and those that the filter hides."""
    words = f"{seen:,} marked" if seen or hidden else ""
    return f"{words}, {hidden:,} hidden" if hidden else words


def summary_pieces(summary: Summary, width: int) -> Pieces:
    """Return as much as has room in so many cells."""
    text: Pieces = ((f" {summary.text} ", "accent"),) if summary.text else ()
    numbers: Pieces = ((f" {summary.numbers}", "plain"),) if summary.numbers else ()
    marked: Pieces = ((f" · {summary.marked}", "accent"),) if summary.marked else ()
    order: Pieces = ((f" · {summary.order}", "dim"),) if summary.order else ()
    other: Pieces = ((f" · {summary.other}", "dim"),) if summary.other else ()
    for behind in ((*order, *other, *marked), (*order, *marked), marked):
        if width_of((*text, *numbers, *behind)) <= width:
            return (*text, *numbers, *behind)
    for behind in (marked, ()):
        room = width - width_of((*numbers, *behind))
        if room >= (LEAST_TEXT if text else 0):
            return (*clip_pieces(text, room), *numbers, *behind)
    return clip_pieces(numbers, width)


class SummaryLine(OneLine):
    """Says it in one line."""

    summary = Summary()

    def sum_up(self, summary: Summary) -> None:
        """Say something else."""
        if summary != self.summary:
            self.summary = summary
            self.refresh()

    def laid(self, width: int) -> Pieces:
        """Return what has room."""
        plain = is_plain(self)
        safe = {name: shown(getattr(self.summary, name), plain=plain) for name in Summary.__struct_fields__}
        return self.safe(summary_pieces(Summary(**safe), width))
