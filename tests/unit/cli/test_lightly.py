"""A module that waits is executed once, by whoever asks first, and is then like any other."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Barrier
from types import ModuleType

import pytest

from signoff.cli.lightly import put_off

NAME = "a_module_that_waits"
CONTENT = """import time
began = open(__file__ + ".log", "a"); began.write("x"); began.close()
time.sleep(0.1)
import a_module_that_waits as itself
late = 1
"""


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the place of a module that waits."""
    place = tmp_path / f"{NAME}.py"
    place.write_text(CONTENT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    put_off(NAME)
    yield place
    del sys.modules[NAME]


def log(place: Path) -> Path:
    return place.with_name(f"{place.name}.log")


def test_to_import_it_is_not_to_ask_it(waiting: Path) -> None:
    module = import_module(NAME)
    assert (module.__name__, module.__file__) == (NAME, str(waiting))
    assert not log(waiting).exists()
    assert module.late == 1
    assert type(module) is ModuleType
    assert sys.modules[NAME] is module


def test_threads_that_ask_together_wait_for_the_one_that_executes_it(waiting: Path) -> None:
    module, together = import_module(NAME), Barrier(4)

    def ask(_: int) -> int:
        together.wait()
        found: int = module.late
        return found

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [1] * 4
    assert log(waiting).read_text(encoding="utf-8") == "x"


def test_what_it_does_not_have_is_missing_as_ever(waiting: Path) -> None:
    module = import_module(NAME)
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing
    assert log(waiting).exists()


def test_a_module_that_is_here_or_nowhere_is_left_alone() -> None:
    before = sys.modules["sys"]
    put_off("sys")
    put_off("no_such_module_at_all")
    assert sys.modules["sys"] is before
    assert "no_such_module_at_all" not in sys.modules
