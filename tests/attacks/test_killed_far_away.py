"""kill -9 of who uploads to a bucket or server: the registry stays valid, the command can be run again, doctor tells what is left."""

import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from attacks.test_killed_anywhere import kill
from cli.test_remote_story import config_of, opened, url_on
from crew import Crew
from faulty import Fault, faulty
from servers import Server
from signoff.registry.doctor import Doctor
from signoff.registry.opening import real_surroundings
from signoff.registry.registry import Registry
from signoff.values.times import Surroundings

Start = Callable[[str], Server]
DEADLINE = 60.0
SIZES = {"weights.bin": 300_000, "tokenizer/vocab.txt": 3_000}
WRITES = frozenset({"PUT", "POST", "DELETE"})


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with Crew(tmp_path, "ana") as crew:
        yield crew


def fill(folder: Path) -> Path:
    for name, size in SIZES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(secrets.token_bytes(size))
    return folder


def need_valid(crew: Crew) -> None:
    assert json.loads(crew.need("", "verify", "--deep", "--json"))["ok"] is True


def told_two_days_later(crew: Crew) -> dict[str, str]:
    """Return what doctor says of each place, once nobody can be at work on it any more."""
    now = real_surroundings().now
    later = Surroundings(now=lambda: now() + timedelta(days=2), nonce=lambda: secrets.token_hex(16))
    with Registry(opened(crew), surroundings=later, environ={}, home=Path("/nonexistent")) as registry:
        return {one.place: one.what for one in Doctor(registry).findings()}


def need_told(crew: Crew, ref: str) -> None:
    """Whatever the killed one left behind is told by doctor, and nothing of it counts."""
    model, _, version = ref.partition(":")
    folder = f"models/{model}/versions/{version}"
    left = [path for path, _ in opened(crew).walk("")]
    told = told_two_days_later(crew)
    if any(path.startswith(f"{folder}/") for path in left) and crew.run("", "show", ref).code == 0:
        shown = json.loads(crew.need("", "show", ref, "--json"))
        assert shown["status"] == "registered" or "not registered" in told[folder]
    for path in left:
        if path.startswith(".signoff/tmp/"):
            assert "interrupted" in told[path]


def need_whole(crew: Crew, source: Path, ref: str, place: Path) -> None:
    """The version is registered, with every byte."""
    need_valid(crew)
    crew.need("", "pull", ref, str(place), "--allow-unapproved")
    for name in SIZES:
        assert (place / name).read_bytes() == (source / name).read_bytes()


def again(crew: Crew, words: tuple[str, ...], ref: str) -> None:
    """Run the command again: it goes on, or it says that all files are there and what is left to do."""
    done = crew.run("ana", *words)
    if done.code and "is registered already" not in done.err:
        assert "register what is there" in done.err
        crew.need("ana", "register", ref)
    assert json.loads(crew.need("", "show", ref, "--json"))["status"] == "registered"


@pytest.mark.slow
def test_an_upload_to_a_bucket_killed_at_each_of_its_writes(server: Start, crew: Crew, tmp_path: Path) -> None:
    found = server("moto")
    with faulty(found.port) as proxy:
        crew.url = url_on(found)
        crew.config = config_of(crew.url, found.through(proxy.port).options)
        crew.found(threshold=1)
        source = fill(tmp_path / "out")
        killed, at, codes = 0, 0, {-9}
        while codes == {-9}:
            at += 1
            ref = f"fraud:{at}"
            process = crew.start("ana", "register", ref, str(source), "--copy")
            seen = 0

            def judge(_number: int, method: str, *, victim: "subprocess.Popen[str]" = process, last: int = at) -> Fault:
                nonlocal seen
                seen += method in WRITES
                if seen < last or victim.returncode is not None:
                    return ""
                victim.kill()
                return "lose" if last % 2 else "drop"

            proxy.judge = judge
            process.communicate(timeout=DEADLINE)
            proxy.judge = lambda _number, _method: ""
            killed += process.returncode == -9
            codes.add(process.returncode)
            need_valid(crew)
            need_told(crew, ref)
            again(crew, ("register", ref, str(source), "--copy"), ref)
        need_whole(crew, source, "fraud:1", tmp_path / "serving")
        need_whole(crew, source, f"fraud:{at}", tmp_path / "last")
        assert not [path for path in told_two_days_later(crew) if path.startswith(".signoff/tmp/")]
    assert killed > len(SIZES) + 2


def test_an_upload_to_a_server_killed_anywhere(server: Start, crew: Crew, tmp_path: Path) -> None:
    found = server("sshd")
    crew.url = url_on(found)
    crew.config = config_of(crew.url, found.options)
    crew.found(threshold=1)
    source = fill(tmp_path / "out")
    there = Path(urlsplit(crew.url).path)
    codes = set()
    for number, name in enumerate(("weights.bin", "tokenizer/vocab.txt", "SHA256SUMS"), start=1):
        ref = f"fraud:{number}"
        words = ("register", ref, str(source), "--copy")
        codes.add(kill(crew.start("ana", *words), (there / f"models/fraud/versions/{number}" / name).exists))
        need_valid(crew)
        need_told(crew, ref)
        again(crew, words, ref)
        need_whole(crew, source, ref, tmp_path / f"serving-{number}")
    assert -9 in codes
