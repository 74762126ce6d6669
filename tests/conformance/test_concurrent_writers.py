"""Many processes write to one log: none is told a lie, nothing is lost, and who reads meanwhile sees whole records only."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from builders import World, sha256
from conformance.writers import Answers, comment, open_registry, promote
from signoff.records.record import split_record
from signoff.records.sshsig import parse_armor

PROCESSES = 16
EACH = 10
PEOPLE = ("ana", "ben", "cy", "dan")
SECONDS = 120
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(folder=tmp_path / "registry", people=(*PEOPLE, "pam", "eve", "oli", "wit"), roles={"promoter": PEOPLE})
    made.register("1")
    made.register("2")
    return made


@pytest.fixture
def answers() -> Iterator[Answers]:
    queue: Answers = SPAWN.Queue()
    yield queue
    queue.close()


def collect(answers: Answers, count: int) -> list[tuple[str, ...]]:
    return [answers.get(timeout=SECONDS) for _ in range(count)]


def read_meanwhile(root: Path, processes: list[BaseProcess]) -> list[int]:
    """Read the log as a new client, again and again while others write; return how long it was each time."""
    lengths = []
    while any(process.is_alive() for process in processes):
        for path in sorted((root / "models/fraud/log").iterdir()):
            parse_armor(split_record(path.read_bytes())[1])
        known = open_registry(str(root)).reader.log("fraud")
        assert known.alarm is None
        assert known.strange == ()
        lengths.append(len(known.log.records))
    return lengths


def test_sixteen_processes_lose_no_record_and_write_no_slot_twice(world: World, answers: Answers) -> None:
    root = str(world.folder)
    barrier = SPAWN.Barrier(PROCESSES)
    processes: list[BaseProcess] = [
        SPAWN.Process(
            target=comment,
            args=(root, PEOPLE[number % 4], [f"{number}-{one}" for one in range(EACH)], barrier, answers),
        )
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    lengths = read_meanwhile(Path(root), processes)
    said = collect(answers, PROCESSES * EACH)
    for process in processes:
        process.join()

    assert Counter(one[0] for one in said) == {"written": PROCESSES * EACH}
    assert [process.exitcode for process in processes] == PROCESSES * [0]
    log = world.log()
    assert log.fault == ""
    slots = {(record.id, str(record.seq)) for record in log.records[2:]}
    assert {(one[2], one[3]) for one in said} == slots
    assert len(slots) == PROCESSES * EACH
    assert all(entry.effective for entry in world.history().entries)
    assert {note.comment for note in world.history().comments} == {one[1] for one in said}
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 3, "who reads only before and after sees nothing torn"
    assert list((Path(root) / ".signoff/tmp").iterdir()) == []


@pytest.mark.parametrize("versions", [("1", "2"), ("1", "1")])
def test_of_two_who_promote_at_once_one_wins_and_the_other_is_told_what_changed(
    world: World, answers: Answers, versions: tuple[str, str]
) -> None:
    barrier = SPAWN.Barrier(2)
    who = dict(zip(("ana", "ben"), versions, strict=True))
    processes = [
        SPAWN.Process(target=promote, args=(str(world.folder), person, version, barrier, answers))
        for person, version in who.items()
    ]
    for process in processes:
        process.start()
    said = {one[0]: one[1:] for one in collect(answers, 2)}
    for process in processes:
        process.join()

    assert set(said) == {"written", "ConflictError"}
    version, identity, seq = said["written"]
    loser, message = said["ConflictError"]
    winner = "ben" if loser == "ana" else "ana"
    assert version == who[winner]
    assert message == (
        f"cannot promote fraud:{who[loser]} to staging: someone was first: {winner} wrote record 3 (promote);"
        f" staging pointed at None and points at {version} now"
    )
    assert seq == "3"
    assert world.length("models/fraud") == 3
    assert sha256(world.log().records[2].line) == identity
    assert world.holder("staging") == version
