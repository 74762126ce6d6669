"""What verifications found stands until a later one looked at the same."""

import pytest

from signoff.registry.problems import Problem
from signoff.tui.findings import NOTHING_READ, Checked, first_words, nothing_found, standing, whose

CHANGED = Problem(place="models/risk/fraud/versions/7/model.onnx", what="changed")
ALARM = Problem(place="models/risk/fraud/log", what="record 3 is not signed", severity="alarm")
TRUST = Problem(place=".signoff/trust", what="it forks", severity="alarm")
BAD = Checked(model="risk/fraud", version="7", problems=(CHANGED, ALARM, TRUST))


def concerned(*checks: Checked) -> list[tuple[str, str, str]]:
    return [(model, version, problem.what) for problem, model, version in standing(checks)]


def test_findings_are_alarms_and_concern_whatever_their_place_is_of() -> None:
    assert {problem.severity for problem, _, _ in standing([BAD])} == {"alarm"}
    assert concerned(BAD) == [
        ("risk/fraud", "7", "changed"),
        ("risk/fraud", "", "record 3 is not signed"),
        ("", "", "it forks"),
    ]


def test_a_verification_of_the_model_finds_for_its_versions() -> None:
    whole = Checked(model="risk/fraud", problems=(CHANGED,))
    assert concerned(whole) == [("risk/fraud", "7", "changed")]
    assert concerned(whole, Checked(model="risk/fraud", version="7")) == []


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (Checked(model="risk/fraud", version="7"), []),
        (Checked(model="risk/fraud"), []),
        (Checked(model="risk/fraud", version="8"), ["changed"]),
        (Checked(model="other", version="7"), ["changed", "record 3 is not signed"]),
        (BAD, ["changed", "record 3 is not signed", "it forks"]),
    ],
)
def test_a_finding_stands_until_a_later_verification_looked_at_the_same(later: Checked, left: list[str]) -> None:
    assert [what for _, _, what in concerned(BAD, later)] == left


def test_the_short_name_of_the_file_and_what_is_wrong_come_first() -> None:
    assert first_words(BAD) == "model.onnx changed in risk/fraud:7"
    deep = Problem(place=f"models/risk/fraud/versions/7/{'x' * 90}/model.onnx", what="missing")
    words = first_words(Checked(model="risk/fraud", problems=(deep,)))
    assert words.endswith("x/model.onnx missing in risk/fraud:7")
    assert words.startswith("…")
    assert len(words) < 60
    manifest = Problem(place="models/risk/fraud/versions/7/SHA256SUMS", what="it is not the manifest")
    assert first_words(Checked(model="risk/fraud", problems=(manifest,))) == (
        "SHA256SUMS: it is not the manifest, in risk/fraud:7"
    )
    assert first_words(Checked(model="risk/fraud", version="7", problems=(TRUST,))) == (
        ".signoff/trust: it forks, in risk/fraud:7"
    )


def test_a_place_of_another_model_is_none_of_this_one() -> None:
    assert whose("fraud", "models/fraudulent/versions/1/a") == ("", "", "models/fraudulent/versions/1/a")
    assert whose("fraud", "models/fraud/versions/1") == ("fraud", "1", "")


def test_where_nothing_was_verified_no_more_is_claimed_than_was_read() -> None:
    assert nothing_found([]) == NOTHING_READ
    assert nothing_found([Checked(model="fraud", version="1"), Checked(model="risk")]).endswith(": fraud:1, risk")
