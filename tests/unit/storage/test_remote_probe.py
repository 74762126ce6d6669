"""A place is only written to after it refused to replace, and that is remembered for a day."""

from datetime import UTC, datetime, timedelta

import pytest

from signoff.errors import StorageError
from signoff.storage.memory import MemoryStorage
from signoff.storage.remote_probe import LIES, Verdict, probe

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(storage: MemoryStorage, path: str) -> bytes:
    return storage.read(path, most=64)


def test_a_place_that_refuses_to_replace_is_good_and_nothing_is_left_there() -> None:
    storage = MemoryStorage()
    assert probe(storage.put_new, lambda path: read(storage, path), storage.remove) == ""
    assert storage.walk("") == ()


def test_a_place_that_replaces_is_found_out() -> None:
    storage = MemoryStorage()

    def create(path: str, content: bytes) -> bool:
        storage.plant_file(path, content)
        return True

    assert probe(create, lambda path: read(storage, path), storage.remove) == LIES


def test_a_place_that_says_no_and_replaces_all_the_same_is_found_out() -> None:
    storage = MemoryStorage()

    def create(path: str, content: bytes) -> bool:
        try:
            return storage.put_new(path, content)
        finally:
            storage.plant_file(path, content)

    assert probe(create, lambda path: read(storage, path), storage.remove) == LIES


def test_who_may_not_remove_may_still_publish() -> None:
    storage = MemoryStorage()

    def remove(path: str) -> None:
        message = f"no: {path}"
        raise StorageError(message)

    assert probe(storage.put_new, lambda path: read(storage, path), remove) == ""


@pytest.mark.parametrize("reason", ["", LIES])
def test_a_verdict_is_kept_for_a_day_for_one_place_and_server(reason: str) -> None:
    Verdict("s3://b http://one", lambda: NOW).keep(reason)
    later = Verdict("s3://b http://one", lambda: NOW + timedelta(hours=23))
    assert later.kept() == reason
    assert Verdict("s3://b http://one", lambda: NOW + timedelta(hours=25)).kept() is None
    assert Verdict("s3://b http://two", lambda: NOW).kept() is None
