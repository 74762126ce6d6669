"""Who may do what here, and what each stage asks: the trust document of the snapshot."""

from collections.abc import Sequence
from typing import ClassVar

from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.gathering import Proposal
from signoff.tui.rulebook import rules_text
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.text import TextView


class RulesPage(Page):
    """The rules in force, and the changes that wait."""

    page_id: ClassVar[str] = "rules"

    def __init__(self, session: Session) -> None:
        """Begin without having looked for proposals."""
        super().__init__(session)
        self.text = TextView(id="text")
        self.proposals: Sequence[Proposal] | str = "looking for proposals …"
        self.asked_for: object = None

    def body(self) -> tuple[Widget, ...]:
        """Return the text."""
        return (self.text,)

    def place(self) -> tuple[str, ...]:
        """Return the page's name."""
        return ("rules",)

    def redraw(self, scene: Scene) -> None:
        """Show the rules, and ask for proposals where the registry moved."""
        if self.asked_for is not scene.snapshot:
            self.asked_for = scene.snapshot
            self.ask(lambda registry: registry.proposals.list(), self.take_proposals, lane="proposals")
        self.text.show(rules_text(scene, self.proposals))

    def take_proposals(self, answer: tuple[Proposal, ...] | SignoffError) -> None:
        """Show the proposals, or why they cannot be told."""
        self.proposals = str(answer) if isinstance(answer, SignoffError) else answer
        if self.scene is not None:
            self.text.show(rules_text(self.scene, self.proposals))
