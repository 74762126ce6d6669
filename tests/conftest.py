"""What every test gets: an environment of its own, and where real inputs and servers are.

Fixtures of one part stay in that part's files; builders of valid things are in builders.py.
"""

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from servers import SERVERS, Server
from turns import turn

IN_CI = bool(os.environ.get("CI"))
REQUIRED = "servers" in os.environ.get("SIGNOFF_REQUIRE", "").split(",")
TEST_DATA = os.environ.get("SIGNOFF_TEST_DATA", "")
NODE_PROGRAMS = os.environ.get("SIGNOFF_TEST_NODE", "")
DROPPED = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TEXTUAL_", "SSH_", "GIT_", "SIGNOFF_")
KEPT = ("SIGNOFF_BENCHMARK_", "SIGNOFF_TEST_", "SIGNOFF_REQUIRE", "TEXTUAL_SNAPSHOT_")
"""What tests are told, and signoff does not read: processes that run a part of the tests begin with this environment."""

# Before any test module is imported: Textual and Rich read some of these once, at import.
for variable in [name for name in os.environ if name.startswith(DROPPED) and not name.startswith(KEPT)]:
    del os.environ[variable]

settings.register_profile("signoff", deadline=None, derandomize=IN_CI)
settings.load_profile("signoff")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Give each worker whole files, whose tests share servers and registries, the short ones of `unit` at the end."""
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that is marked so run while no other worker of this run has one."""
    if not hasattr(item.config, "workerinput"):
        return (yield)
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def set_private(patch: pytest.MonkeyPatch, private: Path) -> None:
    """Let pins, cache and configuration be in a folder, in this process and in those it starts."""
    patch.setenv("SIGNOFF_STATE_DIR", str(private / "state"))
    patch.setenv("SIGNOFF_CACHE_DIR", str(private / "cache"))
    patch.setenv("SIGNOFF_CONFIG", str(private / "config.yaml"))


@pytest.fixture(scope="session", autouse=True)
def _private_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what several tests share away from this user's own pins, cache and configuration."""
    with pytest.MonkeyPatch.context() as patch:
        set_private(patch, tmp_path_factory.mktemp("private-run"))
        yield


@pytest.fixture(autouse=True)
def _private_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test its own pins, cache and configuration, in this process and in those it starts."""
    set_private(monkeypatch, tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="session")
def test_data(pytestconfig: pytest.Config) -> Path:
    """Return the folder of real inputs that SIGNOFF_TEST_DATA names, from the checkout where it is relative."""
    folder = pytestconfig.rootpath / TEST_DATA
    if not TEST_DATA or not folder.is_dir():
        pytest.skip("needs real inputs: SIGNOFF_TEST_DATA names no folder")
    return folder


@pytest.fixture(scope="session")
def need_server() -> Callable[[str], str]:
    """Return a function that finds a program; a missing one skips, or fails where SIGNOFF_REQUIRE=servers."""
    own = [str(Path(sys.executable).parent), NODE_PROGRAMS] if NODE_PROGRAMS else [str(Path(sys.executable).parent)]
    path = os.pathsep.join([*own, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])

    def find(name: str) -> str:
        found = shutil.which(name, path=path)
        if found:
            return found
        message = f"needs the program {name!r}, which is not installed"
        if REQUIRED:
            pytest.fail(message)
        pytest.skip(message)

    return find


@pytest.fixture(scope="session")
def server(
    need_server: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Server]]:
    """Return a function that starts a server at its first use in this run; all are stopped at the end."""
    with ExitStack() as running:
        started: dict[str, Server] = {}

        def start(name: str) -> Server:
            if name not in started:
                folder = tmp_path_factory.mktemp(name)
                started[name] = running.enter_context(SERVERS[name](need_server, folder))
            return started[name]

        yield start
