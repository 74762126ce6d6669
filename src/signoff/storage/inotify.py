"""Hearing from the kernel which paths below a registry's root changed.

The rule it keeps: only events that name a change are asked for. A watch on everything hears its own scan, overflows the
kernel's queue, scans again, and never ends (watchdog 7.1, from about 4,000 folders on).
"""

import logging
import os
import warnings
from collections.abc import Callable

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

ASKED: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
]
PLACES = (("", False), (".signoff", False), (".signoff/trust", False), ("models", True))
PATIENCE = 0.3


class Inotify:
    """Watches on the root, `.signoff`, its trust chain, and everything below `models`.

    Args:
        root: The registry's real path.
        told: Called with each path below the root that changed, from another thread.
        lost: Called when events were lost, from another thread.

    Raises:
        OSError: The kernel has no watches left (ENOSPC, EMFILE).
    """

    def __init__(self, root: str, *, told: Callable[[str], None], lost: Callable[[], None]) -> None:
        """Start to hear."""
        # watchdog 7.1 warns, a megabyte at a time, of watches that it replaces itself during a copy of many folders
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"watchdog\.")
        self._root = root
        self._handler = _Handler(root, told)
        self._lost = _Lost(lost)
        logging.getLogger("watchdog").addHandler(self._lost)
        self._observer = Observer()
        self._heard: set[str] = set()
        try:
            self._observer.start()
            self.extend()
        except OSError:
            self.close()
            raise

    def extend(self) -> bool:
        """Watch the places that exist by now; tell whether there were new ones."""
        new = [(path, deep) for path, deep in PLACES if path not in self._heard and self._is_folder(path)]
        for path, deep in new:
            self._heard.add(path)
            self._observer.schedule(self._handler, self._place(path), recursive=deep, event_filter=ASKED)
        return bool(new)

    def close(self) -> None:
        """Stop hearing; threads that are still busy end by themselves."""
        logging.getLogger("watchdog").removeHandler(self._lost)
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join(PATIENCE)

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _is_folder(self, path: str) -> bool:
        place = self._place(path)
        return os.path.isdir(place) and (not path or not os.path.islink(place))  # noqa: PTH112, PTH114 (asked after every change)


class _Handler(FileSystemEventHandler):
    """Passes paths on, below the root; it must be quick, since thousands may come at once."""

    def __init__(self, root: str, told: Callable[[str], None]) -> None:
        """Remember what to cut off."""
        self._prefix = root.rstrip("/") + "/"
        self._told = told

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass both paths of an event on."""
        for place in (event.src_path, event.dest_path):
            text = os.fsdecode(place)
            if text.startswith(self._prefix):
                self._told(text.removeprefix(self._prefix))


class _Lost(logging.Handler):
    """Hears watchdog say that events were lost: it tells nobody else. It also keeps its words off a screen."""

    def __init__(self, lost: Callable[[], None]) -> None:
        """Remember whom to tell."""
        super().__init__(logging.WARNING)
        self._tell = lost

    def emit(self, record: logging.LogRecord) -> None:
        """Tell, whatever it is that went wrong."""
        del record
        self._tell()
