"""All that waits for a person's sign-off, and beside it the version in question."""

from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.registry.inbox import Waiting, all_waiting, waiting_for
from signoff.registry.rows import VersionRow, names_in
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.messages import Go, Sign
from signoff.tui.scene import Scene
from signoff.tui.screens.detail import DetailPane
from signoff.tui.screens.listpage import ListPage
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session
from signoff.tui.waiting import WaitingRow, asked_lines, nothing_waits, ref_parts, waiting_fields, whose_lines
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Sort
from signoff.tui.widgets.text import TextView

FOR_STAGE = frozenset({"request", "approve", "reject", "promote", "rollback", "break_glass"})


class InboxPage(ListPage):
    """What waits for me; without a person, what waits for anybody."""

    page_id: ClassVar[str] = "inbox"
    CSS = """
    #whose { height: auto; max-height: 4; background: $background; }
    #line { height: 3; background: $panel; padding: 0 0 0 1; }
    InboxPage.-wide #line, InboxPage.-broad #line { display: none; }
    """

    def __init__(self, session: Session) -> None:
        """Begin with what has waited longest."""
        super().__init__(session)
        self.whose = TextView(id="whose")
        self.whose.can_focus = False
        self.listing = Listing(
            noun="waiting",
            empty="reading what waits …",
            sort=Sort("since", descending=True),
            id="listing",
            example="stage:production by:ana age<7d words",
        )
        self.pane = DetailPane(self)
        self.below = TextView(id="line")
        self.below.can_focus = False

    def body(self) -> tuple[Widget, ...]:
        """Return whose it is, the list, the pane, and the lines for where there is no pane."""
        return (self.whose, Horizontal(self.listing, self.pane), self.below)

    def place(self) -> tuple[str, ...]:
        """Return the page's name."""
        return ("inbox",)

    @property
    def current(self) -> Waiting | None:
        """What the cursor is on."""
        found = self.listing.current
        return found if isinstance(found, Waiting) else None

    def redraw(self, scene: Scene) -> None:
        """Show what waits."""
        found = waiting_for(scene.snapshot, scene.person) if scene.person else all_waiting(scene.snapshot)
        whose = whose_lines(scene, self.session)
        if whose != self.whose.text:
            self.whose.show(whose)
            self.whose.refresh(layout=True)
        self.listing.table.empty = (
            "nothing that waits fits the filter: esc clears it" if found else nothing_waits(scene)
        )
        content = Content(
            found,
            waiting_fields(everybody=not scene.person),
            key=lambda one: (one.kind, one.ref, one.stage, one.record),
            row=lambda one: WaitingRow(one, *self._of(one, scene)),
            known=lambda: names_in(_version_rows(found, scene)),
            reading=scene.reads_on(),
        )
        self.listing.show(content, now=scene.now)
        self.pane.forget()
        self.look()

    def _of(self, one: Waiting, scene: Scene) -> tuple[VersionView | None, ModelView | None]:
        name, version = ref_parts(one)
        model = scene.snapshot.find_model(name)
        return (model.find(version) if model else None), model

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are now."""
        self.listing.count_ages(scene.now)
        self.look()

    def look(self) -> None:
        """Show the version that the cursor's row is about, judged for its stage."""
        one, scene = self.current, self.scene
        if scene is not None:
            asked = asked_lines(one, scene) if one else ()
            self.below.show(asked)
            self.pane.look(self.view, scene, stage=one.stage if one else "", first=(*asked, ()))

    @property
    def subject(self) -> Subject | None:
        """The version, and the record that asks."""
        one = self.current
        return Subject(*ref_parts(one), record=one.record) if one else None

    def obey(self, command_id: str) -> bool:
        """Open, sign for the stage in question, or what every list does."""
        one, subject = self.current, self.subject
        if one is None or subject is None:
            return self.listing.obey(command_id)
        if command_id == "open":
            self.post_message(Go("version", subject.model, subject.version))
        elif command_id in FOR_STAGE:
            self.post_message(Sign(command_id, subject.model, subject.version, stage=one.stage))
        elif command_id == "review":
            self.post_message(Sign(command_id, subject.model, subject.version, record=one.record))
        else:
            return self.listing.obey(command_id)
        return True


def _version_rows(found: tuple[Waiting, ...], scene: Scene) -> list[VersionRow]:
    models = {name: scene.snapshot.find_model(name) for name in {ref_parts(one)[0] for one in found}}
    return [VersionRow(view, model) for model in models.values() if model for view in model.versions]
