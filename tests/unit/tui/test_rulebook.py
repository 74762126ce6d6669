"""The rules are said in plain words, every key of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from signoff.registry.snapshot import Snapshot
from signoff.schema.rules import EvaluationRule, MetricRule, StageRule, load_trust
from signoff.tui.present import Pieces
from signoff.tui.rulebook import evaluation_words, metric_words, rules_text, stage_lines, stage_powers
from signoff.tui.scene import Scene, scene_of
from stories import Story

NOW = datetime(2026, 3, 3, tzinfo=UTC)
DOCUMENT = load_trust(
    {
        "root": {"keys": ["k"], "threshold": 1},
        "people": {"ana": {}, "ben": {}, "cy": {}},
        "roles": {"approver": ["ana", "ben"], "risk": ["cy"], "oncall": ["ben"]},
        "stages": {"staging": {}},
    }
)


def said(lines: Iterator[Pieces]) -> list[str]:
    return ["".join(text for text, _ in line).strip() for line in lines]


def stage_said(rule: StageRule, person: str = "") -> str:
    return "\n".join(said(stage_lines(rule, "production", DOCUMENT, person)))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (StageRule(approvals=0), "needs no approval"),
        (StageRule(approvals=2), "2 approvals from approver (ana, ben)"),
        (StageRule(approvers=("nobody",)), "1 approval from nobody (nobody holds that)"),
        (StageRule(separation=True), "whoever registered or built it cannot approve it"),
        (StageRule(separation=False), "whoever registered or built it may approve it too"),
        (StageRule(after="staging"), "the version held staging before"),
        (StageRule(touch=True), "an approval needs the touch of a FIDO key"),
        (StageRule(expires_days=1), "an approval is good for 1 day"),
        (StageRule(bind_card=True), "approvals lapse when the model card changes"),
        (StageRule(base_same_stage=True), "holds this stage too"),
        (StageRule(formats=("onnx", "gguf")), "no other format than onnx, gguf"),
        (StageRule(formats=()), "no other format than none"),
        (StageRule(fields=("license",)), "version.yaml says license"),
        (StageRule(max_checkpoint_age_days=7), "asks for a checkpoint of the last 7 days"),
        (StageRule(unknown=("shape",)), "! shape: a newer signoff wrote this, so the rule is never met here"),
        (StageRule(break_glass=()), "breaks glass  nobody"),
        (StageRule(break_glass=("oncall",)), "breaks glass  oncall  ben"),
    ],
)
def test_every_key_of_a_rule_has_its_words(rule: StageRule, words: str) -> None:
    assert words in stage_said(rule)


def test_every_key_of_a_rule_changes_what_is_said() -> None:
    plain = stage_said(StageRule())
    other = {
        "after": "staging",
        "approvals": 3,
        "approvers": ("risk",),
        "also": ({"role": "risk"},),
        "promoters": ("risk",),
        "rollback": ("risk",),
        "break_glass": ("risk",),
        "separation": False,
        "touch": True,
        "expires_days": 3,
        "bind_card": True,
        "base_same_stage": True,
        "max_checkpoint_age_days": 3,
        "formats": ("onnx",),
        "fields": ("license",),
        "evaluations": ({"kind": "safety"},),
        "metrics": ({"name": "accuracy", "min": "1"},),
        "unknown": ("shape",),
    }
    assert set(other) == set(StageRule.__struct_fields__)
    for key, value in other.items():
        document = load_trust(
            {
                "root": {"keys": ["k"], "threshold": 1},
                "stages": {"staging": {}, "x": {key: value} if key != "unknown" else {"shape": 1}},
            }
        )
        assert stage_said(document.stages["x"]) != plain, key


def test_evaluations_are_said_in_words() -> None:
    assert evaluation_words(EvaluationRule(kind="human")) == "a human evaluation"
    whole = EvaluationRule(kind="safety", outcome="pass", name="red-team", independent=True)
    assert evaluation_words(whole) == (
        "a safety evaluation named red-team that says pass, by somebody who neither registered nor built it"
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (MetricRule(name="f1"), "f1 is there"),
        (MetricRule(name="f1", min="0.9"), "f1 is at least 0.9"),
        (
            MetricRule(name="f1", dataset="holdout", split="test", min="0.9", max="1"),
            "f1 on holdout test is at least 0.9 and is at most 1",
        ),
        (MetricRule(name="f1", no_worse_than="production"), "f1 is no worse than that of production"),
        (
            MetricRule(name="f1", no_worse_than="production", tolerance="0.005"),
            "f1 is at most 0.005 worse than that of production",
        ),
        (
            MetricRule(name="f1", slice_by="gender", max_gap="0.05"),
            "f1 differs by at most 0.05 between groups of gender",
        ),
        (MetricRule(name="f1", slice={"gender": "female"}, min="0.9"), "f1 for gender=female is at least 0.9"),
        (MetricRule(name="cost", direction="lower", max="3"), "cost is at most 3 (lower is better)"),
    ],
)
def test_metrics_are_said_in_words(rule: MetricRule, words: str) -> None:
    assert metric_words(rule) == words


def test_what_a_person_may_do_for_a_stage_follows_from_their_roles() -> None:
    rule = StageRule(promoters=("risk",), rollback=("oncall",), break_glass=("oncall",))
    assert list(stage_powers(rule, DOCUMENT, "ben")) == ["approve and reject", "roll back", "break glass"]
    assert list(stage_powers(rule, DOCUMENT, "cy")) == ["promote"]
    assert list(stage_powers(rule, DOCUMENT, "zoe")) == []


def test_the_person_who_looks_is_marked() -> None:
    assert stage_said(StageRule(break_glass=("oncall",)), "ben").endswith("oncall  ben  (you)")
    assert "(you)" not in stage_said(StageRule(break_glass=("oncall",)), "ana")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Story(tmp_path_factory.mktemp("rules")) as story:
        yield story.registry.snapshot()


def whole(scene: Scene) -> str:
    return "\n".join(said(iter(rules_text(scene, ()))))


def test_all_of_the_trust_document_is_there(snapshot: Snapshot) -> None:
    newest = snapshot.trust.newest
    text = whole(scene_of(snapshot, now=NOW, person="ben"))
    assert snapshot.trust.registry in text
    for fingerprint, (person, key) in newest.holders.items():
        assert f"{key.kind}  {fingerprint}" in text
        assert person in text
    for role in newest.document.roles:
        assert role in text
    assert "Root keys: 2 of 3 change these rules" in text
    assert "ben  (you)" in text
    assert "“founded”" in text


def test_without_a_person_it_says_where_to_look(snapshot: Snapshot) -> None:
    text = whole(scene_of(snapshot, now=NOW, person=""))
    assert "nobody signs here: press i to see why" in text
    assert "(you)" not in text


def test_revoked_keys_say_until_when_they_count(snapshot: Snapshot) -> None:
    newest = snapshot.trust.newest
    fingerprint = next(iter(newest.holders))
    revoked = load_trust(
        {"root": {"keys": ["k"], "threshold": 1}, "revoked": {fingerprint: {"default": "start", "models/fraud": 4}}}
    ).revoked
    document = replace(newest.document, revoked=revoked)
    trust = replace(snapshot.trust, records=(replace(newest, document=document),), fault="trust record 2: junk")
    text = whole(scene_of(replace(snapshot, trust=trust), now=NOW, person=""))
    assert "none of its records counts; models/fraud: up to record 4" in text
    assert f"{fingerprint}  revoked" in text
    assert "! the chain ends in a record that is not valid: trust record 2: junk" in text
