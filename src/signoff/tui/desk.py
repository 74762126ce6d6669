"""Threads, and the desk: one thread that does what people ask, one thing after another.

The rule it keeps: nothing else starts a thread; a thread ends with the process and never holds it up. The desk has a
registry of its own.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from signoff.errors import SignoffError
from signoff.registry.registry import Registry

Answer = TypeVar("Answer")
Job = Callable[[Registry], Answer]
LONG = 1.0


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
