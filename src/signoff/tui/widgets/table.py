"""The table for long lists.

The rule it keeps: a row is known by its key, never by its number; cursor, marks and the place on the screen follow
the key through every refresh; columns that have no room are left out by priority and never squeezed; only rows that
are visible are ever made.
"""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from typing import Literal

import msgspec
from textual import events
from textual.message import Message

from signoff.tui.present import Piece, Pieces, fit, shown
from signoff.tui.widgets.lines import Line, LineView
from signoff.tui.widgets.paint import CURSOR, HEAD, is_plain

MARGIN = 2
MOST_MADE = 2000


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column.

    Attributes:
        id: Stable name.
        title: What its head says.
        width: Cells it needs; it is never given fewer.
        align: Where its texts stand.
        priority: The lowest goes first when room gets short; of equals, the rightmost.
        grow: Cells it may take beyond `width` when there is room.
    """

    id: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"
    priority: int = 1
    grow: int = 0


class Row(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        key: What it is about.
        cells: One piece for each column.
        style: A component style for the whole line, or "".
    """

    key: Hashable
    cells: Pieces
    style: str = ""


class Sort(msgspec.Struct, frozen=True):
    """By which column the rows are sorted, as the head tells it."""

    column: str
    descending: bool = False


RowOf = Callable[[Hashable], Row]


