"""Small private files: whole, private, and where the person wants them."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from platformdirs import user_cache_path, user_config_path, user_state_path

from signoff.errors import StorageError
from signoff.storage import state


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGNOFF_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SIGNOFF_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("SIGNOFF_CONFIG", str(tmp_path / "wishes.yaml"))
    return tmp_path


@pytest.mark.parametrize(
    ("read", "write", "place"),
    [(state.read_state, state.write_state, "state"), (state.read_cache, state.write_cache, "cache")],
    ids=["state", "cache"],
)
def test_what_was_written_is_read_back_and_nobody_else_may_read_it(
    places: Path, read: Callable[[str], bytes | None], write: Callable[[str, bytes], None], place: str
) -> None:
    before = os.umask(0)
    try:
        assert read("registry/pins.json") is None
        for content in (b"one", b"", b"three"):
            write("registry/pins.json", content)
            assert read("registry/pins.json") == content
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((places / place / path).stat().st_mode) for path in ("", "registry", "registry/pins.json")]
    assert modes == [0o700, 0o700, 0o600]
    assert [file.name for file in (places / place / "registry").iterdir()] == ["pins.json"]


def test_a_reader_never_sees_a_part() -> None:
    state.write_state("x", b"a" * 100_000)
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            for letter in (b"a", b"b"):
                state.write_state("x", letter * 100_000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [state.read_state("x") for _ in range(300)]
    finally:
        over.set()
        writer.join()
    assert set(seen) <= {b"a" * 100_000, b"b" * 100_000}


def test_the_configuration_is_one_file(places: Path) -> None:
    assert state.read_config() is None
    (places / "wishes.yaml").write_bytes(b"theme: dark\n")
    assert state.read_config() == b"theme: dark\n"
    assert state.config_file() == places / "wishes.yaml"
    (places / "wishes.yaml").unlink()
    (places / "wishes.yaml").mkdir()
    with pytest.raises(StorageError, match=r"cannot read .*wishes.yaml"):
        state.read_config()


def test_without_wishes_the_platform_decides(monkeypatch: pytest.MonkeyPatch, places: Path) -> None:
    for name in ("SIGNOFF_STATE_DIR", "SIGNOFF_CACHE_DIR", "SIGNOFF_CONFIG"):
        monkeypatch.delenv(name)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(places / name))
    assert state.state_folder() == places / "XDG_STATE_HOME/signoff"
    assert state.cache_folder() == places / "XDG_CACHE_HOME/signoff"
    assert state.config_file() == places / "XDG_CONFIG_HOME/signoff/config.yaml"


@pytest.mark.parametrize("said", ["", " "])
def test_where_nothing_says_otherwise_the_places_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    for name in ("SIGNOFF_STATE_DIR", "SIGNOFF_CACHE_DIR", "SIGNOFF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, said)
    assert state.state_folder() == user_state_path("signoff", appauthor=False)
    assert state.cache_folder() == user_cache_path("signoff", appauthor=False)
    assert state.config_file() == user_config_path("signoff", appauthor=False) / "config.yaml"


def test_what_stands_in_the_way_is_named(places: Path) -> None:
    state.write_state("a", b"one")
    (places / "state/link").symlink_to("a")
    (places / "state/folder").mkdir()
    with pytest.raises(StorageError, match=r"'link' is a symlink"):
        state.read_state("link")
    with pytest.raises(StorageError, match=r"cannot write .*state/folder"):
        state.write_state("folder", b"")
    with pytest.raises(StorageError, match=r"cannot write .*state/a/b"):
        state.write_state("a/b", b"")
    with pytest.raises(StorageError, match=r"is not a path"):
        state.write_state("../x", b"")


def test_a_symlink_for_a_folder_of_state_is_refused(places: Path) -> None:
    state.write_state("a", b"one")
    (places / "elsewhere").mkdir()
    (places / "state/sub").symlink_to(places / "elsewhere")
    with pytest.raises(StorageError, match=r"'sub' is a symlink"):
        state.write_state("sub/x", b"")
    assert list((places / "elsewhere").iterdir()) == []


def test_the_platform_s_places_are_only_asked_when_needed() -> None:
    code = "import sys; from signoff.storage import state; state.read_state('x'); print('platformdirs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
