"""What an error says, and where."""

from signoff.errors import RefusedError, SchemaError, SignoffError


def test_an_error_keeps_its_hint_beside_its_message() -> None:
    error = SignoffError("the disk is full", hint="make room")
    assert (str(error), error.message, error.hint) == ("the disk is full", "the disk is full", "make room")


def test_a_schema_error_says_the_place_in_front_of_the_reason() -> None:
    error = SchemaError("expected a number", file="version.yaml", line=3, path="metrics[2].value", hint="write 0.9")
    assert str(error) == "version.yaml:3:metrics[2].value: expected a number"
    assert (error.reason, error.hint) == ("expected a number", "write 0.9")


def test_a_schema_error_without_a_place_is_its_reason() -> None:
    assert str(SchemaError("it is empty")) == "it is empty"


def test_a_schema_error_is_placed_in_a_file_later() -> None:
    error = SchemaError("expected a number", line=3, path="metrics", hint="write 0.9").in_file("models/a/model.yaml")
    assert str(error) == "models/a/model.yaml:3:metrics: expected a number"
    assert error.hint == "write 0.9"


def test_a_refusal_gives_every_reason_at_once() -> None:
    error = RefusedError("promote fraud:7", ["quorum 1 of 2", "touch missing"])
    assert str(error) == "cannot promote fraud:7: quorum 1 of 2; touch missing"
    assert error.reasons == ("quorum 1 of 2", "touch missing")
