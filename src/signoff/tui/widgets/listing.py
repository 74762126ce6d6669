"""A list of things with its filter line: what every list screen is made of.

The rule it keeps: a filter that cannot be read marks its word, keeps the last good view and is not taken; the order
changes when somebody asks for it, and the cursor stays on its thing.
"""

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

import msgspec
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import AwaitMount
from textual.widgets import Input

from signoff.policy.query import Query, QueryError
from signoff.tui.filtering import COMING, read_filter
from signoff.tui.widgets.content import Content, Thing
from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.furnished import Furnished
from signoff.tui.widgets.summary import Summary, SummaryLine, marked_words
from signoff.tui.widgets.table import Row as TableRow
from signoff.tui.widgets.table import Sort, Table

AT_ONCE = 5000
EACH = 64
SLICE = 0.004
"""So many seconds the screen waits for at most, while very many things are filtered."""
FRAME = 0.03
"""So many seconds the filter waits for the first rows that fit to be painted."""
NOT_UNDERSTOOD = "the filter is not understood: mend it, or esc clears it"
EXAMPLE = "stage:production accuracy>0.9 author:al@ -tag:old words"


class Listing(Vertical, Furnished):
    """Filter line and table."""

    DEFAULT_CSS = """
    Listing > #bar { height: 1; }
    Listing #filter { width: 1fr; display: none; }
    Listing.-typing #filter { display: block; }
    Listing #summary { width: 1fr; background: $background; }
    Listing.-typing #summary { width: 24; }
    """

    class Faulty(Message):
        """The filter cannot be read, or can be again."""

        def __init__(self, why: str) -> None:
            """Say why, or ""."""
            super().__init__()
            self.why = why

    class Typing(Message):
        """The filter begins to be typed, or ends."""

    def __init__(self, *, noun: str, empty: str, sort: Sort, id: str, example: str = EXAMPLE) -> None:  # noqa: A002
        """Begin without anything.

        Args:
            noun: What is listed, as "versions".
            empty: What to say where there is nothing.
            sort: The order to begin with.
            id: Textual's id.
            example: What an empty filter shows.
        """
        super().__init__(id=id)
        self.noun, self.sort, self.chosen = noun, sort, sort.column
        self.table = Table((), empty=empty, id="table")
        self.entry = Entry(placeholder=example, id="filter")
        self.summary = SummaryLine(id="summary")
        self.entry.disabled = True
        self.content: Content | None = None
        self.asked: Query | None = None
        self.why = ""
        self.now: datetime | None = None
        self.find: Callable[[Hashable], Thing | None] = dict[Hashable, Thing]().get

    def compose(self) -> ComposeResult:
        """Lay the filter line above the table."""
        with Horizontal(id="bar"):
            yield self.summary
        yield self.table

    def furniture(self) -> AwaitMount:
        """Put the filter line beside the summary."""
        return self.query_one("#bar").mount(self.entry, before=self.summary)

    @property
    def typing(self) -> bool:
        """Whether the filter is being typed."""
        return self.has_class("-typing")

    @property
    def current(self) -> Thing | None:
        """What the cursor is on."""
        return None if self.table.cursor is None else self.find(self.table.cursor)

    def show(self, content: Content, *, now: datetime) -> None:
        """Show other things, or the same ones anew; a filter with a fault may be one that can be read now."""
        other = content is not self.content
        self.content, self.now = content, now
        if other and self.why:
            self._read()
        columns = tuple(field.column for field in content.fields)
        chosen = self.chosen if self.chosen != self.sort.column else ""
        if (columns, self.sort, chosen) != (self.table.columns, self.table.sort, self.table.chosen):
            self.table.lay_out(columns, sort=self.sort, chosen=chosen)
        if self.asked is not None and len(content.things) > AT_ONCE:
            self.run_worker(self._filter(content, self.asked), group="filter", exclusive=True)
        else:
            self.workers.cancel_group(self, "filter")
            self._show_all(content, self.asked)

    def _show_all(self, content: Content, asked: Query | None) -> None:
        """Show what fits the filter, in order."""
        if asked is None:
            self._put(content, content.in_order(self.sort), len(content.things))
        else:
            kept = list(filter(content.test(asked), content.things))
            self._put(content, content.in_order(self.sort, kept), len(kept))

    async def _filter(self, content: Content, asked: Query) -> None:
        """Show of very many things what fits the filter, as it is found; the screen is let in between."""
        kept: list[Thing] = []
        began, shown, fits = time.monotonic(), 0, content.test(asked)
        for number, thing in enumerate(content.in_order(self.sort)):
            if fits(thing):
                kept.append(thing)
            if number % EACH == 0 and time.monotonic() - began > SLICE:
                if len(kept) > shown and shown < self.table.page:
                    self._put(content, kept, len(kept), more=True)
                    shown = len(kept)
                    await asyncio.sleep(FRAME)
                else:
                    await asyncio.sleep(0)
                began = time.monotonic()
        self._put(content, kept, len(kept))

    def _put(self, content: Content, things: Sequence[Thing], shown: int, *, more: bool = False) -> None:
        if content.find is None:
            by_key = {content.key(thing): thing for thing in things}
            keys, self.find = tuple(by_key), by_key.get
        else:
            keys, self.find = tuple(map(content.key, things)), content.find
        self.table.show(keys, self._row)
        self.summary.sum_up(self._summary(shown, len(content.things), more=more))

    def _row(self, key: Hashable) -> TableRow:
        fields, now = (self.content.fields if self.content else ()), self.now
        assert now is not None
        thing = self.find(key)
        return TableRow(key, tuple(field.shown(thing, now=now) for field in fields))

    def count_ages(self, now: datetime) -> None:
        """Show ages as they are now; nothing is sorted or filtered anew."""
        if self.content is not None and self.now != now:
            self.now = now
            self.table.remake()

    def _summary(self, shown: int, total: int, *, more: bool = False) -> Summary:
        count = f"{shown:,}{'…' if more else ''} of {total:,}" if self.asked else f"{total:,}"
        numbers = f"{count} {self.noun.removesuffix('s') if total == 1 and not self.asked else self.noun}"
        if self.typing:
            return Summary(numbers=numbers, marked=self._marked())
        return Summary(
            numbers=numbers,
            text=self.asked.text if self.asked else "",
            marked=self._marked(),
            order=f"sort {self._title(self.sort.column)} {'▼' if self.sort.descending else '▲'}",
            other=f"s sorts by {self._title(self.chosen)}" if self.chosen != self.sort.column else "",
        )

    def _marked(self) -> str:
        marks = [key for key in self.table.marks if self.find(key) is not None]
        shown = set(marks).intersection(self.table.keys) if marks and self.asked else marks
        return marked_words(len(shown), len(marks) - len(shown))

    def tell_marks(self) -> None:
        """Say how many things are marked."""
        self.summary.sum_up(msgspec.structs.replace(self.summary.summary, marked=self._marked()))

    def _title(self, column: str) -> str:
        fields = self.content.fields if self.content else ()
        return next((field.column.title.lower() for field in fields if field.column.id == column), column)

    def begin_filter(self) -> None:
        """Let the filter be typed."""
        self.add_class("-typing")
        self.entry.disabled = False
        self.screen.set_focus(self.entry)
        self.post_message(self.Typing())
        self._again()

    def ask_for(self, text: str) -> None:
        """Filter by a text as if it had been typed, and go back to the list; a faulty one stays to be mended."""
        self.begin_filter()
        self.entry.value = text
        self.entry.cursor_position = len(text)
        self.call_after_refresh(self._ask_typed)

    async def _ask_typed(self) -> None:
        if not self.why:
            await self.entry.action_submit()

    def leave_filter(self) -> bool:
        """Clear the filter or stop typing it; return False where there was nothing to leave."""
        if not self.typing and self.asked is None:
            return False
        if self.entry.value:
            self.entry.value = ""
            self.asked = None
            if self.typing:
                return True
        self._stop_typing()
        return True

    def _stop_typing(self) -> None:
        self.remove_class("-typing")
        self.entry.disabled = True
        self.table.focus()
        self.post_message(self.Typing())
        self._again()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as people type."""
        event.stop()
        if self.content is None or self.now is None:
            return
        if self._read():
            self._again()

    def _read(self) -> bool:
        """Read the text as the filter; return False where it has a fault: the filter of before stays."""
        content, now = self.content, self.now
        assert content is not None
        assert now is not None
        try:
            self.asked = read_filter(self.entry.value, now=now, known=content.names, reading=content.reading)
        except QueryError as error:
            self._find_fault(f"{error}: {error.hint}" if error.hint else str(error), error.start, error.end)
            return False
        self._find_fault("")
        return True

    def _find_fault(self, why: str, start: int = 0, end: int = 0) -> None:
        self.why = why
        self.entry.mark_fault(start, max(end, start + 1) if why else start)
        instead = why if why.startswith(COMING) else NOT_UNDERSTOOD if why else ""
        if instead != self.table.instead:
            self.table.instead = instead
            self.table.repaint()
        self.post_message(self.Faulty(why))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list with the filter; one with a fault stays to be mended."""
        event.stop()
        if self.why:
            self.post_message(self.Faulty(self.why))
            return
        with self.prevent(Input.Changed):
            self.entry.value = self.asked.text if self.asked else ""
        self._stop_typing()

    def obey(self, command_id: str) -> bool:
        """Do what can be done with every list; return False for any other command."""
        match command_id:
            case "filter":
                self.begin_filter()
            case "column.left" | "column.right":
                self.choose(1 if command_id == "column.right" else -1)
            case "sort":
                self.sort_by_chosen()
            case _:
                return False
        return True

    def choose(self, step: int) -> None:
        """Choose the next column, or the one before."""
        columns = [field.column.id for field in self.content.fields] if self.content else []
        if columns:
            at = columns.index(self.chosen) if self.chosen in columns else 0
            self.chosen = columns[(at + step) % len(columns)]
            self._again()

    def sort_by_chosen(self) -> None:
        """Sort by the chosen column; again: the other way round."""
        again = self.sort.column == self.chosen
        self.sort = Sort(self.chosen, descending=not self.sort.descending if again else False)
        self._again()

    def _again(self) -> None:
        if self.content is not None and self.now is not None:
            self.show(self.content, now=self.now)
