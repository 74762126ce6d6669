"""A client that has to find out what somebody did who can write a registry's folder."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from builders import World
from signoff.cli.main import run

REFUSED, NOT_FOUND, FAILED, ALARM, UNAVAILABLE = 1, 3, 4, 5, 7


class Result(NamedTuple):
    """What a command gave."""

    code: int
    out: str
    err: str


class Client:
    """Somebody's machine, with its own memory of what it has seen."""

    def __init__(self, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Know where the registry is."""
        assert world.folder is not None
        self.registry = world.folder
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._pulls = 0
        self.forget()

    def forget(self) -> None:
        """Be a machine that has never seen anything."""
        self._pulls += 1
        for what in ("STATE", "CACHE"):
            self._monkeypatch.setenv(f"SIGNOFF_{what}_DIR", str(self._folder / f"{what}{self._pulls}"))

    def run(self, *words: str) -> Result:
        """Run the command line."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run([words[0], "-r", str(self.registry), *words[1:]])
        said = (out.getvalue() + err.getvalue()).replace("\n", "").replace("\t", "")
        assert said.isprintable() or all(one.isprintable() or one == "\u00a0" for one in said), said
        return Result(code, out.getvalue(), err.getvalue())

    def verify(self, *words: str) -> int:
        """Return the exit code of `signoff verify`."""
        return self.run("verify", *words).code

    def pull(self, ref: str = "fraud@production", *words: str) -> int:
        """Return the exit code of `signoff pull`; a failed one must leave nothing."""
        self._pulls += 1
        destination = self._folder / f"pulled{self._pulls}"
        code = self.run("pull", ref, str(destination), *words).code
        assert destination.exists() is (code == 0)
        return code

    def status(self) -> dict[str, str]:
        """Return which version each stage points at, as `signoff status` says."""
        result = self.run("status", "--json")
        assert result.code == 0, result.err
        rows: list[dict[str, Any]] = json.loads(result.out)
        return {f"{row['model']}@{row['stage']}": row["version"] for row in rows if row.get("stage")}
