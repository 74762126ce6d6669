"""The terminal UI: wires snapshot, screens, commands and the signing dialog together.

The rule it keeps: nothing is decided here. One reactive, immutable snapshot; whatever comes from a thread comes as a
message; a crash leaves a log and the terminal as it was.
"""

from collections.abc import Callable

import msgspec

from signoff.errors import SignoffError
from signoff.tui.desk import aside
from signoff.tui.feed import Feed
from signoff.tui.hearing import HearingApp
from signoff.tui.keymap import for_textual
from signoff.tui.screens.models import ModelsPage
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.tasks import Tasks
from signoff.tui.themes import dress
from signoff.tui.widgets.chrome import Freshness
from signoff.tui.wishes import told

FIRST_THEME = "dark"


class Opened(msgspec.Struct, frozen=True):
    """A registry that can be shown.

    Attributes:
        session: The person and the desk.
        feed_of: Makes what reads it.
    """

    session: Session
    feed_of: Callable[["SignoffApp"], Feed]


class SignoffApp(HearingApp):
    """One registry on one terminal."""

    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "registry"

    def __init__(
        self,
        session: Session,
        feed_of: Callable[["SignoffApp"], Feed],
        *,
        plain: bool = False,
        theme: str = FIRST_THEME,
        colour: bool = True,
        elsewhere: Callable[[str], Opened] | None = None,
    ) -> None:
        """Begin with nothing read.

        Args:
            session: The person and the desk.
            feed_of: Makes what reads the registry.
            plain: Whether nothing but ASCII is shown.
            theme: The theme to begin with.
            colour: Whether there is any colour.
            elsewhere: Opens another registry by its name in the configuration; it raises a `SignoffError`.
        """
        super().__init__(session)
        self.plain, self.colour = plain, colour
        self.elsewhere = elsewhere
        self.set_class(plain, "-plain")
        self.add_mode(self.DEFAULT_MODE, self.first_page)
        dress(self, theme, colour=colour)
        self.set_keymap(for_textual(session.keymap))
        self.feed = feed_of(self)

    def first_page(self) -> Page:
        """Return the models, which appear with what is known of them, so that no empty screen is painted first."""
        page = ModelsPage(self.session)
        page.hidden = True
        page.add_class(self.size_class())
        return page

    def on_mount(self) -> None:
        """Begin to read."""
        self.watch_threads()
        self.feed.start()
        self.page.call_after_refresh(self.page.tell, told(self.session.settings))

    def switch_registry(self, name: str) -> None:
        """Show another registry of the configuration; where that fails, the one that is shown stays."""
        if self.tasks.running:
            self.page.tell("tasks still run in this registry: stop them first")
        elif self.elsewhere is None:
            self.page.tell("no configuration is at hand")
        else:
            self.page.tell(f"opening {name} …", "plain")
            self.run_worker(self._switch(name, self.elsewhere), exit_on_error=True, exclusive=True, group="switch")

    async def _switch(self, name: str, elsewhere: Callable[[str], Opened]) -> None:
        try:
            opened = await aside(lambda: elsewhere(name))
        except SignoffError as error:
            self.page.tell(f"{error}; {error.hint}" if error.hint else str(error), "bad")
            return
        self.feed.close()
        self.session, self.tasks = opened.session, Tasks(opened.session)
        self.freshness = Freshness("reading")
        self.set_reactive(SignoffApp.snapshot, None)
        before = self.current_mode
        self.add_mode(f"{before}'", self.first_page)
        await self.switch_mode(f"{before}'")
        await self.remove_mode(before)
        self.feed = opened.feed_of(self)
        self.feed.start()
        self.show()

    def on_unmount(self) -> None:
        """Stop reading, and what runs beside the screens."""
        self.feed.close()
        self.tasks.close()

    def rescan(self, changed: frozenset[str] = frozenset()) -> None:
        """Read everything again, or these paths."""
        self.feed.wake(changed)

    def watch_snapshot(self) -> None:
        """Show what was read."""
        self.show()
