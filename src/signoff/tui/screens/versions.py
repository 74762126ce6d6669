"""The versions of a model, and beside them, where there is room, what the cursor is on."""

from operator import attrgetter
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.registry.rows import VersionRow, newest_first
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.columns import version_fields
from signoff.tui.measured import Measured
from signoff.tui.messages import Go
from signoff.tui.scene import Scene
from signoff.tui.screens.detail import DetailPane
from signoff.tui.screens.listpage import ListPage
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Sort, Table

READING = "reading the versions …"
MARKS = {"mark": Table.toggle_mark, "mark.range": Table.mark_range, "unmark": Table.unmark_all}
"""Command id -> what it does to the table's marks."""


def words_for_none(name: str, model: ModelView | None) -> str:
    """Return what stands where no version of a model is shown."""
    if model is None:
        return f"the model {name} is gone: esc goes back"
    if model.versions:
        return "no version fits the filter: esc clears it"
    return READING if model.unread else f"no versions: signoff register {name}:VERSION"


class VersionsPage(ListPage):
    """Versions of one model."""

    page_id: ClassVar[str] = "versions"

    def __init__(self, session: Session, model: str) -> None:
        """Begin with the youngest version."""
        super().__init__(session)
        self.model_name = model
        self.listing = Listing(noun="versions", empty=READING, sort=Sort("age"), id="listing")
        self.pane = DetailPane(self)
        self.measured = Measured()

    def body(self) -> tuple[Widget, ...]:
        """Return the list and the pane."""
        return (Horizontal(self.listing, self.pane),)

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
        versions = newest_first(model) if model else ()
        self.listing.table.empty = words_for_none(self.model_name, model)
        fields = version_fields(scene, model, self.session.columns, self.measured) if model else ()
        table = self.measured.table
        content = Content(
            versions,
            fields,
            key=attrgetter("version"),
            row=lambda view: VersionRow(view, models[view.model]),
            known=lambda: table.names,
            find=lambda key: model.find(str(key)) if model else None,
            test=table.test_of if model else None,
            reading=scene.reads_on(self.model_name),
        )
        self.listing.show(content, now=scene.now)
        self.pane.forget()
        self.look()

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are now."""
        self.listing.count_ages(scene.now)
        self.look()

    def look(self) -> None:
        """Show what the cursor is on, and what the rules say of it."""
        if self.scene is not None:
            self.pane.look(self.current, self.scene)

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
            case "mark" | "mark.range" | "unmark":
                MARKS[command_id](table)
                self.listing.tell_marks()
            case _:
                return self.listing.obey(command_id)
        return True
