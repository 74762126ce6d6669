"""An app that hears from the thread that reads: what was read, or why nothing could be.

The rule it keeps: an equal snapshot changes nothing; the first page appears with the first word, and what can wait
waits for its paint.
"""

from signoff.tui.feed import Feed
from signoff.tui.fresh import fresh, stale
from signoff.tui.messages import Seen, Unknown, Unreadable
from signoff.tui.navigation import NavigatingApp
from signoff.tui.screens.models import ModelsPage
from signoff.tui.screens.page import Page


class HearingApp(NavigatingApp):
    """An app with a feed."""

    feed: Feed

    def _hears(self, feed: object) -> bool:
        """Tell whether a feed's word is for this app: not of a registry that was left, and not once the pages are gone."""
        return feed in {None, self.feed} and any(isinstance(screen, Page) for screen in self.screen_stack)

    def begin(self) -> None:
        """Have the first page appear, and look for keys once it stands."""
        page = self.page
        if page.hidden and page.page_id == ModelsPage.page_id:
            page.appear()
            page.call_after_refresh(self._go_on)

    def _go_on(self) -> None:
        """Do what waits for the first paint."""
        self.feed.painted.set()
        self.run_worker(self.look_for_keys(), exit_on_error=True)

    def on_seen(self, message: Seen) -> None:
        """Take what a thread read; an equal snapshot changes nothing."""
        if not self._hears(message.feed):
            return
        changed, complete, was = message.snapshot != self.snapshot, message.snapshot.complete, self.freshness
        self.freshness = fresh(was, message.standing, complete=complete, changed=changed, at=self.session.time())
        self.snapshot = message.snapshot
        if not changed and self.freshness != was:
            self.show()
        if self.freshness.why and was.kind != "stale":
            self.page.tell(self.freshness.why, "bad")
        self.begin()

    def on_unknown(self, message: Unknown) -> None:
        """Show a page without anything while the registry is read."""
        if self._hears(message.feed):
            self.begin()

    def on_wrote(self) -> None:
        """Have what reads the registry know that this person writes."""
        self.feed.wrote()

    def on_unreadable(self, message: Unreadable) -> None:
        """Say since when the screen is old, and why."""
        if not self._hears(message.feed):
            return
        self.freshness = stale(self.freshness, message.why, at=self.session.time())
        self.show()
        self.page.tell(message.why, "bad")
        self.begin()
