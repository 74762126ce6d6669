"""A dialog that takes one key after the other.

The rule it keeps: a key goes to what has the focus once every key before it has had its effect. Textual alone hands
each key at once to what has the focus and acts on it later, so that what is typed at once behind tab would be lost.
From the word that cancels, which has the focus at first, tab leads to what is to be typed.
"""

from collections.abc import Coroutine

from textual import events
from textual.screen import ModalScreen
from textual.widget import Widget

from signoff.tui.messages import Ready
from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.pastebox import PasteBox

LEAVING = frozenset({"escape", "ctrl+c"})


class OrderedDialog(ModalScreen[None]):
    """A dialog whose keys never overtake each other; it has no handlers of its own, so that its kinds can have theirs.

    Attributes:
        considering: Whether it is not known yet what the next key will be for: keys are held until it is.
        held: Those keys, in their order.
    """

    considering = False

    def __init__(self) -> None:
        """Begin without a key held."""
        super().__init__()
        self.held: list[events.Key | events.Paste] = []
        self._turn = 0

    def considered(self, work: Coroutine[None, None, None]) -> Coroutine[None, None, None]:
        """Return some work after which it is known what the next key is for; later such work takes its place."""
        self.considering = True
        self._turn += 1
        return self._until_done(work, self._turn)

    async def _until_done(self, work: Coroutine[None, None, None], turn: int) -> None:
        try:
            await work
        finally:
            if turn == self._turn:
                self.considering = False
                self.post_message(Ready())

    def holds(self, event: events.Key | events.Paste) -> bool:
        """Hold a key while it is not known what it is for; one that leaves is for nothing else, and ends the others."""
        if isinstance(event, events.Key) and event.key in LEAVING:
            self.held.clear()
            return False
        if self.considering or self.held:
            self.held.append(event)
            return True
        return False

    def next_held(self) -> events.Key | events.Paste | None:
        """Return the first held key, once it is known what it is for; it is held no more."""
        return self.held.pop(0) if self.held and not self.considering else None

    @property
    def focus_chain(self) -> list[Widget]:
        """What can have the focus: first the word that cancels, then what is typed, then what signs."""
        chain = super().focus_chain
        return sorted(chain, key=lambda widget: widget.id != "cancel")

    def close(self) -> None:
        """Leave, once: whoever presses twice leaves no more than the dialog."""
        if self.is_current:
            self.dismiss(None)

    def take_text(self, event: events.Key | events.Paste) -> bool:
        """Put what was typed or pasted into what has the focus; return False where that takes no such text."""
        focused = self.focused
        if not isinstance(focused, Entry | PasteBox):
            return isinstance(event, events.Paste)
        text = event.text if isinstance(event, events.Paste) else focused.typed_by(event)
        if text:
            focused.put(text)
        return bool(text)
