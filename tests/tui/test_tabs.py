"""The tabs of a version, the texts behind them, problems, tasks and the copy menu, under a pilot."""

import asyncio
import gc
import time
from collections.abc import Iterator

import pytest
from textual import events

from builders import World
from signoff.registry.registry import Registry
from signoff.tui.messages import Go
from signoff.tui.screens.problems import ProblemsPage
from signoff.tui.screens.reading import ReadingPage
from signoff.tui.screens.version import VersionPage, tabs_line
from signoff.tui.tasks import Task
from signoff.tui.widgets.blocks import Blocks
from tui.tabs_app import app_of, footer_of, reads, sha256, shown, tell, text_of, until


@pytest.fixture(scope="module")
def world() -> World:
    return tell()


async def test_each_number_opens_its_tab_and_says_what_is_in_it(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "1"))
        for key, words in {
            "2": ("accuracy", "0.93"),
            "3": (
                "√ pass",
                "evaluations/safety.yaml",
                "signed by   eve",
                sha256(world.get("models/fraud/versions/1/evaluations/safety.yaml"))[:4],
                "attack_success",
                "looked at everything",
                "○ not signed",
                "raters      5",
                "protocol    pairs",
                "“now it is fine”",
                "✗ rejected",
                "“than before”",
            ),
            "4": ("2.93 KiB", "weights.onnx", "3.12 KiB", "in 2 files", "Kept elsewhere", "s3://far/big.bin"),
            "5": ("nothing that it names", "└─ fraud:2  ✗ revoked  adapter  √ proven by digest  signed"),
            "6": ("register", "evaluate", "no effect"),
            "7": (
                "license: apache-2.0",
                "Fraud one",
                "the terms (https://example.org/terms)",
                '<b onclick="x">html</b>',
            ),
            "1": ("description", "\\x07 base"),
        }.items():
            await pilot.press(key)
            await reads(app, pilot, *words)


async def test_what_is_not_registered_has_words_in_every_tab(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "3"))
        for key, words in {
            "1": ("not registered: R seals its files and signs for them",),
            "2": ("no metrics",),
            "3": ("nothing can be signed about it yet", "none: nobody signed"),
            "4": ("no digest is signed yet", "weights.onnx", "in 2 files"),
            "5": ("Made from", "Made into"),
            "6": ("no record speaks of fraud:3",),
            "7": ("this version has no model card (README.md)",),
        }.items():
            await pilot.press(key)
            await reads(app, pilot, *words)


async def test_a_base_that_is_only_named_is_told_from_one_that_is_proven(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "2", "lineage"))
        await reads(
            app,
            pilot,
            "├─ gone/base  adapter  by name only, not in this registry  not signed",
            "└─ fraud:1  adapter  √ proven by digest  signed",
        )


async def test_tabs_fit_into_their_line_and_the_chosen_one_is_told_without_colour() -> None:
    for width in (60, 80, 120):
        text = "".join(piece for piece, _ in tabs_line("lineage", width))
        assert len(text) <= width
        assert "[5 Line" in text
    assert "3 Evidence" in "".join(piece for piece, _ in tabs_line("card", 80))


async def test_a_file_that_is_missing_is_told(world: World) -> None:
    other = tell()
    other.delete("models/fraud/versions/1/weights.onnx")
    async with shown(other) as (app, pilot):
        app.post_message(Go("version", "fraud", "1", "files"))
        await reads(app, pilot, "! missing", "weights.onnx", ", 1 missing")


async def test_a_signed_evaluation_that_was_changed_counts_nowhere_and_says_so() -> None:
    other = tell()
    other.put("models/fraud/versions/1/evaluations/safety.yaml", b"kind: safety\noutcome: fail\n")
    async with shown(other) as (app, pilot):
        app.post_message(Go("version", "fraud", "1", "evidence"))
        text = await reads(
            app, pilot, "is not the one that was signed", "○ not signed   safety      evaluations/safety"
        )
        assert "attack_success" not in text


async def test_enter_in_the_history_shows_the_record_under_the_cursor_as_it_is(world: World) -> None:
    async with shown(world, size=(140, 60)) as (app, pilot):
        app.post_message(Go("version", "fraud", "1", "history"))
        await until(pilot, lambda: isinstance(app.page, VersionPage))
        await reads(app, pilot, "register")
        await pilot.press("G")
        await until(pilot, lambda: app.page.query_one("#records", Blocks).at > 0)
        await pilot.press("enter")
        content = world.get("models/fraud/log/00000001.rec")
        await until(pilot, lambda: isinstance(app.page, ReadingPage))
        text = await reads(
            app, pilot, '"action": "register"', "ssh-keygen -Y verify -f .signoff/allowed_signers -I ana"
        )
        assert sha256(content[: content.index(b"\n") + 1]) in text
        assert "-----BEGIN SSH SIGNATURE-----" in "\n".join(line[0][0] for line in app.page.whole() if line)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.page, VersionPage))
        assert app.page.query_one("#records", Blocks).at > 0


