"""The filter line of a list: what is typed, what is kept, and what the list says meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from signoff.policy.query import Value
from signoff.tui.filtering import COMING, WAITS
from signoff.tui.themes import dress
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.fields import Field
from signoff.tui.widgets.listing import NOT_UNDERSTOOD, Listing
from signoff.tui.widgets.table import Column, Sort

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COLUMN: Field[int] = Field(
    column=Column(id="number", title="NUMBER", width=10), cell=lambda one: (str(one), "plain"), order=lambda one: one
)


class NumberRow:
    """A number as a row; its metric `size_of` is the number itself."""

    def __init__(self, number: int) -> None:
        self.number = number

    def words(self) -> tuple[str, ...]:
        """Return how it is called."""
        return (f"n{self.number}",)

    def values(self, field: str) -> tuple[Value, ...]:
        """Return the metric."""
        return (str(self.number),) if field == "metrics.size_of" else ()


class FilterApp(App[None]):
    """A list of ten numbers; it remembers what was wrong with the filter."""

    def __init__(self) -> None:
        """Wear a theme of ours."""
        super().__init__()
        self.said: list[str] = []
        dress(self, "dark", colour=True)

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield Listing(noun="numbers", empty="none fits the filter", sort=Sort("number"), id="listing")

    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    def put(self, *names: str, reading: bool = False) -> None:
        """Fill it; `names` are those that a filter may use."""
        content = Content(
            range(10), (COLUMN,), key=lambda one: one, row=NumberRow, known=lambda: names, reading=reading
        )
        self.listing.show(content, now=NOW)

    def on_listing_faulty(self, message: Listing.Faulty) -> None:
        """Remember what was wrong."""
        self.said.append(message.why)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    assert condition()


async def typed(app: FilterApp, pilot: Pilot[None], text: str, *names: str) -> Listing:
    """Type a filter."""
    await app.listing.furnish()
    app.put(*names)
    app.listing.begin_filter()
    await pilot.press(*text)
    await until(pilot, lambda: app.listing.entry.value == text)
    return app.listing


def table_text(listing: Listing) -> str:
    table = listing.table
    return " ".join(table.render_line(y).text for y in range(table.size.height))


async def test_enter_takes_no_filter_that_is_not_understood() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 24)) as pilot:
        listing = await typed(app, pilot, "rocauc>>3")
        await until(pilot, lambda: bool(app.said) and bool(app.said[-1]))
        told = len(app.said)
        await pilot.press("enter")
        await until(pilot, lambda: len(app.said) == told + 1)
        assert app.said[-1] == app.said[-2] != ""
        assert (listing.typing, listing.entry.has_focus, listing.entry.value) == (True, True, "rocauc>>3")
        assert listing.entry.fault.end > listing.entry.fault.start


async def test_a_list_that_is_empty_while_the_filter_is_faulty_does_not_say_that_nothing_fits() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 24)) as pilot:
        listing = await typed(app, pilot, "rocauc")
        await until(pilot, lambda: "none fits the filter" in table_text(listing))
        await pilot.press(*">>3")
        await until(pilot, lambda: NOT_UNDERSTOOD in table_text(listing))
        assert "none fits" not in table_text(listing)
        listing.entry.value = "n3"
        await until(pilot, lambda: listing.table.keys == (3,))
        listing.entry.value = "nothing"
        await until(pilot, lambda: "none fits the filter" in table_text(listing))


async def test_a_filter_by_a_metric_that_was_not_read_yet_waits_for_it() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        app.put(reading=True)
        app.listing.ask_for("size_of>7")
        await until(pilot, lambda: app.said[-1:] == [f"{COMING}: {WAITS}"])
        app.put("metrics.other", reading=True)
        await pilot.pause()
        assert len(app.listing.table.keys) == 10
        assert app.listing.entry.value == "size_of>7"
        app.put("metrics.other", "metrics.size_of")
        await until(pilot, lambda: app.said[-1] == "")
        assert app.listing.table.keys == (8, 9)
        assert app.listing.entry.fault.end == 0


async def test_a_name_that_did_not_come_is_then_called_wrong() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.listing.furnish()
        app.put(reading=True)
        app.listing.ask_for("size_off>7")
        await until(pilot, lambda: app.said[-1:] == [f"{COMING}: {WAITS}"])
        app.put("metrics.size_of")
        await until(pilot, lambda: app.said[-1].startswith("'size_off' is not a field: did you mean 'size_of'?"))
