"""What takes long: how far it is, what came of it, and how to stop it.

The rule it keeps: it is painted when a task tells something, at most twice a second, and never by a clock.
"""

from typing import ClassVar, cast

from textual.widget import Widget

from signoff.tui.present import Piece, Pieces, count, fit, state
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.tasks import Task, Tasked, task_words, went_well
from signoff.tui.widgets.blocks import Block, Blocks
from signoff.tui.widgets.chrome import OneLine
from signoff.values.display import UNKNOWN, age, long_size, utc_minute

STATE = 12
EMPTY = "no task was begun in this session: V verifies what the cursor is on"


class TasksPage(Page):
    """All tasks of the session, the newest first."""

    page_id: ClassVar[str] = "tasks"

    def __init__(self, session: Session) -> None:
        """Begin without any."""
        super().__init__(session)
        self.summary = OneLine(id="summary")
        self.list = Blocks(empty=EMPTY, id="list")
        self.opened: set[int] = set()

    def body(self) -> tuple[Widget, ...]:
        """Return the counts and the list."""
        return (self.summary, self.list)

    def place(self) -> tuple[str, ...]:
        """Return the screen's name."""
        return ("tasks",)

    @property
    def all(self) -> tuple[Task, ...]:
        """The tasks, the newest first."""
        return tuple(reversed(cast(Tasked, self.app).tasks.all))

    def redraw(self, scene: Scene) -> None:  # noqa: ARG002  (tasks do not depend on the registry)
        """Show the tasks."""
        self.task_moved()

    def task_moved(self) -> None:
        """Show how the tasks stand."""
        running = sum(task.ended is None for task in self.all)
        words = f" {count(len(self.all), 'task')} · {running} running"
        hint = "  ctrl-c stops the one under the cursor" if running else ""
        self.summary.say(((words, "plain"), (hint, "dim")))
        now = self.session.now()
        self.list.show(
            [
                task_block(task, age(task.began, now=now), self._pace(task), task.number in self.opened)
                for task in self.all
            ]
        )

    def _pace(self, task: Task) -> str:
        seconds = ((task.ended or self.session.now()) - task.began).total_seconds()
        return f"{long_size(int(task.bytes / seconds))}/s" if task.bytes and seconds > 0 else ""

    @property
    def current(self) -> Task | None:
        """The task that the cursor is on."""
        return next((task for task in self.all if task.number == self.list.cursor), None)

    @property
    def selected(self) -> str:
        """The task, in words."""
        return self.current.title if self.current else ""

    def obey(self, command_id: str) -> bool:
        """Show or hide the details of a task, or stop it."""
        task = self.current
        match command_id:
            case "open" if task is not None:
                self.opened ^= {task.number}
                self.task_moved()
            case "interrupt" if task is not None and task.ended is None:
                cast(Tasked, self.app).tasks.stop(task)
                self.tell(f"{task.title}: stopping", "plain")
            case _:
                return False
        return True

    def on_blocks_moved(self, moved: Blocks.Moved) -> None:
        """End a message; the keys may be others."""
        if moved.by_hand:
            self.tell("")
        self.offer()

    def on_blocks_opened(self, _: Blocks.Opened) -> None:
        """Show the details of what was clicked twice."""
        self.obey("open")


def task_block(task: Task, began: str, pace: str, opened: bool) -> Block[int]:  # noqa: FBT001  (one line of a list)
    """Return a task, with its details where it was opened."""
    words, tone = state("problems" if task.state == "done" and not went_well(task) else task.state)
    indent: Piece = (" " * STATE, "plain")
    lines: list[Pieces] = [
        ((fit(words, STATE), tone), (task.title, "strong"), (f"  {began}", "dim")),
        (indent, (progress_words(task), "plain"), (f"  {pace}" if pace else "", "dim")),
    ]
    said = task_words(task)
    if said:
        lines.append((indent, (said, "good" if went_well(task) else "bad")))
    if opened:
        lines += _details(task)
    return Block(task.number, tuple(lines), STATE)


def progress_words(task: Task) -> str:
    """Return how far a task is: bytes of all bytes, where these are known."""
    if task.total is None:
        return long_size(task.bytes) if task.bytes else UNKNOWN
    share = f" {min(100, 100 * task.bytes // task.total)} %" if task.total else ""
    return f"{long_size(task.bytes)} of {long_size(task.total)}{share}"


def _details(task: Task) -> list[Pieces]:
    indent: Piece = (" " * STATE, "plain")
    ended = f", ended {utc_minute(task.ended)}" if task.ended else ""
    lines: list[Pieces] = [(indent, (f"task {task.number}, begun {utc_minute(task.began)}{ended}", "dim"))]
    hint = task.error.hint if task.error is not None else ""
    lines += [(indent, (text, "plain")) for text in (hint, *getattr(task.answer, "details", ())) if text]
    return lines
