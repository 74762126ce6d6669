"""Scrolling the pane beside a list, which never has the focus: the cursor stays where it is.

The rule it keeps: where nothing moves, it says why.
"""

from signoff.tui.screens.detail import SidePane
from signoff.tui.screens.page import Page

STEP = 3
NO_PANE = "there is no pane beside this list: it needs 110 columns"
ALL_SHOWN = "all of the pane is shown"


def scroll(page: Page, way: int) -> None:
    """Scroll the pane by a few lines, down (1) or up (-1)."""
    panes = [pane for pane in page.query(SidePane) if pane.size.width]
    if not panes:
        page.tell(NO_PANE, "plain")
    elif not panes[0].last_top:
        page.tell(ALL_SHOWN, "plain")
    else:
        panes[0].move_by(way * STEP)
