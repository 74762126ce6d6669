"""What takes long and runs beside the screens: hashing, verifying, pulling.

The rule it keeps: each task has a thread and a registry of its own; it can be stopped at any time; what it tells is
told at most twice a second, since every telling is painted; its beginning and its end are told once.
"""

import contextlib
import itertools
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec
from textual.message import Message

from signoff.errors import SignoffError
from signoff.registry.registry import Registry
from signoff.tui.desk import in_thread
from signoff.tui.findings import Checked
from signoff.tui.messages import TaskMoved
from signoff.tui.session import Session

State = Literal["running", "done", "failed", "stopped"]
PAUSE = 0.5
ASKED = "it was stopped because you asked"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a task, as people are told.

    Attributes:
        words: In one line, with what it is about.
        good: Whether that is what one hopes for.
        details: More lines, for who asks.
        checked: What was verified and found, where it was a verification.
    """

    words: str
    good: bool = True
    details: tuple[str, ...] = ()
    checked: Checked | None = None


class Task:
    """One of them.

    Attributes:
        number: What it is known by.
        title: What it does, in words.
        total: How many bytes there are to do; None where nobody knows.
        bytes: How many are done.
        began: When it was begun.
        ended: When it ended; None while it runs.
        state: How it stands.
        answer: What came out of it, once it is done.
        error: Why it failed or stopped; None where it did not.
    """

    def __init__(self, number: int, title: str, began: datetime, *, total: int | None = None) -> None:
        """Begin with nothing done."""
        self.number, self.title, self.began, self.total = number, title, began, total
        self.bytes = 0
        self.ended: datetime | None = None
        self.state: State = "running"
        self.answer: Any = None
        self.error: SignoffError | None = None
        self.asked_to_stop = False
        self.moved: Callable[[], None] = lambda: None
        self._told = 0.0

    def progress(self, count: int) -> None:
        """Count bytes that were done, for work that asks nothing else; it is called in the task's own thread.

        Raises:
            SignoffError: Somebody asked to stop.
        """
        if self.asked_to_stop:
            raise SignoffError(ASKED)
        self.count(count)

    def count(self, count: int) -> None:
        """Count bytes that were done, for work that asks `stopped` itself; any thread may call it."""
        self.bytes += count
        now = time.monotonic()
        if now - self._told >= PAUSE:
            self._told = now
            self.moved()

    def stopped(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self.asked_to_stop

    def end(self, state: State, at: datetime) -> None:
        """Remember how it ended."""
        self.state, self.ended = state, at
        self.moved()


Work = Callable[[Registry, Task], object]


class Tasks:
    """All tasks of a session, the newest last."""

    def __init__(self, session: Session) -> None:
        """Begin without any."""
        self._session = session
        self._numbers = itertools.count(1)
        self.all: list[Task] = []

    @property
    def running(self) -> tuple[Task, ...]:
        """Those that still run."""
        return tuple(task for task in self.all if task.state == "running")

    @property
    def checks(self) -> tuple[Checked, ...]:
        """The verifications that came to their end, in the order in which they did."""
        ended = sorted((task for task in self.all if task.state == "done"), key=lambda task: task.ended or task.began)
        answers = (task.answer for task in ended)
        return tuple(one.checked for one in answers if isinstance(one, Outcome) and one.checked is not None)

    def find(self, number: int) -> Task | None:
        """Return a task by its number."""
        return next((task for task in self.all if task.number == number), None)

    def start(self, title: str, work: Work, *, tell: Callable[[Message], object], total: int | None = None) -> Task:
        """Begin a task.

        Args:
            title: What it does, in words.
            work: Does it, with a registry of its own; it hands `task.progress` and `task.stopped` on to what it calls.
            tell: Takes `TaskMoved`, from the task's thread.
            total: How many bytes there are to do, where that is known.
        """
        task = Task(next(self._numbers), title, self._session.now(), total=total)

        def moved() -> None:
            with contextlib.suppress(RuntimeError):  # the app is gone
                tell(TaskMoved(task.number))

        task.moved = moved
        self.all.append(task)
        moved()
        in_thread(f"task-{task.number}", lambda: self._run(task, work))
        return task

    def _run(self, task: Task, work: Work) -> None:
        try:
            task.answer = self._session.desk.here(lambda registry: work(registry, task))
        except SignoffError as error:
            task.error = error
            task.end("stopped" if task.asked_to_stop else "failed", self._session.now())
        else:
            task.end("done", self._session.now())

    def stop(self, task: Task) -> None:
        """Ask a task to stop; it does within a moment."""
        task.asked_to_stop = True

    def close(self) -> None:
        """Ask every task to stop, as the program ends; nothing is waited for."""
        for task in self.running:
            self.stop(task)


class Tasked(Protocol):
    """An app that has tasks, as pages and commands know it."""

    @property
    def tasks(self) -> Tasks:
        """What takes long."""


def task_words(task: Task) -> str:
    """Return what came of a task, in one line; "" while it runs."""
    if task.error is not None:
        return f"{task.title}: {task.error}"
    if isinstance(task.answer, Outcome):
        return task.answer.words
    return f"{task.title}: {task.state}" if task.ended is not None else ""


def went_well(task: Task) -> bool:
    """Return whether a task ended as one hopes."""
    return task.state == "done" and (not isinstance(task.answer, Outcome) or task.answer.good)
