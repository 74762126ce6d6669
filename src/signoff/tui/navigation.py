"""From keys and messages to screens: which page is in front, and what a command does with it.

The rule it keeps: a command that cannot be done says why in the footer; pages never push each other.
"""

from textual import events
from textual.reactive import reactive
from textual.widgets import Input

from signoff.registry.snapshot import Snapshot
from signoff.schema.layout import model_folder
from signoff.tui.bindings import BEGINNING
from signoff.tui.commands import need_command, why_not
from signoff.tui.fresh import fresh_on, unread_words
from signoff.tui.keymap import gives_way
from signoff.tui.messages import Copy, Go, Sign, SignerMoved, TaskMoved, Wanted
from signoff.tui.painting import PaintingApp
from signoff.tui.screens.ordered import OrderedDialog
from signoff.tui.screens.page import Page
from signoff.tui.screens.table import make_dialog, make_page
from signoff.tui.session import Session
from signoff.tui.tasks import Tasks, task_words, went_well
from signoff.tui.widgets.chrome import Freshness
from signoff.tui.widgets.lines import LineView

OF_ALL = frozenset({"audit", "problems", "serving", "inbox"})
"""Pages that tell of every model."""


class NavigatingApp(PaintingApp):
    """An app that goes from page to page."""

    CSS = """
    .-plain Dialog { border: ascii $warning; }
    .-plain #palette { border: ascii $accent; }
    .-plain #detail { border-left: ascii $panel; }
    """

    snapshot: reactive[Snapshot | None] = reactive(None, init=False, layout=False, repaint=False)

    def __init__(self, session: Session) -> None:
        """Begin with nothing read."""
        super().__init__()
        self.session = session
        self.tasks = Tasks(session)
        self.plain = False
        self.busy = 0
        self.freshness = Freshness("reading")
        self.colour = True

    async def on_event(self, event: events.Event) -> None:
        """Have a dialog that takes one key after the other do so, and a list or text its keys, instead of handing them on."""
        front = next(reversed(self.screen_stack), None)
        if isinstance(event, events.Key | events.Paste) and isinstance(front, Page):
            await front.furnish()
            if isinstance(event, events.Key) and isinstance(front.focused, LineView):
                self.app_focus = True
                front.on_key()  # it would come there by way of all that the list is in
                await self._bound(event)
                return
        if not isinstance(front, OrderedDialog) or not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
            return
        self.app_focus = True
        if not front.holds(event):
            await self._give(front, event)

    async def _give(self, dialog: OrderedDialog, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Key) and await self._check_bindings(event.key, priority=True):
            return
        if not dialog.take_text(event) and isinstance(event, events.Key):
            await self._check_bindings(event.key)

    async def _bound(self, event: events.Key) -> None:
        if not await self._check_bindings(event.key, priority=True):
            await self._check_bindings(event.key)

    async def on_ready(self) -> None:
        """Give a dialog the keys that it held."""
        dialog = next(reversed(self.screen_stack), None)
        while isinstance(dialog, OrderedDialog) and (event := dialog.next_held()) is not None:
            await self._give(dialog, event)

    def rescan(self, changed: frozenset[str] = frozenset()) -> None:
        """Have everything read again, or these paths."""
        raise NotImplementedError

    def read_model(self, name: str) -> None:
        """Have a model read that was only kept until now."""
        model = self.snapshot.find_model(name) if self.snapshot else None
        if model is not None and model.source is not None:
            self.rescan(frozenset({model_folder(model.name)}))

    def switch_registry(self, name: str) -> None:
        """Show another registry of the configuration."""
        raise NotImplementedError

    def wear(self, theme: str) -> str:
        """Show everything in a theme; return what is to be said of it."""
        if not self.colour:
            return "NO_COLOR is set: there is no colour to choose"
        self.theme = theme
        return f"theme {theme} for this session; the configuration keeps it: theme: {theme}"

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
        page = self.page
        freshness = fresh_on(self.snapshot, page.model_name, self.freshness, now=self.session.now())
        page.show(self.snapshot, freshness, busy=self.busy)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key that would begin an entry to the entry that is being typed in, and one of two commands' to its own."""
        if action != "command":
            return super().check_action(action, parameters)
        command = need_command(str(parameters[0]))
        typed = command.id in BEGINNING and isinstance(self.focused, Input)
        return not typed and not gives_way(command, self.page.page_id, self.session.keymap)

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
            case _ if not page.obey(command_id):
                from signoff.tui.doingtyped import ALL_DOINGS  # noqa: PLC0415  (the first screen does without)

                ALL_DOINGS[command_id](self)
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

    def go_home(self) -> None:
        """Show the models again."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.show()

    def open_palette(self) -> None:
        """Show all commands."""
        from signoff.tui.screens.palette import Palette  # noqa: PLC0415  (the first screen does without)

        if self.page.prompt.typing:
            self.page.prompt.action_leave()
        self.push_screen(Palette(self.page, self.session))

    def on_wanted(self, message: Wanted) -> None:
        """Do what was typed behind `:` or chosen from the palette."""
        from signoff.tui.doingtyped import fulfil  # noqa: PLC0415  (the first screen does without)

        fulfil(self, message.wish)

    async def on_go(self, message: Go) -> None:
        """Put a page in front; the page that is there is not put upon itself."""
        front = self.page
        if (front.page_id, front.words) == (message.page, message.words):
            return
        for word in message.words:
            self.read_model(word.partition(":")[0])
        page = make_page(self.session, message.page, *message.words)
        page.words = message.words
        await self.put_in_front(page)
        self.show()
        page.call_after_refresh(page.appear_furnished)
        if message.page in OF_ALL and not any(message.words):
            page.call_after_refresh(page.tell, unread_words(self.snapshot))
        if message.notice:
            page.call_after_refresh(page.tell, message.notice)

    def on_sign(self, message: Sign) -> None:
        """Open the dialog of an action, or say why nothing can be signed here."""
        page = self.page
        self.read_model(message.model)
        if page.scene is None or (page.unwritable and message.action != "pull"):
            page.tell(page.unwritable)
        else:
            self.push_screen(make_dialog(self.session, self.tasks, page.scene, message))

    def on_signer_moved(self, _: SignerMoved) -> None:
        """Say in the header who signs now, or what is wrong with the key."""
        self.show()

    def on_copy(self, message: Copy) -> None:
        """Open the copy menu."""
        from signoff.tui.doing_here import copy  # noqa: PLC0415  (the first screen does without)
        from signoff.tui.screens.copying import CopyMenu  # noqa: PLC0415  (the same)

        def chosen(text: str | None) -> None:
            if text is not None:
                copy(self, text)

        self.push_screen(CopyMenu(message.choices), chosen)

    def on_task_moved(self, message: TaskMoved) -> None:
        """Show a task going on where tasks are looked at, how many run in the header, and how one ended below."""
        running, page = len(self.tasks.running), self.page
        if running != self.busy:
            self.busy = running
            self.show()
        page.task_moved()
        task = self.tasks.find(message.task)
        if task is not None and task.ended is not None:
            page.tell(task_words(task), "good" if went_well(task) else "bad")
