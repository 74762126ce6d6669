"""Rows of inbox, serving and audit: what filters ask, what cells and lines say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from signoff.policy.entries import Entry
from signoff.policy.history import DeploymentState
from signoff.policy.query import Row, parse_query
from signoff.registry.inbox import Waiting
from signoff.registry.serving import Environment, Pointer
from signoff.registry.snapshot import Snapshot
from signoff.registry.timeline import InvalidSlot, Timeline, Told, timeline_of
from signoff.tui.audit import KNOWN, RecordRow, record_fields, record_lines, record_text
from signoff.tui.pointers import (
    PointerRow,
    gone_versions,
    pointer_fields,
    pointer_line,
    pointer_lines,
    pointer_text,
    reported_piece,
    stage_words,
)
from signoff.tui.present import Pieces
from signoff.tui.scene import scene_of
from signoff.tui.told import object_of, ref_of, target_of, whole_object, worth_of
from signoff.tui.waiting import WaitingRow, asked_lines, kind_piece, nothing_waits, waiting_fields
from stories import Story

NOW = datetime(2026, 3, 9, tzinfo=UTC)
ASKED = Waiting(
    kind="approval",
    ref="risk/fraud:3",
    stage="production",
    record="r",
    by="ana@example.org",
    since=NOW - timedelta(hours=2),
    comment="two\nlines",
    have=1,
    needed=3,
    deciders=("ben@example.org", "cy@example.org"),
)
SERVES = DeploymentState(
    environment="eu-west",
    version="2",
    status="serving",
    endpoint="https://eu.example.org",
    instances=1,
    record="d",
    person="dee@example.org",
    moment=NOW - timedelta(minutes=5),
)
POINTER = Pointer(
    model="fraud",
    name="production",
    version="2",
    since=NOW - timedelta(days=1),
    person="ben@example.org",
    how="promote",
    approvers=("ana@example.org",),
    environments=(Environment(name="eu-west", reports=(SERVES,)),),
)
OLD = replace(SERVES, version="1", moment=NOW - timedelta(days=9))
DRIFT = replace(POINTER, version="3", environments=(Environment(name="eu-west", reports=(SERVES, OLD)),))


def fits(text: str, row: Row) -> bool:
    return parse_query(text, now=NOW, known=KNOWN).matches(row)


def said(lines: tuple[Pieces, ...]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Story(tmp_path_factory.mktemp("rows")) as story:
        story.serve("fraud:1")
        story.sign("deploy", "fraud:1", by="cy", environment="eu-west", status="serving")
        story.sign("comment", "fraud", by="cy", comment="about the model")
        story.sign("revoke", "fraud:1", by="cy", reason="leaked labels")
        yield story.registry.snapshot()


@pytest.fixture(scope="module")
def line(snapshot: Snapshot) -> Timeline:
    return timeline_of(snapshot)


def one(line: Timeline, action: str) -> Told:
    """Return the newest record of an action."""
    return next(told for told in line.records if isinstance(told, Entry) and told.record.envelope.action == action)


@pytest.mark.parametrize(
    ("query", "fitting"),
    [
        ("stage:production", True),
        ("stage:staging", False),
        ("by:ana@", True),
        ("by:ben@", False),
        ("age<3h", True),
        ("age<1h", False),
        ("lines", True),
        ("cy@example.org", True),
        ("accuracy", False),
    ],
)
def test_what_waits_is_found_by_its_stage_and_by_who_asked(query: str, fitting: bool) -> None:
    assert fits(query, WaitingRow(ASKED, None, None)) is fitting


def test_a_row_that_waits_says_how_far_it_is_and_for_everybody_who_may_decide() -> None:
    mine = {field.column.id: field.shown(ASKED, now=NOW)[0] for field in waiting_fields(everybody=False)}
    assert mine == {
        "kind": "◐ approval",
        "version": "risk/fraud:3",
        "stage": "production",
        "quorum": "1 of 3",
        "by": "ana",
        "since": "2h ago",
        "said": "two lines",
    }
    every = {field.column.id: field.shown(ASKED, now=NOW)[0] for field in waiting_fields(everybody=True)}
    assert every["deciders"] == "ben, cy"
    nobody = {field.column.id: field.cell(replace(ASKED, deciders=())) for field in waiting_fields(everybody=True)}
    assert nobody["deciders"] == ("nobody", "bad")
    assert kind_piece(replace(ASKED, kind="review")) == ("! review", "bad")


def test_who_asks_what_they_said_and_who_else_may_decide_is_said_in_full(snapshot: Snapshot) -> None:
    mine = said(asked_lines(ASKED, scene_of(snapshot, now=NOW, person="cy@example.org")))
    assert mine == (
        "ana@example.org asks for production  2h ago  “two lines”\nmay decide, besides you: ben@example.org"
    )
    review = replace(ASKED, kind="review", comment="", deciders=("cy@example.org",))
    assert said(asked_lines(review, scene_of(snapshot, now=NOW, person="cy@example.org"))).endswith(
        "may decide, besides you: nobody; you do it with :review"
    )
    nobody = replace(ASKED, kind="review", comment="", deciders=())
    assert said(asked_lines(nobody, scene_of(snapshot, now=NOW, person=""))) == (
        "ana@example.org broke the glass of production  2h ago  \nmay decide: nobody"
    )


def test_an_empty_inbox_says_whose_it_is_and_why(snapshot: Snapshot) -> None:
    assert nothing_waits(scene_of(snapshot, now=NOW, person="")) == "nothing waits for anybody"
    assert nothing_waits(scene_of(snapshot, now=NOW, person="ben")) == "nothing waits for ben"
    assert "who holds no role" in nothing_waits(scene_of(snapshot, now=NOW, person="zoe"))


@pytest.mark.parametrize(
    ("query", "fitting"),
    [
        ("model:fraud", True),
        ("stage:production", True),
        ("alias:production", False),
        ("environment:eu-west", True),
        ("status:serving", True),
        ("status:drift", False),
        ("by:ben@", True),
        ("age<2d", True),
        ("eu.example.org", True),
        ("license:mit", False),
    ],
)
def test_a_pointer_is_found_by_what_it_is_and_by_what_is_reported(query: str, fitting: bool) -> None:
    assert fits(query, PointerRow(POINTER, None, None)) is fitting


def test_drift_is_found_and_said_with_both_versions() -> None:
    assert fits("status:drift", PointerRow(DRIFT, None, None))
    assert fits("drift", PointerRow(DRIFT, None, None))
    assert reported_piece(DRIFT) == ("! drift eu-west: 2", "bad")
    assert "drift: eu-west serves 2, production points at 3" in said((pointer_line(DRIFT, now=NOW),))
    text = said(pointer_text(DRIFT, None, now=NOW))
    assert "! drift: serves 2, and production points at 3" in text
    assert "○ 1 served, never reported as stopped, 1 instance" in text
    lost = replace(DRIFT, name="", version="")
    assert stage_words(lost) == "(no stage)"
    assert "no stage points at that" in said((pointer_line(lost, now=NOW),))


def test_a_pointer_without_drift_says_what_is_reported() -> None:
    assert reported_piece(POINTER) == ("● serving eu-west", "good")
    assert reported_piece(replace(POINTER, environments=())) == ("-", "dim")
    more = replace(
        POINTER,
        environments=(
            *POINTER.environments,
            Environment(name="us", reports=(replace(SERVES, environment="us", status="failed"),)),
        ),
    )
    assert reported_piece(more) == ("✗ failed us +1", "bad")
    text = said(pointer_text(POINTER, None, now=NOW))
    for words in (
        "fraud production → 2",
        "approved by ana@example.org",
        "promoted",
        "https://eu.example.org",
        "5m ago",
    ):
        assert words in text
    assert "eu-west · serving · 2 · 1 instance · https" in said((pointer_line(POINTER, now=NOW),))
    broken = said(pointer_text(replace(POINTER, how="break_glass", reviewed=False), None, now=NOW))
    assert "nobody reviewed it yet" in broken


def test_trouble_sorts_first_and_what_nobody_reports_last() -> None:
    order = next(field.order for field in pointer_fields() if field.column.id == "reported")
    failed = replace(POINTER, environments=(Environment(name="e", reports=(replace(SERVES, status="failed"),)),))
    assert order(DRIFT) < order(failed) < order(POINTER)
    assert order(replace(POINTER, environments=())) is None


def test_a_version_that_may_not_be_used_is_marked_where_a_stage_points_at_it(snapshot: Snapshot) -> None:
    gone = tuple(gone_versions(snapshot.models))
    assert gone == (("fraud", "1"),)
    cell = next(field.cell for field in pointer_fields(gone) if field.column.id == "version")
    assert cell(replace(POINTER, version="1")) == ("! 1", "bad")
    assert cell(POINTER) == ("2", "good")
    assert cell(replace(POINTER, version="")) == ("-", "dim")


def test_why_a_version_should_not_be_used_is_said_first_below_the_list_and_beside_it(snapshot: Snapshot) -> None:
    model, revoked = snapshot.need_model("fraud"), replace(POINTER, version="1")
    first, *_ = below = pointer_lines(revoked, model, now=NOW)
    assert first == (("! revoked by cy: leaked labels", "bad"),)
    assert len(below) == 3
    title, why, *_ = pointer_text(revoked, model, now=NOW)
    assert said((title, why)) == "fraud production → 1\n! revoked by cy: leaked labels"
    assert "revoked" not in said(pointer_lines(revoked, None, now=NOW))
    missing = replace(model, versions=tuple(replace(one, status="missing") for one in model.versions))
    assert pointer_lines(revoked, missing, now=NOW)[0] == (("! its folder is missing", "bad"),)


@pytest.mark.parametrize(
    ("action", "query"),
    [
        ("approve", "action:approve by:cy stage:production model:fraud version:1 status:effective"),
        ("approve", "ref:fraud:1 age<30d seq>1"),
        ("deploy", "environment:eu-west"),
        ("deploy", "deploy eu-west"),
        ("revoke", "leaked"),
        ("revoke", 'description~"leaked labels"'),
        ("comment", "-version:1 comment"),
    ],
)
def test_a_record_is_found_by_what_it_says(line: Timeline, action: str, query: str) -> None:
    assert fits(query, RecordRow(one(line, action), line))


@pytest.mark.parametrize(
    "query", ["action:promote", "by:ana", "status:ineffective", "license:mit", "seq<2", "nonsense"]
)
def test_a_record_is_not_found_by_what_it_does_not_say(line: Timeline, query: str) -> None:
    assert not fits(query, RecordRow(one(line, "approve"), line))


def test_a_record_without_effect_is_marked_and_says_why(line: Timeline) -> None:
    told = one(line, "approve")
    assert isinstance(told, Entry)
    fallen = replace(told, reasons=("role missing", "own version"))
    assert worth_of(fallen) == "ineffective"
    assert fits("status:ineffective problem~role own", RecordRow(fallen, line))
    cells = {field.column.id: field.shown(fallen, now=NOW) for field in record_fields(line)}
    assert cells["did"] == ("○ approve", "dim")
    assert cells["state"][0] == "○ ineffective"
    assert cells["said"] == ("role missing; own version", "warn")
    assert "no effect: role missing" in said(record_lines(fallen, line))
    assert "no effect: own version" in said(record_text(fallen, line, now=NOW))


def test_what_ends_a_log_is_told_as_invalid(line: Timeline) -> None:
    slot = InvalidSlot(chain="models/fraud", seq=9, reason="record 9 of models/fraud: bad signature")
    assert fits("status:invalid model:fraud signature", RecordRow(slot, line))
    cells = {field.column.id: field.shown(slot, now=NOW) for field in record_fields(line)}
    assert cells["did"] == ("✗ unreadable", "bad")
    assert (cells["who"][0], cells["age"][0], cells["seq"][0]) == ("-", "-", "9")
    assert "invalid: record 9 of models/fraud: bad signature" in said(record_lines(slot, line))
    assert target_of(slot) == "problems"


def test_what_a_record_is_about_is_said_with_and_without_the_way(line: Timeline) -> None:
    assert object_of(one(line, "promote")) == "1 to production"
    assert object_of(one(line, "promote"), short=True) == "1 production"
    assert object_of(one(line, "deploy")) == "1 on eu-west serving"
    assert object_of(one(line, "approve")) == "1 for production"
    assert object_of(one(line, "comment")) == "the model"
    assert whole_object(one(line, "comment")) == "fraud"
    assert whole_object(one(line, "promote")) == "fraud:1 to production"
    assert whole_object(line.records[-1]) == "rules 1"
    assert whole_object(InvalidSlot(chain="models/fraud", seq=9, reason="junk")) == "fraud slot 9"
    assert (ref_of(one(line, "comment")), ref_of(one(line, "revoke"))) == ("fraud", "fraud:1")
    assert object_of(line.records[-1]) == "rules 1"
    assert (ref_of(line.records[-1]), target_of(line.records[-1])) == ("", "rules")
