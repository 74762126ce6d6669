"""Rows that can be made again: kept, shared, and never a reason to fail."""

import multiprocessing
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from signoff.storage.shelf import Shelf, count_rows
from signoff.storage.state import cache_folder

NAME = "registry/files.sqlite"
NAMES = ("7", *(f"{one}-{two}" for one in range(16) for two in range(20)))
ROW = ("fraud", "7", b"stamp", b"value")


def filled() -> Path:
    shelf = Shelf(NAME)
    shelf.put([ROW])
    shelf.close()
    return cache_folder() / NAME


def test_a_row_is_found_by_another_process_of_the_same_user() -> None:
    place = filled()
    assert Shelf(NAME).rows("fraud", NAMES) == {"7": (b"stamp", b"value")}
    assert Shelf(NAME).rows("other", NAMES) == {}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_asking_where_nothing_is_kept_makes_no_file() -> None:
    assert Shelf(NAME).rows("fraud", NAMES) == {}
    assert not (cache_folder() / NAME).exists()


@pytest.mark.parametrize("garbage", [b"", b"garbage" * 1000, b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_none_is_begun_anew(garbage: bytes) -> None:
    place = filled()
    place.write_bytes(garbage)
    shelf = Shelf(NAME)
    assert shelf.rows("fraud", NAMES) == {}
    shelf.put([ROW])
    assert Shelf(NAME).rows("fraud", NAMES) == {"7": (b"stamp", b"value")}


def test_a_file_of_other_columns_is_begun_anew() -> None:
    place = filled()
    place.unlink()
    with closing(sqlite3.connect(place)) as other:
        other.execute("CREATE TABLE kept (something TEXT)")
    shelf = Shelf(NAME)
    assert shelf.rows("fraud", NAMES) == {}
    shelf.put([ROW])
    assert shelf.rows("fraud", NAMES) == {"7": (b"stamp", b"value")}


@pytest.mark.parametrize("value", [b"valuf", b"", "text", None, 5])
def test_a_row_that_was_changed_is_not_there(value: object) -> None:
    place = filled()
    with closing(sqlite3.connect(place)) as other, other:
        other.execute("UPDATE kept SET value = ?", (value,))
    assert Shelf(NAME).rows("fraud", NAMES) == {}
    assert count_rows(NAME) == (1, 1)


def test_a_file_that_another_process_holds_is_not_used_and_not_harmed() -> None:
    place = filled()
    with closing(sqlite3.connect(place)) as other:
        other.execute("BEGIN EXCLUSIVE")
        shelf = Shelf(NAME)
        assert shelf.rows("fraud", NAMES) == {}
        shelf.put([("fraud", "8", b"", b"")])
    assert Shelf(NAME).rows("fraud", NAMES) == {"7": (b"stamp", b"value")}


def test_a_folder_that_cannot_be_made_keeps_nothing() -> None:
    cache_folder().mkdir(parents=True)
    (cache_folder() / "registry").write_bytes(b"a file in the way")
    shelf = Shelf(NAME)
    shelf.put([ROW])
    assert shelf.rows("fraud", NAMES) == {}


def _write(number: int) -> None:
    shelf = Shelf(NAME)
    for count in range(20):
        shelf.put([("fraud", f"{number}-{count}", b"s", b"v")])


def test_sixteen_processes_keep_rows_at_once() -> None:
    with multiprocessing.get_context("fork").Pool(16) as pool:
        pool.map(_write, range(16))
    kept = Shelf(NAME).rows("fraud", NAMES)
    assert len(kept) > 20
    assert count_rows(NAME) == (len(kept), 0)
