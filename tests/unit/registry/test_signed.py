"""Signatures that several threads look at: the log says of every record what it says when it looks alone."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import overload

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import TestSigner, World, line_of
from longlogs import comment, pack, put_comments
from signoff.policy.log import VerifiedLog, verify_log
from signoff.records.record import record_id
from signoff.records.sshsig import FOOTER
from signoff.records.statement import NO_RECORD, RECORD_NAMESPACE, TRUST_NAMESPACE
from signoff.registry.grown import FEWEST
from signoff.registry.reader import Reader
from signoff.registry.registry import Registry
from signoff.registry.signed import AT_ONCE, find_signers
from signoff.registry.snapshot import Snapshot
from signoff.schema import layout
from signoff.values.times import Surroundings

COUNT = 80
WORLD = World()
TRUST = WORLD.trust()
EMPTY = VerifiedLog(chain="models/fraud")


def signed(count: int = COUNT, **by: str) -> list[bytes | str]:
    """Return records that follow one another; `by` names who signs some of them instead of ben, as `at3="ana"`."""
    contents, prev = list[bytes | str](), NO_RECORD
    for seq in range(1, count + 1):
        signer = TestSigner(by.get(f"at{seq}", "ben"))
        content = comment(WORLD.id, seq, prev, signer=signer, policy=WORLD.policy(1))
        prev = record_id(line_of(content))
        contents.append(content)
    return contents


CONTENTS = signed()


def _text(content: bytes | str) -> bytes:
    assert isinstance(content, bytes)
    return content


def with_other_signature(content: bytes, other: bytes) -> bytes:
    return line_of(content) + other[len(line_of(other)) :]


def with_bit_turned(content: bytes, other: bytes) -> bytes:
    at = len(content) - len(FOOTER) - 10
    return content[:at] + (b"A" if content[at : at + 1] != b"A" else b"B") + content[at + 1 :]


def with_word_changed(content: bytes, other: bytes) -> bytes:
    return content.replace(b"usual length", b"equal length")


def signed_by(who: str, namespace: str = RECORD_NAMESPACE) -> Callable[[bytes, bytes], bytes]:
    def sign(content: bytes, other: bytes) -> bytes:
        return line_of(content) + TestSigner(who).sign(line_of(content), namespace=namespace)

    return sign


FAULTS: dict[str, Callable[[bytes, bytes], bytes | str]] = {
    "another record's signature": with_other_signature,
    "a signature with a bit turned": with_bit_turned,
    "another line under the signature": with_word_changed,
    "another person's key": signed_by("ana"),
    "nobody's key": signed_by("stranger"),
    "another namespace": signed_by("ben", TRUST_NAMESPACE),
    "another record": lambda content, other: other,
    "no record": lambda content, other: b"nothing\n",
    "no signature": lambda content, other: line_of(content),
    "not to be read": lambda content, other: "it cannot be read",
}
KINDS = sorted(FAULTS)


def spoiled(*faults: tuple[int, str]) -> list[bytes | str]:
    contents = list(CONTENTS)
    for at, kind in faults:
        contents[at] = FAULTS[kind](_text(CONTENTS[at]), _text(CONTENTS[at - 1]))
    return contents


def need_alike(contents: Sequence[bytes | str], *, threads: int = 3) -> VerifiedLog:
    alone = verify_log(contents, TRUST, start=EMPTY)
    together = verify_log(contents, TRUST, start=EMPTY, signers=find_signers(contents, TRUST, threads=threads))
    assert together == alone
    assert [one.line + one.armor for one in together.records] == list(contents[: len(alone.records)])
    return together


def test_the_key_of_every_true_signature_is_found() -> None:
    assert find_signers(CONTENTS, TRUST, threads=3) == [TestSigner("ben").key.blob] * COUNT
    assert len(need_alike(CONTENTS).records) == COUNT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [0, 1, COUNT // 2, COUNT - 1])
def test_a_fault_ends_the_log_where_it_stands(kind: str, at: int) -> None:
    log = need_alike(spoiled((at, kind)))
    assert len(log.records) == at
    assert log.fault.startswith(f"record {at + 1} of models/fraud: ")


@settings(max_examples=40, deadline=None)
@given(
    faults=st.lists(st.tuples(st.integers(0, COUNT - 1), st.sampled_from(KINDS)), max_size=5), threads=st.integers(2, 4)
)
def test_the_first_of_several_faults_ends_the_log(faults: list[tuple[int, str]], threads: int) -> None:
    log = need_alike(spoiled(*faults), threads=threads)
    assert len(log.records) == min((at for at, _ in faults), default=COUNT)


def test_what_a_key_that_is_nobodys_signed_is_not_looked_at() -> None:
    contents = signed(at5="stranger")
    assert [at for at, one in enumerate(find_signers(contents, TRUST, threads=2)) if one is None] == [4]


def test_a_true_signature_by_another_than_the_author_is_worth_nothing() -> None:
    contents = spoiled((10, "another person's key"))
    assert find_signers(contents, TRUST, threads=2)[10] == TestSigner("ana").key.blob
    assert need_alike(contents).fault.endswith("it is signed with another key than it says")


def test_what_is_vouched_for_is_not_looked_at_again() -> None:
    found = find_signers(CONTENTS, TRUST, vouched=10, threads=2)
    assert [one is None for one in found] == [True] * 10 + [False] * (COUNT - 10)


@pytest.mark.parametrize(("count", "threads"), [(FEWEST - 1, 3), (COUNT, 1)])
def test_few_signatures_and_one_core_take_no_thread(count: int, threads: int) -> None:
    assert find_signers(CONTENTS[:count], TRUST, threads=threads) == ()


class Watched(Sequence[bytes | str]):
    """Contents that say which thread takes some, and hold the first ones up until two threads are there."""

    def __init__(self, *, failing: bool = False) -> None:
        self.takers, self._failing, self._first = list[str](), failing, threading.Barrier(2)

    def __len__(self) -> int:
        return COUNT

    @overload
    def __getitem__(self, at: int) -> bytes | str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes | str]: ...
    def __getitem__(self, at: int | slice) -> bytes | str | Sequence[bytes | str]:
        name = threading.current_thread().name
        if name not in self.takers:
            self.takers.append(name)
            self._first.wait(timeout=10)
        if self._failing and name == "signoff-verify":
            message = "no more memory"
            raise MemoryError(message)
        return CONTENTS[at]


def test_two_threads_share_the_work_and_none_is_left() -> None:
    before, contents = threading.enumerate(), Watched()
    assert None not in find_signers(contents, TRUST, threads=2)
    assert sorted(contents.takers) == [threading.current_thread().name, "signoff-verify"]
    assert threading.enumerate() == before


def test_what_goes_wrong_on_a_thread_is_raised_where_it_was_asked() -> None:
    before = threading.enumerate()
    with pytest.raises(MemoryError, match="no more memory"):
        find_signers(Watched(failing=True), TRUST, threads=2)
    assert threading.enumerate() == before


def spoiled_world(folder: Path | None) -> World:
    """Return a registry of many models, of which some are spoiled, one is long and one is packed."""
    world = World(folder=folder)
    for number in range(12):
        put_comments(world, 9, model=f"small-{number:02}")
    for name, count in (("packed", 520), ("middle", 100), ("long", 1100)):
        put_comments(world, count, model=name)
    pack(world, "packed")
    for model, seq in (("small-03", 1), ("small-07", 5), ("small-08", 9), ("middle", 60), ("long", 1050)):
        path = layout.record_path(layout.model_chain(model), seq)
        content = world.get(path)
        world.put(path, with_bit_turned(content, b""))
    return world


@pytest.mark.parametrize("on_disk", [True, False])
def test_logs_that_are_read_ahead_are_what_they_are_alone(tmp_path: Path, on_disk: bool) -> None:
    world = spoiled_world(tmp_path if on_disk else None)
    names = [f"small-{number:02}" for number in range(12)] + ["gone", "long", "middle", "packed"]
    alone, together = Reader(world.storage), Reader(world.storage)
    with together.ahead(names) as each:
        found = [(name, together.log(name)) for name in each]
    assert [name for name, _ in found] == names
    for name, known in found:
        other = alone.log(name)
        assert (known.log, known.history, str(known.alarm)) == (other.log, other.history, str(other.alarm))
        assert (known.packed, known.strange, known.problems) == (other.packed, other.strange, other.problems)
    lengths = {name: len(known.log.records) for name, known in found}
    assert [lengths[name] for name in ("small-03", "small-07", "small-08", "middle", "long")] == [0, 4, 8, 59, 1049]
    assert lengths["packed"] == 520
    assert not any(thread.name == "signoff-verify" for thread in threading.enumerate())


def test_what_was_read_ahead_is_not_used_by_a_later_question(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    names = [f"small-{number:02}" for number in range(12)]
    for name in names:
        put_comments(world, 9, model=name)
    reader = Reader(world.storage)
    with reader.ahead(names) as each:
        assert next(each) == names[0]
    put_comments(world, 1, model=names[1])
    assert len(reader.log(names[1]).log.records) == 10


def test_a_slice_of_work_is_less_than_what_is_worth_a_thread() -> None:
    assert 2 * AT_ONCE <= FEWEST


def test_a_record_that_comes_while_others_are_scanned_shows_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signoff.registry.pulse.FIRST_PULSE", 0.0)
    world = World(folder=tmp_path)
    for number in range(6):
        put_comments(world, 9, model=f"small-{number}")
    time.sleep(2.1)
    told: list[int] = []

    def comes(snapshot: Snapshot) -> None:
        if len(told) == 1:  # the first one says only which models there are
            put_comments(world, 1, model="small-5")
        told.append(len(snapshot.models))

    with opened(world) as registry:
        during = registry.snapshot(so_far=comes).need_model("small-5").history.entries
        after = registry.snapshot().need_model("small-5").history.entries
    assert (len(during), len(after)) == (9, 10)
    assert len(told) > 1


def opened(world: World) -> Registry:
    """Open with the clock on the wall, by which files are new or not."""
    around = Surroundings(now=lambda: datetime.now(UTC), nonce=world.surroundings.nonce)  # noqa: TID251  (see above)
    return Registry(world.storage, surroundings=around, environ={}, home=Path("/nonexistent"))


def test_a_whole_registry_is_verified_with_the_same_findings_however_it_is_kept(tmp_path: Path) -> None:
    on_disk, in_memory = (opened(spoiled_world(folder)).verify() for folder in (tmp_path, None))
    assert [(one.chain, one.records, one.head) for one in on_disk.chains] == [
        (one.chain, one.records, one.head) for one in in_memory.chains
    ]
    assert on_disk.problems == in_memory.problems
    assert not on_disk.ok
