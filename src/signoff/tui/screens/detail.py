"""The pane beside a list, where there is room: what the cursor is on.

The rule it keeps: a text is made only while the pane is visible; what the rules say of a version is asked on the desk,
and an answer about another version than the cursor's is only kept.
"""

from collections.abc import Callable, Hashable

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.tui.measures import PANE_WIDTH
from signoff.tui.pages import Text, detail, findings_said
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.widgets.text import TextView

NOTHING: Text = ((("nothing is selected", "dim"),),)


class SidePane(TextView):
    """A text about what the cursor is on."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    SidePane { display: none; width: 50; border-left: solid $panel; padding: 0 0 0 1; }
    Page.-wide SidePane, Page.-broad SidePane { display: block; }
    Page.-wide DetailPane { width: 54; }
    Page.-broad SidePane, Page.-broad DetailPane { width: 66; }
    """

    def __init__(self) -> None:
        """Begin with nothing, and without the keys of a text: they are the list's."""
        super().__init__(id="detail")
        self.can_focus = False
        self.about: Hashable = None
        self.make: Callable[[], Text] = lambda: NOTHING

    def tell(self, about: Hashable, make: Callable[[], Text]) -> None:
        """Show a text about something; about another thing than before, from its first line on."""
        if about != self.about:
            self.about, self.top = about, 0
        self.make = make
        self.renew()

    def renew(self) -> None:
        """Make the text anew, where it can be seen."""
        if self.display:
            self.show(self.make())

    def on_show(self) -> None:
        """Show what was told while there was no room."""
        self.renew()


class DetailPane(SidePane):
    """A version: metrics beside production's, what the rules say, approvals."""

    def __init__(self, page: Page) -> None:
        """Ask the desk by way of this page."""
        super().__init__()
        self.asking = page
        self.findings: dict[Hashable, tuple[Finding, ...]] = {}
        self.asked: Hashable = None

    def forget(self) -> None:
        """Ask the rules anew: something changed."""
        self.findings.clear()
        self.asked = None

    def look(self, view: VersionView | None, scene: Scene, *, stage: str = "", first: Text = ()) -> None:
        """Show a version, judged for a stage, or for the one that `Scene.target` says; `first` stands above it."""
        if view is None:
            self.tell(None, lambda: NOTHING)
        else:
            target = stage or scene.target(view)
            self.tell((view.ref, target), lambda: (*first, *self._text(view, scene, target)))

    def _text(self, view: VersionView, scene: Scene, stage: str) -> Text:
        about = (view.ref, stage)
        if about not in self.findings and about != self.asked and view.state is not None and stage:
            self.asked = about
            self._ask_findings(view, stage)
        width = max(PANE_WIDTH, self.size.width - 1)
        return detail(view, scene, self.findings.get(about), stage=stage, width=width)

    def _ask_findings(self, view: VersionView, stage: str) -> None:
        about = (view.ref, stage)

        def job(registry: Registry) -> tuple[Finding, ...]:
            return registry.check(view, stage)

        def then(found: tuple[Finding, ...] | SignoffError) -> None:
            self.findings[about] = findings_said(found)
            if self.about == about:
                self.renew()

        self.asking.ask(job, then, lane="findings")
