"""One version, in seven tabs.

The rule it keeps: a tab asks for what it shows when it is first shown, and again when the registry changed; what was
read before stays until the answer comes.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.details import ancestry_of, evidence_of, files_of
from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.tui.ancestors import lineage_text
from signoff.tui.contents import files_text
from signoff.tui.evidence import evidence_text
from signoff.tui.journal import entries_of, record_blocks
from signoff.tui.measures import PAGE_WIDTH, metrics_text
from signoff.tui.messages import Go
from signoff.tui.pages import UNREAD_WORDS, Text, findings_said, overview_text, unread_text
from signoff.tui.present import Piece, Pieces
from signoff.tui.scene import Scene
from signoff.tui.screens.card import CardReading
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.widgets.blocks import Blocks
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.paint import is_plain
from signoff.tui.widgets.text import TextView

TABS = {
    "overview": "Overview",
    "metrics": "Metrics",
    "evidence": "Evidence",
    "files": "Files",
    "lineage": "Lineage",
    "history": "History",
    "card": "Card",
}
SHORT = 4


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
        self.records = Blocks(empty="", id="records")
        self.tops = dict.fromkeys(TABS, 0)
        self.found: dict[str, Any] = {}
        self.asked_for: dict[str, object] = {}
        self.card = CardReading(self, model, version, show=self.again_card)

    def body(self) -> tuple[Widget, ...]:
        """Return the tabs, the text and the records."""
        return (self.tabs, self.text, self.records)

    def on_mount(self) -> None:
        """Show the list of records only in its tab."""
        self._choose_widget()

    def place(self) -> tuple[str, ...]:
        """Return the model and the version."""
        return (self.model_name, self.version_name)

    @property
    def subject(self) -> Subject:
        """This version, and the record that the cursor is on."""
        record = self.records.cursor if self.tab == "history" else None
        return Subject(self.model_name, self.version_name, record if isinstance(record, str) else "")

    @property
    def useless(self) -> str:
        """Opening, where there is no list."""
        return "" if self.tab == "history" else "open"

    def redraw(self, scene: Scene) -> None:
        """Show the tab."""
        view = self.view
        self.tabs.say(tabs_line(self.tab, self.app.size.width))
        if view is None:
            self.text.show(((("this version is gone: esc goes back", "warn"),),))
            self.records.show(())
            return
        self.records.empty = UNREAD_WORDS if view.unread else f"no record speaks of {view.ref}"
        self._ask(view, scene)
        if self.tab == "history":
            self.records.show(record_blocks(entries_of(view, scene)))
        else:
            self.text.show(self._text(view, scene))

    def _text(self, view: VersionView, scene: Scene) -> Text:
        if view.unread:
            return unread_text(view, scene)
        found = self.found.get(self.tab)
        if isinstance(found, SignoffError):
            return (((found.message, "warn"),), ((found.hint, "dim"),))
        match self.tab:
            case "metrics":
                return metrics_text(
                    view, scene, width=self.size.width - 2 if self.size else PAGE_WIDTH, plain=is_plain(self)
                )
            case "evidence":
                return evidence_text(view, scene, found)
            case "files":
                return files_text(view, found)
            case "lineage":
                return lineage_text(view, scene, found)
            case "card":
                return self.card.text()
            case _:
                return overview_text(view, scene, found)

    def _ask(self, view: VersionView, scene: Scene) -> None:
        """Ask on the desk for what this tab shows, once for each snapshot; only the newest answer counts.

        Of a version whose log is still being read nothing is asked: the desk would read all of it as well.
        """
        if view.unread:
            return
        if self.tab == "card":
            self.card.ask(max(1, self.text.size.width - 1))
            return
        job = self._job(view, scene)
        if job is None or self.asked_for.get(self.tab) is scene.snapshot:
            return
        tab = self.tab
        self.asked_for[tab] = scene.snapshot

        def then(answer: object) -> None:
            self.found[tab] = answer
            if self.tab == tab:
                self.again()

        self.ask(job, then, lane=tab)

    def _job(self, view: VersionView, scene: Scene) -> Callable[[Registry], object] | None:
        match self.tab:
            case "overview" if view.state is not None and scene.target(view):
                return lambda registry: _findings(registry, view, scene)
            case "evidence":
                return lambda registry: evidence_of(registry, view)
            case "files":
                return lambda registry: tuple(files_of(registry, view))
            case "lineage":
                return lambda registry: ancestry_of(registry, view, scene.snapshot.versions())
            case _:
                return None

    def again(self) -> None:
        """Show the tab anew."""
        if self.scene is not None:
            self.redraw(self.scene)

    def again_card(self) -> None:
        """Show more of the card, where that is what is looked at."""
        if self.tab == "card":
            self.again()

    def obey(self, command_id: str) -> bool:
        """Change the tab, or open the record under the cursor."""
        names = list(TABS)
        match command_id:
            case "tab.next" | "tab.previous":
                step = 1 if command_id == "tab.next" else -1
                self.choose(names[(names.index(self.tab) + step) % len(names)])
            case _ if command_id.startswith("tab."):
                self.choose(command_id.removeprefix("tab."))
            case "lineage" | "history":
                self.choose(command_id)
            case "open":
                self.open_record()
            case _:
                return False
        return True

    def choose(self, tab: str) -> None:
        """Show another tab, where it was left."""
        self.tops[self.tab] = self.text.top
        self.tab = tab
        self.again()
        self._choose_widget()
        self.text.scroll_top(self.tops[tab])
        self.offer()

    def _choose_widget(self) -> None:
        listed = self.tab == "history"
        self.text.display, self.records.display = not listed, listed
        (self.records if listed else self.text).focus()

    def open_record(self) -> None:
        """Show the record under the cursor as it is."""
        if self.subject.record:
            self.post_message(Go("text", "record", self.subject.ref, self.subject.record))
        else:
            self.tell("enter opens a record: 6 shows them")

    def on_blocks_moved(self, moved: Blocks.Moved) -> None:
        """End a message."""
        if moved.by_hand:
            self.tell("")

    def on_blocks_opened(self, _: Blocks.Opened) -> None:
        """Open what was clicked twice."""
        self.open_record()

    def on_resize(self, _: events.Resize) -> None:
        """Lay tabs and card out for the new width."""
        self.call_after_refresh(self.again)


def _findings(registry: Registry, view: VersionView, scene: Scene) -> object:
    try:
        return findings_said(registry.check(view, scene.target(view), history=scene.history_of(view.model)))
    except SignoffError as error:
        return findings_said(error)


def tabs_line(tab: str, width: int) -> Pieces:
    """Return the tabs in one line; where it is too narrow for their names, the beginnings of them."""
    names = [f"{number} {title}" for number, title in enumerate(TABS.values(), start=1)]
    if sum(len(name) + 2 for name in names) > width:
        names = [f"{number} {title[:SHORT]}" for number, title in enumerate(TABS.values(), start=1)]
    return tuple(_tab(name, chosen=key == tab) for key, name in zip(TABS, names, strict=True))


def _tab(name: str, *, chosen: bool) -> Piece:
    return (f"[{name}]", "accent") if chosen else (f" {name} ", "dim")
