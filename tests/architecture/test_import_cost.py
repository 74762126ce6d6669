"""What a cold command costs: scripts and deployments call it often, and pay for every import.

Limits of the design's performance page: `--version` in 120 ms of CPU; no heavy package for what runs in a pipe.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.alone

VERSION_CPU_SECONDS = 0.120
ROUNDS = 7
TICK = 2.5
"""Seconds after which what was written is no longer so new that a further change might not show."""
HEAVY = {"textual", "fsspec", "rich", "watchdog", "s3fs", "gcsfs", "adlfs", "paramiko", "aiohttp"}


def environment() -> dict[str, str]:
    """Return this environment, where compiled modules are kept, as on a user's machine."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(*words: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "signoff", *words]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)


def imported(*words: str) -> set[str]:
    """Run a command in a pipe; return the top-level names of all modules that it imported."""
    done = run(*words, options=("-X", "importtime"))
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [line.rpartition("|")[2] for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {row.strip().partition(".")[0] for row in rows}


def cpu_seconds(*words: str) -> float:
    """Return the user and system time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run(*words).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def sample(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.rootpath / "sample_registry")


def staged(sample: str) -> str:
    """Return a reference to some version that a stage of the sample points at."""
    rows = json.loads(run("status", "-r", sample, "--json").stdout)
    return next(f"{row['model']}@{row['stage']}" for row in rows if row.get("version"))


def test_version_costs_less_than_120_ms_of_cpu() -> None:
    # The least of several: what is above it is the machine's other work.
    assert min(cpu_seconds("--version") for _ in range(ROUNDS)) < VERSION_CPU_SECONDS


def test_version_imports_nothing_heavy() -> None:
    assert HEAVY & imported("--version") == set()


@pytest.mark.parametrize("command", ["ls", "status", "verify"])
def test_reading_commands_in_a_pipe_import_nothing_heavy(command: str, sample: str) -> None:
    names = imported(command, "-r", sample)
    assert "msgspec" in names
    assert HEAVY & names == set()


def test_a_list_whose_lines_are_kept_imports_no_cryptography(sample: str, tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    shutil.copytree(sample, registry)
    time.sleep(TICK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNOFF_STATE_DIR", str(tmp_path / "state"))
        patch.setenv("SIGNOFF_CACHE_DIR", str(tmp_path / "cache"))
        first = run("ls", "-r", str(registry))
        names = imported("ls", "-r", str(registry))
        again = run("ls", "-r", str(registry))
    assert again.stdout == first.stdout
    assert {"msgspec", "click"} <= names
    assert {"cryptography", "inspect", "dis", "difflib"} & names == set()


def test_what_a_cold_command_puts_off_is_there_for_whoever_asks() -> None:
    program = (
        "from signoff.cli.lightly import import_lightly; import_lightly(); import sys, inspect;"
        "assert 'dis' not in sys.modules; import typing, typing_extensions, msgspec;"
        "assert inspect.signature(lambda one: one).parameters['one'].name == 'one'; assert type(inspect) is type(sys);"
        "assert sys.modules['inspect'] is inspect and hasattr(typing_extensions, 'Protocol');"
        "assert msgspec.convert({'a': '1'}, typing.TypedDict('D', {'a': typing.Required[int]}), strict=False) == {'a': 1}"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_checking_the_configuration_does_without_the_terminal_library(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("keymap: {filter: f}\ncolumns: [version]\nviews: {new: 'age<7d'}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNOFF_CONFIG", str(config))
        names = imported("config", "check")
    assert "lark" in names
    assert HEAVY & names == set()


def test_pull_in_a_pipe_imports_nothing_heavy(sample: str, tmp_path: Path) -> None:
    names = imported("pull", staged(sample), str(tmp_path / "serving"), "-r", sample)
    assert "cryptography" in names
    assert HEAVY & names == set()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs knows the places")
def test_status_does_without_what_only_other_commands_use(sample: str) -> None:
    model = staged(sample).partition("@")[0]
    names = imported("status", model, "-r", sample, "--json")
    assert {"platformdirs", "pathlib", "tempfile", "shutil", "lark", "sqlite3"} & names == set()
