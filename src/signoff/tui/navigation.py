"""From keys and messages to screens: which page is in front, and what a command does with it.

The rule it keeps: a command that cannot be done says why in the footer; pages never push each other.
"""

from textual.reactive import reactive

from signoff.registry.snapshot import Snapshot
from signoff.tui.commands import need_command, why_not
from signoff.tui.crashing import OrderlyApp
from signoff.tui.doing import DOINGS
from signoff.tui.messages import Go, Sign, SignerMoved, Told
from signoff.tui.screens.page import Page
from signoff.tui.screens.table import make_dialog, make_page
from signoff.tui.session import Session
from signoff.tui.tasks import Tasks
from signoff.tui.widgets.chrome import Freshness


class NavigatingApp(OrderlyApp):
    """An app that goes from page to page."""

    snapshot: reactive[Snapshot | None] = reactive(None, init=False, layout=False, repaint=False)

    def __init__(self, session: Session) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.session = session
        self.tasks = Tasks(session)
        self.freshness = Freshness("reading")

    def rescan(self) -> None:
        """Have everything read again."""
        raise NotImplementedError

    @property
    def page(self) -> Page:
        """The page in front, below any dialog."""
        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, Page))

    async def look_for_keys(self) -> None:
        """Find out who would sign."""
        await self.session.find_person()
        self.show()

    def show(self) -> None:
        """Have the page in front show things as they are."""
        self.page.show(self.snapshot, self.freshness)

    def action_command(self, command_id: str) -> None:
        """Do a command of the page in front, or say why it cannot be done."""
        page, command = self.page, need_command(command_id)
        reason = why_not(command, page.situation())
        page.tell(reason)
        if reason:
            return
        match command_id:
            case "back" | "up":
                self.go_up(quits=command_id == "up")
            case "rescan":
                self.rescan()
                self.run_worker(self.look_for_keys(), exit_on_error=True)
                page.tell("reading everything again", "plain")
            case "quit":
                self.exit()
            case "suspend":
                self.action_suspend_process()
            case "interrupt":
                page.tell("q goes up and quits at the models, ctrl-q quits", "plain")
            case _ if not page.obey(command_id):
                DOINGS[command_id](self)
            case _:
                pass

    def go_up(self, *, quits: bool) -> None:
        """Leave the filter, else the screen; at the models `q` quits."""
        if not quits and self.page.leave():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
            self.show()
        elif quits:
            self.exit()

    def on_go(self, message: Go) -> None:
        """Put a page in front; the page that is there is not put upon itself."""
        front = self.page
        if (front.page_id, front.words) == (message.page, message.words):
            return
        page = make_page(self.session, message.page, *message.words)
        page.words = message.words
        self.push_screen(page)
        page.call_after_refresh(self.show)

    def on_sign(self, message: Sign) -> None:
        """Open the dialog of an action, or say why nothing can be signed here."""
        page = self.page
        if page.scene is None or (page.unwritable and message.action != "pull"):
            page.tell(page.unwritable)
        else:
            self.push_screen(make_dialog(self.session, self.tasks, page.scene, message))

    def on_signer_moved(self, _: SignerMoved) -> None:
        """Say in the header who signs now, or what is wrong with the key."""
        self.show()

    def on_told(self, message: Told) -> None:
        """Have the page in front say what ended."""
        self.page.tell(message.words, "good" if message.well else "bad")
