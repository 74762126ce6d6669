"""Small private files of this user: what was seen (state), what can be made again (cache), and wishes (configuration).

The rule it keeps: a file is replaced whole and nobody else may read it. Merging what two processes saw is the caller's.
"""

import os
from contextlib import suppress
from pathlib import Path

from signoff.errors import NotFoundError, StorageError
from signoff.storage.folders import PRIVATE, failed, open_folder, open_regular
from signoff.storage.paths import PRIVATE_PREFIX, split_file

PRODUCT = "signoff"
CONFIG_FILE = "config.yaml"


def read_state(name: str) -> bytes | None:
    """Return a state file's bytes, or None where there is none.

    Raises:
        StorageError: It cannot be read, or is no regular file.
    """
    return _read(state_folder(), name)


def write_state(name: str, content: bytes) -> None:
    """Replace a state file whole; it is durable when this returns.

    Raises:
        StorageError: It cannot be written; it is as it was.
    """
    _write(state_folder(), name, content, durable=True)


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
    return _read(cache_folder(), name)


def write_cache(name: str, content: bytes) -> None:
    """Replace a cache file whole.

    Raises:
        StorageError: It cannot be written; it is as it was.
    """
    _write(cache_folder(), name, content, durable=False)


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
    try:
        return config_file().read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failed(str(config_file()), error, doing="read") from error


def state_folder() -> Path:
    """Return where state is kept: SIGNOFF_STATE_DIR, or the platform's place."""
    given = os.environ.get("SIGNOFF_STATE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_state_path  # noqa: PLC0415 (a cold start may not need it)

    return user_state_path(PRODUCT, appauthor=False)


def cache_folder() -> Path:
    """Return where the cache is kept: SIGNOFF_CACHE_DIR, or the platform's place."""
    given = os.environ.get("SIGNOFF_CACHE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_cache_path  # noqa: PLC0415 (a cold start may not need it)

    return user_cache_path(PRODUCT, appauthor=False)


def config_file() -> Path:
    """Return the configuration's place: SIGNOFF_CONFIG, or a file in the platform's place."""
    given = os.environ.get("SIGNOFF_CONFIG")
    if given:
        return Path(given)
    from platformdirs import user_config_path  # noqa: PLC0415 (a cold start may not need it)

    return user_config_path(PRODUCT, appauthor=False) / CONFIG_FILE


def _read(above: Path, name: str) -> bytes | None:
    parts, last = split_file(name)
    try:
        with open_folder(str(above), parts) as folder:
            file, _ = open_regular(folder, last, path=name)
        with os.fdopen(file, "rb") as stream:
            return stream.read()
    except NotFoundError:
        return None
    except OSError as error:
        raise failed(str(above / name), error, doing="read") from error


def _write(above: Path, name: str, content: bytes, *, durable: bool) -> None:
    parts, last = split_file(name)
    private = PRIVATE_PREFIX + os.urandom(16).hex()
    try:
        _make_private(above, parts)
        with open_folder(str(above), parts) as folder:
            try:
                _fill(folder, private, content, durable=durable)
                os.rename(private, last, src_dir_fd=folder, dst_dir_fd=folder)
            finally:
                with suppress(OSError):
                    os.unlink(private, dir_fd=folder)
    except OSError as error:
        raise failed(str(above / name), error, doing="write") from error
    except StorageError as error:
        message = f"cannot write {str(above / name)!r}: {error.message}"
        raise StorageError(message) from error


def _make_private(above: Path, parts: list[str]) -> None:
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    for depth in range(len(parts)):
        above.joinpath(*parts[: depth + 1]).mkdir(mode=0o700, exist_ok=True)


def _fill(folder: int, name: str, content: bytes, *, durable: bool) -> None:
    file = os.open(name, PRIVATE, 0o600, dir_fd=folder)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
        stream.flush()
        if durable:
            os.fsync(file)
