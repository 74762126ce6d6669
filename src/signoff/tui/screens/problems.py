"""Everything that is wrong with the registry: where, what, what to do."""

from typing import ClassVar, cast

import msgspec
from textual.widget import Widget

from signoff.tui.commands import Situation
from signoff.tui.faults import Fault, fault_blocks, faults_of
from signoff.tui.findings import NOTHING_READ, Checked, nothing_found, standing
from signoff.tui.messages import Go
from signoff.tui.present import count
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.tasks import Tasked
from signoff.tui.widgets.blocks import Blocks
from signoff.tui.widgets.chrome import OneLine

WHOLE = "this concerns the registry as a whole: signoff doctor says more"


class ProblemsPage(Page):
    """All problems, alarms first."""

    page_id: ClassVar[str] = "problems"

    def __init__(self, session: Session) -> None:
        """Begin empty."""
        super().__init__(session)
        self.summary = OneLine(id="summary")
        self.list = Blocks(empty=NOTHING_READ, id="list")
        self.faults: tuple[Fault, ...] = ()
        self.checks: tuple[Checked, ...] = ()

    def body(self) -> tuple[Widget, ...]:
        """Return the counts and the list."""
        return (self.summary, self.list)

    def place(self) -> tuple[str, ...]:
        """Return the screen's name."""
        return ("problems",)

    def redraw(self, scene: Scene) -> None:
        """Show the problems."""
        self.checks = checks = cast(Tasked, self.app).tasks.checks
        self.faults = faults_of(scene.snapshot, standing(checks))
        kinds = [one.problem.severity for one in self.faults]
        words = " · ".join(count(kinds.count(kind), kind) for kind in ("alarm", "fault", "note"))
        reading = "" if scene.snapshot.complete else " · still reading the files"
        self.summary.say(((f" {words}{reading}", "plain"),))
        self.list.empty = nothing_found(checks) if scene.snapshot.complete else "reading the files …"
        self.list.show(fault_blocks(self.faults))

    def task_moved(self) -> None:
        """Show what a verification found, as it ends."""
        if self.scene is not None and cast(Tasked, self.app).tasks.checks != self.checks:
            self.redraw(self.scene)

    @property
    def current(self) -> Fault | None:
        """The problem that the cursor is on."""
        cursor = self.list.cursor
        return next((one for one in self.faults if one.key == cursor), None)

    @property
    def subject(self) -> Subject | None:
        """The version or model that the problem is one of; None where it is the registry's."""
        fault = self.current
        return Subject(fault.model, fault.version) if fault and fault.model else None

    def situation(self) -> Situation:
        """Return the situation; a problem of the registry as a whole leads nowhere, and says so."""
        situation = super().situation()
        if self.current is None or self.subject is not None:
            return situation
        refusals = dict.fromkeys(("open", "yaml", "describe", "copy"), WHOLE)
        return msgspec.structs.replace(situation, selected=self.current.problem.place, refusals=refusals)

    def obey(self, command_id: str) -> bool:
        """Go to the version or model concerned."""
        subject = self.subject
        if command_id != "open" or subject is None:
            return False
        if subject.version:
            self.post_message(Go("version", subject.model, subject.version))
        else:
            self.post_message(Go("versions", subject.model))
        return True

    def on_blocks_moved(self, moved: Blocks.Moved) -> None:
        """End a message; the keys may be others."""
        if moved.by_hand:
            self.tell("")
        self.offer()

    def on_blocks_opened(self, _: Blocks.Opened) -> None:
        """Open what was clicked twice."""
        self.obey("open")
