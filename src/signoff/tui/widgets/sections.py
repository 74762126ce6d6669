"""Rows in groups, under a head and under the name of their group.

The rule it keeps: the cursor stands on rows, never on a group's name; the name of the group that is being read stays on
the screen; only rows that are visible are made.
"""

from collections.abc import Callable, Hashable, Sequence

import msgspec
from textual import events
from textual.message import Message

from signoff.tui.present import Piece, Pieces, clip_pieces, shown
from signoff.tui.widgets.lines import BLANK, Line, LineView
from signoff.tui.widgets.paint import is_plain

MARGIN = 2


class Section(msgspec.Struct, frozen=True):
    """A group: its name and its rows' keys."""

    title: str
    keys: tuple[Hashable, ...]


class _Entry(msgspec.Struct, frozen=True):
    """One line below the head: which group is being read there, and what it shows: a row, a group's name, nothing."""

    section: int
    key: Hashable | None = None
    names: int | None = None


class Sections(LineView):
    """Groups of rows."""

    class Moved(Message):
        """The cursor is on another row.

        Attributes:
            by_hand: Whether somebody moved it; else other rows came.
        """

        def __init__(self, *, by_hand: bool = True) -> None:
            """Say how."""
            super().__init__()
            self.by_hand = by_hand

    class Opened(Message):
        """A row was asked for with the mouse."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own word)
        """Begin without rows."""
        super().__init__(id=id)
        self.sections: Sequence[Section] = ()
        self.entries: list[_Entry] = []
        self.rows: list[int] = []
        self.at = 0
        self.titles: Callable[[int], Sequence[Pieces]] = lambda _width: ()
        self.row_of: Callable[[Hashable, int], Pieces] = lambda _key, _width: ()
        self.empty = ""

    def show(
        self,
        sections: Sequence[Section],
        *,
        titles: Callable[[int], Sequence[Pieces]],
        row_of: Callable[[Hashable, int], Pieces],
    ) -> None:
        """Show other rows, or the same ones anew; the cursor stays on its row where that is still there.

        Args:
            sections: From top to bottom; every key once.
            titles: Returns what stands above everything, for a width.
            row_of: Returns a row, for a width.
        """
        before, offset = self.cursor, self._line - self.top
        self.sections, self.titles, self.row_of = sections, titles, row_of
        self.entries = list(_entries(sections))
        self.rows = [at for at, entry in enumerate(self.entries) if entry.key is not None]
        keys = [self.entries[at].key for at in self.rows]
        self.at = keys.index(before) if before in keys else max(0, min(self.at, len(keys) - 1))
        self.top = max(0, min(self._line - offset, self.last_top))
        self._reveal()
        self.post_message(self.Moved(by_hand=False))

    @property
    def cursor(self) -> Hashable | None:
        """The key the cursor is on."""
        return self.entries[self.rows[self.at]].key if self.rows else None

    @property
    def _line(self) -> int:
        return self.rows[self.at] if self.rows else 0

    def move_by(self, lines: int) -> None:
        """Move the cursor by some rows."""
        to = max(0, min(self.at + lines, len(self.rows) - 1))
        moved, self.at = to != self.at, to
        self._reveal()
        if moved:
            self.post_message(self.Moved())

    def _reveal(self) -> None:
        first = 0 if self.at == 0 else self._line
        self.scroll_top(min(max(self.top, self._line - self.page + 1), first))

    def total(self) -> int:
        """Return how many lines there are."""
        return len(self.entries) or 1

    def head(self, width: int) -> tuple[Line, ...]:
        """Return what stays on top: the titles, and the name of the first visible row's group."""
        titles = [Line(((" " * MARGIN, "plain"), *pieces), "line--head") for pieces in self.titles(width)]
        if not self.entries:
            return tuple(titles)
        section = self.entries[min(self.top, len(self.entries) - 1)].section
        return (*titles, self._named(section, width))

    def _named(self, section: int, width: int) -> Line:
        title = shown(self.sections[section].title, plain=is_plain(self))
        return Line(clip_pieces(((f" {title}", "strong"),), width))

    def line_at(self, index: int, width: int) -> Line:
        """Return a row's line, a group's name, or the words for no rows."""
        if not self.entries:
            return Line(((" " * MARGIN + self.empty, "dim"),))
        entry = self.entries[index]
        if entry.names is not None:
            return self._named(entry.names, width)
        if entry.key is None:
            return BLANK
        here = index == self._line
        bar: Piece = ("▌ " if here else "  ", "plain")
        return Line((bar, *self.row_of(entry.key, width - MARGIN)), "line--cursor" if here else "")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens."""
        index = self.top + event.y - len(self.head(self.size.width))
        if index not in self.rows:
            return
        self.move_by(self.rows.index(index) - self.at)
        if event.chain > 1:
            self.post_message(self.Opened())


def _entries(sections: Sequence[Section]) -> "Sequence[_Entry]":
    """Return the lines: the first group's name stands in the head, each other's after a gap that is its forerunner's."""
    entries: list[_Entry] = []
    for at, section in enumerate(sections):
        entries += [_Entry(at - 1), _Entry(at - 1, names=at)] if at else []
        entries += [_Entry(at, key) for key in section.keys]
    return entries
