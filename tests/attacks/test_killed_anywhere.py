"""kill -9 at any moment: the registry stays valid, nothing half done counts, and the command can be run again."""

import json
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crew import Crew

TIMES = 14
DEADLINE = 20.0
SIZES = (10, 70_000, 400_000, 900_000, 3)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana") as crew:
        crew.found(threshold=1)
        yield crew


def contents(seed: str) -> dict[str, bytes]:
    chance = random.Random(seed)
    return {f"part/{number}.bin": chance.randbytes(size) for number, size in enumerate(SIZES)}


def fill(folder: Path, seed: str) -> Path:
    for name, content in contents(seed).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def duration(run: Callable[[], "subprocess.Popen[str]"]) -> float:
    """Return how many seconds a command takes when nobody kills it."""
    start = time.monotonic()
    process = run()
    _, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    return time.monotonic() - start


def kill(process: "subprocess.Popen[str]", moment: Callable[[], bool]) -> int:
    """Kill a process at a moment, or let it end before; return its exit code."""
    deadline = time.monotonic() + DEADLINE
    while process.poll() is None and not moment():
        assert time.monotonic() < deadline
    process.kill()
    process.communicate()
    return process.returncode


def moments(crew: Crew, spans: tuple[float, float], chance: random.Random, watched: Path) -> Callable[[], bool]:
    """Return a moment: after a while, or when something first stands under a private name, or where it is to be."""
    start, after = time.monotonic(), chance.uniform(*spans)
    temporary = crew.path / ".signoff/tmp"
    before = set(temporary.iterdir())

    def something_private() -> bool:
        return bool(set(temporary.iterdir()) - before)

    choices = [lambda: time.monotonic() - start > after, something_private, watched.exists]
    return chance.choice([choices[0], *choices])


def need_valid(crew: Crew) -> None:
    assert json.loads(crew.need("", "verify", "--deep", "--json"))["ok"] is True


def need_whole(crew: Crew, version: str) -> None:
    """The version is registered, once, with every byte."""
    folder = crew.path / "models/fraud/versions" / version
    assert {name: (folder / name).read_bytes() for name in contents(version)} == contents(version)
    refused = crew.run("ana", "register", f"fraud:{version}")
    assert "is registered already" in refused.err
    need_valid(crew)


def test_registering_in_place_killed_anywhere(crew: Crew) -> None:
    chance = random.Random(7)
    fill(crew.path / "models/fraud/versions/0", "0")
    whole = duration(lambda: crew.start("ana", "register", "fraud:0"))
    codes = set()
    for number in range(1, TIMES + 1):
        version = str(number)
        folder = fill(crew.path / "models/fraud/versions" / version, version)
        moment = moments(crew, (whole * 0.5, whole), chance, folder / "SHA256SUMS")
        codes.add(kill(crew.start("ana", "register", f"fraud:{version}"), moment))
        need_valid(crew)
        again = crew.run("ana", "register", f"fraud:{version}")
        assert again.code == 0 or "is registered already" in again.err, again.err
        need_whole(crew, version)
    assert -9 in codes


@pytest.mark.parametrize("how", ["--copy", "--move"])
def test_bringing_a_folder_in_killed_anywhere(crew: Crew, tmp_path: Path, how: str) -> None:
    chance = random.Random(how)
    source = fill(tmp_path / "out-0", "0")
    whole = duration(lambda: crew.start("ana", "register", "fraud:0", str(source), how))
    codes = set()
    for number in range(1, TIMES + 1):
        version = str(number)
        source = fill(tmp_path / f"out-{version}", version)
        words = ("register", f"fraud:{version}", str(source), how)
        moment = moments(crew, (whole * 0.5, whole), chance, crew.path / "models/fraud/versions" / version)
        codes.add(kill(crew.start("ana", *words), moment))
        need_valid(crew)
        again = crew.run("ana", *words)
        if again.code:
            assert f"fraud:{version}" in again.err or "does not exist" in again.err
            crew.run("ana", "register", f"fraud:{version}")
        need_whole(crew, version)
    assert -9 in codes


def test_making_a_record_killed_anywhere(crew: Crew) -> None:
    chance = random.Random(11)
    fill(crew.path / "models/fraud/versions/0", "0")
    crew.need("ana", "register", "fraud:0")
    whole = duration(lambda: crew.start("ana", "comment", "fraud", "first"))
    codes, length = set(), 2
    for _ in range(TIMES):
        slot = crew.path / f"models/fraud/log/{length + 1:08d}.rec"
        moment = moments(crew, (whole * 0.6, whole), chance, slot)
        codes.add(kill(crew.start("ana", "comment", "fraud", "killed"), moment))
        records = json.loads(crew.need("", "verify", "--json"))
        assert records["ok"] is True
        written = slot.exists()
        length += written
        assert json.loads(crew.need("ana", "comment", "fraud", "again", "--json"))["record"]["seq"] == length + 1
        length += 1
    assert -9 in codes
    assert len(list((crew.path / "models/fraud/log").iterdir())) == length
