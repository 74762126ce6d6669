"""Every page, by its id: where it is and what it is made from; and the dialogs.

The rule it keeps: this is the only list of pages; a page or dialog is imported when it is first shown.
"""

from importlib import import_module

from textual.screen import ModalScreen

from signoff.tui.messages import Sign
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.tasks import Tasks

PAGES: dict[str, tuple[str, str]] = {
    "models": ("models", "ModelsPage"),
    "versions": ("versions", "VersionsPage"),
    "version": ("version", "VersionPage"),
    "compare": ("compare", "ComparePage"),
    "trend": ("trend", "TrendPage"),
    "inbox": ("inbox", "InboxPage"),
    "serving": ("serving", "ServingPage"),
    "audit": ("audit", "AuditPage"),
    "rules": ("rules", "RulesPage"),
    "text": ("reading", "ReadingPage"),
    "tasks": ("tasks", "TasksPage"),
    "problems": ("problems", "ProblemsPage"),
    "help": ("help", "HelpPage"),
}
"""Page id -> module below `signoff.tui.screens`, class. Its words (a model, a version …) follow the session."""


def make_page(session: Session, page_id: str, *words: str) -> Page:
    """Return a new page."""
    module, kind = PAGES[page_id]
    page: Page = getattr(import_module(f"signoff.tui.screens.{module}"), kind)(session, *words)
    return page


def make_dialog(session: Session, tasks: Tasks, scene: Scene, asked: Sign) -> ModalScreen[None]:
    """Return the dialog of an action."""
    name, kind = ("pull", "PullDialog") if asked.action == "pull" else ("sign", "SignDialog")
    module = import_module(f"signoff.tui.screens.{name}")
    dialog: ModalScreen[None] = getattr(module, kind)(session, tasks, scene, asked)
    return dialog
