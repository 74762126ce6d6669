"""The signing dialog: what will be said, by whom, about which bytes, and what the rules say of it.

The rule it keeps: Cancel has the focus; what is shown is decided again at the moment of signing, and anything that
moved is said before it is asked again; nothing is signed that was not shown. Afterwards: what was written, where, and
how to take it back.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from signoff.errors import ConflictError, SigningError, SignoffError
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.registry import Registry
from signoff.registry.signers import may_ask_on_terminal, quiet_signer
from signoff.tui.asking import (
    Question,
    need_typed,
    question_text,
    record_text,
    refused_text,
    stages_for,
    stages_text,
    written_text,
)
from signoff.tui.messages import Sign
from signoff.tui.scene import Scene
from signoff.tui.session import Session
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.dialog import Dialog
from signoff.tui.widgets.entry import Push

MOVED = "something moved since this was shown; look again and sign if you still want to"


class SignDialog(ModalScreen[None]):
    """One decision, from the choice of the stage to the record."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,ctrl+c", "cancel", "cancel"),
        ("tab,right", "app.focus_next", "next"),
        ("shift+tab,left", "app.focus_previous", "previous"),
        ("d", "record", "show the exact record"),
        ("j,down", "scroll(1)", "down"),
        ("k,up", "scroll(-1)", "up"),
        *((str(number), f"choose({number})", "choose") for number in range(1, 10)),
    ]
    CSS = """
    SignDialog { align: center middle; background: $background 60%; }
    #too-small { display: none; }
    SignDialog.-tiny > #dialog { display: none; }
    SignDialog.-tiny > #too-small { display: block; }
    """

    def __init__(self, session: Session, scene: Scene, asked: Sign) -> None:
        """Begin with a question about a version.

        Args:
            session: The person and the desk.
            scene: What was on the screen when it was asked.
            asked: The action and the version.
        """
        super().__init__()
        self.session, self.scene, self.asked = session, scene, asked
        self.stages = stages_for(asked.action, asked.model, asked.version, scene)
        self.stage = self.stages[0] if len(self.stages) == 1 else ""
        self.question: Question | None = None
        self.signing = self.done = self.showing_record = False
        self.dialog = Dialog(action=asked.action.capitalize(), version=asked.version, typed=need_typed(asked.action))

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield self.dialog
        yield OneLine(id="too-small")

    def on_mount(self) -> None:
        """Ask for the stage, or at once what the rules say."""
        if self.stage:
            self.ask()
        else:
            self.choose_stage()

    def say_title(self) -> None:
        """Say what is asked."""
        way = "to" if self.asked.action == "promote" else "for"
        stage = f" {way} {self.stage}" if self.stage else ""
        self.dialog.title.say(((f"{self.asked.action.capitalize()}{stage}", "accent"), ("", "plain")))

    def choose_stage(self) -> None:
        """Show the stages to choose from."""
        self.say_title()
        self.dialog.read(stages_text(self.stages, self.asked.model, self.asked.version, self.scene))
        self.dialog.tell("press the number; esc cancels")

    def action_choose(self, number: int) -> None:
        """Take a stage."""
        if not self.stage and number <= len(self.stages):
            self.stage = self.stages[number - 1]
            self.ask()

    def wanted(self) -> Ask:
        """Return the ask as it is typed now."""
        fields = {"stage": self.stage, "comment": self.dialog.comment.value.strip()}
        return Ask(action=self.asked.action, model=self.asked.model, version=self.asked.version, fields=fields)

    def ask(self, why: str = "") -> None:
        """Have the ask decided and shown; `why` says what made it be asked again."""
        self.say_title()
        self.dialog.read(((("asking the rules and looking for keys …", "dim"),),))
        self.run_worker(self._ask(self.wanted(), why), exclusive=True)

    async def _ask(self, ask: Ask, why: str) -> None:
        try:
            prepared = await self.session.desk.ask(self._deciding(ask))
        except SignoffError as error:
            self.show_refusal(error)
            return
        self.show_question(prepared, why)

    def _deciding(self, ask: Ask) -> Callable[[Registry], Prepared]:
        session = self.session

        def job(registry: Registry) -> Prepared:
            return registry.prepare(ask, session.choose(registry))

        return job

    def show_refusal(self, error: SignoffError) -> None:
        """Say why nothing can be asked, and what to do."""
        text = refused_text(error, self.wanted(), no_key=isinstance(error, SigningError))
        self.dialog.close_with(text, "nothing was signed")

    def show_question(self, prepared: Prepared, why: str) -> None:
        """Show what was decided, and wait for the person."""
        self.question = Question(prepared=prepared, scene=self.scene)
        self.showing_record = False
        self.dialog.show_fields(shown=True)
        self.dialog.sign.offer(can_be=not prepared.reasons)
        self.dialog.read(question_text(self.question))
        if prepared.reasons:
            self.dialog.tell(f"cannot {prepared.ask.words}: see above", bad=True)
        elif why:
            self.dialog.tell(why, bad=True)
        else:
            self.dialog.tell("nothing is signed yet")

    def action_record(self) -> None:
        """Show the exact record, or the question again."""
        if self.question is None or self.signing or self.done:
            return
        if self.showing_record:
            self.showing_record = False
            self.dialog.read(question_text(self.question))
        else:
            self.run_worker(self._show_record(), exclusive=True)

    async def _show_record(self) -> None:
        prepared = await self._again()
        if prepared is not None:
            self.showing_record = True
            self.dialog.read(record_text(prepared))
            self.dialog.tell("this line is signed, byte for byte; d goes back")

    async def _again(self) -> Prepared | None:
        """Return the ask as it is typed now, decided; None where it is another decision than was shown, which is said."""
        question, ask = self.question, self.wanted()
        assert question is not None
        try:
            prepared = await self.session.desk.ask(self._deciding(ask))
        except SignoffError as error:
            self.show_refusal(error)
            return None
        if prepared.decided != question.prepared.decided or prepared.identity != question.prepared.identity:
            self.show_question(prepared, MOVED)
            return None
        shown = question.prepared
        if self.showing_record and shown.ask == ask and shown.seq == prepared.seq:
            return shown
        self.question = Question(prepared=prepared, scene=self.scene)
        return prepared

    def on_push_pushed(self, event: Push.Pushed) -> None:
        """Cancel, show the record, sign."""
        match event.push.id:
            case "cancel":
                self.action_cancel()
            case "record":
                self.action_record()
            case _:
                self.begin_signing()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field: enter in a field never signs."""
        event.stop()
        self.focus_next()

    def begin_signing(self) -> None:
        """Sign, where that is possible, else say why not."""
        if self.question is None or self.signing or self.done:
            return
        if self.question.prepared.reasons:
            self.dialog.tell(f"cannot: {'; '.join(self.question.prepared.reasons)}", bad=True)
        elif need_typed(self.asked.action) and self.dialog.typed.value.strip() != self.asked.version:
            self.dialog.tell(f"type the version's name first: {self.asked.version}", bad=True)
            self.dialog.typed.focus()
        else:
            self.signing = True
            self.dialog.tell(
                "signing: waiting for the key's holder (a touch, a PIN or a confirmation may be asked for)"
            )
            self.run_worker(self._sign(), exclusive=True)

    async def _sign(self) -> None:
        try:
            prepared = await self._again()
            if prepared is not None:
                self.show_written(await self._commit(prepared))
        except ConflictError as error:
            self.ask(f"{error.message}; {error.hint}")
        except SignoffError as error:
            self.dialog.tell(f"{error.message}{': ' + error.hint if error.hint else ''}", bad=True)
        finally:
            self.signing = False

    async def _commit(self, prepared: Prepared) -> Written:
        """Sign without the terminal, and with it where the key's holder may want to ask something there."""
        identity = prepared.identity
        try:
            return await self.session.desk.ask(lambda registry: registry.commit(prepared, quiet_signer(identity)))
        except SigningError:
            if not may_ask_on_terminal(identity):
                raise
        try:
            with self.app.suspend():
                return self.session.desk.here(lambda registry: registry.commit(prepared))
        except SuspendNotSupported as error:
            message = "the key asks for something on the terminal, which cannot be given away here"
            raise SigningError(message, hint="add the key to an ssh-agent: ssh-add") from error

    def show_written(self, written: Written) -> None:
        """Say what was written, where, and how to take it back."""
        self.done = True
        self.dialog.close_with(written_text(written), "")

    def action_cancel(self) -> None:
        """Leave; not while a signature is under way, since it may be written at any moment."""
        if self.signing:
            self.dialog.tell(
                "a signature is under way: answer the key's holder, or end the program with ctrl-q", bad=True
            )
        else:
            self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.dialog.text.move_by(lines)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        self.dialog.fit_into(event.size.height)
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
