"""A destination is complete or untouched, whatever arrives and whoever is killed."""

import hashlib
import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.errors import AlreadyExistsError, StorageError, VerificationError
from signoff.storage.base import StoppedError
from signoff.storage.delivery import Delivery

IDENTITY = "sha256:" + "ab" * 32
FILES = {"weights.bin": b"w" * 3_000_000, "tokenizer/vocab.txt": b"a\nb\n", "empty": b"", "exact": b"x" * (1 << 20)}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def give(delivery: Delivery, path: str, content: bytes, *, found: bytes | None = None) -> None:
    stream = io.BytesIO(content if found is None else found)
    delivery.deliver(path, stream, size=len(content), sha256=digest(content))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "opt/model"


def begin(target: Path) -> Delivery:
    return Delivery(str(target), identity=IDENTITY)


def contents(place: Path) -> dict[str, bytes]:
    return {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}


def leftovers(target: Path) -> list[str]:
    return [file.name for file in target.parent.iterdir() if file != target]


@pytest.mark.parametrize("durable", [False, True])
def test_the_destination_appears_whole_at_the_commit(target: Path, durable: bool) -> None:
    delivery = Delivery(str(target), identity=IDENTITY, durable=durable)
    for path, content in FILES.items():
        give(delivery, path, content)
    assert not target.exists()
    assert delivery.staging.name == ".model.signoff-abababababababab"
    assert delivery.commit()
    assert contents(target) == FILES
    assert leftovers(target) == []


def test_progress_adds_up(target: Path) -> None:
    told: list[int] = []
    for content in FILES.values():
        begin(target).deliver("x", io.BytesIO(content), size=len(content), sha256=digest(content), progress=told.append)
    assert sum(told) == sum(map(len, FILES.values()))


@pytest.mark.parametrize("size", [10, 3_000_000])
@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lambda good: good[:-1] + b"?", "expected sha256"),
        (lambda good: good[:-1], "shorter"),
        (lambda good: good * 2, "larger"),
    ],
    ids=["changed", "shorter", "larger"],
)
def test_bytes_that_were_not_signed_are_named_and_not_kept(
    target: Path, size: int, found: Callable[[bytes], bytes], words: str
) -> None:
    good = b"g" * size
    delivery = begin(target)
    give(delivery, "a/other", b"fine")
    with pytest.raises(VerificationError, match=rf"'a/model.bin' is .*{words}") as caught:
        give(delivery, "a/model.bin", good, found=found(good))
    if words == "expected sha256":
        assert digest(good) in caught.value.message
        assert digest(found(good)) in caught.value.message
    assert list(contents(delivery.staging)) == ["a/other"]
    assert not target.exists()


def test_a_stream_without_end_is_not_read_to_its_end(target: Path) -> None:
    with Path("/dev/zero").open("rb") as stream, pytest.raises(VerificationError, match=r"larger"):
        begin(target).deliver("x", stream, size=5_000_000, sha256="0" * 64)


def test_stopping_keeps_what_is_complete(target: Path) -> None:
    delivery = begin(target)
    give(delivery, "first", b"one")
    content = FILES["weights.bin"]
    with pytest.raises(StoppedError):
        delivery.deliver(
            "weights.bin", io.BytesIO(content), size=len(content), sha256=digest(content), stopped=lambda: True
        )
    assert contents(delivery.staging) == {"first": b"one"}
    delivery.abandon()
    assert not delivery.staging.exists()
    assert leftovers(target) == []


def test_what_was_staged_before_is_kept_and_its_stream_is_not_read(target: Path) -> None:
    for path, content in FILES.items():
        give(begin(target), path, content)
    delivery = begin(target)
    for path, content in FILES.items():
        assert delivery.holds(path, size=len(content), sha256=digest(content))
        give(delivery, path, content, found=b"never read")
    assert delivery.commit()
    assert contents(target) == FILES


def test_what_was_staged_before_and_changed_since_is_delivered_again(target: Path) -> None:
    give(begin(target), "weights.bin", FILES["weights.bin"])
    (begin(target).staging / "weights.bin").write_bytes(b"?" * len(FILES["weights.bin"]))
    delivery = begin(target)
    give(delivery, "weights.bin", FILES["weights.bin"])
    assert delivery.commit()
    assert contents(target) == {"weights.bin": FILES["weights.bin"]}


def test_what_nobody_asked_for_is_not_delivered(target: Path) -> None:
    old = begin(target)
    give(old, "gone/by/now", b"one")
    (old.staging / ".tmp-0123").write_bytes(b"half")
    delivery = begin(target)
    give(delivery, "a/x", b"one")
    delivery.commit()
    assert contents(target) == {"a/x": b"one"}
    assert not (target / "gone").exists()


