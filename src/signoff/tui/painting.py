"""An app that paints a page once it stands, and not what it looks like on the way there.

The rule it keeps: a change of pages is one paint. Textual alone paints a page that is put in front three or four times:
empty, with the size known, with its contents; and a page that is uncovered twice.
"""

from typing import Any

from textual._compositor import CompositorUpdate
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from signoff.tui.crashing import OrderlyApp
from signoff.tui.screens.page import Page
from signoff.tui.wire import wired

BREAKPOINTS = ((0, "-narrow"), (110, "-wide"), (150, "-broad"))


class PaintingApp(OrderlyApp):
    """An app whose pages appear at once."""

    HORIZONTAL_BREAKPOINTS = list(BREAKPOINTS)  # noqa: RUF012  (Textual's own word)

    _worn = ""

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002  (Textual's own)
        """Read every style sheet anew where the theme is another one; what comes into a screen is styled as it comes."""
        if self._worn != self.theme:
            self._worn = self.theme
            super().refresh_css(animate)
        for screen in self._screen_stacks.get(self._current_mode, ()):
            screen._css_update_count = self._css_update_count  # noqa: SLF001  (else each new screen asks for it again)

    def size_class(self) -> str:
        """Return the class of a page for the width there is."""
        return next(name for least, name in reversed(BREAKPOINTS) if self.size.width >= least)

    async def put_in_front(self, page: Page) -> None:
        """Put a page in front that begins with the width there is, and does not appear yet."""
        page.hidden = True
        page.add_class(self.size_class())
        await self.push_screen(page)

    def pop_screen(self) -> AwaitComplete:
        """Take what is in front away; a page below appears when that is done."""
        done = super().pop_screen()
        page = self.screen
        if isinstance(page, Page):
            page.hidden = True
            self.call_next(page.appear)
        return done

    def _display(self, screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401  (what Rich calls a renderable)
        """Paint sparingly."""
        sent: Any = wired(renderable) if isinstance(renderable, CompositorUpdate) else renderable
        super()._display(screen, sent)
