"""Delivering a version's files to a folder of this machine.

The rule it keeps: the destination is complete or untouched. Files are staged beside it, each under its name only when
its digest is right, and one rename makes the destination appear; nothing that is there is ever replaced.
"""

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError, VerificationError
from signoff.storage.base import StoppedError
from signoff.storage.copying import copy_hashing
from signoff.storage.folders import READ_BACK, failed, open_folder, open_regular, sync_folder
from signoff.storage.hashing import hash_file, hash_files
from signoff.storage.local import LocalStorage
from signoff.storage.partial import fill_partial, resumes
from signoff.storage.paths import PRIVATE_PREFIX, split_file

OCCUPIED = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR})
SHOWN_NAME, SHOWN_IDENTITY = 64, 16

Progress = Callable[[int], None]


def _never() -> bool:
    return False


class Delivery:
    """One delivery: `deliver` each file, then `commit`; a killed one goes on where it was when done again.

    Args:
        destination: The folder to be.
        identity: What is delivered (a manifest's digest): another identity never takes over what this one staged.
        durable: Whether to wait for the disk before the destination appears, so that it also survives a power cut.
    """

    def __init__(self, destination: str, *, identity: str, durable: bool = False) -> None:
        """Choose the staging folder; nothing is made yet."""
        self.destination = Path(destination).absolute()
        prefix = "".join(letter for letter in identity.removeprefix("sha256:") if letter.isalnum())[:SHOWN_IDENTITY]
        self.staging = self.destination.parent / f".{self.destination.name[:SHOWN_NAME]}.signoff-{prefix}"
        self._durable = durable
        self._digests: dict[str, str] = {}

    def already_there(self, digests: Mapping[str, str], *, progress: Progress | None = None) -> bool:
        """Tell whether the destination holds exactly these files.

        Args:
            digests: SHA-256 by path.
            progress: Told how many bytes were just hashed.

        Raises:
            AlreadyExistsError: It holds something else.
        """
        there = LocalStorage(self.destination)
        try:
            found = [path for path, _ in there.walk("")]
            if not found and not there.entries(""):
                return False
            same = set(found) == set(digests) and hash_files(there, found, progress=progress, stopped=_never) == dict(
                digests
            )
        except NotFoundError:
            return False
        except StorageError as error:
            raise self._occupied(error.message) from error
        if not same:
            message = "it holds other files"
            raise self._occupied(message)
        return True

    def holds(self, path: str, *, size: int, sha256: str, progress: Progress | None = None) -> bool:
        """Tell whether a file was staged before and has the right bytes; one that has not is removed."""
        parts, name = split_file(path)
        try:
            with open_folder(str(self._need_staging()), parts) as folder:
                file, status = open_regular(folder, name, path=path)
                with os.fdopen(file, "rb") as stream:
                    if status.st_size == size and hash_file(stream, progress=progress) == sha256:
                        self._digests[path] = sha256
                        return True
                os.unlink(name, dir_fd=folder)
        except NotFoundError:
            pass
        except OSError as error:
            raise failed(path, error, doing="deliver") from error
        return False

    def deliver(
        self,
        path: str,
        stream: BinaryIO,
        *,
        size: int,
        sha256: str,
        progress: Progress | None = None,
        stopped: Callable[[], bool] = _never,
    ) -> None:
        """Stage one file, unless `holds` says it is there.

        Args:
            path: The file's path below the destination.
            stream: Its bytes.
            size: How many there must be.
            sha256: Their digest, in hex.
            progress: Told how many bytes were just done.
            stopped: Whether to give up.

        Raises:
            VerificationError: The bytes are not what they must be; nothing of them is kept.
            StoppedError: `stopped` said so.
            StorageError: They cannot be written.
        """
        if self.holds(path, size=size, sha256=sha256, progress=progress):
            return

        def told(count: int) -> None:
            if progress:
                progress(count)
            if stopped():
                message = f"stopped while {path!r} was delivered"
                raise StoppedError(message)

        parts, name = split_file(path)
        with open_folder(str(self._need_staging()), parts, create=True) as folder:
            try:
                part = None
                if resumes(stream, size):
                    part = fill_partial(folder, stream, size=size, sha256=sha256, told=told, durable=self._durable)
                if part is None:
                    self._fill_anew(folder, stream, expected=(path, name, size, sha256), told=told)
                else:
                    _settle(folder, part[0], part[1], expected=(path, name, size, sha256))
            except OSError as error:
                raise failed(path, error, doing="deliver") from error
        self._digests[path] = sha256

    def _fill_anew(self, folder: int, stream: BinaryIO, *, expected: tuple[str, str, int, str], told: Progress) -> None:
        """Fill a file under a private name of its own, of which nothing stays if it is not right."""
        private = PRIVATE_PREFIX + os.urandom(16).hex()
        try:
            found = _fill(folder, private, stream, size=expected[2], told=told, durable=self._durable)
            _settle(folder, private, found, expected=expected)
        finally:
            with suppress(OSError):
                os.unlink(private, dir_fd=folder)

    def commit(self) -> bool:
        """Let the destination appear, with exactly the files that were delivered.

        Returns:
            Whether this call made it; False: the same files were there already.

        Raises:
            AlreadyExistsError: Something else is there.
            StorageError: It failed; the destination is untouched.
        """
        self._remove_strangers()
        try:
            self._need_staging().rename(self.destination)
            if self._durable:
                with open_folder(str(self.destination.parent), ()) as parent:
                    sync_folder(parent)
        except OSError as error:
            if error.errno not in OCCUPIED:
                raise failed(str(self.destination), error, doing="deliver to") from error
        else:
            return True
        if not self.already_there(self._digests):
            message = f"cannot deliver to {str(self.destination)!r}: it changes meanwhile"
            raise StorageError(message)
        self.abandon()
        return False

    def abandon(self) -> None:
        """Remove what was staged; the destination is untouched."""
        shutil.rmtree(self.staging, ignore_errors=True)

    def _need_staging(self) -> Path:
        """Make the staging folder; it must be this user's own, since what is in it will be trusted."""
        try:
            self.staging.mkdir(parents=True, exist_ok=True)
            status = self.staging.lstat()
        except OSError as error:
            raise failed(str(self.destination), error, doing="deliver to") from error
        if self.staging.is_symlink() or status.st_uid != os.geteuid():
            message = (
                f"cannot deliver to {str(self.destination)!r}: {self.staging.name!r} beside it is not this user's own"
            )
            raise StorageError(message, hint="remove it, or deliver to another folder")
        return self.staging

    def _remove_strangers(self) -> None:
        """Remove what an interrupted delivery left and nobody asked for; make the folders durable if that is wanted."""
        staged = LocalStorage(self._need_staging())
        for path, _ in staged.walk(""):
            if path not in self._digests:
                staged.remove(path)
        wanted = {parent for path in self._digests for parent in Path(path).parents} | {Path()}
        try:
            for folder, _, _ in os.walk(self.staging, topdown=False):
                if Path(folder).relative_to(self.staging) not in wanted:
                    Path(folder).rmdir()
                elif self._durable:
                    with open_folder(folder, ()) as opened:
                        sync_folder(opened)
        except OSError as error:
            raise failed(str(self.destination), error, doing="deliver to") from error

    def _occupied(self, why: str) -> AlreadyExistsError:
        message = f"cannot deliver to {str(self.destination)!r}: {why}"
        return AlreadyExistsError(message, hint="choose a folder that does not exist, or move this one away")


