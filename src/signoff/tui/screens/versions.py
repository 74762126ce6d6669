"""The versions of a model, and beside them, where there is room, what the cursor is on."""

from collections.abc import Hashable
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.registry.registry import Registry
from signoff.registry.rows import VersionRow, known_names, natural
from signoff.registry.snapshot import VersionView
from signoff.tui.columns import version_fields
from signoff.tui.measured import Measured
from signoff.tui.messages import Go
from signoff.tui.pages import detail, findings_said
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.widgets.listing import Content, Listing
from signoff.tui.widgets.table import Sort, Table
from signoff.tui.widgets.text import TextView


class VersionsPage(Page):
    """Versions of one model."""

    page_id: ClassVar[str] = "versions"
    CSS = """
    #versions-body { height: 1fr; }
    #detail { display: none; width: 50; border-left: solid $panel; padding: 0 0 0 1; }
    VersionsPage.-wide #detail { display: block; }
    VersionsPage.-broad #detail { width: 66; }
    """

    def __init__(self, session: Session, model: str) -> None:
        """Begin with the youngest version."""
        super().__init__(session)
        self.model_name = model
        self.listing = Listing(noun="versions", empty="reading the versions …", sort=Sort("age"), id="listing")
        self.measured = Measured()
        self.pane = TextView(id="detail")
        self.pane.can_focus = False
        self.findings: dict[Hashable, tuple[Finding, ...]] = {}

    def body(self) -> tuple[Widget, ...]:
        """Return the list and the pane."""
        return (Horizontal(self.listing, self.pane, id="versions-body"),)

    def place(self) -> tuple[str, ...]:
        """Return the model's name."""
        return (self.model_name, "versions")

    @property
    def current(self) -> VersionView | None:
        """The version that the cursor is on."""
        found = self.listing.current
        return found if isinstance(found, VersionView) else None

    def redraw(self, scene: Scene) -> None:
        """Show the versions."""
        model = scene.snapshot.find_model(self.model_name)
        models = {model.name: model} if model else {}
        versions = sorted(model.versions, key=lambda view: natural(view.version), reverse=True) if model else []
        nothing = (
            "no version fits the filter: esc clears it"
            if versions
            else f"no versions: signoff register {self.model_name}:VERSION"
        )
        self.listing.table.empty = nothing if model else f"the model {self.model_name} is gone: esc goes back"
        content = Content(
            versions,
            version_fields(scene, model, self.session.columns, self.measured) if model else (),
            key=lambda view: view.version,
            row=lambda view: VersionRow(view, models[view.model]),
            known=lambda: known_names(VersionRow(view, models[view.model]) for view in versions),
        )
        self.listing.show(content, now=scene.now)
        self.findings.clear()
        self.look()

    def look(self) -> None:
        """Show what the cursor is on, and ask what the rules say of it."""
        view, scene = self.current, self.scene
        if scene is None or not self.has_class("-wide"):
            return
        if view is None:
            self.pane.show(((("no version is selected", "dim"),),))
            return
        known = self.findings.get(view.version)
        if known is None and view.state is not None and scene.target(view):
            self.ask_findings(view, scene.target(view))
        self.pane.show(detail(view, scene, known))

    def ask_findings(self, view: VersionView, stage: str) -> None:
        """Ask on the desk; an answer about another version than the cursor's is only kept."""

        def job(registry: Registry) -> tuple[Finding, ...]:
            return registry.check(view, stage)

        def then(found: tuple[Finding, ...] | SignoffError) -> None:
            self.findings[view.version] = findings_said(found)
            if self.current is not None and self.current.version == view.version:
                self.look()

        self.ask(job, then, lane="findings")

    @property
    def subject(self) -> Subject | None:
        """The version under the cursor."""
        view = self.current
        return Subject(view.model, view.version) if view else None

    @property
    def marked(self) -> tuple[str, ...]:
        """The references of the marked versions."""
        table = self.listing.table
        return tuple(f"{self.model_name}:{key}" for key in table.keys if key in table.marks)

    def obey(self, command_id: str) -> bool:
        """Open, mark, or what every list does."""
        table, view = self.listing.table, self.current
        match command_id:
            case "open" if view is not None:
                self.post_message(Go("version", view.model, view.version))
            case "mark":
                table.toggle_mark()
            case "mark.range":
                table.mark_range()
            case "unmark":
                table.unmark_all()
            case _:
                return self.listing.obey(command_id)
        return True

    def leave(self) -> bool:
        """Leave the filter, if there is one."""
        return self.listing.leave_filter()

    def on_table_moved(self, moved: Table.Moved) -> None:
        """Show what the cursor is on."""
        if moved.by_hand:
            self.tell("")
        self.offer()
        self.look()

    def on_table_opened(self, _: Table.Opened) -> None:
        """Open what was clicked twice."""
        self.obey("open")

    def on_listing_faulty(self, message: Listing.Faulty) -> None:
        """Say what is wrong with the filter."""
        self.tell(message.why)
