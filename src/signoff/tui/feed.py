"""Threads: one that reads the registry again and again, one that does what people ask.

The rule it keeps: nothing else starts a thread; a thread ends with the process and never holds it up; what it tells
is a value; wake-ups come together, the first at once, the next a moment later. Each thread has a registry of its own.
"""

import asyncio
import contextlib
import gc
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from textual.message import Message

from signoff.errors import SignoffError
from signoff.registry.registry import Registry
from signoff.registry.remembered import recall, retain
from signoff.registry.snapshot import Snapshot
from signoff.registry.watching import Standing, Watching, watch
from signoff.tui.messages import Seen, Unreadable

Answer = TypeVar("Answer")
Job = Callable[[Registry], Answer]
Tell = Callable[[Message], object]
SETTLE = 0.15
AGAIN = 10.0
MOST_PATHS = 2000
SELDOM = 60.0
LONG = 1.0
RARELY = 100
"""What takes long is done so many times more seldom than it takes."""
SWITCH = 0.0005


def in_thread(name: str, work: Callable[[], None]) -> None:
    """Do some work on a thread that ends with the process and never holds it up."""
    threading.Thread(target=work, name=f"signoff-{name}", daemon=True).start()


def aside(work: Callable[[], Answer]) -> "asyncio.Future[Answer]":
    """Return what some work will return or raise, on a thread of its own: what may wait for a disk that is gone."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def run() -> None:
        answer, error = None, None
        try:
            answer = work()
        except SignoffError as failed:
            error = failed
        with contextlib.suppress(RuntimeError):  # the app is gone
            loop.call_soon_threadsafe(_settle, future, answer, error)

    in_thread("aside", run)
    return future


def give_back() -> None:
    """Give the memory that reading needed for a while back to the system, where its C library can be asked to."""
    import ctypes  # noqa: PLC0415  (8 ms, on the feed's thread, after the first screen)

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Feed:
    """Reads a registry on a thread, and again when something changed."""

    def __init__(self, registry: Registry, tell: Tell, *, watching: bool = True, every: float | None = None) -> None:
        """Take the registry for the thread's own.

        Args:
            registry: What to read.
            tell: Takes `Seen` and `Unreadable`, from the thread.
            watching: Whether to be told of changes; else only `wake` has it read again.
            every: Seconds between two looks where changes are not announced; None leaves it to the watch.
        """
        self._every = every
        self._registry, self._tell, self._watching = registry, tell, watching
        self._lock, self._awake, self._over = threading.Lock(), threading.Event(), threading.Event()
        self._pending: set[str] = set()
        self._everything = False
        self._watch: Watching | None = None
        self._saying, self._failed = threading.Lock(), False
        self._last: Snapshot | None = None
        self._read_once = self._painted = False
        self._retained = 0.0

    def start(self) -> None:
        """Begin; the screen's thread is let in often while this one computes."""
        sys.setswitchinterval(SWITCH)
        in_thread("feed", self._run)

    def wake(self, changed: frozenset[str] = frozenset()) -> None:
        """Have it look at these paths, or at everything."""
        with self._lock:
            self._pending |= changed
            self._everything = self._everything or not changed or len(self._pending) > MOST_PATHS
        self._awake.set()

    def close(self) -> None:
        """Stop; nothing is waited for."""
        self._over.set()
        self._awake.set()

    def _run(self) -> None:
        well = self._begin()
        if self._watching:
            self._watch = watch(self._registry, self.wake, on_standing=self._stand, every=self._every)
        well = self._look(None, complete=True) and well
        gc.freeze()  # what was read stays; a collection that walks through all of it would stop the screen
        while not self._over.is_set():
            came = self._awake.wait(None if well else AGAIN)
            if self._over.is_set():
                break
            began = time.monotonic()
            well = self._look(self._taken() if came else None, complete=True)
            self._over.wait(SETTLE - (time.monotonic() - began))
        if self._watch is not None:
            self._watch.close()

    def _begin(self) -> bool:
        """Show what was there last time, or else names and states before details."""
        gc.disable()
        try:
            before = recall(self._registry.url, self._registry.reader.trust)
        finally:
            gc.enable()
        if before is not None:
            self._painted = True
            self._show(before)
            return True
        return self._look(None, complete=False)

    def _taken(self) -> frozenset[str] | None:
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
            self._retain(snapshot)
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
            retain(snapshot)
            ended = time.monotonic()
            self._retained = ended + max(SELDOM, RARELY * (ended - began))
            give_back()

    def _say(self, message: Seen | Unreadable) -> None:
        message.feed = self
        with contextlib.suppress(RuntimeError):  # the app is gone
            self._tell(message)


class Desk:
    """Does what people ask, one thing after another, on a thread with a registry of its own."""

    def __init__(self, open_one: Callable[[], Registry]) -> None:
        """Open the registry with the first thing that is asked."""
        self._open = open_one
        self._registry: Registry | None = None
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._begun = False

    def ask(self, job: Job[Answer]) -> "asyncio.Future[Answer]":
        """Return what a job will return or raise; cancelled before its turn, it is not begun."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()

        def work() -> None:
            if future.cancelled():
                return
            answer, error = self._done(job)
            with contextlib.suppress(RuntimeError):  # the app is gone
                loop.call_soon_threadsafe(_settle, future, answer, error)

        self._asked.put(work)
        if not self._begun:
            self._begun = True
            in_thread("desk", self._run)
        return future

    def here(self, job: Job[Answer]) -> Answer:
        """Do a job in the calling thread, with a registry opened for it: one that needs the terminal."""
        with self._open() as registry:
            return job(registry)

    def _run(self) -> None:
        while True:
            self._asked.get()()

    def _done(self, job: Job[Answer]) -> tuple[Answer | None, SignoffError | None]:
        try:
            if self._registry is None:
                self._registry = self._open()
            began = time.thread_time()
            answer = job(self._registry)
        except SignoffError as error:
            return None, error
        if time.thread_time() - began > LONG:
            give_back()
        return answer, None


def _settle(future: "asyncio.Future[Any]", answer: object, error: SignoffError | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(answer)
