"""Telling which paths of a registry changed.

The rule it keeps: every change after the watch was made is told, at once where the kernel announces it truthfully, else
by looking. Many changes are told together. What cannot be announced is looked for, and `note` says so.
"""

import errno
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from signoff.schema import layout
from signoff.schema.journal import paths_of
from signoff.storage.following import last_number
from signoff.storage.looking import look
from signoff.storage.paths import PRIVATE_PREFIX

if TYPE_CHECKING:
    from signoff.storage.inotify import Inotify

NO_WATCHES = "this machine has no file watches left: looking every few seconds instead"
DEAF = "changes came that nobody announced: looking every few seconds instead"
MANY = "many versions: what is edited inside old ones shows after a rescan"
NOT_ANNOUNCED = "this filesystem announces no changes of others: looking every few seconds"
MOST_TOLD = 10_000
JOINING = 0.3


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often things are done, in seconds.

    Attributes:
        settle: Between two calls of `on_change`.
        quick: Between two looks, while things change.
        slow: Between two looks, when nothing changes.
        net: Between two looks where changes are announced.
        grace: How long an announcement may take, when a look was faster.
        share: At most this part of the time is spent looking.
        most_folders: Up to so many folders of versions are watched.
        calm: How long nothing must change before a storage that is far away is asked slowly.
        whole: Between two times that such a storage is read as a whole.
        patience: How long such a storage may take for an answer before it is said to be silent.
    """

    settle: float = 0.15
    quick: float = 2.0
    slow: float = 15.0
    net: float = 30.0
    grace: float = 0.5
    share: float = 0.005
    most_folders: int = 20_000
    calm: float = 60.0
    whole: float = 600.0
    patience: float = 10.0


class Watch:
    """Calls back with the paths that changed, until it is closed.

    Making one takes as long as counting the folders: do it beside the screen, not before it.

    Args:
        root: The registry's root.
        on_change: Called from a thread of its own, never twice at a time, with paths below the root: a file, or a
            folder in which names changed. None at all means: anything may have changed. It must not raise.
        notifies: Whether the filesystem announces every change (`Capabilities.notifies`).
        pace: How often things are done.
    """

    told = None

    def __init__(
        self,
        root: str,
        *,
        on_change: Callable[[frozenset[str]], None],
        notifies: bool,
        pace: Pace | None = None,
    ) -> None:
        """Start to watch: what happens after this returns is told."""
        self.note = self.fault = ""
        self._root = str(Path(root).resolve())
        self._on_change, self._pace = on_change, pace or Pace()
        self._lock, self._wake, self._over = threading.Lock(), threading.Event(), threading.Event()
        self._pending: set[str] = set()
        self._told: set[str] = set()
        self._everything = self._told_everything = False
        self._by_names, self._interval = not notifies, self._pace.quick
        self._inotify = self._listen() if notifies else None
        self.note = self.note or ("" if notifies else NOT_ANNOUNCED)
        self._seen = look(self._root, by_names=self._by_names)
        self._journal = 0 if self._inotify else last_number(self._is_journalled)
        self._thread = threading.Thread(target=self._run, name="signoff-watch", daemon=True)
        self._thread.start()

    @property
    def every(self) -> float:
        """Seconds between two looks for records; 0.0 where they are announced."""
        return 0.0 if self._inotify else self._pace.quick

    def close(self) -> None:
        """Stop; nothing is told any more once this returns, unless a call is under way."""
        self._over.set()
        self._wake.set()
        if self._inotify:
            self._inotify.close()
        if self._thread is not threading.current_thread():
            self._thread.join(JOINING)

    def _listen(self) -> "Inotify | None":
        self._interval = self._pace.net
        from signoff.storage.inotify import Inotify  # noqa: PLC0415 (only a screen needs it)

        most = self._pace.most_folders
        try:
            announced = Inotify(self._root, told=self._tell, lost=self._tell_everything, most=most)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EMFILE, errno.ENFILE}:
                raise
            self.note, self._interval = NO_WATCHES, self._pace.quick
            return None
        self.note = "" if announced.deep else MANY
        return announced

    def _tell(self, paths: list[str]) -> None:
        """Keep paths that were announced."""
        meant = [path for path in paths if not path.startswith(layout.TEMPORARY) and PRIVATE_PREFIX not in path]
        if not meant:
            return
        with self._lock:
            self._pending.update(meant)
            self._told.update(meant)
            if len(self._pending) > MOST_TOLD:
                self._everything = True
            if len(self._told) > MOST_TOLD:
                self._told_everything = True
                self._told.clear()
        self._wake.set()

    def _tell_everything(self) -> None:
        with self._lock:
            self._everything = self._told_everything = True
        self._wake.set()

    def _run(self) -> None:
        due = time.monotonic() + self._interval
        while not self._over.is_set():
            soon = due if self._inotify else min(due, time.monotonic() + self._pace.quick)
            if self._wake.wait(max(0.0, soon - time.monotonic())):
                self._pass_on()
                self._over.wait(self._pace.settle)
            elif not self._inotify:
                self._follow_journal()
            if not self._over.is_set() and time.monotonic() >= due:
                began = time.monotonic()
                self._look()
                ended = time.monotonic()
                due = ended + max(self._interval, (ended - began) / self._pace.share)

    def _pass_on(self) -> None:
        """Tell what is pending, as one set."""
        with self._lock:
            self._wake.clear()
            changed = frozenset() if self._everything else frozenset(self._pending)
            something = bool(self._everything or self._pending)
            self._pending, self._everything = set(), False
        if something and not self._over.is_set():
            self._on_change(changed)

    def _is_journalled(self, number: int) -> bool:
        return os.path.isfile(f"{self._root}/{layout.journal_path(number)}")  # noqa: PTH113 (asked every 2 seconds)

    def _follow_journal(self) -> None:
        """Tell the records of which others wrote in the journal: one question to the filesystem where there is none."""
        found: set[str] = set()
        blind = False
        while len(found) < MOST_TOLD and self._is_journalled(self._journal + 1):
            self._journal += 1
            named = _entry(f"{self._root}/{layout.journal_path(self._journal)}")
            found.update(named)
            blind = blind or not named  # half written, perhaps: what it will tell of stands there already
        with self._lock:
            self._pending |= found
            self._everything = self._everything or blind
        if found or blind:
            self._wake.set()

    def _look(self) -> None:
        """Compare the folders with what was seen; where changes are announced, tell only what was not."""
        now = look(self._root, by_names=self._by_names)
        changed = self._seen.differing(now)
        self._seen = now
        if self._inotify:
            changed = self._missed(changed)
            if changed:
                self._go_deaf(DEAF)
        else:
            self._interval = self._pace.quick if changed else min(self._interval * 1.5, self._pace.slow)
        with self._lock:
            self._pending |= changed
        if changed:
            self._wake.set()

    def _missed(self, changed: set[str]) -> set[str]:
        """Return the folders whose change was not announced, also not a moment later."""
        if changed and _unannounced(changed, self._told):
            self._over.wait(self._pace.grace)
        with self._lock:
            missed = set() if self._told_everything else _unannounced(changed, self._told)
            self._told, self._told_everything = set(), False
        return missed

    def _go_deaf(self, note: str) -> None:
        """Look often from now on."""
        self.note, self._interval = note, self._pace.quick
        self._journal = last_number(self._is_journalled)
        if self._inotify:
            self._inotify.close()
        self._inotify = None


def _entry(place: str) -> tuple[str, ...]:
    try:
        file = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ()
    with os.fdopen(file, "rb") as stream:
        return paths_of(stream.read(layout.LARGEST_JOURNAL_ENTRY))


def _unannounced(folders: set[str], told: set[str]) -> set[str]:
    """Return the folders in which nothing was announced, nor of any folder above them as a whole."""
    above = {path.rpartition("/")[0] for path in told.copy()}
    return {folder for folder in folders if folder not in above and not _covered(folder, told)}


def _covered(folder: str, told: set[str]) -> bool:
    parts = folder.split("/")
    return any("/".join(parts[:depth]) in told for depth in range(1, len(parts) + 1))
