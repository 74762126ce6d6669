"""Inbox, serving, audit, the past, rules and models, with the keys that people press."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from signoff.tui.messages import Go, Sign
from signoff.tui.screens.audit import AuditPage
from signoff.tui.screens.inbox import InboxPage
from signoff.tui.screens.models import ModelsPage
from signoff.tui.screens.page import Page
from signoff.tui.screens.serving import ServingPage
from signoff.tui.screens.versions import VersionsPage
from signoff.tui.widgets.lines import LineView
from stories import Story
from tui.lists_app import WIDE, ListsApp, at, lines_of, opened, text_of, until

PEOPLE = ("ana", "ben", "cy", "dee")
BROAD = (160, 40)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Story(tmp_path_factory.mktemp("lists"), people=PEOPLE) as story:
        story.serve("fraud:1")
        story.sign("deploy", "fraud:1", by="dee", environment="eu-west", status="serving", instances=3)
        story.serve("fraud:2")
        story.sign("alias", "fraud:2", by="ana", alias="champion", comment="the best so far")
        story.register("fraud:3")
        story.promote("fraud:3", "staging", by="ana")
        story.request("fraud:3", comment="please look at the latency")
        story.register("ranker:1", by="ben")
        story.sign("break_glass", "ranker:1", by="dee", stage="production", reason="the old one answers nonsense")
        story.registry.checkpoint(story.me("ana"))
        yield story


def asked(app: ListsApp) -> list[tuple[str, str, str, dict[str, object]]]:
    """Return what would be signed."""
    return [(one.action, one.model, one.version, one.fields) for one in app.asked if isinstance(one, Sign)]


async def test_i_opens_my_inbox_and_a_key_signs_for_the_stage_that_waits(story: Story) -> None:
    async with opened(story, "models", who="cy") as (app, pilot):
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.page, InboxPage) and "fraud:3" in text_of(app.page))
        page = app.page
        assert isinstance(page, InboxPage)
        assert "for cy" in text_of(page)
        page.listing.table.move_to(next(key for key in page.listing.table.keys if "fraud:3" in str(key)))
        await pilot.press("A", "X")
        await until(pilot, lambda: len(app.asked) == 2)
        assert asked(app) == [
            ("approve", "fraud", "3", {"stage": "production"}),
            ("reject", "fraud", "3", {"stage": "production"}),
        ]
        await pilot.press("enter")
        await until(pilot, lambda: app.page.page_id == "version")
        assert app.page.words == ("fraud", "3")


async def test_a_review_in_the_inbox_carries_the_record_that_waits(story: Story) -> None:
    async with opened(story, "inbox", who="ana") as (app, pilot):
        page = app.page
        assert isinstance(page, InboxPage)
        await until(pilot, lambda: "review" in text_of(page))
        assert "fraud:3" not in text_of(page)
        assert page.subject is not None
        assert page.subject.ref == "ranker:1"
        page.obey("review")
        await until(pilot, lambda: bool(app.asked))
        assert asked(app) == [("review", "ranker", "1", {"record": page.subject.record})]


async def test_without_a_person_the_inbox_says_why_and_who_may_decide(story: Story) -> None:
    async with opened(story, "inbox", who="zoe") as (app, pilot):
        await until(pilot, lambda: "'zoe' is not a person of this registry" in text_of(app.page))
        text = text_of(app.page)
        assert "for zoe" in text
        assert "see: signoff trust show" in text
        assert "MAY DECIDE" in text
        assert "ben, cy, dee" in text


async def test_an_inbox_that_a_filter_empties_says_so(story: Story) -> None:
    async with opened(story, "inbox", who="dee") as (app, pilot):
        await pilot.press("/", *"stage:staging", "enter")
        await until(pilot, lambda: "nothing that waits fits the filter" in text_of(app.page))


async def test_the_inbox_judges_the_version_beside_it_for_its_stage(story: Story) -> None:
    async with opened(story, "inbox", who="cy", size=WIDE) as (app, pilot):
        page = app.page
        assert isinstance(page, InboxPage)
        page.listing.table.move_to(next(key for key in page.listing.table.keys if "fraud:3" in str(key)))
        await until(pilot, lambda: "0 of 2 for production" in text_of(page))
        await until(pilot, lambda: "approvals not met: 0 of 2" in " ".join(" ".join(lines_of(page.pane)).split()))
        assert "please look at the latency" in text_of(page)


async def test_drift_is_marked_and_told_in_words(story: Story) -> None:
    async with opened(story, "serving", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, ServingPage)
        await until(pilot, lambda: "! drift eu-west: 1" in text_of(page))
        assert "@champion" in text_of(page)
        page.listing.table.move_to(("fraud", False, "production"))
        await until(pilot, lambda: "eu-west serves 1, production points at 2" in page.below.render_line(1).text)
        await pilot.press("B")
        await until(pilot, lambda: bool(app.asked))
        assert asked(app) == [("rollback", "fraud", "2", {"stage": "production"})]
        await pilot.press("/", *"status:drift", "enter")
        await until(pilot, lambda: page.listing.table.keys == (("fraud", False, "production"),))
        await pilot.press("enter")
        await until(pilot, lambda: app.page.page_id == "version")
        assert app.page.words == ("fraud", "2")


async def test_beside_serving_stands_every_report(story: Story) -> None:
    async with opened(story, "serving", who="ben", size=WIDE) as (app, pilot):
        page = app.page
        assert isinstance(page, ServingPage)
        page.listing.table.move_to(("fraud", False, "production"))
        await until(pilot, lambda: "3 instances" in " ".join(lines_of(page.pane)))
        pane = " ".join(" ".join(lines_of(page.pane)).split())
        assert "approved by ben, cy" in pane
        assert "! drift: serves 1, and production points at 2" in pane


async def test_the_audit_begins_with_the_newest_record_and_opens_it(story: Story) -> None:
    async with opened(story, "audit", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: "checkpoint" in lines_of(page.records.table)[1])
        await pilot.press("j", "enter")
        await until(pilot, lambda: bool(app.asked))
        (going,) = app.asked
        assert isinstance(going, Go)
        record = next(one for one in page.line.records if "break_glass" in str(one))
        assert going.words == ("record", "ranker:1", page.records.table.keys[1])
        assert "the old one answers nonsense" in text_of(page)
        assert record is page.records.current


@pytest.mark.parametrize(("model", "count"), [("ranker", 2), ("nothing-like-it", 0)])
async def test_the_audit_of_one_model_has_its_records_alone(story: Story, model: str, count: int) -> None:
    async with opened(story, "audit", model, who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: len(page.records.table.keys) == count and page.checkpoints != ((), ""))
        assert count or "no record speaks of 'nothing-like-it'" in text_of(page)


async def test_records_of_the_registry_itself_open_the_rules(story: Story) -> None:
    async with opened(story, "audit", who="ben") as (app, pilot):
        await pilot.press("G", "enter")
        await until(pilot, lambda: app.page.page_id == "rules")


async def test_the_audit_is_filtered_by_what_records_say(story: Story) -> None:
    async with opened(story, "audit", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await pilot.press("/", *"action:promote by:ana", "enter")
        await until(pilot, lambda: len(page.records.table.keys) == 3)
        rows = lines_of(page.records.table)[1:4]
        assert all("promote" in row and "staging" in row for row in rows)


async def test_turning_where_there_is_one_list_says_how_to_see_the_past(story: Story) -> None:
    async with opened(story, "audit", who="ben") as (app, pilot):
        page = app.page
        await pilot.press("tab")
        await until(pilot, lambda: ":at DATE" in page.footer.render_line(0).text)


async def test_at_a_moment_the_stages_and_the_records_are_those_of_then(story: Story) -> None:
    first = story.registry.reader.log("fraud").history.entries[4].record.moment
    assert first is not None
    async with opened(story, "audit", "", at(first), who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: len(page.pointers.table.keys) == 2)
        text = text_of(page)
        assert "production 1" in text
        assert "@champion" not in text
        assert page.pointers.table.has_focus
        assert f"as it was at {first:%Y-%m-%d %H:%M} UTC" in page.tabs.render_line(0).text
        await pilot.press("]")
        await until(pilot, lambda: page.records.table.has_focus)
        assert [type(one).__name__ for one in page.line.records] == ["Entry"] * 5 + ["TrustRecord"]
        assert "promote" in lines_of(page.records.table)[1]
        await pilot.press("/", *"action:approve", "enter")
        await until(pilot, lambda: len(page.records.table.keys) == 2)
        await pilot.press("escape", "[")
        await until(pilot, lambda: page.pointers.table.has_focus)


async def test_a_version_opened_from_the_past_says_that_its_page_is_todays(story: Story) -> None:
    first = story.registry.reader.log("fraud").history.entries[4].record.moment
    assert first is not None
    async with opened(story, "audit", "", at(first), who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: len(page.pointers.table.keys) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: app.page.page_id == "version")
        words = f"this page is today's, not as it was at {first:%Y-%m-%d %H:%M} UTC"
        await until(pilot, lambda: words in app.page.footer.render_line(0).text)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("yesterday", "'yesterday' is not a date or time: write 2026-11-23"),
        ("1999-12-31", "this registry did not exist: it began at"),
    ],
)
async def test_a_moment_that_cannot_be_told_says_why(story: Story, moment: str, words: str) -> None:
    async with opened(story, "audit", "", moment, who="ben") as (app, pilot):
        await until(pilot, lambda: words in text_of(app.page))
        await pilot.press("j", "enter", "]")
        await until(pilot, lambda: isinstance(app.page, AuditPage) and app.page.tab == "records")
        assert words in text_of(app.page)


async def test_a_moment_to_come_is_now_and_says_so(story: Story) -> None:
    async with opened(story, "audit", "fraud", "2999-01-01", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, AuditPage)
        await until(pilot, lambda: len(page.pointers.table.keys) == 3)
        assert "still to come" in page.tabs.laid(200)[-1][0]


async def test_the_rules_mark_me_and_say_what_i_may_do(story: Story) -> None:
    async with opened(story, "rules", who="ben") as (app, pilot):
        await until(pilot, lambda: "none; propose one with" in text_of(app.page))
        text = text_of(app.page)
        assert "ben" in text
        assert "approve and reject, promote, roll back" in text
        await pilot.press("G")
        await until(pilot, lambda: "founded" in text_of(app.page))


async def test_beside_the_models_stands_what_the_cursor_is_on(story: Story) -> None:
    async with opened(story, "models", who="ben", size=BROAD) as (app, pilot):
        page = app.page
        assert isinstance(page, ModelsPage)
        await until(pilot, lambda: "3 versions" in " ".join(lines_of(page.pane)))
        await pilot.press("j")
        await until(pilot, lambda: "1 version" in " ".join(lines_of(page.pane)))
        assert "model.yaml says nothing" in " ".join(lines_of(page.pane))


async def test_the_pane_follows_while_the_filter_is_typed(story: Story) -> None:
    async with opened(story, "versions", "fraud", who="ben", size=WIDE) as (app, pilot):
        page = app.page
        assert isinstance(page, VersionsPage)
        await until(pilot, lambda: "fraud:3" in " ".join(lines_of(page.pane)))
        await pilot.press("/", *"version:1")
        await until(pilot, lambda: "fraud:1" in " ".join(lines_of(page.pane)))


async def test_the_footer_tells_what_keys_do_while_the_filter_is_typed(story: Story) -> None:
    def keys(page: Page) -> str:
        return " ".join(page.footer.render_line(0).text.split())

    async with opened(story, "versions", "fraud", who="ben") as (app, pilot):
        await until(pilot, lambda: "enter open" in keys(app.page))
        await pilot.press("/")
        await until(pilot, lambda: keys(app.page) == "enter to the list esc leave")
        await pilot.press(*"fra")
        await until(pilot, lambda: keys(app.page) == "enter keep esc clear")
        await pilot.press("escape")
        await until(pilot, lambda: keys(app.page) == "enter to the list esc leave")
        await pilot.press(*"fra", "enter")
        await until(pilot, lambda: "enter open" in keys(app.page))


async def test_marks_are_told_above_the_list_and_those_that_the_filter_hides_too(story: Story) -> None:
    async with opened(story, "versions", "fraud", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, VersionsPage)
        summary = page.listing.summary
        await pilot.press("space", "space")
        await until(pilot, lambda: "2 marked" in summary.render_line(0).text)
        await pilot.press("/", *"version:3", "enter")
        await until(pilot, lambda: "1 marked, 1 hidden" in summary.render_line(0).text)
        await pilot.press("u")
        await until(pilot, lambda: "marked" not in summary.render_line(0).text)


async def test_a_pane_that_gets_room_shows_what_the_cursor_is_on(story: Story) -> None:
    async with opened(story, "versions", "fraud", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, VersionsPage)
        assert not page.pane.display
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "fraud:3" in " ".join(lines_of(page.pane)))
        await until(pilot, lambda: "approvals" in " ".join(lines_of(page.pane)))


def texts(pane: LineView) -> list[str]:
    """Return the lines of a pane without its scroll bar."""
    return [line.rstrip(" ▐") for line in lines_of(pane)]


@pytest.mark.parametrize(("down", "up"), [("J", "K"), ("shift+down", "shift+up")])
async def test_the_pane_is_scrolled_while_the_cursor_stays(story: Story, down: str, up: str) -> None:
    async with opened(story, "versions", "fraud", who="ben", size=(WIDE[0], 15)) as (app, pilot):
        page = app.page
        assert isinstance(page, VersionsPage)
        await until(pilot, lambda: page.pane.last_top > 3)
        first, here = texts(page.pane), page.subject
        await pilot.press(down)
        await until(pilot, lambda: texts(page.pane)[0] == first[3])
        await pilot.press(*[down] * 20)
        await until(pilot, lambda: page.pane.top == page.pane.last_top)
        await pilot.press(*[up] * 20)
        await until(pilot, lambda: texts(page.pane) == first)
        assert page.subject == here


async def test_a_pane_that_cannot_be_scrolled_says_why(story: Story) -> None:
    async with opened(story, "models", who="ben", size=WIDE) as (app, pilot):
        await pilot.press("J")
        await until(pilot, lambda: "all of the pane is shown" in app.page.footer.render_line(0).text)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.page.size.width == 80)
        await pilot.press("K")
        await until(pilot, lambda: "it needs 110 columns" in app.page.footer.render_line(0).text)


async def test_ages_are_counted_anew_by_a_key_and_not_by_the_clock(story: Story) -> None:
    async with opened(story, "versions", "fraud", who="ben") as (app, pilot):
        page = app.page
        assert isinstance(page, VersionsPage)
        before = lines_of(page.listing.table)
        app.clock += timedelta(days=30)
        await pilot.pause()
        assert lines_of(page.listing.table) == before
        assert not any("4w ago" in line for line in before)
        await pilot.press("j")
        await until(pilot, lambda: any("4w ago" in line for line in lines_of(page.listing.table)))
