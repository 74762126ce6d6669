"""Versions side by side, and one metric over all versions, under a pilot."""

from collections.abc import Callable, Iterator

import pytest
from textual.pilot import Pilot

from agents import Agent
from signoff.storage.memory import MemoryStorage
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go
from signoff.tui.screens.compare import ComparePage
from signoff.tui.screens.trend import TrendPage
from signoff.tui.screens.versions import VersionsPage
from signoff.tui.session import Session
from signoff.tui.widgets.lines import LineView
from tui.story import Story, tell

WIDE, SMALL = (120, 40), (80, 24)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Return the story of pictures; nothing here changes it."""
    private = tmp_path_factory.mktemp("private")
    with pytest.MonkeyPatch.context() as patch, Agent() as agent:
        for variable in ("SIGNOFF_STATE_DIR", "SIGNOFF_CACHE_DIR"):
            patch.setenv(variable, str(private))
        yield tell(Story(MemoryStorage(), agent, tmp_path_factory.mktemp("keys")))


def app_of(story: Story, *, plain: bool = False) -> SignoffApp:
    session = Session(story.open, story.surroundings, read_only=False, who="", key="")
    return SignoffApp(session, lambda app: Feed(story.open(), app.post_message, watching=False), plain=plain)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    assert condition()


def lines(view: LineView) -> list[str]:
    """Return the lines that a view shows."""
    return [view.render_line(y).text.rstrip(" ▐") for y in range(view.size.height)]


def screen(app: SignoffApp) -> str:
    """Return all that the page in front shows."""
    texts: list[str] = []
    for widget in app.page.query("*"):
        if widget.size.height and not widget.children:
            texts += [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]
    return "\n".join(texts)


async def at_versions(app: SignoffApp, pilot: Pilot[None]) -> VersionsPage:
    """Go to the versions of fraud."""
    await until(pilot, lambda: app.snapshot is not None and app.snapshot.complete and app.page.subject is not None)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.page, VersionsPage) and app.page.current is not None)
    assert isinstance(app.page, VersionsPage)
    return app.page


async def compared(app: SignoffApp, pilot: Pilot[None]) -> ComparePage:
    """Wait until a comparison stands."""
    await until(pilot, lambda: isinstance(app.page, ComparePage) and bool(app.page.table.rows))
    assert isinstance(app.page, ComparePage)
    return app.page


async def plotted(app: SignoffApp, pilot: Pilot[None]) -> TrendPage:
    """Wait until a trend stands."""
    await until(pilot, lambda: isinstance(app.page, TrendPage) and bool(app.page.table.keys))
    assert isinstance(app.page, TrendPage)
    await until(pilot, lambda: bool(app.page.query_one("#plot", LineView).on_screen))
    return app.page


async def test_without_marks_the_cursors_version_is_compared_with_production(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        versions = await at_versions(app, pilot)
        versions.listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        assert page.refs == ("fraud:2", "fraud:4")
        text = screen(app)
        assert "Δ to fraud:2" in text
        assert "reference" in text
        row = next(line for line in lines(page.table) if "accuracy" in line)
        assert row.split() == ["accuracy", "0.912", "0.931*", "+0.019", "better"]
        latency = next(line for line in lines(page.table) if "latency_p50" in line)
        assert latency.split()[-2:] == ["+1.0", "worse"]


async def test_marked_versions_are_compared_with_production_first(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=WIDE) as pilot:
        versions = await at_versions(app, pilot)
        for version in ("4", "2", "1"):
            versions.listing.table.move_to(version)
            versions.listing.table.toggle_mark()
        await pilot.press("c")
        page = await compared(app, pilot)
        assert page.refs == ("fraud:2", "fraud:1", "fraud:4")


async def test_only_differences_leaves_out_what_is_alike_and_says_so(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=(120, 60)) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        assert any("depth" in line for line in lines(page.table))
        await pilot.press("n")
        await until(pilot, lambda: not any("depth" in line for line in lines(page.table)))
        assert "only those" in screen(app)
        assert any("accuracy" in line for line in lines(page.table))
        await pilot.press("n")
        await until(pilot, lambda: any("depth" in line for line in lines(page.table)))


async def test_versions_without_room_are_counted_and_reached_by_columns(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        versions = await at_versions(app, pilot)
        for version in ("1", "2", "3", "4", "5", "6"):
            versions.listing.table.move_to(version)
            versions.listing.table.toggle_mark()
        await pilot.press("c")
        page = await compared(app, pilot)
        first = lines(page.table)[0].split()
        assert first[0] == "2"
        assert f"{6 - len(first)} more versions not shown: H L" in screen(app)
        await pilot.press("L")
        await until(pilot, lambda: lines(page.table)[0].split() != first)
        second = lines(page.table)[0].split()
        assert (second[0], len(second)) == ("2", len(first))
        await pilot.press(*["L"] * 9)
        await until(pilot, lambda: lines(page.table)[0].split()[-1] == "6")
        await pilot.press(*["H"] * 9)
        await until(pilot, lambda: lines(page.table)[0].split() == first)


async def test_the_name_of_the_group_that_is_read_stays_above_its_rows(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=(80, 20)) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        assert lines(page.table)[2].startswith(" metrics")
        await pilot.press("G")
        await until(pilot, lambda: page.table.top > 0)
        top = page.table.entries[page.table.top]
        assert lines(page.table)[2].strip() == page.table.sections[top.section].title
        await pilot.press("g")
        await until(pilot, lambda: page.table.top == 0)


async def test_a_metrics_row_opens_its_trend_and_another_row_says_why_not(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        await pilot.press("G", "m")
        await until(pilot, lambda: "only a metric has a trend" in screen(app))
        assert app.page is page
        await pilot.press("g")
        key = page.row.row.key if page.row else ""
        await pilot.press("enter")
        trend = await plotted(app, pilot)
        assert trend.trend.key == key
        assert trend.subject.version == "4"


async def test_where_nothing_can_be_compared_the_key_says_why(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.complete and app.page.subject is not None)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.page, VersionsPage) and app.page.current is not None)
        await pilot.press("c")
        await until(pilot, lambda: "nothing to compare" in screen(app))
        assert "nothing to compare with: production points at no version; mark two with space" in screen(app)
        assert isinstance(app.page, VersionsPage)


async def test_a_comparison_of_what_is_not_there_says_so(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        await at_versions(app, pilot)
        await app.on_go(Go("compare", "fraud:1", "fraud:99"))
        await until(pilot, lambda: "fraud:99 is not there" in screen(app))


async def test_a_trend_marks_production_and_the_cursor_and_enter_opens_the_version(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("m")
        page = await plotted(app, pilot)
        assert page.subject.version == "4"
        assert [mark.label for mark in page.marks()] == ["4", "2 production"]
        assert page.table.keys == ("1", "2", "3", "4", "5", "6", "7")
        drawn = lines(page.plot)
        assert sum(line.count("◆") for line in drawn) == 2
        await pilot.press("j")
        await until(pilot, lambda: lines(page.plot) != drawn)
        assert "◆ 5 0.87" in screen(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.page.page_id == "version")
        assert app.page.subject is not None
        assert app.page.subject.ref == "fraud:5"


async def test_a_trend_tells_values_differences_and_what_they_mean(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=WIDE) as pilot:
        await at_versions(app, pilot)
        await pilot.press("m")
        page = await plotted(app, pilot)
        rows = [line.replace("▌", "").split() for line in lines(page.table)]
        assert rows[1][:3] == ["1", "0.9", "-"]
        assert rows[2][:4] == ["2", "0.912", "+0.012", "better"]
        assert rows[3][:4] == ["3", "0.908", "-0.004", "worse"]
        assert "higher is better" in screen(app)


async def test_brackets_and_columns_change_the_metric_and_come_round(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        await at_versions(app, pilot)
        await pilot.press("m")
        page = await plotted(app, pilot)
        assert page.trend.key == "accuracy on holdout test"
        await pilot.press("]")
        await until(pilot, lambda: page.trend.key == "latency_p50")
        assert "ms · lower is better" in screen(app)
        await pilot.press("[")
        await until(pilot, lambda: page.trend.key == "accuracy on holdout test")
        await pilot.press("H")
        await until(pilot, lambda: page.trend.key == "latency_p50")
        await pilot.press("tab")
        await until(pilot, lambda: page.trend.key == "accuracy on holdout test")


async def test_that_everything_is_read_again_is_said_until_somebody_moves(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=SMALL) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        await pilot.press("r")
        app.show()
        await pilot.pause()
        assert page.footer.render_line(0).text.strip() == "reading everything again"
        await pilot.press("j")
        await until(pilot, lambda: "reading everything again" not in page.footer.render_line(0).text)


async def test_without_utf_8_both_pages_are_ascii(story: Story) -> None:
    app = app_of(story, plain=True)
    async with app.run_test(size=SMALL) as pilot:
        (await at_versions(app, pilot)).listing.table.move_to("4")
        await pilot.press("c")
        page = await compared(app, pilot)
        assert screen(app).isascii()
        await pilot.press("m")
        await plotted(app, pilot)
        assert screen(app).isascii()
        assert page is not app.page


async def test_in_the_pane_beside_the_list_no_word_of_the_metrics_stands_alone(story: Story) -> None:
    app = app_of(story)
    async with app.run_test(size=WIDE) as pilot:
        versions = await at_versions(app, pilot)
        versions.listing.table.move_to("4")
        await until(pilot, lambda: any("0.931" in line for line in lines(versions.pane)))
        shown = [line.strip() for line in lines(versions.pane)]
        assert not {"better", "worse", "same"} & set(shown)
        accuracy = next(line for line in shown if line.startswith("accuracy"))
        assert accuracy.split()[1:4] == ["0.931", "0.912", "+0.019"]
