"""One version: overview, metrics, history."""

import asyncio
from typing import ClassVar

from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.registry.registry import Registry
from signoff.registry.snapshot import VersionView
from signoff.tui.commands import Situation
from signoff.tui.measures import metrics_text
from signoff.tui.messages import Sign
from signoff.tui.pages import Text, history_text, overview_text
from signoff.tui.present import Piece
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.text import TextView

TABS = {"overview": "1 Overview", "metrics": "2 Metrics", "history": "6 History"}
SIGNING = ("request", "approve", "reject", "promote")


class VersionPage(Page):
    """A version, in tabs."""

    page_id: ClassVar[str] = "version"

    def __init__(self, session: Session, model: str, version: str) -> None:
        """Begin at the overview."""
        super().__init__(session)
        self.model_name, self.version_name = model, version
        self.tab = "overview"
        self.tabs = OneLine(id="tabs")
        self.text = TextView(id="text")
        self.tops = dict.fromkeys(TABS, 0)
        self.findings: tuple[Finding, ...] | None = None
        self.asked_for: object = None
        self.asking: asyncio.Task[None] | None = None

    def body(self) -> tuple[Widget, ...]:
        """Return the tabs and the text."""
        return (self.tabs, self.text)

    def place(self) -> tuple[str, ...]:
        """Return the model and the version."""
        return (self.model_name, self.version_name)

    @property
    def view(self) -> VersionView | None:
        """The version as the scene has it; None where it is gone."""
        model = self.scene.snapshot.find_model(self.model_name) if self.scene else None
        return model.find(self.version_name) if model else None

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
                return metrics_text(view, scene)
            case "history":
                return history_text(view, scene)
            case _:
                return overview_text(view, scene, self.findings)

    def ask_findings(self, view: VersionView, stage: str) -> None:
        """Ask on the desk what the rules say; only the newest answer counts."""
        if self.asking is not None:
            self.asking.cancel()
        self.asking = asyncio.create_task(self._ask(view, stage))

    async def _ask(self, view: VersionView, stage: str) -> None:
        def job(registry: Registry) -> tuple[Finding, ...]:
            return registry.check(view, stage)

        try:
            self.findings = await self.session.desk.ask(job)
        except SignoffError as error:
            self.findings = (Finding(check="rules", outcome="unknown", detail=str(error)),)
        if self.scene is not None and self.view is not None:
            self.text.show(self._text(self.view, self.scene))

    def situation(self) -> Situation:
        """Return which version this is and what the rules refuse for it."""
        view = self.view
        return Situation(
            screen=self.page_id,
            selected=view.ref if view else "",
            unwritable=self.unwritable,
            refusals=self.scene.refusals(view) if view and self.scene else {},
        )

    def obey(self, command_id: str) -> None:
        """Change the tab, sign."""
        names = list(TABS)
        match command_id:
            case "tab.next" | "tab.previous":
                step = 1 if command_id == "tab.next" else -1
                self.choose(names[(names.index(self.tab) + step) % len(names)])
            case "tab.overview" | "tab.metrics" | "tab.history":
                self.choose(command_id.removeprefix("tab."))
            case _ if command_id in SIGNING:
                self.post_message(Sign(command_id, self.model_name, self.version_name))
            case _:
                pass

    def choose(self, tab: str) -> None:
        """Show another tab, where it was left."""
        self.tops[self.tab] = self.text.top
        self.tab = tab
        if self.scene is not None:
            self.redraw(self.scene)
        self.text.scroll_top(self.tops[tab])


def _tab(name: str, *, chosen: bool) -> Piece:
    return (f" [{TABS[name]}]", "accent") if chosen else (f"  {TABS[name]} ", "dim")
