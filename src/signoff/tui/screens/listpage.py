"""What every page that is a list does alike: filter, cursor, mouse.

The rule it keeps: a message in the footer ends when a person moves the cursor, not when other rows came.
"""

from signoff.tui.commands import BY_ID
from signoff.tui.keymap import label_under
from signoff.tui.screens.page import Page
from signoff.tui.widgets.chrome import Key
from signoff.tui.widgets.listing import Listing
from signoff.tui.widgets.table import Table


def typing_keys(text: str, *, faulty: bool, back: str) -> tuple[Key, ...]:
    """Return what keys do while a filter is typed.

    Args:
        text: What is typed.
        faulty: Whether it cannot be read.
        back: The key that leads back.
    """
    if not text:
        return (Key("enter", "to the list", 2), Key(back, "leave", 1))
    return (Key("enter", "keep", 2, enabled=not faulty), Key(back, "clear", 1))


class ListPage(Page):
    """A page around a list; its kinds say of what."""

    listing: Listing
    looking = False

    @property
    def front(self) -> Listing:
        """The list that is in front."""
        return self.listing

    def offer(self) -> None:
        """Show the keys of this screen, or those of its filter while that is typed."""
        front = self.front
        if not front.typing:
            super().offer()
            return
        back = label_under(BY_ID["back"], self.session.keymap)
        self.footer.offer(typing_keys(front.entry.value, faulty=bool(front.why), back=back))

    def look(self) -> None:
        """Show what the cursor is on, where that is shown beside or below the list."""

    def leave(self) -> bool:
        """Leave the filter, if there is one."""
        return self.front.leave_filter()

    def on_table_moved(self, moved: Table.Moved) -> None:
        """Show what the cursor is on once it is painted there; the keys may be others."""
        if moved.by_hand:
            self.tell("")
        if not self.looking:
            self.looking = True
            self.call_after_refresh(self._look)

    def _look(self) -> None:
        self.looking = False
        self.offer()
        self.look()

    def on_table_opened(self, _: Table.Opened) -> None:
        """Open what was clicked twice."""
        self.obey("open")

    def on_listing_typing(self, _: Listing.Typing) -> None:
        """Show other keys."""
        self.offer()

    def on_listing_faulty(self, message: Listing.Faulty) -> None:
        """Say what is wrong with the filter."""
        self.tell(message.why)
        self.offer()
        if self.front.current is None:
            self.look()
