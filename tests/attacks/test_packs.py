"""Attacks by packs: whoever writes, breaks or withholds packs changes nothing of what a log says."""

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from builders import Said, TestSigner, World, line_of
from longlogs import comment, pack, put_comments
from signoff.errors import AlarmError
from signoff.policy.log import VerifiedLog
from signoff.records.sshsig import FOOTER
from signoff.registry.asks import Ask
from signoff.registry.collecting import Collecting
from signoff.registry.doctor import Doctor
from signoff.registry.grown import ModelLog
from signoff.registry.packing import Packing
from signoff.registry.problems import Problem
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.storage.memory import MemoryStorage

LOG = "models/fraud"
FIRST, SECOND = layout.pack_path(LOG, 1, 256), layout.pack_path(LOG, 257, 512)
LENGTH = 600


@pytest.fixture(params=[False, True], ids=["listed at once", "listed in pages"], autouse=True)
def paged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Let a storage in memory be asked as a folder is, and as a bucket is."""
    monkeypatch.setattr(MemoryStorage, "paged", request.param)
    return bool(request.param)


STAGES: dict[str, dict[str, Said]] = {"staging": {"approvals": 0}, "production": {"approvals": 0}}


@cache
def long_log() -> tuple[tuple[str, bytes], ...]:
    """Return the files of a registry with one long log that is packed: a version on staging, and comments."""
    world = World(stages=STAGES)
    world.register("1")
    world.do("pam", "promote", "1", stage="staging")
    put_comments(world, LENGTH - 2)
    assert pack(world) == (FIRST, SECOND)
    return tuple((path, world.get(path)) for path, _ in world.storage.walk(""))


@pytest.fixture
def world() -> World:
    """Return that registry, in memory."""
    world = World(stages=STAGES)
    for path, content in long_log():
        world.put(path, content)
    return world


def slot(number: int) -> str:
    return layout.record_path(LOG, number)


def rest(*, paged: bool, first: int = 513, last: int = 592) -> tuple[str, ...]:
    """Return the pack of what follows the packs of 256, where there is to be one."""
    return (layout.pack_path(LOG, first, last),) if paged else ()


def read(world: World) -> ModelLog:
    return world.registry().reader.log("fraud")


def ids(log: VerifiedLog) -> list[str]:
    return [record.id for record in log.records]


def packed(known: ModelLog) -> list[str]:
    return [one.path for one in known.packs]


def places(problems: tuple[Problem, ...]) -> list[str]:
    return [one.place for one in problems]


def spoil(world: World, path: str, change: Callable[[bytes], bytes]) -> None:
    content = change(world.get(path))
    world.delete(path)
    world.put(path, content)


def records_in(content: bytes) -> list[bytes]:
    return [part + FOOTER for part in content.split(FOOTER)[:-1]]


def exchanged(content: bytes) -> bytes:
    parts = records_in(content)
    return b"".join([*parts[:5], parts[6], parts[5], *parts[7:]])


def resigned(content: bytes) -> bytes:
    parts = records_in(content)
    line = line_of(parts[9])
    return b"".join([*parts[:9], line + TestSigner("eve").sign(line, namespace="signoff-record-v1"), *parts[10:]])


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda content: content[:-10],
    "one record short": lambda content: b"".join(records_in(content)[:-1]),
    "one record more": lambda content: content + records_in(content)[0],
    "a line more": lambda content: content + b"\n",
    "a line before": lambda content: b"\n" + content,
    "two records exchanged": exchanged,
    "signed by another": resigned,
    "edited": lambda content: content.replace(b"number 300,", b"number 003,", 1),
    "garbage": lambda _: b"\xff\x00" * 999,
    "only ends": lambda _: FOOTER * 256,
    "too large": lambda content: content + b"x" * layout.LARGEST_PACK,
}


def test_a_log_from_packs_is_the_log_from_its_slots(world: World) -> None:
    known = read(world)
    assert packed(known) == [FIRST, SECOND]
    assert known.problems == ()
    assert ids(known.log) == ids(world.log())
    assert known.history == world.history()
    assert world.registry().verify(deep=True).ok


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_a_pack_is_tampered_with(world: World, change: str, vouched: bool) -> None:
    true = ids(world.log())
    if vouched:
        with world.registry() as registry:
            registry.verify()
    spoil(world, SECOND, CHANGES[change])
    known = read(world)
    assert ids(known.log) == true
    assert known.alarm is None
    assert places(known.problems) == [SECOND]
    report = world.registry().verify()
    assert (report.ok, report.alarm) == (False, None)
    assert places(report.problems) == [SECOND]


@pytest.mark.parametrize("kind", ["folder", "symlink", "fifo"])
def test_something_else_stands_where_a_pack_is_named(world: World, kind: str) -> None:
    world.delete(SECOND)
    if kind == "folder":
        world.put(f"{SECOND}/x", b"")
    elif kind == "symlink":
        world.put_symlink(SECOND)
    else:
        world.put_fifo(SECOND)
    known = read(world)
    assert (ids(known.log), packed(known)) == (ids(world.log()), [FIRST])
    assert places(known.problems) == [SECOND]


@pytest.mark.parametrize(
    "name",
    [
        "00000001-00001000.pack",
        "00000002-00000257.pack",
        "00000000-00000255.pack",
        "00000256-00000001.pack",
        "1-256.pack",
        "00000001-00000256.pack.bak",
        "\x1b[31m.pack",
        "\u202e.pack",
    ],
)
def test_a_pack_is_named_as_none_can_be(world: World, name: str) -> None:
    path = f"{layout.packs_folder(LOG)}/{name}"
    world.put(path, world.get(FIRST))
    known = read(world)
    assert packed(known) == [FIRST, SECOND]
    assert [(one.place, one.severity) for one in known.problems] == [(path, "note")]
    assert world.registry().verify().ok


def test_the_packs_folder_is_a_file(world: World) -> None:
    for path in (FIRST, SECOND):
        world.delete(path)
    world.storage.remove_empty(layout.packs_folder(LOG))
    world.put(layout.packs_folder(LOG), b"in the way")
    known = read(world)
    assert (ids(known.log), known.alarm) == (ids(world.log()), None)
    assert places(known.problems) == [layout.packs_folder(LOG)]


def test_the_pack_of_another_model(world: World) -> None:
    put_comments(world, 300, model="other")
    assert pack(world, "other")
    other = layout.pack_path("models/other", 1, 256)
    world.put(FIRST, world.get(other))
    known = read(world)
    assert ids(known.log) == ids(world.log())
    assert places(known.problems) == [FIRST]


def test_a_pack_is_missing_in_between(world: World) -> None:
    world.delete(FIRST)
    known = read(world)
    assert (ids(known.log), packed(known), known.problems) == (ids(world.log()), [], ())


def test_packs_overlap(world: World, paged: bool) -> None:
    put_comments(world, 500)
    larger = layout.pack_path(LOG, 1, 1024)
    assert pack(world) == (larger, *rest(paged=paged, first=1025, last=1088))
    assert packed(read(world)) == [larger, *rest(paged=paged, first=1025, last=1088)]
    spoil(world, larger, lambda content: content[1:])
    known = read(world)
    assert ids(known.log) == ids(world.log())
    assert places(known.problems) == [larger]


def test_a_pack_goes_beyond_a_log_whose_tail_was_cut_off(world: World) -> None:
    with world.registry() as registry:
        registry.reader.log("fraud")
    for number in range(500, LENGTH + 1):
        world.delete(slot(number))
    known = read(world)
    assert len(known.log.records) == 499
    assert packed(known) == [FIRST]
    assert places(known.problems) == [SECOND]
    with pytest.raises(AlarmError, match="ROLLBACK"):
        known.need_sound()


def test_a_pack_brings_a_record_that_no_slot_has(world: World) -> None:
    for number in range(513, LENGTH + 1):
        world.delete(slot(number))
    stolen = world.get(slot(512))
    world.delete(slot(512))
    known = read(world)
    assert stolen not in [record.line + record.armor for record in known.log.records]
    assert len(known.log.records) == 511
    assert places(known.problems) == [SECOND]


def test_a_pack_hides_the_newest_record_behind_another_one_that_is_truly_signed(world: World) -> None:
    """An insider signs a second record for the last slot of a pack, which the log then ends with."""
    for number in range(512, LENGTH + 1):
        world.delete(slot(number))
    parts = records_in(world.get(SECOND))
    prev = world.head(LOG)
    world.do("pam", "promote", "1", stage="production")
    assert world.length(LOG) == 512
    signer, policy = TestSigner("ben"), world.policy(1)
    parts[-1] = comment(world.id, 512, prev, signer=signer, policy=policy)
    world.put(SECOND, b"".join(parts))
    known = read(world)
    assert known.history.stages["production"].version == "1"
    assert places(known.problems) == [SECOND]
    assert places(world.registry().verify().problems) == [SECOND]


def test_a_record_is_deleted_that_a_pack_holds(world: World, paged: bool) -> None:
    true = ids(world.log())
    world.delete(slot(5))
    known = read(world)
    report = world.registry().verify()
    assert not report.ok
    if paged:
        assert ids(known.log) == true, "the pack holds it, and the chain proves it"
        assert places(report.problems) == [slot(5)]
    else:
        assert len(known.log.records) == 4
        assert known.alarm is not None
        assert "slot 5 is missing" in str(known.alarm)


def test_a_record_is_edited_that_a_pack_holds(world: World) -> None:
    true = ids(world.log())
    spoil(world, slot(100), lambda content: content.replace(b"number 100", b"number 001"))
    assert ids(read(world).log) == true
    report = world.registry().verify(deep=True)
    assert (report.ok, places(report.problems)) == (False, [slot(100)])


@pytest.mark.parametrize("number", [512, 513])
def test_a_record_is_edited_where_the_packs_end(world: World, number: int) -> None:
    spoil(world, slot(number), lambda content: content.replace(b"usual", b"other"))
    known = read(world)
    assert len(known.log.records) == number - 1
    assert known.alarm is not None


@pytest.mark.parametrize("number", [512, 513, 599])
def test_a_record_is_deleted_where_the_packs_end(world: World, number: int) -> None:
    world.delete(slot(number))
    known = read(world)
    assert len(known.log.records) == number - 1
    assert f"slot {number} is missing" in str(known.alarm)


def test_two_pack_at_once(world: World, paged: bool) -> None:
    for path in (FIRST, SECOND):
        world.delete(path)
    log = world.log()
    written: list[str] = []

    def put() -> None:
        written.extend(one.path for one in Packing(world.storage).put(log))

    threads = [threading.Thread(target=put) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(written) == [FIRST, SECOND, *rest(paged=paged)]
    assert packed(read(world)) == [FIRST, SECOND, *rest(paged=paged)]


def test_a_writer_is_killed_between_the_record_and_the_pack_and_the_next_one_packs(world: World, paged: bool) -> None:
    for path in (FIRST, SECOND):
        world.delete(path)
    say(world.registry(), world)
    assert packed(read(world)) == [FIRST, SECOND, *rest(paged=paged)]


def say(registry: Registry, world: World) -> None:
    ask = Ask(action="comment", model="fraud", fields={"comment": "seen"})
    registry.sign(ask, world.me("ben"), TestSigner("ben"))


def test_the_writer_of_the_last_record_of_a_pack_packs(world: World) -> None:
    put_comments(world, 767 - LENGTH)
    registry = world.registry()
    registry.reader.log("fraud")
    third = layout.pack_path(LOG, 513, 768)
    say(registry, world)
    assert packed(read(world)) == [FIRST, SECOND, third]
    before = world.get(third)
    say(registry, world)
    assert world.get(third) == before


def test_a_pack_that_cannot_be_written_fails_no_command(world: World) -> None:
    for path in (FIRST, SECOND):
        world.delete(path)
    world.storage.remove_empty(layout.packs_folder(LOG))
    world.put(layout.packs_folder(LOG), b"in the way")
    say(world.registry(), world)
    assert world.length(LOG) == LENGTH + 1


def test_who_only_looks_writes_no_pack(world: World) -> None:
    for path in (FIRST, SECOND):
        world.delete(path)
    registry = world.registry()
    registry.snapshot()
    assert registry.verify(deep=True).ok
    found = Doctor(registry).findings()
    assert [one.place for one in found if "in no pack" in one.what] == [f"{LOG}/log"]
    assert not [path for path, _ in world.storage.walk(LOG) if path.startswith("packs/")]


def test_the_doctor_packs_what_is_not_packed(world: World, paged: bool) -> None:
    world.delete(SECOND)
    assert [one.path for one in Doctor(world.registry()).pack()] == [SECOND, *rest(paged=paged)]
    assert Doctor(world.registry()).pack() == ()
    assert not [one for one in Doctor(world.registry()).findings() if "pack" in one.what]


def test_a_false_pack_is_removed_and_made_anew(world: World) -> None:
    true = world.get(SECOND)
    spoil(world, SECOND, lambda content: content[:-10])
    world.put(f"{layout.packs_folder(LOG)}/junk", b"junk")
    registry = world.registry()
    collecting = Collecting(registry)
    found = [one for one in collecting.find() if "/packs/" in one.path]
    assert [one.path for one in found] == [SECOND, f"{layout.packs_folder(LOG)}/junk"]
    collecting.remove(found)
    Doctor(world.registry()).pack()
    assert world.get(SECOND) == true
    assert read(world).problems == ()


def test_a_pack_that_a_larger_one_holds_is_left_over(world: World, paged: bool) -> None:
    pack(world)
    put_comments(world, 500)
    pack(world)
    registry = world.registry()
    found = [one for one in Collecting(registry).find() if "/packs/" in one.path]
    assert [(one.path, one.why) for one in found] == [
        (path, "a larger pack holds its records") for path in (FIRST, SECOND, *rest(paged=paged))
    ]
    Collecting(registry).remove(found)
    known = read(world)
    packs = [layout.pack_path(LOG, 1, 1024), *rest(paged=paged, first=1025, last=1088)]
    assert (packed(known), known.problems) == (packs, ())


def test_where_each_file_is_a_request_the_writer_of_each_sixteenth_record_packs(world: World, paged: bool) -> None:
    put_comments(world, 607 - LENGTH)
    registry = world.registry()
    registry.reader.log("fraud")
    say(registry, world)
    assert packed(read(world)) == [FIRST, SECOND, *rest(paged=paged, last=608)]
    for _ in range(16):
        say(registry, world)
    assert packed(read(world)) == [FIRST, SECOND, *rest(paged=paged, last=624)]


def test_the_pack_of_the_rest_is_tampered_with_or_goes_beyond_the_log(paged: bool) -> None:
    world = World(stages=STAGES)
    put_comments(world, 48)
    assert pack(world) == rest(paged=paged, first=1, last=48)
    put_comments(world, 4)
    true = ids(world.log())
    if not paged:
        return
    [path] = rest(paged=True, first=1, last=48)
    content = world.get(path)
    spoil(world, path, resigned)
    known = read(world)
    assert (ids(known.log), packed(known), places(known.problems)) == (true, [], [path])
    spoil(world, path, lambda _: content)
    for number in range(40, 53):
        world.delete(slot(number))
    known = read(world)
    assert (ids(known.log), packed(known), places(known.problems)) == (true[:39], [], [path])


def test_a_known_long_log_goes_on_and_notices_when_its_end_is_gone(world: World) -> None:
    reader = world.registry().reader
    assert len(reader.log("fraud").log.records) == LENGTH
    put_comments(world, 3)
    assert len(reader.log("fraud").log.records) == LENGTH + 3
    world.delete(slot(LENGTH + 3))
    assert len(reader.log("fraud").log.records) == LENGTH + 2


def test_records_too_large_for_a_large_pack_go_into_smaller_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(folder=tmp_path / "r")
    put_comments(world, 1024)
    monkeypatch.setattr(layout, "LARGEST_PACK", 500_000)
    assert len(pack(world)) == 4
    known = read(world)
    assert (len(known.packs), known.problems, ids(known.log)) == (4, (), ids(world.log()))
