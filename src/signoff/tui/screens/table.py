"""Every page, by its id: where it is and what it is made from.

The rule it keeps: this is the only list of pages; a page is imported when it is first shown.
"""

from importlib import import_module

from signoff.tui.screens.page import Page
from signoff.tui.session import Session

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
