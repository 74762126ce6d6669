"""The trust document: read whole, or refused with the path to the fault."""

from collections.abc import Mapping

import pytest

from builders import TestSigner
from signoff.errors import SchemaError
from signoff.schema.rules import Revocation, StageRule, load_trust

KEY = TestSigner("al").key.line
PRINT = TestSigner("al").fingerprint


def document(**parts: object) -> dict[str, object]:
    return {
        "root": {"keys": [KEY], "threshold": 1},
        "people": {"al@example.org": {"name": "Al", "keys": [KEY]}},
        "roles": {"approver": ["al@example.org"]},
        "stages": {"staging": {}, "production": {"after": "staging"}},
        "revoked": {},
    } | parts


def rule(said: Mapping[str, object]) -> StageRule:
    return load_trust(document(stages={"staging": {}, "production": said})).stages["production"]


def test_a_rule_that_says_nothing_asks_for_the_defaults() -> None:
    said = rule({})
    assert (said.approvals, said.approvers, said.promoters, said.rollback) == (
        1,
        ("approver",),
        ("promoter",),
        ("promoter", "oncall"),
    )
    assert (said.break_glass, said.separation, said.touch, said.bind_card) == ((), True, False, False)
    assert load_trust(document(stages={"staging": None})).stages["staging"] == StageRule()


def test_a_document_may_lack_everything_but_its_root() -> None:
    trust = load_trust({"root": {"keys": [KEY], "threshold": 1}})
    assert (trust.people, trust.roles, trust.stages, trust.revoked) == ({}, {}, {}, {})


def test_a_person_holds_a_role() -> None:
    trust = load_trust(document())
    assert trust.holds("al@example.org", ("promoter", "approver"))
    assert not trust.holds("al@example.org", ("promoter",))
    assert not trust.holds("al@example.org", ())


def test_roles_of_further_lines_may_approve_too() -> None:
    said = rule({"approvers": ["approver", "risk"], "also": [{"role": "risk"}, {"role": "legal", "approvals": 2}]})
    assert said.approving_roles == ("approver", "risk", "legal")
    assert said.also[0].approvals == 1


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ({"quorum": 2}, ("quorum",)),
        ({"unknown": []}, ("unknown",)),
        ({"also": [{"role": "risk", "weight": 2}]}, ("also[0].weight",)),
        ({"evaluations": [{"kind": "safety"}, {"kind": "human", "raters": 3}]}, ("evaluations[1].raters",)),
        ({"metrics": [{"name": "accuracy", "median": "0.9"}]}, ("metrics[0].median",)),
        ({"b": 1, "a": {"x": []}}, ("a", "b")),
    ],
)
def test_a_key_from_a_newer_signoff_is_kept_by_name(said: Mapping[str, object], unknown: tuple[str, ...]) -> None:
    assert rule(said).unknown == unknown


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"root": {"keys": [], "threshold": 1}}, "root.keys"),
        ({"root": {"keys": [KEY], "threshold": 2}}, "root.threshold: the threshold 2 is more than the 1"),
        ({"root": {"keys": [KEY, KEY], "threshold": 2}}, "root.threshold"),
        ({"root": {"keys": [KEY], "threshold": 0}}, "root.threshold"),
        ({"root": None}, "root"),
        ({"people": {"al example": {}}}, "people.al example"),
        ({"roles": {"approver": ["eve"]}}, "roles.approver: 'eve' is not one of the people"),
        ({"stages": []}, "stages: expected a map"),
        ({"stages": {"7": {}}}, "stages.7"),
        ({"stages": {"Staging": {}, "staging": {}}}, "differ only in case"),
        ({"stages": {"a": [1]}}, "stages"),
        ({"stages": {"a": {"after": "b"}}}, "stages.a.after: there is no stage 'b'"),
        ({"stages": {"a": {"approvals": -1}}}, "approvals"),
        ({"stages": {"a": {"approvals": "2"}}}, "approvals"),
        ({"stages": {"a": {"separation": "no"}}}, "separation"),
        ({"stages": {"a": {"expires_days": 0}}}, "expires_days"),
        ({"stages": {"a": {"also": [3]}}}, "also"),
        ({"stages": {"a": {"metrics": "accuracy"}}}, "metrics"),
        (
            {"stages": {"a": {"metrics": [{"name": "m", "min": "high"}]}}},
            r"stages.a.metrics\[0\].min: 'high' is no decimal",
        ),
        ({"stages": {"a": {"metrics": [{"name": "m", "max": "NaN"}]}}}, "no decimal"),
        ({"stages": {"a": {"metrics": [{"name": "m", "no_worse_than": "b"}]}}}, "no_worse_than: there is no stage 'b'"),
        ({"stages": {"a": {"metrics": [{"name": "m", "slice_by": "g"}]}}}, "go together"),
        ({"stages": {"a": {"metrics": [{"name": "m", "max_gap": "0.1"}]}}}, "go together"),
        (
            {"stages": {"a": {"metrics": [{"name": "m", "slice_by": "g", "max_gap": "0.1", "min": "0"}]}}},
            "min cannot stand beside slice_by",
        ),
        ({"revoked": []}, "revoked: expected a map"),
        ({"revoked": {PRINT: 3}}, "expected a map, found int"),
        ({"revoked": {PRINT: {"default": "never"}}}, "default"),
        ({"revoked": {PRINT: {"models/fraud": "2"}}}, "number of the last slot"),
        ({"revoked": {PRINT: {"models/fraud": True}}}, "number of the last slot"),
        ({"revoked": {PRINT: {"models/fraud": -1}}}, "number of the last slot"),
        ({"revoked": {PRINT: {"fraud": 2}}}, "'fraud' is not a model's chain"),
        ({"revoked": {PRINT: {"models/log/log": 2}}}, "is not a model's chain"),
        ({"revoked": {PRINT[7:]: {}}}, "is not a key's fingerprint"),
    ],
)
def test_what_means_nothing_is_refused_with_the_path(parts: dict[str, object], fault: str) -> None:
    with pytest.raises(SchemaError, match=fault):
        load_trust(document(**parts))


def test_a_revocation_says_up_to_where_records_count() -> None:
    trust = load_trust(document(revoked={PRINT: {"default": "start", "models/fraud": 2, "models/churn": 0}}))
    assert trust.revoked[PRINT] == Revocation(default="start", last_good=(("models/churn", 0), ("models/fraud", 2)))
    assert load_trust(document(revoked={PRINT: None})).revoked[PRINT] == Revocation()
