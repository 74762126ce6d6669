"""Pulling from the terminal UI: what would be delivered, where to, and how far it is.

The rule it keeps: nothing is signed. What no stage approved is delivered only where a person ticks that; the copying
runs as a task that goes on when the dialog is closed, and its end is told.
"""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from signoff.errors import RefusedError, SignoffError
from signoff.registry.pulling import Pulled, Wanted
from signoff.registry.registry import Registry
from signoff.tui.bindings import move_bindings
from signoff.tui.forms import FORMS, fault_of
from signoff.tui.messages import Sign, TaskMoved
from signoff.tui.pulltexts import Delivered, plan_text, progress_text, pulled_text, unplanned_text
from signoff.tui.scene import Scene
from signoff.tui.screens.ordered import OrderedDialog
from signoff.tui.session import Session
from signoff.tui.tasks import Task, Tasks
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.dialog import Dialog, TickBox
from signoff.tui.widgets.entry import Push

FORM = FORMS["pull"]


class PullDialog(OrderedDialog):
    """One delivery, from the folder's name to its end."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        *move_bindings(),
        ("escape", "cancel", "close"),
        ("ctrl+c", "stop", "stop"),
        ("tab,right", "app.focus_next", "next"),
        ("shift+tab,left", "app.focus_previous", "previous"),
    ]
    DEFAULT_CSS = """
    PullDialog { align: center middle; background: $background 60%; }
    #too-small { display: none; }
    PullDialog.-tiny > #dialog { display: none; }
    PullDialog.-tiny > #too-small { display: block; }
    """

    def __init__(self, session: Session, tasks: Tasks, _scene: Scene, asked: Sign) -> None:
        """Begin with a version; `fields` may say the destination."""
        super().__init__()
        self.session, self.deliveries = session, tasks
        self.ref = f"{asked.model}:{asked.version}"
        self.start = {name: str(said) for name, said in asked.fields.items()}
        self.dialog = Dialog()
        self.plan: Pulled | None = None
        self.delivery: Task | None = None

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield self.dialog
        yield OneLine(id="too-small")

    def on_mount(self) -> None:
        """Ask what would be delivered."""
        self.dialog.title.say(((FORM.title.format(ref=self.ref), "accent"),))
        self.run_worker(self._begin(), exclusive=True)

    async def _begin(self) -> None:
        await self.dialog.lay_fields(FORM.fields, FORM.ticks, self.start)
        self.dialog.sign.call_it(FORM.button)
        await self._plan()

    @property
    def wanted(self) -> Wanted:
        """What of the version is wanted."""
        return Wanted(unapproved=self.dialog.ticked("unapproved"))

    async def _plan(self) -> None:
        """Ask what would be delivered, or why nothing would."""
        ref, wanted, dialog = self.ref, self.wanted, self.dialog
        try:
            self.plan = await self.session.desk.ask(lambda registry: registry.pull(ref, "", wanted, dry_run=True))
        except SignoffError as error:
            self.plan = None
            dialog.show_parts(fields=isinstance(error, RefusedError))
            dialog.read(unplanned_text(error, ref))
            dialog.tell("nothing would be delivered: see above", bad=True)
        else:
            dialog.show_parts(fields=True)
            dialog.read(plan_text(self.plan))
            dialog.tell("nothing is delivered yet; nothing is signed")
        dialog.sign.offer(can_be=self.plan is not None)

    def on_push_pushed(self, event: Push.Pushed) -> None:
        """Close, tick, or pull."""
        if isinstance(event.push, TickBox):
            self.run_worker(self._plan(), exclusive=True)
        elif event.push.id == "cancel":
            self.action_cancel()
        elif event.push.id == "sign":
            self.begin_pull()

    def begin_pull(self) -> None:
        """Deliver, as a task."""
        fault = fault_of(FORM, self.dialog.typed)
        if self.plan is None:
            self.dialog.tell("nothing would be delivered: see above", bad=True)
        elif fault is not None:
            self.dialog.tell(fault.words, bad=True)
            self.dialog.entries[fault.field].focus()
        elif self.delivery is None:
            self.delivery = self._start(self.dialog.typed["destination"].strip(), self.plan)
            self.dialog.close_with(
                progress_text(self.ref, self.delivery), "esc closes this, and it goes on; ctrl-c stops it"
            )

    def _start(self, destination: str, plan: Pulled) -> Task:
        ref, wanted, app = self.ref, self.wanted, self.app

        def work(registry: Registry, task: Task) -> Delivered:
            pulled = registry.pull(ref, destination, wanted, progress=task.progress)
            return Delivered(words=f"delivered {ref} into {pulled.path}", pulled=pulled)

        def tell(message: Message) -> None:
            if not self.is_attached or not self.post_message(message):
                app.post_message(message)

        return self.deliveries.start(f"pull {ref} into {destination}", work, tell=tell, total=plan.size)

    def on_task_moved(self, message: TaskMoved) -> None:
        """Show how far it is, and how it ended."""
        task = self.delivery
        if task is None or task.number != message.task:
            return
        if task.state == "running":
            self.dialog.read(progress_text(self.ref, task))
        elif task.state == "done":
            self.dialog.close_with(pulled_text(task.answer.pulled), "")
        else:
            assert task.error is not None
            self.dialog.close_with(unplanned_text(task.error, self.ref), "the folder is as it was")

    def action_stop(self) -> None:
        """Stop the delivery; without one, leave."""
        if self.delivery is not None and self.delivery.state == "running":
            self.deliveries.stop(self.delivery)
            self.dialog.tell("stopping …")
        else:
            self.close()

    def action_cancel(self) -> None:
        """Leave; what runs goes on."""
        self.close()

    def action_move(self, way: str) -> None:
        """Scroll the text."""
        self.dialog.text.action_move(way)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        self.dialog.fit_into(event.size.height)
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
