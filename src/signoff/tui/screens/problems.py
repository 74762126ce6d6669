"""Everything that is wrong with the registry: where, what, what to do."""

from typing import ClassVar

from textual.widget import Widget

from signoff.tui.pages import problems_text
from signoff.tui.present import count
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.text import TextView


class ProblemsPage(Page):
    """All problems, alarms first."""

    page_id: ClassVar[str] = "problems"

    def __init__(self, session: Session) -> None:
        """Begin empty."""
        super().__init__(session)
        self.summary = OneLine(id="summary")
        self.text = TextView(id="text")

    def body(self) -> tuple[Widget, ...]:
        """Return the counts and the text."""
        return (self.summary, self.text)

    def place(self) -> tuple[str, ...]:
        """Return the screen's name."""
        return ("problems",)

    def redraw(self, scene: Scene) -> None:
        """Show the problems."""
        problems = scene.snapshot.all_problems()
        counts = [(kind, sum(one.severity == kind for one in problems)) for kind in ("alarm", "fault", "note")]
        words = " · ".join(count(number, kind) for kind, number in counts)
        reading = "" if scene.snapshot.complete else " · still reading the files"
        self.summary.say(((f" {words}{reading}", "plain"),))
        self.text.show(problems_text(problems))
