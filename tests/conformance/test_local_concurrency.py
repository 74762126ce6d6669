"""Many writers on one folder, some of them killed: one winner, nothing lost, nothing torn, nothing told and then missing."""

import hashlib
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from signoff.storage.local import LocalStorage

WRITERS, EACH = 16, 25
START = """
import sys, time
from signoff.errors import AlreadyExistsError, NotFoundError
from signoff.storage.local import LocalStorage
storage, who = LocalStorage(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
start = float(sys.stdin.readline())
"""
RACE = f"""{START}
for key in range(20):
    while time.monotonic() < start + key * 0.06:
        pass
    try:
        storage.put_new(f"log/{{key}}", bytes([who]) * 200_000)
        print(key)
    except AlreadyExistsError:
        pass
"""
READ = f"""{START}
reads = 0
while time.monotonic() < start + 20 * 0.06 + 0.3:
    for key in range(20):
        try:
            content = storage.read(f"log/{{key}}", most=1_000_000)
        except NotFoundError:
            continue
        reads += 1
        assert len(content) == 200_000 and len(set(content)) == 1, (key, len(content))
print(reads)
"""
APPEND = f"""{START}
for number in range(int(sys.argv[3])):
    slot = len(storage.entries("log")) if number else 0
    while True:
        try:
            storage.put_new(f"log/{{slot:08d}}", f"{{who}} {{number}}".encode())
            break
        except AlreadyExistsError:
            slot += 1
"""
ENDLESS = f"""{START}
import hashlib
number = 0
while True:
    body = f"{{who}} {{number}} ".encode() * 500
    storage.put_new(f"log/{{who}}/{{number}}", hashlib.sha256(body).digest() + body)
    print(number, flush=True)
    number += 1
"""


def launch(script: str, root: Path, who: int, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(root), str(who), *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def start(writers: Iterable[subprocess.Popen[str]]) -> None:
    """Let all go at one time, once all are ready."""
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    moment = time.monotonic() + 0.1
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(f"{moment}\n")
        writer.stdin.flush()


def finish(writer: subprocess.Popen[str], *, timeout: float = 60) -> list[str]:
    out, _ = writer.communicate(timeout=timeout)
    assert writer.returncode == 0
    return out.split()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "registry/log").mkdir(parents=True)
    return tmp_path / "registry"


def test_of_sixteen_processes_on_one_key_one_wins_and_no_reader_sees_a_part(root: Path) -> None:
    writers = [launch(RACE, root, who) for who in range(WRITERS)]
    reader = launch(READ, root, 99)
    start([*writers, reader])
    won = {who: finish(writer) for who, writer in enumerate(writers)}
    assert int(finish(reader)[0]) > 0
    assert sorted(int(key) for keys in won.values() for key in keys) == list(range(20))
    storage = LocalStorage(root)
    for who, keys in won.items():
        assert all(storage.read(f"log/{key}", most=200_000)[0] == who for key in keys)
    assert storage.entries(".signoff/tmp") == ()


def test_sixteen_processes_append_to_one_log_and_none_is_lost_or_twice(root: Path) -> None:
    writers = [launch(APPEND, root, who, str(EACH)) for who in range(WRITERS)]
    start(writers)
    for writer in writers:
        finish(writer)
    storage = LocalStorage(root)
    slots = [entry.name for entry in storage.entries("log")]
    assert slots == [f"{slot:08d}" for slot in range(WRITERS * EACH)]
    found = sorted(storage.read(f"log/{slot}", most=99).decode() for slot in slots)
    assert found == sorted(f"{who} {number}" for who in range(WRITERS) for number in range(EACH))


def kill_some(root: Path, *, first: int, count: int) -> int:
    """Kill writers at random moments; return how many records they were told to be written."""
    writers = {who: launch(ENDLESS, root, who) for who in range(first, first + count)}
    start(writers.values())
    time.sleep(0.1)
    told = 0
    for who, writer in writers.items():
        time.sleep(random.uniform(0.0, 0.03))
        writer.kill()
        out, _ = writer.communicate(timeout=60)
        whole = out[: out.rindex("\n") + 1] if "\n" in out else ""
        numbers = {int(line) for line in whole.split()}
        told += len(numbers)
        assert numbers <= intact(root, who)
    return told


def intact(root: Path, who: int) -> set[int]:
    """Return the records of a writer, all of which must be whole."""
    if not (root / f"log/{who}").is_dir():
        return set()
    storage = LocalStorage(root)
    names = [entry.name for entry in storage.entries(f"log/{who}")]
    for name in names:
        content = storage.read(f"log/{who}/{name}", most=100_000)
        assert content[:32] == hashlib.sha256(content[32:]).digest()
    return {int(name) for name in names}


def test_of_a_hundred_killed_writers_nothing_that_was_told_is_missing_and_nothing_is_torn(root: Path) -> None:
    told = sum(kill_some(root, first=first, count=10) for first in range(0, 100, 10))
    assert told > 500
    storage = LocalStorage(root)
    assert storage.put_new("log/after", b"still writable")
