"""Times: one spelling in records, several from people."""

from datetime import UTC, datetime

import pytest

from signoff.errors import InvalidValueError
from signoff.values.times import parse_moment, parse_stamp, stamp

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_stamp_is_utc_in_whole_seconds() -> None:
    assert stamp(NOON.replace(microsecond=999_999)) == "2026-11-23T12:00:00Z"
    assert stamp(datetime.fromisoformat("2026-11-23T14:00:00+02:00")) == "2026-11-23T12:00:00Z"
    assert parse_stamp("2026-11-23T12:00:00Z") == NOON


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-23", "2026-11-23T12:00:00", "2026-11-23T12:00:00+00:00", "2026-13-23T12:00:00Z", "2026-11-23t12:00:00z",
     "2026-11-23T12:00:60Z", "2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00Z\n", "\u0662026-11-23T12:00:00Z"],
)  # fmt: skip
def test_any_other_spelling_is_no_stamp(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a time"):
        parse_stamp(text)


@pytest.mark.parametrize(
    "text", ["2026-11-23T12:00:00Z", "2026-11-23T12:00", "2026-11-23T13:00+01:00", "2026-11-23 12:00:00"]
)
def test_people_may_write_a_moment_in_several_ways(text: str) -> None:
    assert parse_moment(text) == NOON


def test_a_date_is_its_midnight_in_utc() -> None:
    assert parse_moment("2026-11-23") == NOON.replace(hour=0)


@pytest.mark.parametrize("text", ["yesterday", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="is not a date or time"):
        parse_moment(text)
