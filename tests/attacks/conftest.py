"""A registry that serves, and a client that has seen it."""

from pathlib import Path

import pytest

from attackers import Client
from builders import Said, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a registry in a folder: fraud:1 was registered, approved by two, and serves."""
    folder = tmp_path / "registry"
    folder.mkdir()
    stages: dict[str, dict[str, Said]] = {
        "staging": {"approvals": 0},
        "production": {"approvals": 2, "break_glass": ["oncall"]},
    }
    world = World(folder=folder, stages=stages)
    world.register("1", card=b"# Fraud\n")
    world.do("ben", "approve")
    world.do("cy", "approve")
    world.do("pam", "promote")
    return world


@pytest.fixture
def client(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return a client that has seen the registry, and pulled from it, once."""
    client = Client(world, tmp_path, monkeypatch)
    assert client.verify("--deep") == 0
    assert client.pull() == 0
    assert client.status() == {"fraud@production": "1"}
    return client