async def test_t_and_a_open_the_version_at_that_tab(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("versions", "fraud"))
        await reads(app, pilot, "unregistered")
        await pilot.press("t")
        await reads(app, pilot, "Made into")
        await pilot.press("escape")
        await reads(app, pilot, "VERSION")
        await pilot.press("j", "a")
        await until(pilot, lambda: isinstance(app.page, VersionPage) and app.page.tab == "history")


async def test_y_shows_the_yaml_as_it_is_written_and_d_all_about_it(world: World) -> None:
    async with shown(world, size=(120, 60)) as (app, pilot):
        app.post_message(Go("version", "fraud", "1"))
        await reads(app, pilot, "status")
        await pilot.press("y")
        await reads(app, pilot, "models/fraud/versions/1/version.yaml", "base", "metrics: {accuracy: 0.93}")
        await pilot.press("d")
        await reads(app, pilot, "── Metrics ──", "── Evidence ──")
        await pilot.press("q", "q", "q")
        await reads(app, pilot, "MODEL")
        await pilot.press("y")
        await reads(app, pilot, "owners: [ana]")
        await pilot.press("q", "d")
        await reads(app, pilot, "owners      ana", "What its metrics mean", "✗ revoked")


async def test_a_missing_yaml_is_told(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("text", "yaml", "fraud:9"))
        await reads(app, pilot, "there is no version.yaml at models/fraud/versions/9/version.yaml")


async def test_the_copy_menu_copies_what_is_chosen_by_number_or_cursor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "1"))
        await reads(app, pilot, "status")
        await pilot.press("Y", "2")
        await until(pilot, lambda: app.clipboard == f"sha256:{world.digest('1')}")
        assert footer_of(app).startswith("copied, unless the terminal refuses: sha256:")
        await pilot.press("6", "Y", "G", "enter")
        await until(pilot, lambda: app.clipboard.startswith("head -n1 models/fraud/log/0000000"))
        await pilot.press("Y", "escape", "Y", "j", "j", "enter")
        await until(pilot, lambda: app.clipboard.endswith("models/fraud/versions/1"))


async def test_verifying_is_a_task_whose_result_is_told_and_kept() -> None:
    other = tell()
    async with shown(other) as (app, pilot):
        app.post_message(Go("version", "fraud", "1"))
        await reads(app, pilot, "status")
        await pilot.press("V")
        await until(pilot, lambda: footer_of(app) == "fraud:1: 2 files, all as registered")
        other.put("models/fraud/versions/1/weights.onnx", b"other bytes")
        await pilot.press("V")
        await until(pilot, lambda: "1 problem in 2 files" in footer_of(app))
        await pilot.press("w")
        text = await reads(app, pilot, "√ done", "✗ problems", "weights.onnx changed in fraud:1", "all as registered")
        assert "in the registry" not in text
        await pilot.press("enter")
        await reads(app, pilot, "fault: models/fraud/versions/1/weights.onnx: changed (restore")


async def test_what_verifying_found_is_among_the_problems_until_it_is_not_found_again() -> None:
    other = tell()
    right = other.storage.read("models/fraud/versions/1/weights.onnx", most=4096)
    other.delete("models/fraud/versions/3/version.yaml")
    async with shown(other) as (app, pilot):
        await pilot.press("!")
        await reads(app, pilot, "what the files contain is checked by V")
        app.post_message(Go("version", "fraud", "1"))
        await reads(app, pilot, "status")
        other.put("models/fraud/versions/1/weights.onnx", b"other bytes")
        await pilot.press("V")
        await until(pilot, lambda: "weights.onnx changed" in footer_of(app))
        await pilot.press("!")
        await reads(app, pilot, "! alarm", "models/fraud/versions/1/weights.onnx", "changed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.page, VersionPage))
        other.put("models/fraud/versions/1/weights.onnx", right)
        await pilot.press("V")
        await until(pilot, lambda: "all as registered" in footer_of(app))
        await pilot.press("!")
        await reads(app, pilot, "nor in the files that V checked: fraud:1")


async def test_what_is_not_registered_cannot_be_verified(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "3"))
        await reads(app, pilot, "not registered")
        await pilot.press("V")
        await until(pilot, lambda: "nothing to verify it against" in footer_of(app))
        assert app.tasks.all == []


