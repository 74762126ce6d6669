"""Pieces of text become strips of the screen, here and nowhere else.

The rule it keeps: whatever reaches the terminal through our widgets has been through the shield in this module, even
where it was displayable before; markup is never read. What a tone looks like is read from the theme: a rule of a style
sheet for each tone would be matched anew for every widget, when it appears and when it gets the focus.
"""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from signoff.tui.present import Piece, Pieces, shown

CURSOR, HEAD = "line--cursor", "line--head"
COLOURS: dict[str, str] = {
    "plain": "foreground",
    "dim": "text-muted",
    "strong": "foreground",
    "good": "text-success",
    "warn": "text-warning",
    "bad": "text-error",
    "accent": "text-accent",
}
"""Tone -> what the theme calls its colour."""
BOLD = frozenset({"strong", "bad", "accent"})


class Painted(Widget):
    """A widget that is painted from pieces."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin without any style looked up."""
        self._known_styles: dict[str, Style] = {}
        super().__init__(id=id)

    def notify_style_update(self) -> None:
        """Look the styles up anew."""
        super().notify_style_update()
        self._known_styles = {}

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001  (Textual's own)
        """Show the cursor as it is with and without the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def style_of(self, name: str) -> Style:
        """Return the style of a tone or of a whole line."""
        style = self._known_styles.get(name)
        if style is None:
            style = self._known_styles[name] = self._made_style(name)
        return style

    def _made_style(self, name: str) -> Style:
        theme = self.app.theme_variables
        if name == HEAD:
            return _styled(self.rich_style, theme["text-muted"], theme["panel"], "bold")
        if name == CURSOR:
            cursor = "block-cursor" if self.has_focus else "block-cursor-blurred"
            front = theme["block-cursor-foreground" if self.has_focus else "foreground"]
            return _styled(self.rich_style, front, theme[f"{cursor}-background"], theme[f"{cursor}-text-style"])
        return _styled(self.rich_style, theme[COLOURS[name]], "", "bold" if name in BOLD else "")


@lru_cache(256)
def _styled(ground: Style, front: str, back: str, attributes: str) -> Style:
    """Return a style on a ground; `back` is "" for the ground itself."""
    behind = Color.parse(back) if back else None
    below = behind or (Color.from_rich_color(ground.bgcolor) if ground.bgcolor else None)
    colour = Color.parse(front)
    shown_front = (below + colour if below else colour).rich_color
    colours = Style.from_color(shown_front, behind.rich_color if behind else ground.bgcolor)
    return ground + Style.parse(attributes) + colours


def is_plain(widget: Widget) -> bool:
    """Return whether the terminal of a widget's app has no UTF-8."""
    return bool(getattr(widget.app, "plain", False))


def paint(widget: Painted, pieces: Pieces, width: int, *, base: str = "", last: str = "") -> Strip:
    """Return a strip of exactly `width` cells.

    Args:
        widget: Whose styles are used.
        pieces: What to show, left to right.
        width: Cells.
        base: A style for the whole line, or "" for each piece's own tone.
        last: What stands in the last cell, whatever there is to show.
    """
    plain = is_plain(widget)
    whole = widget.style_of(base) if base else None
    seen = _with_blanks([(shown(text, plain=plain), tone) for text, tone in pieces if text])
    segments = [Segment(text, whole or widget.style_of(tone)) for text, tone in seen]
    rest = segments[-1].style if segments else whole or widget.style_of("plain")
    if not last:
        return Strip(segments).adjust_cell_length(width, rest).simplify()
    room = max(0, width - 1)
    ended = Segment(shown(last, plain=plain), whole or widget.style_of("plain"))
    return Strip([*Strip(segments).adjust_cell_length(room, rest), ended], width).simplify()


def _with_blanks(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with blank ones in the tone of their neighbour: nobody sees it, and no colour is switched for it."""
    blank = [not text or text.isspace() for text, _ in pieces]
    tone = next((tone for (_, tone), empty in zip(pieces, blank, strict=True) if not empty), None)
    found: list[Piece] = []
    for (text, own), empty in zip(pieces, blank, strict=True):
        tone = own if tone is None or not empty else tone
        found.append((text, tone))
    return found
