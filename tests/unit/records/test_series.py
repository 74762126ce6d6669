"""A series of records grows without a copy, never changes what is in it, and gives put-aside records back."""

import pytest
from msgspec.structs import replace

from builders import World
from signoff.records.record import LogRecord
from signoff.records.series import Series
from signoff.records.statement import NO_RECORD
from signoff.storage.spool import Spool


@pytest.fixture
def records() -> tuple[LogRecord, ...]:
    world = World()
    for version in "123":
        world.register(version)
    return world.log("fraud").records[:]


def test_what_follows_is_shared_and_the_shorter_series_does_not_see_it(records: tuple[LogRecord, ...]) -> None:
    first = Series(records[:1])
    longer = first.and_then(records[1:])
    assert (len(first), first.head) == (1, records[0].id)
    assert (tuple(longer), longer.head, list(longer.ids())) == (records, records[2].id, [one.id for one in records])
    assert longer.items is first.items
    assert longer.first(1) == first


def test_two_series_may_go_on_differently(records: tuple[LogRecord, ...]) -> None:
    first = Series(records[:1])
    one, other = first.and_then(records[1:2]), first.and_then(records[2:])
    assert (tuple(one), tuple(other)) == ((records[0], records[1]), (records[0], records[2]))
    assert one != other


def test_a_record_with_another_signature_is_another_record(records: tuple[LogRecord, ...]) -> None:
    resigned = replace(records[1], armor=records[1].armor + b"\n")
    first = Series(records[:1])
    assert first.and_then([records[1]]) != first.and_then([resigned])


def test_records_put_aside_are_the_same_records(records: tuple[LogRecord, ...]) -> None:
    series = Series(records)
    series.put_aside(Spool(), since=1)
    assert [item is None for item in series.items] == [False, True, True]
    assert tuple(series) == series[:] == records
    assert series[-1] == records[2]
    assert [series.content_at(at) for at in range(3)] == [one.line + one.armor for one in records]
    assert (series.head, series.find(records[1].id), series.find("0" * 64)) == (records[2].id, 1, None)
    assert series == Series(records)
    assert series.first(2).and_then(records[2:]).items is series.items


def test_an_empty_series_has_no_head() -> None:
    assert (Series().head, tuple(Series()), bool(Series())) == (NO_RECORD, (), False)
    with pytest.raises(IndexError):
        Series()[0]


def test_without_room_records_stay_where_they_are(
    records: tuple[LogRecord, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    series = Series(records)
    series.put_aside(Spool())
    assert series.items == list(records)
