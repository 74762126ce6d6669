"""A filter's text, read while names may still come."""

from datetime import UTC, datetime

import pytest

from signoff.policy.query import QueryError
from signoff.tui.filtering import COMING, WAITS, read_filter
from signoff.tui.screens.listpage import typing_keys

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def fault(text: str, *known: str, reading: bool) -> tuple[str, str, int, int]:
    with pytest.raises(QueryError) as raised:
        read_filter(text, now=NOW, known=known, reading=reading)
    error = raised.value
    return error.message, error.hint, error.start, error.end


def test_a_name_that_may_come_is_waited_for_and_marked() -> None:
    assert fault("stage:x accuracy>0.9", reading=True) == (COMING, WAITS, 8, 16)
    assert fault("metrics.accuracy:0.9", reading=True)[0] == COMING


def test_once_all_is_read_an_unknown_name_is_wrong() -> None:
    assert fault("accuracy>0.9", reading=False)[0] == "'accuracy' is not a field"


@pytest.mark.parametrize("text", ["rocauc>>3", "(stage:x", "age<soon", "colour:blue"])
def test_what_no_name_would_mend_is_wrong_at_once(text: str) -> None:
    assert fault(text, reading=True)[0] != COMING


def test_known_names_are_read_while_others_come() -> None:
    query = read_filter("accuracy>0.9", now=NOW, known=("metrics.accuracy",), reading=True)
    assert query is not None
    assert query.text == "accuracy>0.9"
    assert read_filter("  ", now=NOW, known=(), reading=True) is None


@pytest.mark.parametrize(
    ("text", "faulty", "told"),
    [
        ("", False, [("enter", "to the list", True), ("esc", "leave", True)]),
        ("fraud", False, [("enter", "keep", True), ("esc", "clear", True)]),
        ("fraud>>", True, [("enter", "keep", False), ("esc", "clear", True)]),
    ],
)
def test_while_a_filter_is_typed_only_keys_that_type_nothing_are_told(
    text: str, faulty: bool, told: list[tuple[str, str, bool]]
) -> None:
    keys = typing_keys(text, faulty=faulty, back="esc")
    assert [(key.label, key.title, key.enabled) for key in keys] == told
