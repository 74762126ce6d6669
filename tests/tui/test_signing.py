"""Every action that people sign, from the key to the record, in the signing dialog."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events

from agents import Agent
from signoff.policy.entries import Entry
from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.storage.memory import MemoryStorage
from signoff.tui.messages import Sign
from signoff.tui.screens.ordered import OrderedDialog
from signoff.tui.screens.page import Subject
from signoff.tui.screens.question import QuestionDialog
from tui.seat import Seat, seated
from tui.story import Story, tell

EVALUATION = "kind: safety\noutcome: pass\nmetrics: {toxicity: 0.01}\n"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Return a story that was told, with everybody's keys in one agent."""
    with Agent() as agent:
        yield tell(Story(MemoryStorage(), agent, tmp_path))


def last(story: Story, model: str = "fraud") -> Entry:
    """Return the last record of a model."""
    return story.open().model(model).history.entries[-1]


def records(story: Story, model: str = "fraud") -> int:
    """Return how many records a model's log has."""
    return len(story.open().model(model).history.entries)


def view(story: Story, ref: str) -> VersionView:
    """Return a version as it is now."""
    return story.open().find(ref)


def at(seat: Seat, piece: str) -> int:
    """Return the line of the dialog's text in which something stands."""
    return next(number for number, line in enumerate(seat.shown.splitlines()) if piece in line)


