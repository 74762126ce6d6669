"""What every stage and alias points at, and what the deployers report."""

from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.registry.rows import VersionRow, names_in
from signoff.registry.serving import Pointer, pointers_of
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.messages import Go, Sign
from signoff.tui.pointers import PointerRow, gone_versions, pointer_fields, pointer_lines, pointer_text
from signoff.tui.scene import Scene
from signoff.tui.screens.detail import SidePane
from signoff.tui.screens.listpage import ListPage
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Sort
from signoff.tui.widgets.text import TextView

EMPTY = "no model has a stage, an alias or a report yet: see what the stages ask in :rules"
EXAMPLE = "stage:production status:drift environment:eu-west by:ana words"


class ServingPage(ListPage):
    """Stages and aliases of all models."""

    page_id: ClassVar[str] = "serving"
    foremost: ClassVar[frozenset[str]] = frozenset({"rollback"})
    CSS = """
    #line { height: 3; background: $panel; padding: 0 0 0 1; }
    ServingPage.-wide #line, ServingPage.-broad #line { display: none; }
    """

    def __init__(self, session: Session) -> None:
        """Begin sorted by model."""
        super().__init__(session)
        self.listing = Listing(
            noun="pointers", empty="reading the registry …", sort=Sort("model"), id="listing", example=EXAMPLE
        )
        self.pane = SidePane()
        self.below = TextView(id="line")
        self.below.can_focus = False

    def body(self) -> tuple[Widget, ...]:
        """Return the list, the pane, and the lines for where there is no pane."""
        return (Horizontal(self.listing, self.pane), self.below)

    def place(self) -> tuple[str, ...]:
        """Return the page's name."""
        return ("serving",)

    @property
    def current(self) -> Pointer | None:
        """What the cursor is on."""
        found = self.listing.current
        return found if isinstance(found, Pointer) else None

    def redraw(self, scene: Scene) -> None:
        """Show what points where."""
        models = scene.snapshot.models
        found = [one for model in models for one in pointers_of(model.history, scene.stages)]
        told = [one for one in found if one.version or one.environments]
        self.listing.table.empty = (
            "no stage or alias fits the filter: esc clears it" if told else scene.reading or EMPTY
        )
        content = Content(
            told,
            pointer_fields(gone_versions(models)),
            key=lambda one: one.key,
            row=lambda one: PointerRow(one, *self._of(one, scene)),
            known=lambda: names_in(VersionRow(view, model) for model in models for view in model.versions),
            reading=scene.reads_on(),
        )
        self.listing.show(content, now=scene.now)
        self.look()

    def _of(self, one: Pointer, scene: Scene) -> tuple[VersionView | None, ModelView | None]:
        model = scene.snapshot.find_model(one.model)
        return (model.find(one.version) if model else None), model

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are now."""
        self.listing.count_ages(scene.now)
        self.look()

    def look(self) -> None:
        """Show what the cursor is on."""
        one, scene = self.current, self.scene
        if one is None or scene is None:
            self.below.show(())
            self.pane.tell(None, lambda: ((("nothing is selected", "dim"),),))
            return
        now, model = scene.now, scene.snapshot.find_model(one.model)
        self.below.show(pointer_lines(one, model, now=now))
        self.pane.tell(one.key, lambda: pointer_text(one, model, now=now))

    @property
    def subject(self) -> Subject | None:
        """The version that the pointer is on; where it points at none, the one that an environment serves."""
        one = self.current
        if one is None:
            return None
        served = next((place.current.version for place in one.environments), "")
        return Subject(one.model, one.version or served)

    def obey(self, command_id: str) -> bool:
        """Open, roll the stage back, or what every list does."""
        one, subject = self.current, self.subject
        if command_id == "open" and subject is not None:
            self.post_message(Go("version", subject.model, subject.version))
        elif command_id == "rollback" and one is not None and one.name and not one.is_alias:
            self.post_message(Sign("rollback", one.model, one.version, stage=one.name))
        else:
            return self.listing.obey(command_id)
        return True
