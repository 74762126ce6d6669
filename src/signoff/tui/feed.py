"""The thread that reads the registry again and again.

The rule it keeps: what it tells is a value; wake-ups come together, the first at once, the next a moment later; it has
a registry of its own.
"""

import contextlib
import gc
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from signoff.errors import SignoffError
from signoff.registry.registry import Registry
from signoff.registry.remembered import Position, recall, retain
from signoff.registry.snapshot import Snapshot
from signoff.registry.watching import Standing, Watching, watch
from signoff.schema.layout import JOURNAL
from signoff.tui.desk import give_back, in_thread
from signoff.tui.messages import Seen, Unknown, Unreadable

if TYPE_CHECKING:
    from signoff.registry.glance import Glance

Tell = Callable[[Message], object]
SETTLE = 0.15
AGAIN = 10.0
MOST_PATHS = 2000
SELDOM = 60.0
RARELY = 100
"""What takes long is done so many times more seldom than it takes."""
SWITCH = 0.0005


class Feed:
    """Reads a registry on a thread, and again when something changed."""

    def __init__(
        self,
        registry: Registry,
        tell: Tell,
        *,
        watching: bool = True,
        every: float | None = None,
        patience: float = 0.0,
    ) -> None:
        """Take the registry for the thread's own.

        Args:
            registry: What to read.
            tell: Takes `Seen`, `Unknown` and `Unreadable`, from the thread.
            watching: Whether to be told of changes; else only `wake` has it read again.
            every: Seconds between two looks where changes are not announced; None leaves it to the watch.
            patience: Seconds for which to leave the processor to the first paint, until `painted` is set.
        """
        self._every = every
        self._registry, self._tell, self._watching = registry, tell, watching
        self.painted, self._patience = threading.Event(), patience
        self._lock, self._awake, self._over = threading.Lock(), threading.Event(), threading.Event()
        self._pending: set[str] = set()
        self._everything = False
        self._watch: Watching | None = None
        self._saying, self._failed = threading.Lock(), False
        self._last: Snapshot | None = None
        self._read_once = self._painted = False
        self._retained = 0.0
        self._glance: Glance | None = None
        self._told: int | None = None
        self._wanted: frozenset[str] | None = None
        self._signed = False

    def start(self) -> None:
        """Begin; the screen's thread is let in often while this one computes."""
        sys.setswitchinterval(SWITCH)
        in_thread("feed", self._run)

    def wake(self, changed: frozenset[str] = frozenset()) -> None:
        """Have it look at these paths, or at everything."""
        with self._lock:
            self._pending |= changed
            many = self._glance is None and len(self._pending) > MOST_PATHS
            self._everything = self._everything or not changed or many
        self._awake.set()

    def wrote(self) -> None:
        """Know that somebody signed here, who may leave an index to others, too, where the journal is followed."""
        if self._told is not None:
            self._signed = True
            self.wake(frozenset({JOURNAL}))

    def close(self) -> None:
        """Stop; nothing is waited for."""
        self._over.set()
        self._awake.set()

    def _run(self) -> None:
        well = self._begin()
        if self._watching:
            after = self._glance.journal if self._glance else None
            self._watch = watch(self._registry, self.wake, on_standing=self._stand, every=self._every, after=after)
            self._told = self._watch.told
        well = self._read_first() and well
        gc.freeze()  # what was read stays; a collection that walks through all of it would stop the screen
        while not self._over.is_set():
            came = self._awake.wait(None if well else AGAIN)
            if self._over.is_set():
                break
            began = time.monotonic()
            self._wanted = self._next(came=came, missed=None if well else self._wanted)
            well = self._look(self._wanted, complete=True)
            self._over.wait(SETTLE - (time.monotonic() - began))
        if self._watch is not None:
            self._watch.close()

    def _begin(self) -> bool:
        """Show what was there last time, or else names and states before details."""
        gc.disable()
        try:
            before = recall(self._registry.url, self._registry.reader.trust)
            if before is not None:
                self._painted = True
                self._show(before.snapshot)
                self.painted.wait(self._patience)
                give_back()  # what it was read from
            else:
                self._say(Unknown())
            from signoff.registry.glance import take_glance  # noqa: PLC0415  (after the first paint)

            self._glance = take_glance(self._registry, before)
        finally:
            gc.enable()
        if self._glance is not None:
            self._painted = True
            self._show(self._glance.snapshot)
        return self._painted or self._look(None, complete=False)

    def _read_first(self) -> bool:
        """Read everything; where a large registry was glanced at, only what that left open."""
        if self._glance is None:
            return self._look(None, complete=True)
        self._wanted = self._glance.changed
        if self._wanted:
            return self._look(self._wanted, complete=True)
        with contextlib.suppress(SignoffError):
            self._registry.close()
        if self._glance.shared:
            self._retain(self._glance.snapshot)
        return True

    def _next(self, *, came: bool, missed: frozenset[str] | None) -> frozenset[str] | None:
        """Return what to look at next; where not everything was read, also what could not be read the last time."""
        if not came:
            return missed if self._glance is not None else None
        taken = self._taken()
        return taken | missed if taken is not None and missed and self._glance is not None else taken

    def _taken(self) -> frozenset[str] | None:
        self._told = self._watch.told if self._watch else self._told
        with self._lock:
            changed = None if self._everything else frozenset(self._pending)
            self._pending, self._everything = set(), False
            self._awake.clear()
        return changed

    def _look(self, changed: frozenset[str] | None, *, complete: bool) -> bool:
        try:
            so_far = None if self._read_once or self._painted else self._show
            snapshot = self._registry.snapshot(changed=changed, complete=complete, so_far=so_far)
            self._registry.close()
        except SignoffError as error:
            with self._saying:
                self._failed = True
                self._say(Unreadable(str(error)))
            return False
        self._show(snapshot)
        if complete:
            self._read_once = True
            if changed is None and self._glance is not None:
                self._retained = 0.0  # what was kept before is not what was read
            self._retain(snapshot)
            self._leave_index(snapshot)
        return True

    def _show(self, snapshot: Snapshot) -> None:
        with self._saying:
            self._last, self._failed = snapshot, False
            self._say(Seen(snapshot, standing=self._watch.standing if self._watch else Standing()))

    def _stand(self) -> None:
        """Say that changes are learnt of otherwise now, also while this feed's thread waits for the storage."""
        with self._saying:
            if self._watch and self._last and (self._watch.standing.fault or not self._failed):
                self._say(Seen(self._last, standing=self._watch.standing))

    def _retain(self, snapshot: Snapshot) -> None:
        """Keep what the lists show for the next time, now and then."""
        if time.monotonic() >= self._retained:
            began = time.monotonic()
            now = self._registry.surroundings.now()
            retain(snapshot, None if self._told is None else Position(self._told, now))
            ended = time.monotonic()
            self._retained = ended + max(SELDOM, RARELY * (ended - began))
            give_back()

    def _leave_index(self, snapshot: Snapshot) -> None:
        """Write the shared index where it is due; whoever signed nothing in this session writes nothing."""
        if self._signed and self._told is not None:
            self._signed = False
            registry = self._registry
            from signoff.registry.indexwriting import follow  # noqa: PLC0415  (only who signed needs it)

            follow(registry.reader.storage, snapshot, journal=self._told, now=registry.surroundings.now())

    def _say(self, message: Seen | Unknown | Unreadable) -> None:
        message.feed = self
        with contextlib.suppress(RuntimeError):  # the app is gone
            self._tell(message)
