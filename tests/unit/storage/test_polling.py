"""Polls cost one request while nothing changes, tell what the journal names, and say when nobody answers."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from failing import FailingStorage
from signoff.registry.journal import Journal
from signoff.schema import layout
from signoff.storage.polling import Polling
from signoff.storage.watch import Pace

pytestmark = pytest.mark.alone

FAST = Pace(quick=0.02, slow=0.2, calm=60.0)
RECORD = "models/fraud/log/00000002.rec"
EVERYTHING: frozenset[str] = frozenset()


class CountedStorage(FailingStorage):
    """Counts what is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open(self, path: str) -> BinaryIO:
        self.opened.append(path)
        return super().open(path)


class Ear:
    """Keeps what a poll told, and how it stood."""

    def __init__(self) -> None:
        self.told: list[frozenset[str]] = []
        self.stood: list[tuple[str, float]] = []
        self.heard = threading.Condition()
        self.polling: Polling | None = None

    def change(self, paths: frozenset[str]) -> None:
        with self.heard:
            self.told.append(paths)
            self.heard.notify_all()

    def standing(self) -> None:
        with self.heard:
            if self.polling is not None:
                self.stood.append((self.polling.fault, self.polling.every))
            self.heard.notify_all()

    def until(self, wanted: Callable[[], bool]) -> None:
        with self.heard:
            assert self.heard.wait_for(wanted, 5), (self.told, self.stood)


@pytest.fixture
def storage() -> CountedStorage:
    return CountedStorage()


@pytest.fixture
def ear() -> Ear:
    return Ear()


Start = Callable[[Pace], Polling]


@pytest.fixture
def start(storage: CountedStorage, ear: Ear) -> Iterator[Start]:
    started: list[Polling] = []

    def begin(pace: Pace) -> Polling:
        ear.polling = Polling(storage, on_change=ear.change, on_standing=ear.standing, pace=pace)
        started.append(ear.polling)
        return ear.polling

    yield begin
    for polling in started:
        polling.close()


def wait_for(wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not wanted():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_poll_while_nothing_changes_asks_for_the_next_entry_and_for_nothing_else(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    for number in range(1, 6):
        Journal(storage).tell("models/fraud", number, f"{number:064x}")
    start(FAST)
    storage.opened.clear()
    wait_for(lambda: len(storage.opened) >= 10)
    assert set(storage.opened) == {layout.journal_path(6)}
    assert (ear.told, ear.stood) == ([], [])


def test_polls_keep_the_pace(storage: CountedStorage, start: Start) -> None:
    start(Pace(quick=0.1, calm=60.0))
    storage.opened.clear()
    time.sleep(0.55)
    assert 3 <= len(storage.opened) <= 5


def test_what_others_write_is_told_by_the_paths_of_the_records(storage: CountedStorage, ear: Ear, start: Start) -> None:
    start(FAST)
    Journal(storage).tell("models/fraud", 2, "a" * 64)
    Journal(storage).tell("trust", 3, "b" * 64)
    ear.until(lambda: len(frozenset().union(*ear.told)) == 2)
    assert frozenset().union(*ear.told) == {RECORD, layout.record_path("trust", 3)}
    assert EVERYTHING not in ear.told


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"written":[],"nonce":""}', b"x" * (layout.LARGEST_JOURNAL_ENTRY * 2)]
)
def test_an_entry_that_names_nothing_means_that_anything_changed_and_the_next_one_is_read(
    storage: CountedStorage, ear: Ear, start: Start, content: bytes
) -> None:
    start(FAST)
    storage.plant_file(layout.journal_path(1), content)
    ear.until(lambda: ear.told == [EVERYTHING])
    Journal(storage).tell("models/fraud", 2, "a" * 64)
    ear.until(lambda: ear.told == [EVERYTHING, frozenset({RECORD})])