def _fill(folder: int, name: str, stream: BinaryIO, *, size: int, told: Progress, durable: bool) -> tuple[int, str]:
    file = os.open(name, READ_BACK, 0o666, dir_fd=folder)
    try:
        found = copy_hashing(stream, file, size=size, told=told)
        if durable:
            os.fsync(file)
    finally:
        os.close(file)
    return found


def _settle(folder: int, private: str, found: tuple[int, str], *, expected: tuple[str, str, int, str]) -> None:
    """Give a private file its name, if it has the right size and digest; else it is removed.

    Args:
        folder: The descriptor of its folder.
        private: Its private name.
        found: Its size and SHA-256.
        expected: The path for messages, its name, its size and its SHA-256.
    """
    path, name, size, sha256 = expected
    try:
        _need_right(path, found, expected=(size, sha256))
    except VerificationError:
        with suppress(OSError):
            os.unlink(private, dir_fd=folder)
        raise
    os.rename(private, name, src_dir_fd=folder, dst_dir_fd=folder)


def _need_right(path: str, found: tuple[int, str], *, expected: tuple[int, str]) -> None:
    if found == expected:
        return
    hint = "do not use these bytes: ask who wrote them, and run verify"
    if found[0] > expected[0]:
        message = f"{path!r} is larger than what was signed: expected {expected[0]} bytes, found more"
    elif found[0] < expected[0]:
        message = f"{path!r} is shorter than what was signed: expected {expected[0]} bytes, found {found[0]}"
    else:
        message = f"{path!r} is not what was signed: expected sha256 {expected[1]}, found {found[1]}"
    raise VerificationError(message, hint=hint)
