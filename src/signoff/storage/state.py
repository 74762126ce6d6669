"""Small private files of this user: what was seen (state), what can be made again (cache), and wishes (configuration).

The rule it keeps: a file is replaced whole and nobody else may read it. Merging what two processes saw is the caller's.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from signoff.errors import NotFoundError, StorageError
from signoff.storage.folders import PRIVATE, failed, open_folder, open_regular
from signoff.storage.paths import PRIVATE_PREFIX, split_file

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["state", "cache", "config"]

PRODUCT = "signoff"
CONFIG_FILE = "config.yaml"
XDG: dict[Kind, tuple[str, str]] = {
    "state": ("XDG_STATE_HOME", "~/.local/state"),
    "cache": ("XDG_CACHE_HOME", "~/.cache"),
    "config": ("XDG_CONFIG_HOME", "~/.config"),
}
"""The XDG base directory specification's variables, and what stands in for each."""


def read_state(name: str) -> bytes | None:
    """Return a state file's bytes, or None where there is none.

    Raises:
        StorageError: It cannot be read, or is no regular file.
    """
    return _read(_place("state"), name)


def write_state(name: str, content: bytes) -> None:
    """Replace a state file whole; it is durable when this returns.

    Raises:
        StorageError: It cannot be written; it is as it was.
    """
    _write(_place("state"), name, content, durable=True)


def list_state(folder: str) -> tuple[str, ...]:
    """Return the names of the files in a folder of the state, sorted; () where there is none.

    Raises:
        StorageError: It cannot be listed.
    """
    above = state_folder() / folder
    try:
        return tuple(sorted(entry.name for entry in above.iterdir() if entry.is_file()))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise failed(str(above), error, doing="list") from error


def remove_state(name: str) -> None:
    """Remove a state file, if it is there.

    Raises:
        StorageError: It cannot be removed.
    """
    try:
        (state_folder() / name).unlink(missing_ok=True)
    except OSError as error:
        raise failed(str(state_folder() / name), error, doing="remove") from error


def read_cache(name: str) -> bytes | None:
    """Return a cache file's bytes, or None where there is none.

    Raises:
        StorageError: It cannot be read, or is no regular file.
    """
    return _read(_place("cache"), name)


def write_cache(name: str, content: bytes) -> None:
    """Replace a cache file whole.

    Raises:
        StorageError: It cannot be written; it is as it was.
    """
    _write(_place("cache"), name, content, durable=False)


def list_cache() -> tuple[tuple[str, int], ...]:
    """Return the path below the cache's folder and the size of every file in it, sorted.

    Raises:
        StorageError: It cannot be listed.
    """
    above = cache_folder()
    try:
        found = [(str(path.relative_to(above)), path.lstat().st_size) for path in above.rglob("*") if not path.is_dir()]
    except OSError as error:
        raise failed(str(above), error, doing="list") from error
    return tuple(sorted(found))


def remove_cache(name: str) -> None:
    """Remove a cache file, if it is there.

    Raises:
        StorageError: It cannot be removed.
    """
    try:
        (cache_folder() / name).unlink(missing_ok=True)
    except OSError as error:
        raise failed(str(cache_folder() / name), error, doing="remove") from error


def read_config() -> bytes | None:
    """Return this user's configuration, or None where there is none.

    Raises:
        StorageError: It cannot be read.
    """
    place = _config_place()
    try:
        with open(place, "rb") as file:  # noqa: PTH123  (pathlib costs a cold start)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failed(place, error, doing="read") from error


def state_folder() -> Path:
    """Return where state is kept: SIGNOFF_STATE_DIR, or the platform's place."""
    return _path(_place("state"))


def cache_folder() -> Path:
    """Return where the cache is kept: SIGNOFF_CACHE_DIR, or the platform's place."""
    return _path(_place("cache"))


def config_file() -> Path:
    """Return the configuration's place: SIGNOFF_CONFIG, or a file in the platform's place."""
    return _path(_config_place())


def _path(place: str) -> Path:
    from pathlib import Path  # noqa: PLC0415  (a cold start may not need it)

    return Path(place)


def _config_place() -> str:
    return os.environ.get("SIGNOFF_CONFIG") or f"{_folder_of('config')}/{CONFIG_FILE}"


def _place(kind: Kind) -> str:
    return os.environ.get(f"SIGNOFF_{kind.upper()}_DIR") or _folder_of(kind)


def _folder_of(kind: Kind) -> str:
    """Return the platform's folder; on Linux as platformdirs does, whose imports are a tenth of a cold command."""
    if sys.platform == "linux":
        variable, otherwise = XDG[kind]
        said = os.environ.get(variable, "")
        return f"{said if said.strip() else os.path.expanduser(otherwise)}/{PRODUCT}"  # noqa: PTH111
    import platformdirs  # noqa: PLC0415

    folder: str = getattr(platformdirs, f"user_{kind}_dir")(PRODUCT, appauthor=False)
    return folder


def _read(above: str, name: str) -> bytes | None:
    parts, last = split_file(name)
    place = f"{above}/{name}"
    try:
        with open_folder(above, parts) as folder:
            file, _ = open_regular(folder, last, path=name)
        with os.fdopen(file, "rb") as stream:
            return stream.read()
    except NotFoundError:
        return None
    except OSError as error:
        raise failed(place, error, doing="read") from error


def _write(above: str, name: str, content: bytes, *, durable: bool) -> None:
    parts, last = split_file(name)
    private, place = PRIVATE_PREFIX + os.urandom(16).hex(), f"{above}/{name}"
    try:
        _make_private(above, parts)
        with open_folder(above, parts) as folder:
            try:
                _fill(folder, private, content, durable=durable)
                os.rename(private, last, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                with suppress(OSError):
                    os.unlink(private, dir_fd=folder)
    except OSError as error:
        raise failed(place, error, doing="write") from error
    except StorageError as error:
        message = f"cannot write {place!r}: {error.message}"
        raise StorageError(message) from error


def _make_private(above: str, parts: list[str]) -> None:
    place = _path(above)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for depth in range(len(parts)):
        place.joinpath(*parts[: depth + 1]).mkdir(mode=0o700, exist_ok=True)


def _fill(folder: int, name: str, content: bytes, *, durable: bool) -> None:
    file = os.open(name, PRIVATE, 0o600, dir_fd=folder)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
        stream.flush()
        if durable:
            os.fsync(file)