def test_polls_get_slow_when_nothing_changes_and_quick_again_with_the_next_record(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    polling = start(Pace(quick=0.02, slow=0.3, calm=0.2))
    assert polling.every == 0.02
    ear.until(lambda: ear.stood == [("", 0.3)])
    Journal(storage).tell("models/fraud", 2, "a" * 64)
    ear.until(lambda: ear.told == [frozenset({RECORD})])
    assert polling.every == 0.02


def test_a_storage_that_does_not_answer_is_told_once_and_what_came_meanwhile_is_anything(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    polling = start(FAST)
    storage.down = "the network is unreachable"
    ear.until(lambda: ear.stood == [("the network is unreachable", 0.02)])
    storage.down = "it is still unreachable, request 17"
    asked = len(storage.opened)
    wait_for(lambda: len(storage.opened) > asked + 1)
    assert (len(ear.stood), ear.told) == (1, [])
    storage.down = ""
    ear.until(lambda: ear.told == [EVERYTHING])
    assert (polling.fault, len(ear.stood)) == ("", 1)


def test_a_storage_that_is_silent_is_told_before_its_driver_gives_up(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    polling = start(Pace(quick=0.02, calm=60.0, patience=0.3))
    storage.answering.clear()
    try:
        ear.until(lambda: ear.stood == [("no answer for 0.3 seconds", 0.02)])
        assert ear.told == []
    finally:
        storage.answering.set()
    ear.until(lambda: ear.told == [EVERYTHING])
    assert polling.fault == ""


def test_a_storage_that_is_away_from_the_beginning_is_followed_once_it_answers(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    Journal(storage).tell("models/fraud", 1, "a" * 64)
    storage.down = "the network is unreachable"
    assert start(FAST).fault == "the network is unreachable"
    storage.down = ""
    ear.until(lambda: ear.told == [EVERYTHING])
    Journal(storage).tell("models/fraud", 2, "b" * 64)
    ear.until(lambda: ear.told == [EVERYTHING, frozenset({RECORD})])


def test_anything_is_told_after_a_while_since_drafts_are_in_no_journal(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    began = time.monotonic()
    start(Pace(quick=0.02, calm=60.0, whole=0.3))
    ear.until(lambda: ear.told == [EVERYTHING] * 2)
    assert time.monotonic() - began >= 0.6
    assert ear.stood == []


def test_a_journal_that_somebody_deleted_is_followed_from_its_new_beginning(
    storage: CountedStorage, ear: Ear, start: Start
) -> None:
    for number in range(1, 4):
        Journal(storage).tell("models/fraud", number, f"{number:064x}")
    start(Pace(quick=0.02, calm=60.0, whole=0.3))
    for number in range(1, 4):
        storage.remove(layout.journal_path(number))
    ear.until(lambda: ear.told == [EVERYTHING])
    Journal(storage).tell("models/fraud", 2, "a" * 64)
    ear.until(lambda: frozenset({RECORD}) in ear.told)


def test_nothing_is_asked_or_told_after_it_was_closed(storage: CountedStorage, ear: Ear, start: Start) -> None:
    start(FAST).close()
    Journal(storage).tell("models/fraud", 2, "a" * 64)
    storage.opened.clear()
    time.sleep(0.1)
    assert (storage.opened, ear.told) == ([], [])


def test_who_followed_the_journal_before_is_told_of_what_came_since_and_asks_nothing_for_it(
    storage: CountedStorage, ear: Ear
) -> None:
    journal = Journal(storage)
    for number in range(1, 4):
        journal.tell("models/fraud", number, f"{number:064x}")
    polling = Polling(storage, on_change=ear.change, pace=FAST, after=2)
    try:
        ear.until(lambda: bool(ear.told))
        assert ear.told == [frozenset({"models/fraud/log/00000003.rec"})]
        assert storage.opened[0] == layout.journal_path(3)
    finally:
        polling.close()
    assert polling.told == 3


def test_who_did_not_read_everything_is_told_of_what_is_named_alone(storage: CountedStorage, ear: Ear) -> None:
    polling = Polling(storage, on_change=ear.change, pace=Pace(quick=0.02, slow=0.2, calm=60.0, whole=0.05), after=0)
    try:
        storage.put_new(layout.journal_path(1), b"garbage")
        storage.down = "gone"
        time.sleep(0.1)
        storage.down = ""
        Journal(storage).tell("models/fraud", 2, "f" * 64)
        ear.until(lambda: bool(ear.told))
        assert ear.told == [frozenset({RECORD})]
    finally:
        polling.close()


def test_what_was_not_told_yet_is_not_taken_for_told(storage: CountedStorage) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: frozenset[str]) -> None:
        begun.set()
        go_on.wait(5)

    polling = Polling(storage, on_change=slow, pace=FAST, after=0)
    try:
        Journal(storage).tell("models/fraud", 2, "f" * 64)
        assert begun.wait(5)
        assert polling.told == 0
    finally:
        go_on.set()
        polling.close()
    assert polling.told == 1
