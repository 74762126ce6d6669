"""The lines around a screen's content: header, filter summary, footer with its message.

The rule it keeps: one line each, painted when what they say changes and never by a clock; what has no room is left out
whole, the least important first; a message stands in the footer's place until the next key.
"""

from collections.abc import Iterable, Sequence

import msgspec
from rich.cells import cell_len
from textual.strip import Strip

from signoff.tui.present import STEP, Piece, Pieces, Tone, clip_left, clip_pieces, shown, width_of
from signoff.tui.widgets.paint import Painted, is_plain, paint

FRESHNESS: dict[str, tuple[str, Tone]] = {
    "live": ("●", "good"),
    "polling": ("◌", "accent"),
    "stale": ("⚠", "warn"),
    "read-only": ("○", "dim"),
    "reading": ("◌", "dim"),
    "indexed": ("◌", "warn"),
    "remembered": ("◌", "dim"),
}
LEAST_PLACE = 12
PROGRAM = "signoff"


class Freshness(msgspec.Struct, frozen=True):
    """How fresh the screen is.

    Attributes:
        kind: A key of `FRESHNESS`.
        detail: The time of the last change seen, the seconds between two polls, or since when it is stale.
        why: Why it is stale.
    """

    kind: str
    detail: str = ""
    why: str = ""

    def pieces(self) -> Pieces:
        """Return it as glyph, word and detail."""
        glyph, tone = FRESHNESS[self.kind]
        return ((f"{glyph} {self.kind}", tone), (f" {self.detail}" if self.detail else "", "dim"))


class Key(msgspec.Struct, frozen=True):
    """A key as the footer tells it.

    Attributes:
        label: The key.
        title: What it does.
        priority: The lowest goes first when room gets short; of equals, the rightmost; before all, those not enabled.
        enabled: Whether it can be done now.
    """

    label: str
    title: str
    priority: int
    enabled: bool = True


class OneLine(Painted):
    """A line of its own, painted when it says something else."""

    DEFAULT_CSS = """
    OneLine { height: 1; background: $panel; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin empty."""
        super().__init__(id=id)
        self.pieces: Pieces = ()

    def say(self, pieces: Pieces) -> None:
        """Show other pieces, clipped at the right."""
        if pieces != self.pieces:
            self.pieces = pieces
            self.refresh()

    def laid(self, width: int) -> Pieces:
        """Return the pieces as they stand in `width` cells."""
        return clip_pieces(self.safe(self.pieces), width)

    def safe(self, pieces: Iterable[Piece]) -> Pieces:
        """Return displayable pieces, so that their cells can be counted."""
        plain = is_plain(self)
        return tuple((shown(text, plain=plain), tone) for text, tone in pieces)

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        return paint(self, self.laid(width) if y == 0 else (), width)


class Header(OneLine):
    """Where, how fresh, who signs."""

    place: tuple[str, ...] = ()
    right: Pieces = ()
    why: tuple[str, int] = ("", 0)

    def tell(self, *, place: Sequence[str], freshness: Freshness, signer: Piece, busy: str = "") -> None:
        """Say where this is (registry first), what is under way, how fresh it is and who would sign."""
        working: Pieces = ((f"{busy}  ", "accent"),) if busy else ()
        before: Pieces = (*working, *freshness.pieces())
        right: Pieces = (*before, ("  ", "plain"), signer, (" ", "plain"))
        told = (tuple(place), right, (freshness.why, len(before)))
        if told != (self.place, self.right, self.why):
            self.place, self.right, self.why = told
            self.refresh()

    def laid(self, width: int) -> Pieces:
        """Return the line; the program's name goes first, then the middle of the place, then who signs."""
        right = self._explained(self.safe(self.right), width)
        if width - width_of(right) < LEAST_PLACE:
            right = clip_pieces(right, max(0, width - LEAST_PLACE))
        room = max(0, width - width_of(right) - 1)
        left = clip_pieces(self._left(room), room)
        return (*left, (" " * (width - width_of(left) - width_of(right)), "plain"), *right)

    def _explained(self, right: Pieces, width: int) -> Pieces:
        """Put in why the screen is stale, as far as it fits beside the place."""
        why, at = self.why
        steps = self.safe((f" {STEP} {part}", "plain") for part in self.place)
        spare = width - width_of(right) - width_of(steps)
        if not why or spare < LEAST_PLACE:
            return right
        return (*right[:at], *clip_pieces(self.safe(((f": {why}", "dim"),)), spare), *right[at:])

    def _left(self, room: int) -> Pieces:
        name: Piece = (f" {PROGRAM}  ", "strong")
        texts = [text for text, _ in self.safe((part, "plain") for part in self.place)]
        separator = self.safe(((f" {STEP} ", "dim"),))[0]
        steps: list[Piece] = []
        for number, text in enumerate(texts):
            steps += [separator] * bool(number) + [(text, "strong" if number else "plain")]
        if width_of((name, *steps)) <= room:
            return (name, *steps)
        rest = room - 1 - width_of(steps[1:])
        if rest >= LEAST_PLACE // 2 or len(steps) <= 1:
            return ((" ", "plain"), (clip_left(texts[0] if texts else "", rest), "plain"), *steps[1:])
        return ((" ", "plain"), *last_steps(texts[1:], separator, room - 1))


def last_steps(texts: Sequence[str], separator: Piece, room: int) -> Pieces:
    """Return as many of the last steps as have room, the first of them shortened if it must be."""
    others: list[Piece] = [piece for text in texts[1:] for piece in (separator, (text, "strong"))]
    rest = room - width_of(others)
    if not others or rest >= min(LEAST_PLACE // 2, cell_len(texts[0])):
        return ((clip_left(texts[0], rest), "strong"), *others)
    return last_steps(texts[1:], separator, room)


class Footer(OneLine):
    """The keys of a screen, or a message."""

    keys: tuple[Key, ...] = ()
    message: Pieces = ()

    def offer(self, keys: Iterable[Key]) -> None:
        """Show these keys."""
        offered = tuple(keys)
        if offered != self.keys:
            self.keys = offered
            self.refresh()

    def tell(self, text: str, tone: Tone = "warn") -> None:
        """Show a message instead of the keys; "" ends it."""
        message: Pieces = ((f" {text}", tone),) if text else ()
        if message != self.message:
            self.message = message
            self.refresh()

    def laid(self, width: int) -> Pieces:
        """Return the message, or the keys that have room."""
        if self.message:
            return clip_pieces(self.safe(self.message), width)
        pieces: list[Piece] = []
        for key in fitting_keys(self.keys, width):
            label: Tone = "accent" if key.enabled else "dim"
            pieces += [(f" {key.label}", label), (f" {key.title} ", "plain" if key.enabled else "dim")]
        return self.safe(pieces)


def fitting_keys(keys: Sequence[Key], width: int) -> tuple[Key, ...]:
    """Return the keys that fit whole into `width` cells, in their order; what cannot be done now goes first."""
    kept = list(keys)
    while kept and sum(cell_len(f" {key.label} {key.title} ") for key in kept) > width:
        kept.remove(min(kept, key=lambda key: (key.enabled, key.priority, -kept.index(key))))
    return tuple(kept)
