"""What a scientist, a reviewer and somebody on call read on the way: the sample's models, as its story left them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from signoff.registry.details import evidence_of
from signoff.registry.opening import open_registry
from signoff.registry.registry import Registry
from signoff.registry.serving import Pointer, pointers_of
from signoff.tui.asked import Asked
from signoff.tui.evidence import evidence_text
from signoff.tui.measures import metrics_text
from signoff.tui.options import choice_of
from signoff.tui.pages import history_text, overview_text
from signoff.tui.pointers import pointer_lines, pointer_text
from signoff.tui.present import Pieces
from signoff.tui.scene import Scene, scene_of
from signoff.tui.widgets.chrome import Key, fitting_keys

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CREDIT = "credit-approval"


@pytest.fixture(scope="module")
def registry(pytestconfig: pytest.Config) -> Iterator[Registry]:
    with open_registry(str(pytestconfig.rootpath / "sample_registry"), read_only=True) as found:
        yield found


@pytest.fixture(scope="module")
def scene(registry: Registry) -> Scene:
    return scene_of(registry.snapshot(), now=NOW, person="omar@example.org")


def said(lines: tuple[Pieces, ...]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def production(scene: Scene) -> Pointer:
    found = pointers_of(scene.snapshot.need_model(CREDIT).history, scene.stages)
    return next(one for one in found if one.name == "production")


def test_on_call_reads_who_approved_what_was_rolled_back_to_why_and_what_was_there_before(scene: Scene) -> None:
    one, model = production(scene), scene.snapshot.find_model(CREDIT)
    text = said(pointer_text(one, model, now=NOW))
    for words in (
        "production → 3",
        "since       2026-11-24 00:11 UTC",
        "omar@example.org  rolled back",
        "approved by chi@example.org, rui@example.org",
        "before      4  ✗ revoked",
        "because     “Three inputs are known only after the decision",
    ):
        assert words in text
    lines = said(pointer_lines(one, model, now=NOW)).splitlines()
    assert lines[0] == "rolled back 2026-11-24 00:11 UTC by omar@example.org  before: 4  ✗ revoked"
    assert "eu-west · serving · 3" in lines[1]
    assert lines[2].startswith("approved by chi, rui  “Three inputs")


def test_what_was_approved_by_nobody_says_so(scene: Scene) -> None:
    found = list(pointers_of(scene.snapshot.need_model(CREDIT).history, scene.stages))
    model = scene.snapshot.find_model(CREDIT)
    told = {one.name: said(pointer_lines(one, model, now=NOW)).splitlines()[2] for one in found if one.version}
    assert told["staging"] == "nobody approved it"
    assert told["champion"] == "an alias needs no approval"


def test_a_rollback_passes_over_a_version_that_cannot_be_used(scene: Scene) -> None:
    asked = Asked(action="rollback", model=CREDIT, version="3", fields={"stage": "production"})
    options = choice_of("return", asked, scene).options
    assert [one.version for one in options] == ["2"]
    assert "back to 2, which held it before (4 cannot be used any more)" in options[0].pieces[1][0]


def test_an_overview_says_since_when_a_stage_points_here_and_who_moved_it(scene: Scene) -> None:
    text = said(overview_text(scene.snapshot.need(f"{CREDIT}:3"), scene, ()))
    assert "production  ● here since 2026-11-24 00:11 UTC, rolled back by omar@example.org" in text
    assert "2 of 2 approvals from approver: chi@example.org, rui@example.org; 1 of 1 approval from risk" in text


def test_an_overview_says_that_somebody_rejected(scene: Scene) -> None:
    text = said(overview_text(scene.snapshot.need(f"{CREDIT}:5"), scene, ()))
    assert "production  ✗ rejected by chi@example.org; 0 of 2 approvals" in text


def test_what_is_not_registered_names_the_key_that_registers(scene: Scene) -> None:
    assert "not registered: R seals its files" in said(overview_text(scene.snapshot.need(f"{CREDIT}:7"), scene, ()))


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("3", f"beside {CREDIT}:4, which held production before"),
        ("6", f"beside {CREDIT}:3, which holds production"),
    ],
)
def test_metrics_say_what_they_stand_beside(version: str, words: str, scene: Scene) -> None:
    assert said(metrics_text(scene.snapshot.need(f"{CREDIT}:{version}"), scene)).splitlines()[0] == words


def test_a_history_says_which_alias_which_evaluation_and_what_was_reported(scene: Scene) -> None:
    lines = said(history_text(scene.snapshot.need(f"{CREDIT}:3"), scene)).splitlines()
    for action, author, aim in (
        ("alias", "ana", "champion"),
        ("deploy", "omar", "eu-west serving"),
        ("deploy", "dora", "eu-west deploying"),
        ("evaluate", "eva", "fairness pass"),
    ):
        assert any(action in line and f"{author}@example.org  {aim}" in line for line in lines), (action, aim)


def test_evidence_says_on_how_many_and_names_the_data_once(registry: Registry, scene: Scene) -> None:
    evidence = evidence_of(registry, scene.snapshot.need(f"{CREDIT}:3"))
    lines = evidence_text(scene.snapshot.need(f"{CREDIT}:3"), scene, evidence)
    rows = ["".join(text for text, _ in line) for line in lines]
    assert any(row.startswith("    true_positive_rate ") and row.endswith("0.9206  n  63  race=black") for row in rows)
    assert not any("metrics.count" in row for row in rows)


def test_where_room_is_short_the_footer_leaves_out_what_cannot_be_done_first() -> None:
    keys = (
        Key("A", "Approve", 7, enabled=False),
        Key("R", "Register", 3),
        Key("q", "up", 0),
        Key("B", "Rollback", 103, enabled=False),
    )
    assert [one.label for one in fitting_keys(keys, 80)] == ["A", "R", "q", "B"]
    assert [one.label for one in fitting_keys(keys, 30)] == ["R", "q", "B"]
    assert [one.label for one in fitting_keys(keys, 18)] == ["R", "q"]
    assert [one.label for one in fitting_keys(keys, 13)] == ["R"]


@pytest.mark.parametrize(
    ("version", "action", "first"),
    [("6", "reject", "production"), ("6", "promote", "release"), ("2", "promote", "production")],
)
def test_the_stage_that_waits_for_an_answer_or_has_its_approvals_is_offered_first(
    version: str, action: str, first: str, scene: Scene
) -> None:
    asked = Asked(action=action, model=CREDIT, version=version, fields={})
    assert choice_of("stage", asked, scene).options[0].fields["stage"] == first
