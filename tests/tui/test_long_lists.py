"""A list of very many things is filtered bit by bit: the first that fit are there at once, and the screen is let in."""

import asyncio
import itertools
import time
from datetime import UTC, datetime

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from signoff.policy.query import Value
from signoff.tui.themes import dress
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.fields import Field
from signoff.tui.widgets.listing import SLICE, Listing
from signoff.tui.widgets.table import Column, Sort

MANY = 150_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class NumberRow:
    """A number as a row that is slow to ask."""

    def __init__(self, number: int) -> None:
        self.number = number

    def words(self) -> tuple[str, ...]:
        """Return its digits."""
        return (f"n{self.number}",)

    def values(self, field: str) -> tuple[Value, ...]:
        """Return nothing for any field."""
        return (field,) if not field else ()


class ListApp(App[None]):
    """A list of numbers, the highest first."""

    def __init__(self) -> None:
        """Wear a theme of ours."""
        super().__init__()
        dress(self, "dark", colour=True)

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield Listing(noun="numbers", empty="none", sort=Sort("number", descending=True), id="listing")

    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    def order(self, number: int) -> int:
        """Return by what a number is sorted, and count how often that is asked."""
        self.ordered += 1
        return number

    def on_mount(self) -> None:
        """Fill it."""
        self.ordered = 0
        column = Column(id="number", title="NUMBER", width=10)
        field: Field[int] = Field(column=column, cell=lambda one: (str(one), "plain"), order=self.order)
        content = Content(
            range(MANY), (field,), key=lambda one: one, row=NumberRow, known=frozenset, find=lambda key: key
        )
        self.listing.show(content, now=NOW)


async def until(pilot: Pilot[None], wanted: str) -> str:
    app = pilot.app
    assert isinstance(app, ListApp)
    said = ""
    for _ in range(1000):
        said = app.listing.summary.render_line(0).text.strip()
        if wanted in said:
            return said
        await pilot.pause(0.005)
    raise AssertionError(said)


async def test_what_fits_is_found_in_the_order_of_the_list() -> None:
    app = ListApp()
    fitting = [number for number in reversed(range(MANY)) if f"n{number}".startswith("n777")]
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        app.listing.ask_for("n777")
        await until(pilot, f"{len(fitting):,} of 150,000 numbers")
        assert list(app.listing.table.keys) == fitting
        assert app.listing.current == fitting[0]


async def test_a_list_that_stands_in_order_is_not_sorted_again_to_be_filtered() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        assert app.ordered == MANY
        app.listing.ask_for("n777")
        await until(pilot, " of 150,000 numbers")
        assert app.ordered == MANY


async def test_the_last_text_is_what_is_filtered_by() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        app.listing.begin_filter()
        await pilot.press(*"n5555")
        await until(pilot, "of 150,000 numbers")
        await pilot.press("backspace", "backspace", "backspace", "backspace", "backspace")
        while " of " in app.listing.summary.render_line(0).text:
            await pilot.pause(0.01)
        await pilot.pause(0.1)
        assert len(app.listing.table.keys) == MANY


async def test_the_screen_is_let_in_while_it_is_filtered() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        beats: list[float] = []

        async def beat() -> None:
            while True:
                beats.append(time.thread_time())
                await asyncio.sleep(0)

        beating = asyncio.create_task(beat())
        app.listing.ask_for("n1")
        while "…" in (said := app.listing.summary.render_line(0).text) or "of" not in said:
            await pilot.pause(0)
        beating.cancel()
        work = [later - earlier for earlier, later in itertools.pairwise(beats)]
        filtering = sum(one > SLICE / 2 for one in work)
        assert filtering > 5, work
        assert max(work) < 0.15
        assert list(app.listing.table.keys)[:2] == [149_999, 149_998]