def count_for_ever(_: Registry, task: Task) -> None:
    while True:
        task.progress(1024)
        time.sleep(0.01)


async def test_a_running_task_is_in_the_header_and_ctrl_c_stops_it(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.tasks.start("count for ever", count_for_ever, tell=app.post_message, total=4096)
        await until(pilot, lambda: "1 task " in app.page.header.render_line(0).text)
        await pilot.press("w")
        await reads(app, pilot, "◐ running", "count for ever", "of 4.00 KiB")
        await pilot.press("ctrl+c")
        await reads(app, pilot, " stopped", "because you asked")
        await until(pilot, lambda: "1 task " not in app.page.header.render_line(0).text)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "ctrl-q quits" in footer_of(app))


async def test_ctrl_c_elsewhere_stops_the_newest_task(world: World) -> None:
    async with shown(world) as (app, pilot):
        first = app.tasks.start("first", count_for_ever, tell=app.post_message)
        second = app.tasks.start("second", count_for_ever, tell=app.post_message)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: second.state == "stopped")
        assert first.state == "running"
        app.tasks.stop(first)
        await until(pilot, lambda: first.state == "stopped")


@pytest.mark.alone
async def test_quitting_waits_for_no_task(world: World) -> None:
    app = app_of(world)
    async with app.run_test() as pilot:
        app.tasks.start("sleep", lambda _registry, _task: time.sleep(3), tell=app.post_message)
        began = time.monotonic()
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert time.monotonic() - began < 2


async def test_problems_have_a_cursor_and_enter_goes_to_whom_they_concern(world: World) -> None:
    other = tell()
    other.delete("models/fraud/versions/1/weights.onnx")
    other.put("models/fraud/versions/1/version.yaml", b"other: 1\n")
    async with shown(other) as (app, pilot):
        await pilot.press("!")
        await reads(app, pilot, "! fault", "models/fraud/versions/", "version.yaml")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.page, VersionPage))


async def test_a_problem_of_the_whole_registry_leads_nowhere_and_says_so() -> None:
    other = tell()
    other.put("registry.yaml", b"title: [oops\n")
    async with shown(other) as (app, pilot):
        await pilot.press("!")
        await until(pilot, lambda: isinstance(app.page, ProblemsPage))
        page = app.page
        assert isinstance(page, ProblemsPage)
        await until(pilot, lambda: any(not one.model for one in page.faults))
        at = next(number for number, one in enumerate(page.faults) if not one.model)
        await pilot.press(*(["j"] * at), "enter")
        await until(pilot, lambda: "concerns the registry as a whole" in footer_of(app))
        assert page.list.at == at


async def test_without_a_terminal_to_give_away_pager_and_editor_say_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("VISUAL", "cat")
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "1"))
        await reads(app, pilot, "status")
        for key in ("o", "e"):
            await pilot.press(key)
            await until(pilot, lambda: "cannot be given to another program" in footer_of(app))


async def test_nothing_is_edited_read_only(world: World) -> None:
    async with shown(world, read_only=True) as (app, pilot):
        await reads(app, pilot, "fraud")
        await pilot.press("e")
        await until(pilot, lambda: footer_of(app).startswith("this session was opened with --read-only"))


@pytest.fixture
def small_heap() -> Iterator[None]:
    """Have what other tests left behind collected by nobody meanwhile, as the program does with what it read."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.alone
@pytest.mark.usefixtures("small_heap")
async def test_a_large_card_says_that_it_is_being_rendered_and_keys_go_on(world: World) -> None:
    other = tell()
    other.put("models/fraud/versions/1/README.md", b"# Part\n\nSome *words* and `code`.\n\n" * 6000)
    async with shown(other) as (app, pilot):
        app.post_message(Go("version", "fraud", "1", "card"))
        await reads(app, pilot, "Some words and code.")
        page = app.page
        assert isinstance(page, VersionPage)
        card = page.card
        gaps, work = [], []
        while any("rendering" in piece for line in card.text() for piece, _ in line):
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - began)
            work.append(time.thread_time() - worked)
            if len(gaps) == 20:
                app.post_message(events.Key("G", "G"))
        assert len(gaps) > 20
        assert max(work) < 0.05
        assert max(gaps) < 0.5
        assert page.text.top > 0
        await reads(app, pilot, "Some words and code.")


async def test_no_escape_of_a_hostile_card_reaches_the_screen(world: World) -> None:
    async with shown(world) as (app, pilot):
        app.post_message(Go("version", "fraud", "1", "card"))
        text = await reads(app, pilot, "click")
        assert "\\x1b]8;;https://evil.example" in text
        assert text_of(app.page).isprintable() or "\n" in text
        assert not any(character in text for character in "\x1b\x07")
