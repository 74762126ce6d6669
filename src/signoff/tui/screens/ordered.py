"""A dialog that takes one key after the other.

The rule it keeps: a key goes to what has the focus once every key before it has had its effect. Textual alone hands
each key at once to what has the focus and acts on it later, so that what is typed at once behind tab would be lost.
"""

from textual import events
from textual.screen import ModalScreen

from signoff.tui.widgets.entry import Entry
from signoff.tui.widgets.pastebox import PasteBox


class OrderedDialog(ModalScreen[None]):
    """A dialog whose keys never overtake each other; it has no handlers of its own, so that its kinds can have theirs."""

    def take_text(self, event: events.Key | events.Paste) -> bool:
        """Put what was typed or pasted into what has the focus; return False where that takes no such text."""
        focused = self.focused
        if not isinstance(focused, Entry | PasteBox):
            return isinstance(event, events.Paste)
        text = event.text if isinstance(event, events.Paste) else focused.typed_by(event)
        if text:
            focused.put(text)
        return bool(text)
