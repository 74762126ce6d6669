"""Names and digests: what format.md's section 2 allows, and nothing else."""

import pytest

from signoff.errors import InvalidValueError
from signoff.values.names import Digest, ModelName, Name, PersonId, PointerName, VersionName, slug


@pytest.mark.parametrize("text", ["fraud", "risk/fraud", "a/b/c/d", "Llama-3.1_8B", "log", "versions/fraud"])
def test_a_model_name_is_one_to_four_segments(text: str) -> None:
    assert ModelName(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a/b/c/d/e",
        "/fraud",
        "fraud/",
        "a//b",
        "-fraud",
        "fraud.",
        "a..b",
        "a b",
        "fraud\n",
        "ﬁ",
        "x" * 65,
        "a/../b",
    ],
)
def test_a_model_name_outside_the_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a model name") as refused:
        ModelName(text)
    assert "segments" in refused.value.hint


@pytest.mark.parametrize("word", ["log", "packs", "cards", "versions"])
def test_the_folders_of_a_model_are_no_segments_below_the_first(word: str) -> None:
    with pytest.raises(InvalidValueError, match=f"'{word}' is reserved"):
        ModelName(f"risk/{word}")


@pytest.mark.parametrize("text", ["7", "1.2.0+cpu", "2026-11-23", "a" * 64])
def test_a_version_name_may_carry_a_plus(text: str) -> None:
    assert VersionName(text) == text


@pytest.mark.parametrize("text", ["", "+1", "1+", "a" * 65, "1/2", "1..2", "1 2", "\u0661"])
def test_a_version_name_outside_the_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a version name"):
        VersionName(text)


@pytest.mark.parametrize("text", ["7", "v7", "V12", "latest", "LATEST", "a+b", ""])
def test_a_pointer_is_never_called_as_versions_are(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a stage or alias name"):
        PointerName(text)


@pytest.mark.parametrize("text", ["production", "champion", "v", "v7b", "latest-2"])
def test_a_pointer_is_a_segment(text: str) -> None:
    assert PointerName(text) == text


def test_people_and_digests_have_their_own_forms() -> None:
    assert PersonId("al+ml@example.org") == "al+ml@example.org"
    assert Digest("0" * 64) == "0" * 64
    for kind, text in ((PersonId, "al example"), (Digest, "0" * 63), (Digest, "A" * 64)):
        with pytest.raises(InvalidValueError, match="a character or a form"):
            kind(text)


def test_a_name_is_its_text() -> None:
    named: dict[str, int] = {ModelName("fraud"): 1}
    assert named["fraud"] == 1
    assert isinstance(ModelName("fraud"), Name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My Model (v2)!", "My-Model-v2"),
        ("..a...b..", "a.b"),
        ("日本", ""),
        ("x" * 70, "x" * 64),
        ("a" * 63 + ".b", "a" * 63),
    ],
)
def test_a_foreign_spelling_has_a_nearest_segment(text: str, expected: str) -> None:
    assert slug(text) == expected
