"""Bringing a folder or file from elsewhere on this machine into a registry.

The rule it keeps: the destination appears whole or not at all, and is never replaced; everything is staged and made
durable first, below `.signoff/tmp`, under a name that the same request finds again after a kill.

A hard link shares its bytes with the source: who edits the source file in place later also changes the registered
file (verifying finds it). A reflink and a copy share nothing.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from signoff.errors import StorageError
from signoff.storage.base import Info, StoppedError
from signoff.storage.folders import failed, open_folder, open_regular, sync_folder
from signoff.storage.hashing import hash_file
from signoff.storage.local import LocalStorage
from signoff.storage.paths import PRIVATE_PREFIX, split_file
from signoff.storage.placing import How, Placing, Source, link_file, place_file
from signoff.storage.publishing import TEMPORARY
from signoff.storage.sharing import share_folder
from signoff.storage.sources import list_source, need_no_destination, taken

Known = Callable[[str], str | None]
OCCUPIED = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR})


class _Intake(msgspec.Struct, frozen=True, kw_only=True):
    """One request to bring something in.

    Attributes:
        storage: The registry.
        source: The folder that holds the files, on this machine.
        files: The files' paths below it, and what they are like.
        staging: The staging folder's parts below the registry's root.
        destination: The folder to be, below the registry's root.
        placing: How files are placed, and who is told.
        known: Returns where a file with a digest is already.
    """

    storage: LocalStorage
    source: str
    files: tuple[tuple[str, Info], ...]
    staging: tuple[str, ...]
    destination: str
    placing: Placing
    known: Known | None


def bring_in(
    storage: LocalStorage,
    source: str,
    destination: str,
    *,
    how: How = "auto",
    progress: Callable[[int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    known: Known | None = None,
) -> str:
    """Bring a folder's files, or one file, into a new folder of the registry.

    Stopped or killed, the same request goes on from the files that were complete. A move removes its source only once
    all is published and durable.

    Args:
        storage: The registry.
        source: A folder or regular file of this machine; nothing in it may be a symlink or special file.
        destination: The folder to make, below the registry's root.
        how: "auto" tries a reflink, then a hard link, then copies, file by file; the others do just that.
        progress: Told how many bytes were just done.
        stopped: Whether to give up, asked at least every 16 MiB.
        known: Given a digest, returns the path in the registry of a file with these bytes: it is linked (a "dedupe").

    Returns:
        How it was done: the distinct ways, joined by "+", as "reflink" or "copy+dedupe".

    Raises:
        AlreadyExistsError: The destination is there already.
        StoppedError: `stopped` said so.
        StorageError: The source holds a symlink or special file, or nothing; or it failed.
    """
    folder, files = list_source(source)
    _need_apart(storage, source, destination)
    intake = _Intake(
        storage=storage,
        source=folder,
        files=files,
        staging=_staging(storage, f"{Path(source).absolute()}\0{destination}\0{how}", destination),
        destination=destination,
        placing=Placing(how=how, progress=progress or (lambda _count: None), stopped=stopped),
        known=known,
    )
    ways = {_stage(intake, path) for path, _ in files}
    _publish(intake)
    if how == "move" and _remove_source(intake, Path(source)):
        return "move"
    return "+".join(sorted(ways))


def _need_apart(storage: LocalStorage, source: str, destination: str) -> None:
    """Refuse a destination that has something, lies below its own source, or cannot be written."""
    if Path(source).is_dir() and Path(storage.root, destination).resolve().is_relative_to(Path(source).resolve()):
        message = f"cannot bring in {source!r}: the destination {destination!r} lies inside it"
        raise StorageError(message)
    need_no_destination(storage, destination)


def _staging(storage: LocalStorage, request: str, destination: str) -> tuple[str, ...]:
    """Make the staging folder and return its parts: with the private files, or beside a destination on another device."""
    name = hashlib.sha256(request.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    above, _ = split_file(destination)
    with open_folder(storage.root, above, create=True) as folder:
        status = os.fstat(folder)
    parts: tuple[str, ...] = (*TEMPORARY, f"intake-{name}")
    with open_folder(storage.root, TEMPORARY, create=True) as temporary:
        if os.fstat(temporary).st_dev != status.st_dev:
            parts = (*above, f"{PRIVATE_PREFIX}intake-{name}")
    with open_folder(storage.root, parts, create=True) as folder:
        _take_group(folder, status)
    return parts


def _take_group(folder: int, above: os.stat_result) -> None:
    """Let what is staged get the group that it would have got in its place."""
    if above.st_mode & stat.S_ISGID:
        with suppress(PermissionError):
            os.fchown(folder, -1, above.st_gid)
            os.fchmod(folder, stat.S_IMODE(os.fstat(folder).st_mode) | stat.S_ISGID)
    share_folder(folder, above)


def _stage(intake: _Intake, path: str) -> str:
    """Put one file into the staging folder, and return the way; one that is complete from before is kept."""
    if intake.placing.stopped():
        message = f"stopped before {path!r} was brought in"
        raise StoppedError(message)
    parts, name = split_file(path)
    try:
        with (
            _open_source(intake.source, path) as source,
            open_folder(intake.storage.root, (*intake.staging, *parts), create=True) as folder,
        ):
            return _stage_opened(intake, source, folder=folder, name=name)
    except OSError as error:
        message = f"{intake.source}/{path}"
        raise failed(message, error, doing="bring in") from error


def _stage_opened(intake: _Intake, source: Source, *, folder: int, name: str) -> str:
    size = os.fstat(source.file).st_size
    kept = _find_kept(folder, name, source=source)
    if not kept and intake.known and _link_known(intake, source, folder=folder, name=name):
        kept = "dedupe"
    if kept:
        intake.placing.progress(size)
        return kept
    return place_file(source, folder=folder, name=name, placing=intake.placing)


@contextmanager
def _open_source(root: str, path: str) -> Iterator[Source]:
    parts, name = split_file(path)
    with open_folder(root, parts) as folder:
        file, _ = open_regular(folder, name, path=path)
        try:
            yield Source(file=file, folder=folder, name=name, path=f"{root}/{path}")
        finally:
            os.close(file)


def _find_kept(folder: int, name: str, *, source: Source) -> str:
    """Return how a file was staged before a kill; "" if it was not, or if its source changed since."""
    try:
        staged = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return ""
    now = os.fstat(source.file)
    if (staged.st_dev, staged.st_ino) == (now.st_dev, now.st_ino):
        return "link"
    if stat.S_ISREG(staged.st_mode) and (staged.st_size, staged.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
        return "copy"
    os.unlink(name, dir_fd=folder)
    return ""


def _link_known(intake: _Intake, source: Source, *, folder: int, name: str) -> bool:
    """Link a file of the registry that has the source's bytes; its bytes are read, nobody's word is taken for them."""
    with os.fdopen(os.dup(source.file), "rb") as stream:
        digest = hash_file(stream, progress=None)
    os.lseek(source.file, 0, os.SEEK_SET)
    path = intake.known(digest) if intake.known else None
    if path is None:
        return False
    try:
        with intake.storage.open(path) as stream:
            same = hash_file(stream, progress=None) == digest
        with _open_source(intake.storage.root, path) as other:
            if same:
                link_file(other, folder=folder, name=name)
    except (StorageError, OSError):
        return False
    return same


def _publish(intake: _Intake) -> None:
    """Make all folders durable, then let the destination appear.

    rename(2) never replaces a folder that holds something: of two that race, one wins and the other is told.
    """
    root, (above, name) = intake.storage.root, split_file(intake.destination)
    for parts in _folders(intake):
        with open_folder(root, parts) as folder:
            sync_folder(folder)
    with open_folder(root, intake.staging[:-1]) as staging, open_folder(root, above) as target:
        try:
            os.rename(intake.staging[-1], name, src_dir_fd=staging, dst_dir_fd=target)
            sync_folder(target)
            sync_folder(staging)
        except OSError as error:
            if error.errno in OCCUPIED:
                raise taken(intake.destination) from error
            raise failed(intake.destination, error, doing="publish") from error


def _folders(intake: _Intake) -> Sequence[tuple[str, ...]]:
    """Return the parts of every staged folder, the deepest first; what no file of the source is, is removed."""
    wanted = {path for path, _ in intake.files}
    found = {tuple(split_file(path)[0][:depth]) for path in wanted for depth in range(path.count("/") + 1)}
    staging = "/".join(intake.staging)
    for path, _ in intake.storage.walk(staging):
        if path not in wanted:
            intake.storage.remove(f"{staging}/{path}")
    return [(*intake.staging, *parts) for parts in sorted(found, key=len, reverse=True)]


def _remove_source(intake: _Intake, source: Path) -> bool:
    """Remove the files that are now in the registry, and the folders that this empties; tell whether all are gone."""
    gone = [_remove_unchanged(Path(intake.source, path), info) for path, info in intake.files]
    if source.is_dir():
        below = {parent for path, _ in intake.files for parent in Path(path).parents}
        for folder in sorted(below, key=lambda folder: -len(folder.parts)):
            with suppress(OSError):
                (source / folder).rmdir()
    return all(gone)


def _remove_unchanged(file: Path, info: Info) -> bool:
    try:
        status = file.lstat()
        if (status.st_size, status.st_mtime) == (info.size, info.modified):
            file.unlink()
            return True
    except OSError:
        pass
    return False
