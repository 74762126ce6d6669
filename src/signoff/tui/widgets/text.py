"""A text to read: a record, an overview, a history.

The rule it keeps: long lines wrap at words, below what they begin with where that is a label; a new text that differs in one line paints one line, and the place that
was being read stays.
"""

from collections.abc import Sequence

from textual.geometry import Size

from signoff.tui.present import Piece, Pieces, hang_of, shown, wrap
from signoff.tui.widgets.lines import Line, LineView
from signoff.tui.widgets.paint import is_plain


class TextView(LineView):
    """Lines of pieces, wrapped to the width there is."""

    DEFAULT_CSS = """
    TextView { padding: 0 0 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin empty."""
        super().__init__(id=id)
        self.text: tuple[Pieces, ...] = ()
        self.wrapped: tuple[Line, ...] = ()
        self.begins = [0]
        self.wrapped_for: tuple[int, tuple[Pieces, ...]] = (0, ())

    def show(self, text: Sequence[Pieces]) -> None:
        """Show another text; the first visible line keeps its number."""
        self.text = tuple(text)
        self.scroll_top(self.top)

    def whole(self) -> tuple[Pieces, ...]:
        """Return the text, unwrapped."""
        return self.text

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """Return how high the whole text is, for a style that asks for `height: auto`."""
        self._wrap(max(1, width - 1))
        return len(self.wrapped)

    def total(self) -> int:
        """Return how many lines the wrapped text has."""
        self._wrap(max(1, self.size.width - 1))
        return len(self.wrapped)

    def line_at(self, index: int, width: int) -> Line:
        """Return a wrapped line."""
        self._wrap(max(1, width))
        return self.wrapped[index]

    def move_by(self, lines: int) -> None:
        """Scroll."""
        self.scroll_top(self.top + lines)

    def _wrap(self, width: int) -> None:
        """Lay the lines out anew from the first that is another one than before."""
        if self.wrapped_for == (width, self.text):
            return
        kept = _shared(self.wrapped_for[1], self.text) if self.wrapped_for[0] == width else 0
        self.wrapped_for = (width, self.text)
        self.begins = self.begins[: kept + 1]
        wrapped, plain = list(self.wrapped[: self.begins[-1]]), is_plain(self)
        for line in self.text[kept:]:
            safe = tuple[Piece, ...]((shown(text, plain=plain), tone) for text, tone in line)
            wrapped += (Line(part) for part in wrap(safe, width, indent=hang_of(safe, width)))
            self.begins.append(len(wrapped))
        self.wrapped = tuple(wrapped)


def _shared(before: Sequence[Pieces], after: Sequence[Pieces]) -> int:
    """Return how many lines two texts have in common at their beginning."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
