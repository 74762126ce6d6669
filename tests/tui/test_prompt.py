"""The command line, the palette and the keys that people chose, as they are pressed."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from textual.events import Key
from textual.pilot import Pilot

from signoff.registry.settings import Settings
from signoff.registry.watching import Standing
from signoff.tui.messages import Seen, Unknown, Unreadable
from signoff.tui.screens.help import HelpPage
from signoff.tui.screens.palette import Palette
from signoff.tui.screens.versions import VersionsPage
from tui.prompt_app import app_on, last_line, ready, screen_text, told_story, type_line, until
from tui.seat import seated
from tui.story import Story


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with told_story() as told:
        yield told


async def on_versions(pilot: Pilot[None], model: str = "fraud") -> None:
    """Go to the versions of a model, and wait for them."""
    await type_line(pilot, model)
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, VersionsPage) and bool(app.screen.listing.table.keys))


async def put_on(pilot: Pilot[None], version: str) -> None:
    """Put the cursor on a version."""
    screen = pilot.app.screen
    assert isinstance(screen, VersionsPage)
    assert screen.listing.table.move_to(version)
    await pilot.pause()


async def test_a_reference_is_shown_and_esc_leaves_the_line(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"fr")
        await until(pilot, lambda: last_line(app) == ":fr")
        await pilot.press("escape")
        await until(pilot, lambda: "filter" in last_line(app))
        await type_line(pilot, "fraud@production")
        await until(pilot, lambda: app.gone == [("version", "fraud", "2")])


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("place", ["inbox", "serving", "audit"])
async def test_the_line_is_the_last_one_on_pages_with_lines_below_their_list(
    story: Story, place: str, size: tuple[int, int]
) -> None:
    async with seated(story, "ben", size=size) as seat:
        before = seat.app.screen
        await seat.press("colon", *place, "enter")
        await seat.until(lambda: seat.app.screen is not before and bool(seat.lines()[-1]))
        await seat.press("colon", *"mod")
        await seat.until(lambda: seat.lines()[-1].strip() == ":mod")


async def test_letters_typed_at_once_after_the_colon_press_no_key(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        for key in ("colon", *"rPq"):
            app.post_message(Key(key, ":" if key == "colon" else key))  # nothing is waited for, as with a paste
        await until(pilot, lambda: last_line(app) == ":rPq")
        assert (app.gone, app.signed) == ([], [])


async def test_tab_completes_what_is_common_and_then_takes_one_after_the_other(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"them", "tab")
        await until(pilot, lambda: last_line(app) == ":theme")
        assert "colour-blind" in screen_text(app)
        await pilot.press("tab")
        await until(pilot, lambda: last_line(app) == ":theme dark")
        await pilot.press("tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: last_line(app) == ":theme ansi")


async def test_a_line_that_is_wrong_stays_with_its_reason_and_can_be_mended(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "theme lihgt")
        await until(pilot, lambda: "no theme is called 'lihgt'; the nearest is 'light'" in screen_text(app))
        prompt = app.page.prompt
        assert prompt.typing
        assert (prompt.entry.fault.start, prompt.entry.fault.end) == (6, 11)
        await pilot.press("ctrl+u", *"theme light", "enter")
        await until(pilot, lambda: app.theme == "light" and not prompt.typing)


async def test_lines_of_before_come_back_on_other_pages_too(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "theme dark")
        await on_versions(pilot)
        await pilot.press("colon", "up", "up")
        await until(pilot, lambda: last_line(app) == ":theme dark")
        await pilot.press("down")
        await until(pilot, lambda: last_line(app) == ":fraud")


async def test_words_go_to_the_signing_dialog_as_fields(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        await put_on(pilot, "4")
        await type_line(pilot, "alias champion the best")
        await type_line(pilot, "deploy eu-west serving")
        await type_line(pilot, "pull /srv/models")
        await until(pilot, lambda: len(app.signed) == 3)
    assert app.signed == [
        ("alias", "fraud", "4", {"alias": "champion", "comment": "the best"}),
        ("deploy", "fraud", "4", {"environment": "eu-west", "status": "serving"}),
        ("pull", "fraud", "4", {"destination": "/srv/models"}),
    ]


async def test_pages_with_words_are_asked_for(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await type_line(pilot, "at 2026-11-05")
        await on_versions(pilot)
        await type_line(pilot, "compare 2 4")
        await until(pilot, lambda: len(app.gone) == 3)
    assert app.gone == [("audit", "", "2026-11-05"), ("versions", "fraud"), ("compare", "fraud:2", "fraud:4")]


async def test_what_cannot_be_done_says_why_in_the_same_words_whichever_way_it_is_asked(story: Story) -> None:
    app = app_on(story, read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        said = []
        for keys in (["A"], ["colon", *"approve", "enter"], ["colon", *"approve production", "enter"]):
            app.page.tell("")
            await pilot.press(*keys)
            await until(pilot, lambda: "read-only" in last_line(app))
            said.append(last_line(app))
    assert said == [app.session.read_only] * 3
    assert app.signed == []


async def test_chosen_columns_are_shown_in_their_order_and_unknown_ones_told(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        await type_line(pilot, "columns version age depth metrics.accuracy")
        head = ["VERSION", "AGE", "▲", "DEPTH", "ACCURACY"]
        await until(pilot, lambda: any(line.split() == head for line in screen_text(app).splitlines()))
        await type_line(pilot, "columns version acuracy")
        await until(pilot, lambda: "the nearest is 'metrics.accuracy'" in screen_text(app))
        await pilot.press("escape")
        await type_line(pilot, "columns")
        await until(pilot, lambda: "SIGN-OFF" in screen_text(app))


async def test_a_saved_view_filters_and_says_its_filter(story: Story) -> None:
    app = app_on(story, Settings(views={"in production": "stage:production"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        await type_line(pilot, "view in production")
        await until(pilot, lambda: "stage:production  1 of 7 versions" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "7 versions" in screen_text(app) and "of 7" not in screen_text(app))


async def test_another_registry_replaces_everything_and_a_failure_nothing(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        session, feed = app.session, app.feed
        await type_line(pilot, "registry gone")
        await until(pilot, lambda: "there is no folder '/nowhere'" in last_line(app))
        assert (app.session, app.feed) == (session, feed)
        assert isinstance(app.screen, VersionsPage)
        await type_line(pilot, "registry twin")
        await until(pilot, lambda: app.session is not session)
        await ready(pilot, app)
        assert app.feed is not feed
        assert "signoff  twin:memory://" in screen_text(app)
        assert (app.page.page_id, len(app.screen_stack)) == ("models", 1)
        await on_versions(pilot)
        await type_line(pilot, "models")
        await until(pilot, lambda: app.page.page_id == "models" and len(app.screen_stack) == 1)


async def test_the_palette_does_what_is_chosen_and_says_why_not(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        await put_on(pilot, "5")
        await pilot.press("ctrl+p", *"promote")
        await until(pilot, lambda: isinstance(app.screen, Palette) and "fraud:5 is revoked" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: screen_text(app).count("fraud:5 is revoked") > 1)
        assert isinstance(app.screen, Palette)
        await pilot.press("ctrl+u", *"vad:0.9", "enter")
        await until(pilot, lambda: ("version", "speech/vad", "0.9.0") in app.gone)
        assert app.signed == []


async def test_the_palette_asks_for_the_words_that_a_command_needs(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+p", *"colours")
        await until(pilot, lambda: isinstance(app.screen, Palette) and "colours: dark" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: last_line(app) == ":theme" and "high-contrast" in screen_text(app))
        await pilot.press(*"ansi", "enter")
        await until(pilot, lambda: app.theme == "ansi")


async def test_remapped_keys_work_and_are_shown_everywhere(story: Story) -> None:
    app = app_on(story, Settings(keymap={"filter": "f", "help": "f1", "move.down": "z", "approve": ""}))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: last_line(app).startswith("f filter"))
        assert last_line(app).endswith("f1 help")
        await on_versions(pilot)
        page = app.page
        assert isinstance(page, VersionsPage)
        before = page.listing.table.cursor
        await pilot.press("j", "question_mark", "A", "slash")
        await pilot.press("z")
        await until(pilot, lambda: page.listing.table.cursor != before)
        assert app.signed == []
        await pilot.press("f")
        await until(pilot, lambda: page.listing.typing)
        await pilot.press(*"of")
        await until(pilot, lambda: page.listing.entry.value == "of")
        await pilot.press("escape", "escape", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpPage) and "z               down" in screen_text(app))
        assert isinstance(app.screen, HelpPage)
        assert any(text.strip() == ":approve" for line in app.screen.text.text for text, _ in line)


async def test_what_is_wrong_with_the_configuration_is_said_at_the_start(story: Story) -> None:
    app = app_on(story, Settings(keymap={"aprove": "b"}, theme="drak"))
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: "no theme is called 'drak'; the nearest is 'dark'" in last_line(app))
        assert "1 more: signoff config check" in last_line(app)


async def test_a_word_of_the_thread_that_reads_is_not_heard_once_the_pages_are_gone(story: Story) -> None:
    app = app_on(story)
    async with app.run_test() as pilot:
        await ready(pilot, app)
        before = app.snapshot
        assert before is not None
    assert not app.screen_stack
    app.on_seen(Seen(replace(before, complete=False), standing=Standing()))
    app.on_unknown(Unknown())
    app.on_unreadable(Unreadable("gone"))
    assert app.snapshot is before


async def test_help_says_what_the_page_below_cannot_do_now_and_why(story: Story) -> None:
    app = app_on(story)
    async with app.run_test(size=(80, 50)) as pilot:
        await ready(pilot, app)
        await on_versions(pilot)
        await put_on(pilot, "5")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpPage) and bool(app.screen.text.text))
        assert isinstance(app.screen, HelpPage)
        words = ["".join(text for text, _ in line) for line in app.screen.text.text]
        at = next(number for number, line in enumerate(words) if line.split()[:2] == ["A", "Approve"])
        assert words[at + 1].strip() == "not now: fraud:5 is revoked"
