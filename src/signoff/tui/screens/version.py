"""One version: overview, metrics, history."""

from typing import ClassVar

from textual import events
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.registry.registry import Registry
from signoff.registry.snapshot import VersionView
from signoff.tui.measures import PAGE_WIDTH, metrics_text
from signoff.tui.pages import Text, findings_said, history_text, overview_text
from signoff.tui.present import Piece
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.paint import is_plain
from signoff.tui.widgets.text import TextView

TABS = {"overview": "1 Overview", "metrics": "2 Metrics", "history": "6 History"}


class VersionPage(Page):
    """A version, in tabs."""

    page_id: ClassVar[str] = "version"

    def __init__(self, session: Session, model: str, version: str, tab: str = "overview") -> None:
        """Begin at a tab."""
        super().__init__(session)
        self.model_name, self.version_name = model, version
        self.tab = tab
        self.tabs = OneLine(id="tabs")
        self.text = TextView(id="text")
        self.tops = dict.fromkeys(TABS, 0)
        self.findings: tuple[Finding, ...] | None = None
        self.asked_for: object = None

    def body(self) -> tuple[Widget, ...]:
        """Return the tabs and the text."""
        return (self.tabs, self.text)

    def place(self) -> tuple[str, ...]:
        """Return the model and the version."""
        return (self.model_name, self.version_name)

    @property
    def subject(self) -> Subject:
        """This version."""
        return Subject(self.model_name, self.version_name)

    def redraw(self, scene: Scene) -> None:
        """Show the tab."""
        view = self.view
        self.tabs.say(tuple(_tab(name, chosen=name == self.tab) for name in TABS))
        if view is None:
            self.text.show(((("this version is gone: esc goes back", "warn"),),))
            return
        if view.state is not None and scene.target(view) and self.asked_for is not scene.snapshot:
            self.asked_for = scene.snapshot
            self.ask_findings(view, scene.target(view))
        self.text.show(self._text(view, scene))

    def _text(self, view: VersionView, scene: Scene) -> Text:
        match self.tab:
            case "metrics":
                return metrics_text(
                    view, scene, width=self.size.width - 2 if self.size else PAGE_WIDTH, plain=is_plain(self)
                )
            case "history":
                return history_text(view, scene)
            case _:
                return overview_text(view, scene, self.findings)

    def ask_findings(self, view: VersionView, stage: str) -> None:
        """Ask on the desk what the rules say; only the newest answer counts."""

        def job(registry: Registry) -> tuple[Finding, ...]:
            return registry.check(view, stage)

        def then(found: tuple[Finding, ...] | SignoffError) -> None:
            self.findings = findings_said(found)
            if self.scene is not None and self.view is not None:
                self.text.show(self._text(self.view, self.scene))

        self.ask(job, then, lane="findings")

    def obey(self, command_id: str) -> bool:
        """Change the tab."""
        names = list(TABS)
        match command_id:
            case "tab.next" | "tab.previous":
                step = 1 if command_id == "tab.next" else -1
                self.choose(names[(names.index(self.tab) + step) % len(names)])
            case _ if command_id.startswith("tab."):
                self.choose(command_id.removeprefix("tab."))
            case "lineage" | "history":
                self.choose(command_id)
            case _:
                return False
        return True

    def on_resize(self, _: events.Resize) -> None:
        """Lay the metrics out for the new width."""
        if self.scene is not None and self.view is not None:
            self.text.show(self._text(self.view, self.scene))

    def choose(self, tab: str) -> None:
        """Show another tab, where it was left."""
        self.tops[self.tab] = self.text.top
        self.tab = tab
        if self.scene is not None:
            self.redraw(self.scene)
        self.text.scroll_top(self.tops[tab])


def _tab(name: str, *, chosen: bool) -> Piece:
    return (f" [{TABS[name]}]", "accent") if chosen else (f"  {TABS[name]} ", "dim")
