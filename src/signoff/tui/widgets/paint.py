"""Pieces of text become strips of the screen, here and nowhere else.

The rule it keeps: whatever reaches the terminal through our widgets has been through the shield in this module, even
where it was displayable before; markup is never read.
"""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from signoff.tui.present import TONES, Piece, Pieces, shown

STYLES = frozenset({f"tone--{tone}" for tone in TONES} | {"line--cursor", "line--head"})

TONE_CSS = """
    & > .tone--plain { color: $foreground; }
    & > .tone--dim { color: $text-muted; }
    & > .tone--strong { color: $foreground; text-style: bold; }
    & > .tone--good { color: $text-success; }
    & > .tone--warn { color: $text-warning; }
    & > .tone--bad { color: $text-error; text-style: bold; }
    & > .tone--accent { color: $text-accent; text-style: bold; }
"""


def is_plain(widget: Widget) -> bool:
    """Return whether the terminal of a widget's app has no UTF-8."""
    return bool(getattr(widget.app, "plain", False))


def paint(widget: Widget, pieces: Pieces, width: int, *, base: str = "") -> Strip:
    """Return a strip of exactly `width` cells.

    Args:
        widget: Whose component styles are used.
        pieces: What to show, left to right.
        width: Cells.
        base: A component style for the whole line, or "" for each piece's own tone.
    """
    plain = is_plain(widget)
    whole = widget.get_component_rich_style(base) if base else None
    seen = _with_blanks([(shown(text, plain=plain), tone) for text, tone in pieces if text])
    segments = [Segment(text, whole or _tone(widget, tone)) for text, tone in seen]
    rest = segments[-1].style if segments else whole or _tone(widget, "plain")
    return Strip(segments).adjust_cell_length(width, rest).simplify()


def _with_blanks(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with blank ones in the tone of their neighbour: nobody sees it, and no colour is switched for it."""
    tone = next((tone for text, tone in pieces if text.strip(" ")), None)
    found: list[Piece] = []
    for text, own in pieces:
        tone = own if tone is None or text.strip(" ") else tone
        found.append((text, tone))
    return found


def _tone(widget: Widget, tone: str) -> Style:
    return widget.get_component_rich_style(f"tone--{tone}")
