"""Bytes that a process puts aside: nobody else sees them, and they are what they were."""

import os
import threading

import pytest

from signoff.storage.spool import PART, Spool


def test_bytes_come_back_from_where_they_were_put() -> None:
    spool = Spool()
    places = [spool.put(bytes([number]) * number) for number in range(1, 50)]
    assert places == [sum(range(number)) for number in range(1, 50)]
    assert all(spool.get(place or 0, number) == bytes([number]) * number for number, place in enumerate(places, 1))


def test_threads_may_use_one_at_once() -> None:
    spool, found = Spool(), list[bool]()

    def work(number: int) -> None:
        for count in range(200):
            content = f"{number}-{count}".encode()
            place = spool.put(content)
            found.append(place is not None and spool.get(place, len(content)) == content)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [True] * 1600


def test_its_file_has_no_name_and_goes_with_it() -> None:
    spool = Spool()
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()  # noqa: PTH208, PTH112
    spool.put(b"secret")
    del spool
    after = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()  # noqa: PTH208, PTH112
    assert after == before


def test_where_there_is_no_room_nothing_is_put_aside_and_what_waited_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "pwrite", lambda *_: 1)
    spool = Spool()
    assert [spool.put(b"few"), spool.put(b"and more"), spool.put(bytes(PART)), spool.put(b"x")] == [0, 3, None, None]
    assert (spool.get(0, 3), spool.get(3, 8)) == (b"few", b"and more")


def test_small_parts_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = os.pwrite

    def counted(file: int, content: bytes, place: int) -> int:
        written.append(len(content))
        return write(file, content, place)

    monkeypatch.setattr(os, "pwrite", counted)
    spool = Spool()
    places = [spool.put(bytes([number % 251]) * 1000) for number in range(200)]
    assert all(spool.get(place or 0, 1000) == bytes([at % 251]) * 1000 for at, place in enumerate(places))
    assert len(written) < 5
