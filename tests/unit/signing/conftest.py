"""Keys and agents for tests of signing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import Agent, make_key


@pytest.fixture(autouse=True)
def nobodys_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return make_key(tmp_path)


@pytest.fixture
def agent() -> Iterator[Agent]:
    with Agent() as running:
        yield running