def chosen_columns(columns: Sequence[Column], width: int) -> tuple[tuple[int, int], ...]:
    """Return which columns have room, as (index, cells)."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and MARGIN + sum(columns[i].width + 1 for i in kept) - 1 > width:
        kept.remove(min(kept, key=lambda i: (columns[i].priority, -i)))
    spare = width - MARGIN - sum(columns[i].width + 1 for i in kept) + 1
    sized = []
    for i in kept:
        more = max(0, min(spare, columns[i].grow))
        spare -= more
        sized.append((i, columns[i].width + more))
    return tuple(sized)


class Table(LineView):
    """Rows that are made when they are seen."""

    class Moved(Message):
        """The cursor is on another key, or on none.

        Attributes:
            by_hand: Whether somebody moved it; else other rows came.
        """

        def __init__(self, table: "Table", key: Hashable | None, *, by_hand: bool = True) -> None:
            """Say where it is now."""
            super().__init__()
            self.table, self.key, self.by_hand = table, key, by_hand

        @property
        def control(self) -> "Table":
            """The table, for selectors."""
            return self.table

    class Opened(Moved):
        """A row was asked for with the mouse."""

    def __init__(self, columns: Sequence[Column], *, empty: str, id: str | None = None) -> None:  # noqa: A002
        """Begin without rows.

        Args:
            columns: From left to right.
            empty: What to say where there are no rows.
            id: Textual's id.
        """
        super().__init__(id=id)
        self.columns, self.empty = tuple(columns), empty
        self.instead = ""  # what is said in place of `empty`, as long as something is wrong
        self.sort: Sort | None = None
        self.chosen = ""
        self.keys: Sequence[Hashable] = ()
        self.row_of: RowOf = lambda key: Row(key, ())
        self.made: dict[Hashable, Row] = {}
        self.laid: dict[tuple[Hashable, bool, bool, int], Line] = {}
        self.at = 0
        self.home: Hashable | None = None  # where somebody put the cursor: it comes back with its row
        self.marks: frozenset[Hashable] = frozenset()
        self.headed: tuple[int, tuple[Line, ...]] | None = None
        self._lay_out()

    @property
    def cursor(self) -> Hashable | None:
        """The key the cursor is on."""
        return self.keys[self.at] if self.keys else None

    def show(self, keys: Sequence[Hashable], row_of: RowOf) -> None:
        """Show other rows, or the same ones anew.

        Args:
            keys: Every row's key, in order, each once; it must not be changed afterwards.
            row_of: Makes a row; called for visible rows only.
        """
        offset, before = self.at - self.top, self.cursor
        position = _follow(self.keys, self.at, keys, home=self.home)
        self.keys, self.row_of, self.made, self.laid = keys, row_of, {}, {}
        self.at = position
        self.top = max(0, min(position - offset, self.last_top))
        self._reveal()
        if self.cursor != before:
            self._tell_moved(by_hand=False)

    def remake(self) -> None:
        """Make the visible rows anew; no row comes, goes or moves."""
        self.made, self.laid = {}, {}
        self.repaint()

    def lay_out(self, columns: Sequence[Column], *, sort: Sort | None = None, chosen: str = "") -> None:
        """Change the columns, the sort mark and the chosen column; rows for other columns come with the next `show`."""
        same = [column.id for column in columns] == [column.id for column in self.columns]
        self.columns, self.sort, self.chosen = tuple(columns), sort, chosen
        self._lay_out()
        if same:
            self.repaint()

    def move_to(self, key: Hashable) -> bool:
        """Put the cursor on a key; return whether it is there."""
        try:
            self.move_by(self.keys.index(key) - self.at)
        except ValueError:
            return False
        return True

    def move_by(self, lines: int) -> None:
        """Move the cursor."""
        to = max(0, min(self.at + lines, len(self.keys) - 1))
        moved, self.at = to != self.at, to
        self.home = self.cursor
        self._reveal()
        if moved:
            self._tell_moved()

    def _tell_moved(self, *, by_hand: bool = True) -> None:
        """Tell the screen where the cursor is; as its own word, since Textual does not carry a message beyond its sender."""
        whom = self.screen if self.is_attached else self
        whom.post_message(self.Moved(self, self.cursor, by_hand=by_hand).set_sender(self))

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        if self.cursor is not None:
            self.marks ^= {self.cursor}
            self.move_by(1)

    def mark_range(self) -> None:
        """Mark every row between the nearest mark above and the cursor."""
        above = next((i for i in range(self.at, -1, -1) if self.keys[i] in self.marks), self.at)
        self.marks |= set(self.keys[above : self.at + 1])
        self.repaint()

    def unmark_all(self) -> None:
        """Take every mark away."""
        self.marks = frozenset()
        self.repaint()

    def _reveal(self) -> None:
        page = self.page
        self.scroll_top(min(max(self.top, self.at - page + 1), self.at))

    def total(self) -> int:
        """Return how many rows there are; words where there are none."""
        return len(self.keys) or 1

    def head(self, width: int) -> tuple[Line, ...]:
        """Return the titles, with the sort mark."""
        if self.headed is None or self.headed[0] != width:
            self.headed = width, (Line(((" " * MARGIN, "plain"), *self._lay(self.titles, width)), HEAD),)
        return self.headed[1]

    def line_at(self, index: int, width: int) -> Line:
        """Return a row's line, or the words for no rows."""
        if not self.keys:
            return Line(((" " * MARGIN, "plain"), (fit(shown(self.instead or self.empty), width - MARGIN), "dim")))
        key, here = self.keys[index], index == self.at
        place = (key, here, key in self.marks, width)
        line = self.laid.get(place)
        if line is None:
            if len(self.laid) >= MOST_MADE:
                self.laid.clear()
            line = self.laid[place] = self._laid(self._row(key), here=here, marked=place[2], width=width)
        return line

    def _laid(self, row: Row, *, here: bool, marked: bool, width: int) -> Line:
        mark: Piece = ("*" if marked else " ", "accent")
        bar: Piece = ("▌" if here else " ", "plain")
        return Line((bar, mark, *self._lay(row.cells, width)), CURSOR if here else row.style)

    def _row(self, key: Hashable) -> Row:
        row = self.made.get(key)
        if row is None:
            if len(self.made) >= MOST_MADE:
                self.made.clear()
            row = self.made[key] = self.row_of(key)
        return row

    def _title(self, column: Column) -> str:
        mark = ("▼" if self.sort.descending else "▲") if self.sort and self.sort.column == column.id else ""
        title = f"[{column.title}]" if column.id == self.chosen else column.title
        return f"{title} {mark}".rstrip()

    def _lay_out(self) -> None:
        titles = tuple(self._title(column) for column in self.columns)
        widened = tuple(
            msgspec.structs.replace(column, width=max(column.width, len(title)))
            for column, title in zip(self.columns, titles, strict=True)
        )
        self.titles: Pieces = tuple((title, "plain") for title in titles)
        self.places: dict[int, tuple[tuple[int, int, bool], ...]] = {}
        self.widened, self.laid = widened, {}
        self.headed = None

    def _places(self, width: int) -> tuple[tuple[int, int, bool], ...]:
        """Return the columns that have room: (index, cells, whether its texts stand right)."""
        places = self.places.get(width)
        if places is None:
            chosen = chosen_columns(self.widened, width)
            places = tuple((i, cells, self.widened[i].align == "right") for i, cells in chosen)
            self.places = {width: places}
        return places

    def _lay(self, cells: Sequence[Piece], width: int) -> Pieces:
        plain = is_plain(self)
        return tuple(
            ((" " if position else "") + fit(shown(cells[index][0], plain=plain), room, right=right), cells[index][1])
            for position, (index, room, right) in enumerate(self._places(width))
        )

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens."""
        index = self.top + event.y - len(self.head(self.size.width))
        if not 0 <= index < len(self.keys) or event.y == 0:
            return
        self.move_by(index - self.at)
        if event.chain > 1:
            self.post_message(self.Opened(self, self.cursor))


def _follow(before: Sequence[Hashable], at: int, after: Sequence[Hashable], *, home: Hashable | None) -> int:
    """Return where a cursor belongs after a refresh.

    On the key where somebody put it, else on the one where it is, else on the nearest key below, else above.
    """
    if not after:
        return 0
    for key in (home, before[at] if before else None):
        if at < len(after) and after[at] == key:
            return at
        with suppress(ValueError):
            return after.index(key)
    alive = set(after)
    near = next((key for key in before[at + 1 :] if key in alive), None)
    if near is None:
        near = next((key for key in reversed(before[:at]) if key in alive), None)
    return after.index(near) if near is not None else 0
