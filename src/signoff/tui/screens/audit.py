"""All records of the registry by time; at a moment that has passed, also what every stage pointed at then."""

from datetime import datetime
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.errors import InvalidValueError, SignoffError
from signoff.registry.checkpoints import Checkpoint
from signoff.registry.past import Past, registry_at
from signoff.registry.registry import Registry
from signoff.registry.serving import Pointer
from signoff.registry.timeline import Timeline, Told, key_of, timeline_of
from signoff.tui.audit import KNOWN, RecordRow, record_fields, record_lines, record_text
from signoff.tui.commands import Situation
from signoff.tui.messages import Go
from signoff.tui.past import nothing_then, past_pointers, past_timeline, tab_pieces, todays
from signoff.tui.pointers import PointerRow, pointer_fields, pointer_lines, pointer_text
from signoff.tui.present import Pieces
from signoff.tui.scene import Scene
from signoff.tui.screens.detail import SidePane
from signoff.tui.screens.listpage import ListPage
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session
from signoff.tui.told import model_of, ref_of, target_of, version_of
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Sort
from signoff.tui.widgets.text import TextView
from signoff.values.times import parse_moment

READING = "reading the registry …"
NO_RECORDS = "no records yet: signoff register MODEL:VERSION writes the first"
NO_FIT = "no record fits the filter: esc clears it"
ONE_LIST = "there is one list here; the registry as it was: :at DATE"


