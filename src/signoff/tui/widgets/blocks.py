"""A list of things that take several lines each: records, problems, tasks, choices.

The rule it keeps: the cursor is on a thing, known by its key, and follows it through every refresh; what does not fit
into the width is wrapped below itself, never cut.
"""

from collections.abc import Hashable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import msgspec
from textual import events
from textual.geometry import Size
from textual.message import Message

from signoff.tui.present import Piece, Pieces, shown, wrap
from signoff.tui.widgets.lines import Line, LineView
from signoff.tui.widgets.paint import is_plain

MARGIN = 2
Key = TypeVar("Key", bound=Hashable)


class Block(msgspec.Struct, Generic[Key], frozen=True):
    """One thing.

    Attributes:
        key: What it is known by.
        lines: What it says; the first line carries the cursor.
        hang: By how many cells wrapped lines stand in.
    """

    key: Key
    lines: tuple[Pieces, ...]
    hang: int = 2


class Blocks(LineView):
    """Blocks, one below the other."""

    class Moved(Message):
        """The cursor is on another thing.

        Attributes:
            by_hand: Whether somebody moved it; else other things came.
        """

        def __init__(self, *, by_hand: bool = True) -> None:
            """Say how."""
            super().__init__()
            self.by_hand = by_hand

    class Opened(Message):
        """A thing was asked for with the mouse."""

    def __init__(self, *, empty: str, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin without anything; `empty` is what to say then."""
        super().__init__(id=id)
        self.empty = empty
        self.blocks: tuple[Block[Hashable], ...] = ()
        self.at = 0
        self.wrapped: tuple[tuple[Pieces, ...], ...] = ()
        self.starts: tuple[int, ...] = (0,)
        self.wrapped_for: tuple[int, tuple[Block[Hashable], ...], str] = (-1, (), "")

    @property
    def cursor(self) -> Hashable | None:
        """The key of the thing that the cursor is on."""
        return self.blocks[self.at].key if self.blocks else None

    def show(self, blocks: Sequence[Block[Key]]) -> None:
        """Show other things, or the same ones anew; the cursor stays on its thing."""
        before = self.cursor
        self.blocks = tuple(blocks)  # type: ignore[arg-type]  # a tuple of blocks of one kind is one of any kind
        keys = [block.key for block in self.blocks]
        self.at = keys.index(before) if before in keys else min(self.at, max(0, len(keys) - 1))
        self._reveal()
        if self.cursor != before:
            self.post_message(self.Moved(by_hand=False))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  (Textual's)
        """Return how high everything is, for a style that asks for `height: auto`."""
        self._wrap(max(1, width - 1))
        return self.starts[-1]

    def total(self) -> int:
        """Return how many lines there are."""
        self._wrap(max(1, self.size.width - 1))
        return self.starts[-1]

    def line_at(self, index: int, width: int) -> Line:
        """Return a line; the cursor's thing has a bar before each of its lines."""
        self._wrap(max(1, width))
        number = self._number(index)
        part = index - self.starts[number]
        here = bool(self.blocks) and number == self.at
        margin: Piece = ("▌ " if here else "  ", "accent")
        return Line((margin, *self.wrapped[number][part]), "line--cursor" if here and not part else "")

    def whole(self) -> tuple[Pieces, ...]:
        """Return everything, unwrapped."""
        return tuple(line for block in self.blocks for line in block.lines) or (((self.empty, "dim"),),)

    def move_by(self, lines: int) -> None:
        """Move the cursor: by one thing, or to the thing that stands so many lines away."""
        if not self.blocks:
            return
        last = len(self.blocks) - 1
        if abs(lines) == 1:
            to = self.at + lines
        else:
            to = self._number(max(0, min(self.starts[self.at] + lines, self.total() - 1)))
            to = to if to != self.at else self.at + (1 if lines > 0 else -1)
        self._put(max(0, min(to, last)))

    def _put(self, to: int) -> None:
        moved, self.at = to != self.at, to
        self._reveal()
        if moved:
            self.post_message(self.Moved())

    def _reveal(self) -> None:
        self._wrap(max(1, self.size.width - 1))
        first, end = (self.starts[self.at], self.starts[self.at + 1]) if self.blocks else (0, 1)
        self.scroll_top(min(max(self.top, end - self.page), first))

    def _number(self, index: int) -> int:
        """Return the number of the block that a line belongs to."""
        low, high = 0, len(self.starts) - 2
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.starts[middle] <= index else (low, middle - 1)
        return low

    def _wrap(self, width: int) -> None:
        if self.wrapped_for == (width, self.blocks, self.empty):
            return
        known = dict(zip(self.wrapped_for[1], self.wrapped, strict=False)) if self.wrapped_for[0] == width else {}
        self.wrapped_for = (width, self.blocks, self.empty)
        blocks = self.blocks or (Block("", (((self.empty, "dim"),),), 0),)
        self.wrapped = tuple(known.get(block) or self._lay(block, width - MARGIN) for block in blocks)
        self.starts = (0, *accumulate(len(lines) for lines in self.wrapped))

    def _lay(self, block: Block[Hashable], width: int) -> tuple[Pieces, ...]:
        plain = is_plain(self)
        laid: list[Pieces] = []
        for line in block.lines:
            safe = tuple((shown(text, plain=plain), tone) for text, tone in line)
            laid += wrap(safe, max(1, width), indent=block.hang)
        return tuple(laid)

    def on_resize(self, _: events.Resize) -> None:
        """Keep the cursor's thing in sight."""
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens."""
        index = self.top + event.y
        if self.blocks and index < self.total():
            self._put(self._number(index))
            if event.chain > 1:
                self.post_message(self.Opened())
