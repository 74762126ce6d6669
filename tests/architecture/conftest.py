"""Where the checkout is, and which of its files are the project's."""

import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root(pytestconfig: pytest.Config) -> Path:
    """Return the checkout's folder."""
    return pytestconfig.rootpath


@pytest.fixture(scope="session")
def tracked(root: Path) -> tuple[Path, ...]:
    """Return every file that git tracks, below the checkout's folder."""
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    return tuple(Path(name) for name in listed.decode().split("\0") if name)
