"""`signoff cache`: what is kept, cleared and checked."""

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from builders import World
from signoff.storage.state import cache_folder


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "signoff", *words], check=False, capture_output=True, text=True)


@pytest.fixture
def listed(tmp_path: Path) -> World:
    world = World(folder=tmp_path / "registry")
    world.register("1")
    time.sleep(2.1)
    assert run("ls", "--complete", "--json", "-r", str(world.folder)).returncode == 0
    return world


def test_what_is_kept_is_shown_checked_and_removed(listed: World) -> None:
    [kept] = msgspec.json.decode(run("cache", "ls", "--json").stdout)
    assert kept["registry"] == listed.id
    assert kept["bytes"] > 0
    assert msgspec.json.decode(run("cache", "verify", "--json").stdout)["ok"]
    assert msgspec.json.decode(run("cache", "prune", "--json").stdout)["removed"] == []
    gone = msgspec.json.decode(run("cache", "prune", "--all", "--json").stdout)
    assert set(gone["removed"]) == set(kept["files"])
    assert run("ls", "fraud", "-r", str(listed.folder)).returncode == 0


def test_what_other_versions_left_and_forgotten_registries_had_is_pruned(listed: World) -> None:
    old = f"{listed.id}/files-0.0.9-1-{'0' * 16}.sqlite"
    strange = f"{'1' * 64}/vouched.msgpack"
    for name in (old, strange, "notes.txt"):
        (cache_folder() / name).parent.mkdir(exist_ok=True)
        (cache_folder() / name).write_bytes(b"x")
    removed = msgspec.json.decode(run("cache", "prune", "--json").stdout)["removed"]
    assert removed == [strange, old]
    assert (cache_folder() / "notes.txt").exists()


def test_damage_is_told_with_its_exit_code_and_removed(listed: World) -> None:
    [place] = cache_folder().rglob("*.sqlite")
    place.write_bytes(b"garbage" * 100)
    done = run("cache", "verify")
    assert done.returncode == 4
    assert place.name in done.stderr
    assert not place.exists()
    assert run("ls", "fraud", "-r", str(listed.folder)).returncode == 0
    assert run("cache", "verify").returncode == 0
