"""References: every form that people write, and one plain form of each."""

import pytest

from signoff.errors import InvalidValueError
from signoff.values.refs import Ref, parse_model, parse_ref, version_ref


@pytest.mark.parametrize(
    ("text", "model", "selector", "kind"),
    [
        ("fraud:7", "fraud", "7", "version"),
        ("risk/fraud:1.2+cpu", "risk/fraud", "1.2+cpu", "version"),
        ("fraud@production", "fraud", "production", "pointer"),
        ("fraud@latest", "fraud", "latest", "pointer"),
        ("fraud@sha256:01234567", "fraud", "01234567", "digest"),
        (f"fraud@sha256:{'a' * 64}", "fraud", "a" * 64, "digest"),
        ("models:/fraud/7", "fraud", "7", "version"),
        ("models:/risk/fraud/7", "risk/fraud", "7", "version"),
        ("models:/fraud@champion", "fraud", "champion", "pointer"),
        ("My Model: the best:7", "My Model: the best", "7", "version"),
        ("me@home:7", "me@home", "7", "version"),
    ],
)
def test_every_form_is_understood(text: str, model: str, selector: str, kind: str) -> None:
    ref = parse_ref(text)
    assert (ref.model, ref.selector, ref.kind) == (model, selector, kind)


@pytest.mark.parametrize("text", ["fraud:7", "fraud@production", "fraud@sha256:01234567", "models:/fraud/7"])
def test_the_plain_form_means_the_same(text: str) -> None:
    ref = parse_ref(text)
    assert parse_ref(str(ref)) == ref


@pytest.mark.parametrize(
    "text",
    ["", "fraud", "@production", ":7", "fraud:", "fraud:a b", "fraud@", "fraud@7", "fraud@v7", "models:/", "models:/7",
     "models:/@champion", "fraud@sha256:0123", "fraud@sha256:ABCDEF01", "fraud@sha256:"],
)  # fmt: skip
def test_what_is_no_reference_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        parse_ref(text)
    assert refused.value.hint


def test_a_version_is_referred_to_by_name() -> None:
    assert str(version_ref("fraud", "7")) == "fraud:7"
    assert version_ref("fraud", "7") == Ref("fraud", "7", "version")


def test_a_model_may_be_written_as_mlflow_does() -> None:
    assert parse_model("models:/fraud") == parse_model("fraud") == "fraud"
    with pytest.raises(InvalidValueError):
        parse_model("fraud:7")
