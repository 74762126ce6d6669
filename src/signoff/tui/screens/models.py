"""The first screen: every model, what is in production, what waits, and beside it what the cursor is on."""

from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from signoff.registry.rows import VersionRow, names_in
from signoff.tui.columns import model_fields
from signoff.tui.listrows import ModelRow
from signoff.tui.messages import Go
from signoff.tui.modelpage import model_text
from signoff.tui.scene import Scene
from signoff.tui.screens.detail import NOTHING, SidePane
from signoff.tui.screens.listpage import ListPage
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session
from signoff.tui.widgets.content import Content
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Sort

EMPTY = "no models yet: put a folder under models/NAME/versions/, then: signoff register NAME:VERSION"


class ModelsPage(ListPage):
    """Models of the registry."""

    page_id: ClassVar[str] = "models"

    def __init__(self, session: Session) -> None:
        """Begin sorted by name."""
        super().__init__(session)
        self.listing = Listing(noun="models", empty="reading the registry …", sort=Sort("model"), id="listing")
        self.pane = SidePane()

    def body(self) -> tuple[Widget, ...]:
        """Return the list and the pane."""
        return (Horizontal(self.listing, self.pane),)

    def redraw(self, scene: Scene) -> None:
        """Show the models."""
        self.listing.table.empty = EMPTY if not scene.snapshot.models else "no model fits the filter: esc clears it"
        models = scene.snapshot.models
        content = Content(
            models,
            model_fields(scene),
            key=lambda model: model.name,
            row=ModelRow,
            known=lambda: names_in(VersionRow(view, model) for model in models for view in model.versions),
            reading=scene.reads_on(),
        )
        self.listing.show(content, now=scene.now)
        self.look()

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are now."""
        self.listing.count_ages(scene.now)
        self.look()

    def look(self) -> None:
        """Show what the cursor is on."""
        model, scene = self.listing.current, self.scene
        if model is None or scene is None:
            self.pane.tell(None, lambda: NOTHING)
        else:
            self.pane.tell(model.name, lambda: model_text(model, scene))

    @property
    def subject(self) -> Subject | None:
        """The model under the cursor."""
        selected = self.listing.current
        return Subject(selected.name) if selected else None

    def obey(self, command_id: str) -> bool:
        """Open, or what every list does."""
        if command_id == "open" and self.listing.current is not None:
            self.post_message(Go("versions", self.listing.current.name))
            return True
        return self.listing.obey(command_id)

    @property
    def useless(self) -> str:
        """Going back, from the first screen without a filter."""
        return "" if self.listing.asked or self.listing.typing else "back"