def test_an_empty_destination_is_filled(target: Path) -> None:
    target.mkdir(parents=True)
    delivery = begin(target)
    assert not delivery.already_there({"x": digest(b"one")})
    give(delivery, "x", b"one")
    assert delivery.commit()
    assert contents(target) == {"x": b"one"}


def test_the_same_files_are_already_there(target: Path) -> None:
    for expected in (True, False):
        delivery = begin(target)
        assert delivery.already_there({path: digest(content) for path, content in FILES.items()}) is not expected
        for path, content in FILES.items():
            give(delivery, path, content)
        assert delivery.commit() is expected
        assert contents(target) == FILES
        assert leftovers(target) == []


@pytest.mark.parametrize("change", ["edited", "extra", "missing", "folder"])
def test_another_destination_is_refused_and_untouched(target: Path, change: str) -> None:
    first = begin(target)
    for path, content in FILES.items():
        give(first, path, content)
    first.commit()
    match change:
        case "edited":
            (target / "weights.bin").write_bytes(b"?" * len(FILES["weights.bin"]))
        case "extra":
            (target / "mine.txt").write_bytes(b"mine")
        case "missing":
            (target / "empty").unlink()
        case _:
            for path in FILES:
                (target / path).unlink()
    before = contents(target)
    delivery = begin(target)
    with pytest.raises(AlreadyExistsError, match=r"cannot deliver to .*model"):
        delivery.already_there({path: digest(content) for path, content in FILES.items()})
    for path, content in FILES.items():
        give(delivery, path, content)
    with pytest.raises(AlreadyExistsError, match=r"it holds other files"):
        delivery.commit()
    assert contents(target) == before


def test_a_destination_that_is_a_file_is_refused(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"mine")
    with pytest.raises(AlreadyExistsError):
        begin(target).already_there({"x": digest(b"one")})
    with pytest.raises(AlreadyExistsError):
        begin(target).commit()
    assert target.read_bytes() == b"mine"


def test_a_destination_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot deliver to"):
        give(begin(tmp_path / "file/model"), "x", b"one")


def test_another_identity_never_takes_over_what_was_staged(target: Path) -> None:
    give(begin(target), "x", b"one")
    other = Delivery(str(target), identity="sha256:" + "cd" * 32)
    assert not other.holds("x", size=3, sha256=digest(b"one"))


@pytest.mark.parametrize(("umask", "file", "folder"), [(0o002, 0o664, 0o775), (0o077, 0o600, 0o700)])
def test_the_umask_decides_who_may_read(target: Path, umask: int, file: int, folder: int) -> None:
    before = os.umask(umask)
    try:
        delivery = begin(target)
        give(delivery, "a/x", b"one")
        delivery.commit()
    finally:
        os.umask(before)
    modes = [(target / path).stat().st_mode & 0o777 for path in ("", "a", "a/x")]
    assert modes == [folder, folder, file]


KILLED = """
import hashlib, io, sys, time
from signoff.storage.delivery import Delivery
delivery = Delivery(sys.argv[1], identity="sha256:" + "ab" * 32)
for number in range(60):
    content = bytes([number]) * 200_000
    delivery.deliver(f"part/{number}", io.BytesIO(content), size=len(content), sha256=hashlib.sha256(content).hexdigest())
    print(number, flush=True)
    time.sleep(0.001)
if sys.argv[2] == "commit":
    print(delivery.commit(), flush=True)
"""


def test_killed_at_any_moment_the_destination_is_untouched_and_the_next_one_goes_on(target: Path) -> None:
    best, whole = 0, list[Path]()
    for _ in range(5):
        delivery = subprocess.Popen([sys.executable, "-c", KILLED, str(target), ""], stdout=subprocess.PIPE)
        assert delivery.stdout is not None
        assert delivery.stdout.readline()
        time.sleep(random.uniform(0, 0.03))
        delivery.kill()
        delivery.communicate()
        assert not target.exists()
        whole = [file for file in (begin(target).staging / "part").iterdir() if not file.name.startswith(".tmp-")]
        assert all(file.stat().st_size == 200_000 for file in whole)
        best = max(best, len(whole))
    assert best > 0
    kept = {file.stat().st_ino for file in whole}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(target), "commit"], check=True, capture_output=True, text=True
    )
    assert done.stdout.endswith("True\n")
    assert contents(target) == {f"part/{number}": bytes([number]) * 200_000 for number in range(60)}
    assert kept <= {file.stat().st_ino for file in (target / "part").iterdir()}
    assert leftovers(target) == []