class AuditPage(ListPage):
    """Records of all models, or of one; now, or up to a moment."""

    page_id: ClassVar[str] = "audit"
    CSS = """
    #tabs { display: none; background: $background; }
    #line { height: 3; background: $panel; padding: 0 0 0 1; }
    AuditPage.-wide #line, AuditPage.-broad #line { display: none; }
    AuditPage.-past #tabs { display: block; }
    #pointers { display: none; }
    AuditPage.-stages #pointers { display: block; }
    AuditPage.-stages #records { display: none; }
    """

    def __init__(self, session: Session, model: str = "", moment: str = "") -> None:
        """Begin with the newest record, or with the stages as they were.

        Args:
            session: The person and the desk.
            model: The model, or "" for all.
            moment: A date or time as people write it, or "" for now.
        """
        super().__init__(session)
        self.model_name, self.moment_text = model, moment
        self.when: datetime | None = None
        self.past: Past | SignoffError | None = None
        self.line = Timeline(records=(), carried={})
        self.checkpoints: tuple[tuple[Checkpoint, ...], str] = ((), "")
        self.told_for: object = None
        self.tabs = OneLine(id="tabs")
        self.records = Listing(
            noun="records",
            empty=READING,
            sort=Sort("age"),
            id="records",
            example="action:promote by:ana model:fraud status:ineffective age<7d words",
        )
        self.pointers = Listing(
            noun="pointers", empty=READING, sort=Sort("model"), id="pointers", example="stage:production by:ana words"
        )
        self.pane = SidePane()
        self.below = TextView(id="line")
        self.below.can_focus = False
        self.tab = "stages" if moment else "records"

    def body(self) -> tuple[Widget, ...]:
        """Return the tabs, both lists, the pane, and the lines for where there is no pane."""
        return (self.tabs, Horizontal(self.records, self.pointers, self.pane), self.below)

    def place(self) -> tuple[str, ...]:
        """Return the page's name, the model and the moment."""
        at = f"{self.when:%Y-%m-%d %H:%M} UTC" if self.when else self.moment_text
        return tuple(part for part in ("audit", self.model_name, at and f"at {at}") if part)

    def on_mount(self) -> None:
        """Say which list is in front."""
        self.set_class(bool(self.moment_text), "-past")
        self.set_class(self.tab == "stages", "-stages")
        self.front.table.focus()

    @property
    def front(self) -> Listing:
        """The list that is shown."""
        return self.pointers if self.tab == "stages" else self.records

    def redraw(self, scene: Scene) -> None:
        """Show the records as they are now, or as they were."""
        if self.told_for is not scene.snapshot:
            self.told_for = scene.snapshot
            if self.moment_text:
                self.ask_past(scene)
            else:
                self.ask(lambda registry: registry.checkpoints.read(), self.take_checkpoints, lane="checkpoints")
                self.take_checkpoints(self.checkpoints)
        elif not self.moment_text:
            self.show_records(scene.now)
        self.look()

    def take_checkpoints(self, answer: tuple[tuple[Checkpoint, ...], str] | SignoffError) -> None:
        """Put the checkpoints among the records."""
        if self.scene is None:
            return
        self.checkpoints = ((), str(answer)) if isinstance(answer, SignoffError) else answer
        found, fault = self.checkpoints
        table = self.records.table
        at_top = not table.at
        model = self.scene.snapshot.find_model(self.model_name)
        name = model.name if model else self.model_name
        self.line = timeline_of(self.scene.snapshot, name, checkpoints=found, fault=fault)
        self.show_records(self.scene.now)
        if at_top:
            table.move_by(-table.at)
        self.look()

    def ask_past(self, scene: Scene) -> None:
        """Have the registry told as it was."""
        try:
            moment = self.when = parse_moment(self.moment_text)
        except InvalidValueError as error:
            self.take_past(error)
            return
        model = self.model_name

        def job(registry: Registry) -> tuple[Past, tuple[Checkpoint, ...]]:
            checkpoints, _ = registry.checkpoints.read()
            return registry_at(registry, moment, model=model), checkpoints

        self.tabs.say(tab_pieces(self.tab, moment, None, future=moment > scene.now))
        self.ask(job, self.take_past, lane="past")

    def take_past(self, answer: tuple[Past, tuple[Checkpoint, ...]] | SignoffError) -> None:
        """Show the registry as it was, or why it cannot be told."""
        if isinstance(answer, SignoffError):
            self.past, self.line = answer, Timeline(records=(), carried={})
        else:
            self.past, checkpoints = answer
            self.line = past_timeline(self.past, checkpoints, self.model_name)
        self.show_past()

    def show_past(self) -> None:
        """Show both lists of a past moment."""
        if self.scene is None:
            return
        now = self.when or self.scene.now
        pointers = past_pointers(self.past) if isinstance(self.past, Past) else ()
        self.pointers.table.empty = nothing_then(self.past, pointers, "no stage and no alias pointed at anything then")
        content = Content(
            pointers,
            pointer_fields(),
            key=lambda one: one.key,
            row=lambda one: PointerRow(one, None, None),
            known=frozenset,
        )
        self.pointers.show(content, now=now)
        self.show_records(now)
        self.tabs.say(tab_pieces(self.tab, self.when, self.past, future=now > self.scene.now))
        self.look()

    def show_records(self, now: datetime) -> None:
        """Show the records."""
        told = self.line.records
        if self.moment_text:
            nothing = nothing_then(self.past, told, "there were no records then")
        else:
            nothing = f"no record speaks of {self.model_name!r}" if self.model_name else NO_RECORDS
            nothing = (self.scene.reading if self.scene else "") or nothing
        self.records.table.empty = NO_FIT if told else nothing
        content = Content(
            told,
            record_fields(self.line),
            key=key_of,
            row=lambda one: RecordRow(one, self.line),
            known=lambda: KNOWN,
            come=Sort("age"),
        )
        self.records.show(content, now=now)

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are now; those of the past count to its moment."""
        if not self.moment_text:
            self.records.count_ages(scene.now)
            self.look()

    def look(self) -> None:
        """Show what the cursor is on."""
        one, scene = self.front.current, self.scene
        if scene is None:
            return
        now, line = (self.when or scene.now), self.line
        if one is None:
            why: Pieces = ((self.front.table.instead or self.front.table.empty, "dim"),)
            self.below.show((why,))
            self.pane.tell(None, lambda: (why,))
        elif isinstance(one, Pointer):
            self.below.show(pointer_lines(one, None, now=now))
            self.pane.tell(one.key, lambda: pointer_text(one, None, now=now))
        else:
            self.below.show(record_lines(one, line))
            self.pane.tell(key_of(one), lambda: record_text(one, line, now=now))

    @property
    def subject(self) -> Subject | None:
        """The version or model that the row is about, and its record."""
        one = self.front.current
        if isinstance(one, Pointer):
            return Subject(one.model, one.version)
        return (
            Subject(model_of(one), version_of(one), record=key_of(one)) if one is not None and model_of(one) else None
        )

    def situation(self) -> Situation:
        """Return what it depends on whether commands can be done: rows without a model can be opened too."""
        subject, key = self.subject, self.front.table.cursor
        return Situation(
            screen=self.page_id,
            selected=subject.ref if subject else "a record" if key is not None else "",
            unwritable=self.unwritable,
        )

    def obey(self, command_id: str) -> bool:
        """Open, turn to the other list, or what every list does."""
        match command_id:
            case "open":
                self.open(self.front.current)
            case "tab.next" | "tab.previous" if self.moment_text:
                self.turn()
            case "tab.next" | "tab.previous":
                self.tell(ONE_LIST, "plain")
            case _:
                return self.front.obey(command_id)
        return True

    def open(self, one: Pointer | Told | None) -> None:
        """Show what a row is about: a version as it is now, a record, the rules, what is wrong."""
        notice = todays(self.when, now=self.session.now())
        if isinstance(one, Pointer):
            self.post_message(Go("version", one.model, one.version, notice=notice))
        elif one is not None and target_of(one) == "record":
            self.post_message(Go("text", "record", ref_of(one), key_of(one)))
        elif one is not None:
            self.post_message(Go(target_of(one), notice=notice))

    def turn(self) -> None:
        """Show the other list."""
        self.tab = "records" if self.tab == "stages" else "stages"
        self.set_class(self.tab == "stages", "-stages")
        self.front.table.focus()
        self.show_past()

    @property
    def useless(self) -> str:
        """Turning, where there is one list."""
        return "" if self.moment_text else "tab.next"