async def test_an_approval_is_written_with_its_comment_and_says_how_to_take_it_back(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        assert seat.title == "Approve fraud:4 for production"
        assert "nothing is signed yet" in seat.notice
        await seat.type("comment", "fine by me")
        await seat.sign()
        entry = last(story)
        assert (entry.effective, entry.record.author) == (True, "ana@example.org")
        assert "signed and written: approve fraud:4 for production" in seat.shown
        assert f":withdraw here, or: signoff withdraw {entry.record.id[:12]}" in seat.shown
        assert f"records/{entry.record.seq:08}" in seat.shown or f"{entry.record.seq}" in seat.shown
        await seat.press("enter")
        await seat.until(lambda: seat.app.screen is seat.app.page)
    assert view(story, "fraud:4").state is not None
    assert [one.comment for one in view(story, "fraud:4").state.decisions][-1] == "fine by me"  # type: ignore[union-attr]


async def test_the_question_shows_all_evidence(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        shown = seat.shown
        for piece in (
            "version 4",
            "sha256:",
            "points at 2 now",
            "accuracy 0.931 (+0.019 better)",
            "latency_p50 ms 11.0 (+1.0 worse)",
            "ana@example.org  ed25519, ssh-agent",
            "SHA256:",
            "1 of 2 approvals from approver: ben@example.org",
            "√ after        held staging",
            "✗ approvals    not met: 1 of 2",
            "“latency is fine”",
            "asked by cy@example.org",
            "“please look at the latency”",
        ):
            assert piece in shown, piece


async def test_cancel_has_the_focus_and_enter_signs_nothing(story: Story) -> None:
    before = records(story)
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        assert seat.dialog.cancel.has_focus
        await seat.press("enter")
        await seat.until(lambda: seat.app.screen is seat.app.page)
    assert records(story) == before


async def test_enter_in_a_field_goes_on_and_signs_nothing(story: Story) -> None:
    before = records(story)
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await seat.type("comment", "x")
        await seat.press("enter")
        await seat.until(lambda: not seat.dialog.entries["comment"].has_focus)
        await seat.press("escape")
        await seat.until(lambda: seat.app.screen is seat.app.page)
    assert records(story) == before


async def test_a_key_of_the_footer_opens_the_dialog_of_what_the_cursor_is_on(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.press("enter")
        await seat.until(lambda: seat.app.page.page_id == "versions" and seat.app.page.subject is not None)
        while seat.app.page.subject != Subject("fraud", "3"):
            await seat.press("j")
        await seat.press("D")
        await seat.until(lambda: seat.app.screen is not seat.app.page)
        await seat.until(lambda: seat.title == "Deprecate or revoke fraud:3")


async def test_a_promotion_needs_the_versions_name_typed(story: Story) -> None:
    story.sign("approve", "fraud:4", "ana", stage="production")
    async with seated(story, "ben") as seat:
        await seat.ask("promote", "fraud:4")
        assert seat.title == "Promote fraud:4 to production"
        assert "replaces 2 (by ben@example.org" in seat.shown
        await seat.sign(until="type the version's name first: 4")
        await seat.type("typed", "2")
        await seat.sign(until="type the version's name first: 4")
        assert view(story, "fraud:4").stages == ("staging",)
        await seat.press("tab")
        seat.dialog.entries["typed"].value = ""
        await seat.type("typed", "4")
        await seat.sign()
        assert "signoff rollback fraud production" in seat.shown
    assert "production" in view(story, "fraud:4").stages


async def test_a_promotion_that_the_rules_refuse_is_not_signed(story: Story) -> None:
    before = records(story)
    async with seated(story, "ben") as seat:
        await seat.ask("promote", "fraud:4")
        assert "rule not met: approvals: 1 of 2" in seat.shown
        assert "cannot promote fraud:4 to production: see above" in seat.notice
        await seat.type("typed", "4")
        await seat.sign(until="cannot: rule not met: approvals")
    assert records(story) == before


async def test_what_moved_while_the_dialog_was_open_is_said_and_asked_again(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        story.sign("reject", "fraud:4", "ben", stage="production", comment="wait")
        number = last(story).record.seq
        await seat.sign(until="look again and sign")
        assert seat.shown.startswith(f"! ben@example.org wrote record {number} (reject)")
        assert "rejected by ben@example.org: wait" in seat.shown
        await seat.sign()
    assert last(story).record.author == "ana@example.org"


async def test_a_record_about_another_version_that_changes_nothing_stops_nobody(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        story.sign("comment", "fraud:2", "ben", comment="hello")
        await seat.sign()


async def test_of_two_who_promote_at_once_the_second_is_told_who_wrote_what(story: Story) -> None:
    story.sign("promote", "fraud:6", "ben", stage="staging")
    async with seated(story, "cy") as seat:
        await seat.ask("promote", "fraud:4", stage="staging")
        await seat.type("typed", "4")
        story.sign("promote", "fraud:2", "ben", stage="staging")
        await seat.sign(until="look again and sign")
        assert "ben@example.org wrote record" in seat.shown
        assert "(promote)" in seat.shown
        assert "staging pointed at 6 and points at 2 now" in seat.shown
        await seat.sign()
    state = story.open().model("fraud").stages["staging"]
    assert (state.version, state.replaced) == ("4", "2")


async def test_the_exact_record_is_shown_and_is_what_is_written(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        await seat.press("d")
        await seat.until(lambda: '"action":"approve"' in seat.shown)
        line = seat.shown.splitlines()[-1]
        await seat.sign()
    assert last(story).record.line.decode().rstrip("\n") == line


async def test_d_shows_the_question_again(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("approve", "fraud:4")
        question = seat.shown
        await seat.press("d")
        await seat.until(lambda: seat.shown != question)
        await seat.press("d")
        await seat.until(lambda: seat.shown == question)


async def test_a_request_and_its_withdrawal(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("request", "fraud:6")
        assert seat.title == "Ask for production of fraud:6"
        await seat.sign()
        asked = last(story).record.id
        await seat.press("enter")
        seat.app.rescan()
        await seat.until(
            lambda: bool(seat.app.snapshot and seat.app.snapshot.need("fraud:6").asks[1].standing.requests)
        )
        await seat.ask("withdraw", "fraud:6")
        assert asked[:12] in seat.shown
        assert "request  fraud:6 for production; by ana@example.org" in seat.shown
        await seat.sign()
    state = view(story, "fraud:6").state
    assert state is not None
    assert state.requests == ()


async def test_a_rejection_needs_the_name_typed(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("reject", "fraud:4", comment="too slow")
        await seat.sign(until="type the version's name first")
        await seat.type("typed", "4")
        await seat.sign()
    ask = view(story, "fraud:4").ask("production")
    assert ask is not None
    assert ask.standing.rejection is not None
    assert ask.standing.rejection.comment == "too slow"


async def test_a_rollback_goes_to_the_version_that_held_the_stage_before(story: Story) -> None:
    async with seated(story, "cy") as seat:
        await seat.ask("rollback", "fraud:2")
        assert [one.split(";")[0] for one in seat.options] == [
            "production: back to 1, which held it before",
            "staging: back to 2, which held it before",
        ]
        await seat.choose(1)
        await seat.until(lambda: seat.title == "Roll production back to fraud:1")
        await seat.sign(until="reason: it is asked for")
        await seat.type("reason", "errors since noon")
        await seat.type("typed", "1")
        await seat.sign()
        assert "B here, or: signoff rollback fraud production" in seat.shown
    state = story.open().model("fraud").stages["production"]
    assert (state.version, state.how) == ("1", "rollback")


async def test_what_is_typed_before_the_question_stands_is_for_the_question(story: Story) -> None:
    async with seated(story, "cy") as seat:
        seat.app.post_message(Sign("rollback", "fraud", "2"))
        seat.app.post_message(events.Key("1", "1"))
        await seat.until(lambda: isinstance(seat.app.screen, QuestionDialog))
        await seat.until(lambda: seat.title == "Roll production back to fraud:1")


async def test_a_key_that_leaves_is_not_held_and_ends_what_was_typed(story: Story) -> None:
    one, leave = events.Key("1", "1"), events.Key("escape", None)
    async with seated(story, "cy"):
        dialog = OrderedDialog()
        assert not dialog.holds(one)
        dialog.considering = True
        assert dialog.holds(one)
        assert dialog.next_held() is None
        dialog.considering = False
        assert dialog.holds(leave) is False
        assert dialog.next_held() is None


async def test_a_version_that_held_the_stage_once_can_be_gone_back_to(story: Story) -> None:
    async with seated(story, "cy") as seat:
        await seat.ask("rollback", "fraud:1", stage="staging")
        assert [one.split(";")[0] for one in seat.options] == [
            "staging: back to 2, which held it before",
            "staging: back to 1, which held it once",
        ]


async def test_one_key_deprecates_or_revokes(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("deprecate", "fraud:3")
        await seat.press("enter")
        await seat.until(lambda: seat.title == "Deprecate fraud:3")
        await seat.type("reason", "superseded")
        await seat.type("replaced_by", "fraud:4")
        await seat.sign()
        assert "signoff restore fraud:3" in seat.shown
        state = view(story, "fraud:3").state
        assert state is not None
        assert (state.deprecated and state.deprecated.reason, state.replaced_by) == ("superseded", "4")
        await seat.press("enter")
        await seat.ask("restore", "fraud:3")
        await seat.sign()
        assert view(story, "fraud:3").status == "registered"
        await seat.press("enter")
        await seat.ask("deprecate", "fraud:3")
        await seat.choose(2)
        await seat.until(lambda: seat.title == "Revoke fraud:3, for good")
        await seat.type("reason", "leaked labels")
        await seat.type("severity", "high")
        await seat.sign(until="type the version's name first")
        await seat.type("typed", "3")
        await seat.sign()
        assert "a revocation is for good" in seat.shown
    assert view(story, "fraud:3").status == "revoked"


async def test_a_broken_glass_is_reviewed_by_somebody_else(story: Story) -> None:
    async with seated(story, "ben") as seat:
        await seat.ask("break_glass", "fraud:4")
        assert seat.title == "Break glass: fraud:4 to production without quorum"
        await seat.type("typed", "4")
        await seat.sign(until="reason: it is asked for")
        await seat.type("reason", "outage")
        await seat.sign()
    glass = last(story).record.id
    assert glass in story.open().model("fraud").history.emergencies
    async with seated(story, "ana") as seat:
        await seat.ask("review", "fraud:4")
        assert "break-glass  fraud:4 for production; by ben@example.org" in seat.shown
        assert seat.dialog.entries["outcome"].value == "justified"
        await seat.sign()
    assert not story.open().model("fraud").history.emergencies


async def test_an_alias_is_named_moved_and_removed(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("alias", "fraud:4")
        assert "not named yet" in seat.shown
        await seat.sign(until="the alias: it is asked for")
        await seat.type("alias", "champion")
        await seat.press("enter")
        await seat.until(lambda: "champion  points at nothing yet" in seat.shown)
        await seat.sign()
        assert "signoff alias fraud champion --remove" in seat.shown
        assert view(story, "fraud:4").aliases == ("champion",)
        await seat.press("enter")
        seat.app.rescan()
        await seat.until(lambda: bool(seat.app.snapshot and seat.app.snapshot.need("fraud:4").aliases))
        await seat.ask("alias", "fraud:2")
        assert seat.options[0].startswith("champion: points at 4: move it here")
        await seat.choose(1)
        await seat.until(lambda: "champion  points at 4 now" in seat.shown)
        await seat.sign()
        assert view(story, "fraud:2").aliases == ("champion",)
        await seat.press("enter")
        seat.app.rescan()
        await seat.until(lambda: bool(seat.app.snapshot and seat.app.snapshot.need("fraud:2").aliases))
        await seat.ask("alias", "fraud:2")
        await seat.choose(1)
        await seat.until(lambda: "and will be removed" in seat.shown)
        await seat.sign()
    assert story.open().model("fraud").history.aliases == {}


async def test_an_alias_that_points_elsewhere_already_is_shown_before_it_is_signed(story: Story) -> None:
    story.sign("alias", "fraud:2", "ana", alias="champion")
    before = records(story)
    async with seated(story, "ana") as seat:
        await seat.ask("alias", "fraud:4", new=True, alias="")
        await seat.type("alias", "champion")
        await seat.sign(until="look again and sign")
        assert "this is what it means as it is typed now" in seat.shown
        assert "champion  points at 2 now" in seat.shown
        assert records(story) == before
        await seat.sign()
    assert view(story, "fraud:4").aliases == ("champion",)


async def test_an_alias_that_cannot_be_is_refused_and_can_be_named_anew(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("alias", "fraud:4", new=True, alias="latest")
        assert "'latest' cannot name an alias" in seat.shown
        seat.dialog.entries["alias"].value = ""
        await seat.type("alias", "best")
        await seat.sign(until="look again and sign")
        await seat.sign()
    assert view(story, "fraud:4").aliases == ("best",)


async def test_a_comment_and_notes_about_a_model_alone(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("comment", "fraud")
        await seat.sign(until="for everybody: it is asked for")
        await seat.type("comment", "frozen until Monday")
        await seat.sign()
        await seat.press("enter")
        await seat.ask("annotate", "fraud")
        await seat.sign(until="there is nothing to sign yet")
        await seat.type("tags", "team=risk, -old, nonsense")
        await seat.sign(until="'nonsense' is not KEY=VALUE")
        seat.dialog.entries["tags"].value = ""
        await seat.type("tags", "team=risk")
        await seat.sign()
    history = story.open().model("fraud").history
    assert [one.comment for one in history.comments] == ["frozen until Monday"]
    assert dict(history.tags) == {"team": "risk"}


async def test_an_evaluation_file_that_nobody_signed_is_made_to_count(story: Story) -> None:
    story.draft("fraud:4", {"evaluations/safety.yaml": EVALUATION, "evaluations/broken.yaml": "kind: [\n"})
    async with seated(story, "ana") as seat:
        await seat.ask("evaluate", "fraud:4")
        assert "safety.yaml  safety" in seat.shown
        assert "Outcome     pass" in seat.shown
        await seat.sign()
        await seat.press("enter")
        await seat.ask("evaluate", "fraud:4")
        assert "every evaluation file of fraud:4 is signed, or there is none" in seat.shown
        assert "evaluations/broken.yaml" in seat.shown
    state = view(story, "fraud:4").state
    assert state is not None
    assert [(one.name, one.outcome) for one in state.evaluations] == [("evaluations/safety.yaml", "pass")]


async def test_an_evaluation_of_this_machine_is_brought_in(story: Story, tmp_path: Path) -> None:
    (tmp_path / "fairness.yaml").write_text("kind: fairness\noutcome: fail\n")
    async with seated(story, "ana") as seat:
        await seat.ask("evaluate", "fraud:4", file=str(tmp_path / "fairness.yaml"))
        assert "Outcome     fail" in seat.shown
        await seat.sign()
    assert story.storage.read("models/fraud/versions/4/evaluations/fairness.yaml", most=100).startswith(b"kind: fair")


async def test_a_receipt_of_what_serves_where(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("deploy", "fraud:2", environment="eu-west")
        await seat.choose(2)
        await seat.until(lambda: seat.title == "Report that fraud:2 is serving")
        await seat.type("instances", "two")
        await seat.sign(until="instances: 'two' is no number")
        seat.dialog.entries["instances"].value = ""
        await seat.type("instances", "2")
        await seat.sign()
    found = story.open().model("fraud").history.deployments["eu-west", "2"]
    assert (found.status, found.instances) == ("serving", 2)


async def test_a_version_is_hashed_shown_and_registered(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("register", "fraud:7")
        await seat.until(lambda: "Digest" in seat.shown)
        for piece in ("2 files", "ana@example.org  who builds does not approve", "Built on", "model.onnx", "accuracy"):
            assert piece in seat.shown, piece
        await seat.type("built_by", "cy@example.org")
        await seat.sign()
        assert "these bytes are fraud:7 for ever" in seat.shown
    state = view(story, "fraud:7").state
    assert state is not None
    assert state.builders == {"ana@example.org", "cy@example.org"}


async def test_who_cannot_be_a_person_has_not_built_it(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("register", "fraud:7")
        await seat.until(lambda: "Digest" in seat.shown)
        await seat.type("built_by", "hello d")
        await seat.sign(until="not signed")
        assert "'hello d' is not a person id" in seat.shown
        assert "as 'al@example.org'" in seat.shown
    assert view(story, "fraud:7").state is None


async def test_files_that_changed_since_they_were_hashed_are_not_registered(story: Story) -> None:
    async with seated(story, "ana") as seat:
        await seat.ask("register", "fraud:7")
        await seat.until(lambda: "Digest" in seat.shown)
        story.draft("fraud:7", {"late.bin": b"x"})
        await seat.sign(until="not signed")
        assert "models/fraud/versions/7 changed since it was hashed: late.bin" in seat.shown
    assert view(story, "fraud:7").state is None


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_all_evidence_can_be_reached_by_scrolling(story: Story, size: tuple[int, int]) -> None:
    async with seated(story, "ana", size=size) as seat:
        await seat.ask("approve", "fraud:4")
        seen: set[str] = set()
        for _ in range(100):
            seen |= {line.strip(" │▐") for line in seat.lines()}
            top = seat.dialog.text.top
            await seat.press("j")
            if seat.dialog.text.top == top:
                break
        every = " ".join(" ".join(seen).split())
        for piece in ("Approve fraud:4", "sha256:", "held staging", "“please", "latency_p50 ms 11.0"):
            assert piece in every, piece
        assert all(label in every for label in ("Cancel", "d Record", "s Elsewhere", "nothing is signed yet"))
        await seat.press("g")
        await seat.until(lambda: seat.dialog.text.top == 0)


@pytest.mark.parametrize("action", ["annotate", "deploy", "revoke", "register"])
async def test_every_field_and_button_fits_the_smallest_terminal(story: Story, action: str) -> None:
    async with seated(story, "ana", size=(60, 15)) as seat:
        ref = "fraud:7" if action == "register" else "fraud:4"
        await seat.ask(action, ref, status="serving") if action == "deploy" else await seat.ask(action, ref)
        await seat.until(lambda: "nothing is signed yet" in seat.notice)
        await seat.pilot.pause()
        screen = "\n".join(seat.lines())
        assert len(seat.lines()) == 15
        for field in seat.dialog.entries:
            assert seat.dialog.entries[field].region.bottom <= 15, field
        assert seat.dialog.sign.region.right <= 60
        assert seat.dialog.sign.label in screen


async def test_a_registry_that_cannot_be_written_to_asks_nothing(story: Story) -> None:
    async with seated(story, "ana", read_only=True) as seat:
        seat.app.post_message(Sign("approve", "fraud", "4"))
        await seat.until(lambda: bool(seat.app.page.footer.message))
        assert seat.app.screen is seat.app.page
        assert "--read-only" in seat.app.page.footer.message[0][0]
        assert "read-only" in seat.header


async def test_a_storage_that_cannot_be_written_to_is_said_in_the_header_and_by_the_key(story: Story) -> None:
    assert isinstance(story.storage, MemoryStorage)
    storage = story.storage.opened_read_only()

    def opened() -> Registry:
        return Registry(storage, surroundings=story.surroundings, environ=story.agent.environ, home=story.home)

    async with seated(story, "ana", opened=opened) as seat:
        assert seat.header.endswith("read-only ")
        seat.app.post_message(Sign("approve", "fraud", "4"))
        await seat.until(lambda: bool(seat.app.page.footer.message))
        assert seat.app.screen is seat.app.page


async def test_what_comes_from_the_registry_or_from_words_cannot_act_in_the_dialog(story: Story) -> None:
    hostile = 'kind: safety\noutcome: pass\nmetrics: [{name: "a\\e]52;c;x\\a\\u202eolleh", value: 1}]\n'
    story.draft("fraud:6", {"evaluations/safety.yaml": hostile})
    async with seated(story, "ana") as seat:
        await seat.ask("evaluate", "fraud:6", comment="\x1b[2Jfine")
        assert seat.dialog.entries["comment"].value == "[2Jfine"
        await seat.until(lambda: any("olleh" in line for line in seat.lines()))
        screen = "".join(seat.lines())
        assert "a\\x1b]52;c;x\\x07<U+202E>olleh" in screen
        assert not any(character in screen for character in "\x1b\x07\u202e")
