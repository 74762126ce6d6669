"""Style is a gate: one linter, one formatter, the rules in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

PLACES = ("src", "tests", "sample_registry/build")


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=" ".join)
def test_every_python_file_passes_ruff(command: tuple[str, ...], root: Path) -> None:
    places = [place for place in PLACES if (root / place).is_dir()]
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "--quiet", *places]
    done = subprocess.run(ruff, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
