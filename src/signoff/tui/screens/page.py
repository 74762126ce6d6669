"""What every full screen is: header, body, footer, and words for a terminal that is too small.

The rule it keeps: a page redraws when the snapshot or the person's place in it changed, never by a clock; it does
nothing itself that is more than looking.
"""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from signoff.registry.snapshot import Snapshot
from signoff.tui.bindings import bindings
from signoff.tui.commands import COMMANDS, Situation, commands_on, key_label, why_not
from signoff.tui.present import Tone
from signoff.tui.scene import Scene, scene_of
from signoff.tui.session import Session
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.chrome import Footer, Freshness, Header, Key, OneLine


class Page(Screen[None]):
    """A full screen; its kinds say what is in it."""

    page_id: ClassVar[str] = ""
    AUTO_FOCUS = "LineView"
    CSS = """
    Page { layout: vertical; }
    #too-small { display: none; }
    Page.-tiny > * { display: none; }
    Page.-tiny > #too-small { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((one for one in COMMANDS if one.group != "move"), "app.command")]

    def __init__(self, session: Session) -> None:
        """Begin without a snapshot."""
        super().__init__()
        self.session = session
        self.scene: Scene | None = None
        self.header = Header(id="header")
        self.footer = Footer(id="footer")

    def compose(self) -> ComposeResult:
        """Lay the body between header and footer."""
        yield self.header
        yield from self.body()
        yield self.footer
        yield OneLine(id="too-small")

    def body(self) -> tuple[Widget, ...]:
        """Return what stands between header and footer."""
        raise NotImplementedError

    def place(self) -> tuple[str, ...]:
        """Return where this is, below the registry."""
        return ()

    def redraw(self, scene: Scene) -> None:
        """Show a scene."""
        raise NotImplementedError

    def situation(self) -> Situation:
        """Return what it depends on whether commands can be done."""
        return Situation(screen=self.page_id, unwritable=self.unwritable)

    def obey(self, command_id: str) -> None:
        """Do a command of this screen that can be done."""

    @property
    def useless(self) -> str:
        """The id of a command that would do nothing here now, so that the footer leaves it out."""
        return ""

    def leave(self) -> bool:
        """Leave something smaller than the screen, as a filter; return False where there is nothing."""
        return False

    @property
    def unwritable(self) -> str:
        """Why nothing can be signed here, or ""."""
        return self.session.read_only or (self.scene.snapshot.read_only if self.scene else "nothing was read yet")

    def show(self, snapshot: Snapshot | None, freshness: Freshness) -> None:
        """Show a snapshot, or the words for none."""
        url = snapshot.url if snapshot else ""
        if snapshot is not None:
            self.scene = scene_of(snapshot, now=self.session.now(), person=self.session.person)
            self.redraw(self.scene)
        self.header.tell(place=(url, *self.place()), freshness=freshness, signer=self.session.signer())
        self.offer()

    def offer(self) -> None:
        """Show the keys of this screen."""
        situation = self.situation()
        offered = [one for one in commands_on(self.page_id) if one.priority and one.id != self.useless]
        self.footer.offer(
            Key(key_label(one.keys[0]), one.title, one.priority, not why_not(one, situation)) for one in offered
        )

    def tell(self, words: str, tone: Tone = "warn") -> None:
        """Say something in the footer's place; "" ends it."""
        self.footer.tell(words, tone)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
