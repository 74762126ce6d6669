"""A registry on real NFS, mounted by a real kernel: the server and the client of Debian's kernel, in an emulated machine.

Two mounts that share no cache stand for two machines; `mounted.py` says what must hold there. The machine is emulated, not
virtual, so it takes minutes: run with -m slow.
"""

import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emulated import Machine

TESTS = Path(__file__).resolve().parents[1]
TIMEOUT = 1500.0
SCRIPT = """
cd {checkout}
TWO_MOUNTS=/run/one:/run/two FILESYSTEM={filesystem} {python} -m pytest {test} -m '' -rA --durations=8 --color=no -p no:cacheprovider
"""
PASSED = re.compile(r"(\d+) passed")


@pytest.fixture(scope="session")
def machine(need_server: Callable[[str], str], pytestconfig: pytest.Config) -> Machine:
    assert pytestconfig.cache is not None
    return Machine(need_server, pytestconfig.cache.mkdir("nfs-machine"))


@pytest.mark.slow
@pytest.mark.parametrize(("version", "filesystem"), [("4.2", "nfs4"), ("3", "nfs")])
def test_a_registry_on_nfs_keeps_its_word(version: str, filesystem: str, machine: Machine, tmp_path: Path) -> None:
    script = SCRIPT.format(
        checkout=shlex.quote(str(TESTS.parent)),
        python=shlex.quote(sys.executable),
        test=shlex.quote(str(TESTS / "conformance/mounted.py")),
        filesystem=filesystem,
    )
    said = machine.run(version, script, folder=tmp_path, timeout=TIMEOUT)
    sys.stdout.write(said)
    passed = PASSED.search(said)
    assert "ENDED 0" in said, said[-20_000:]
    assert passed is not None
    assert int(passed[1]) > 55
    assert " failed" not in said
    assert " skipped" not in said
