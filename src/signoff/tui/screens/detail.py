"""The pane beside a list, where there is room: what the cursor is on.

The rule it keeps: a text is made only while the pane is visible; what the rules say of a version is asked on the desk,
and an answer about another version than the cursor's is only kept. The desk goes by the log as it was read for the
screens; it reads no long log once more.
"""

import asyncio
from collections.abc import Callable, Hashable

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.policy.history import History
from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.tui.measures import PANE_WIDTH
from signoff.tui.pages import Text, detail, findings_said
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.widgets.text import TextView

MOMENT = 0.06
LARGE = 1000
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
        self.late: Hashable = None
        self.ask_rules: Callable[[], None] | None = None

    def forget(self) -> None:
        """Ask the rules anew: something changed."""
        self.findings.clear()
        self.asked = None

    def look(self, view: VersionView | None, scene: Scene, *, stage: str = "", first: Text = ()) -> None:
        """Show a version, judged for a stage, or for the one that `Scene.target` says; `first` stands above it."""
        if view is None:
            self.ask_rules = None
            self.tell(None, lambda: NOTHING)
            return
        target = stage or scene.target(view)
        about, history = (view.ref, target), scene.history_of(view.model)
        judged = bool(target) and view.registered and (history is not None or not _is_large(view.model, scene))
        self.ask_rules = (lambda: self._ask_findings(view, target, history)) if judged else None
        self.tell(about, lambda: (*first, *self._text(view, scene, target)))

    def renew(self) -> None:
        """Make the text anew; for what the rules say it waits a moment, so that it is painted once."""
        if not self.display:
            return
        about = self.about
        if self.ask_rules is not None and about not in self.findings and about != self.asked:
            self.asked = about
            self.ask_rules()
            asyncio.get_running_loop().call_later(MOMENT, self._wait_no_longer, about)
        if self.ask_rules is None or about in self.findings or about == self.late:
            self.show(self.make())

    def _wait_no_longer(self, about: Hashable) -> None:
        if self.about == about and about not in self.findings and self.is_attached:
            self.late = about
            self.renew()

    def _text(self, view: VersionView, scene: Scene, stage: str) -> Text:
        width = max(PANE_WIDTH, self.size.width - 1)
        return detail(view, scene, self.findings.get((view.ref, stage)), stage=stage, width=width)

    def _ask_findings(self, view: VersionView, stage: str, history: History | None) -> None:
        about = (view.ref, stage)

        def job(registry: Registry) -> tuple[Finding, ...]:
            return registry.check(view, stage, history=history)

        def then(found: tuple[Finding, ...] | SignoffError) -> None:
            self.findings[about] = findings_said(found)
            if self.about == about:
                self.renew()

        self.asking.ask(job, then, lane="findings")


def _is_large(name: str, scene: Scene) -> bool:
    """Return whether a model's log is so long that nothing but the feed is to read it."""
    model = scene.snapshot.find_model(name)
    return model is not None and len(model.versions) > LARGE
