"""A dialog that takes one key after the other.

The rule it keeps: a key goes to what has the focus once every key before it has had its effect. Textual alone hands
each key at once to what has the focus and acts on it later, so that what is typed at once behind tab would be lost.
From the word that cancels, which has the focus at first, tab leads to what is to be typed.
"""

from textual import events
from textual.screen import ModalScreen
from textual.widget import Widget

from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.pastebox import PasteBox


class OrderedDialog(ModalScreen[None]):
    """A dialog whose keys never overtake each other; it has no handlers of its own, so that its kinds can have theirs."""

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
