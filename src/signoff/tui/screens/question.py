"""The signing dialog until somebody signs: choices, hashing, the question with its evidence.

The rule it keeps: Cancel has the focus; what is not known is asked for first, and where nobody can sign here, it says
why and offers to sign elsewhere.
"""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from signoff.errors import InvalidValueError, SigningError, SignoffError
from signoff.registry.asks import Prepared
from signoff.tui.asked import Choice, Option
from signoff.tui.asking import Question, hashing_text, key_fault_text, question_text, refused_text, stopped_text
from signoff.tui.bindings import move_bindings
from signoff.tui.decision import IDENTITY, PERSON, Decision
from signoff.tui.messages import Sign, SignerMoved, TaskMoved
from signoff.tui.pages import Text
from signoff.tui.scene import Scene
from signoff.tui.screens.ordered import OrderedDialog
from signoff.tui.session import Session
from signoff.tui.tasks import Task, Tasks
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.choices import Choices
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.dialog import Dialog

AGAIN = "look again and sign if you still want to"
NOT_SIGNED, UNSIGNED = "nothing was signed", "nothing is signed yet"
TO_FIELDS, ANOTHER_KEY = "; tab: what to type", "; i: another key"


class QuestionDialog(OrderedDialog):
    """One decision, from the choices to the question."""

    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        *move_bindings(),
        ("escape,ctrl+c", "cancel", "cancel"),
        ("tab,right", "app.focus_next", "next"),
        ("shift+tab,left", "app.focus_previous", "previous"),
        ("s", "elsewhere", "sign elsewhere, or here again"),
        ("i", "identity", "choose another key"),
        *((str(number), f"choose({number})", "choose") for number in range(1, 10)),
    ]
    DEFAULT_CSS = """
    QuestionDialog { align: center middle; background: $background 60%; }
    #too-small { display: none; }
    QuestionDialog.-tiny > #dialog { display: none; }
    QuestionDialog.-tiny > #too-small { display: block; }
    """

    def __init__(self, session: Session, tasks: Tasks, scene: Scene, sign: Sign) -> None:
        """Begin with a question.

        Args:
            session: The person and the desk.
            tasks: What hashes beside the screens.
            scene: What was on the screen when it was asked.
            sign: The action, the version, known fields.
        """
        super().__init__()
        self.session, self.tasks = session, tasks
        self.decision = Decision(session, scene, sign)
        self.dialog = Dialog()
        self.choosing, self.laid, self.options = "", object(), tuple[Option, ...]()
        self.hashing: Task | None = None
        self.question: Question | None = None
        self.shown_record: Prepared | None = None
        self.pasting: Prepared | None = None
        self.keyless = self.others = self.signing = self.done = False

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield self.dialog
        yield OneLine(id="too-small")

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        self.begin()

    def begin(self, why: str = "") -> None:
        """Go on with what is not known yet, then with the rules; `why` says what made it be asked again."""
        self.dialog.title.say(((self.decision.title(), "accent"),))
        self.dialog.tell("looking for keys and asking the rules …")
        self.run_worker(self.considered(self._go_on(why)), exclusive=True)

    async def _go_on(self, why: str) -> None:
        self.keyless = False
        try:
            await self.decision.read_first()
            if await self._found_signer() and await self._chosen_all() and not await self._must_hash():
                await self._ask(why)
        except SigningError as error:
            self.show_no_key(error)
        except SignoffError as error:
            self.finish(refused_text(error, self.decision.title()), NOT_SIGNED)

    async def _found_signer(self) -> bool:
        """Find who signs; where keys of several people are here, a person has to choose."""
        try:
            self.others = await self.decision.find_signer()
        except InvalidValueError:
            self.show_choice(IDENTITY, await self.decision.choice(IDENTITY))
            return False
        return True

    async def _chosen_all(self) -> bool:
        """Have chosen what has only one option; return False where a person has to choose."""
        while step := self.decision.step():
            choice = await self.decision.choice(step)
            if len(choice.options) != 1:
                self.show_choice(step, choice)
                return False
            await self.decision.choose(step, choice.options[0])
        return True

    def show_choice(self, step: str, choice: Choice, *, leave: str = "cancels") -> None:
        """Show what there is to choose from, or why there is nothing."""
        self.dialog.title.say(((self.decision.title(), "accent"),))
        if not choice.options:
            self.finish((((choice.nothing, "plain"),),))
            return
        self.choosing, self.options, self.question = step, choice.options, None
        self.dialog.show_parts(choices=True)
        self.dialog.cancel.call_it("Cancel")
        self.dialog.read((((choice.question, "strong"),),))
        self.dialog.choices.offer([one.pieces for one in choice.options])
        self.dialog.choices.focus()
        self.dialog.tell(f"enter or the number chooses; esc {leave}")

    def action_choose(self, number: int) -> None:
        """Choose by number."""
        if self.choosing:
            self.dialog.choices.choose(number - 1)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Take what was chosen."""
        if self.choosing:
            step, self.choosing = self.choosing, ""
            self.run_worker(self.considered(self._take(step, self.options[event.index])), exclusive=True)

    async def _take(self, step: str, chosen: Option) -> None:
        try:
            await self.decision.choose(step, chosen)
            if step == IDENTITY:
                await self.session.find_person()
                self.post_message(SignerMoved())
        except SignoffError as error:
            self.finish(refused_text(error, self.decision.title()), NOT_SIGNED)
        else:
            self.begin()

    async def _must_hash(self) -> bool:
        """Begin to hash the version's files where that is to be done first."""
        decision, app = self.decision, self.app
        if not decision.must_hash:
            return False
        total = await decision.size()

        def tell(message: Message) -> None:
            if not self.post_message(message):
                app.post_message(message)

        self.hashing = self.tasks.start(f"hash {decision.asked.ref}", decision.seal, tell=tell, total=total)
        self.dialog.show_parts()
        self.dialog.read(hashing_text(decision.title(), 0, total))
        self.dialog.tell("esc stops it")
        return True

    def on_task_moved(self, message: TaskMoved) -> None:
        """Show how far the hashing is, and go on when it ended."""
        task = self.hashing
        if task is None or task.number != message.task:
            return
        title = self.decision.title()
        match task.state:
            case "running":
                self.dialog.read(hashing_text(title, task.bytes, task.total))
                return
            case "done":
                self.decision.sealing = task.answer
                self.begin()
            case "stopped":
                self.finish(stopped_text(title), NOT_SIGNED)
            case "failed":
                assert task.error is not None
                self.finish(refused_text(task.error, title), NOT_SIGNED)
        self.hashing = None

    def show_no_key(self, error: SigningError) -> None:
        """Say what is wrong with the key, and offer to sign elsewhere."""
        self.question, self.keyless = None, True
        self.session.fail(error)
        self.post_message(SignerMoved())
        text = key_fault_text(error, self.decision.title())
        self.dialog.close_with(text, f"{NOT_SIGNED}; s signs elsewhere", keys=True)

    def finish(self, text: Text, words: str = "") -> None:
        """Show a last text."""
        self.question, self.done = None, True
        self.dialog.close_with(text, words)

    async def _ask(self, why: str) -> None:
        """Have it decided, and show the question."""
        decision, dialog = self.decision, self.dialog
        form = decision.form
        if self.laid != form:
            self.laid = form
            start = {field.name: str(decision.asked.fields.get(field.name, field.start)) for field in form.fields}
            await dialog.lay_fields(form.fields, form.ticks, start)
        if form.typed:
            await dialog.ask_to_type(decision.asked.version)
        self.show_question(await decision.decide(dialog.typed), why)

    def show_question(self, prepared: Prepared, why: str = "") -> None:
        """Show what was decided, and wait for the person."""
        decision, dialog = self.decision, self.dialog
        self.question = Question(
            prepared=prepared,
            scene=decision.scene,
            sealing=decision.sealing,
            evaluation=decision.evaluation,
            why=why,
        )
        self.shown_record = self.pasting = None
        dialog.title.say(((decision.title(), "accent"),))
        dialog.offer(decision.form.button, can_be=not prepared.reasons, elsewhere=decision.elsewhere is not None)
        dialog.read(question_text(self.question))
        if self.focused is None or not self.focused.can_focus or self.focused.id in {"choices", "paste"}:
            dialog.cancel.focus()
        if prepared.reasons:
            dialog.tell(f"cannot {prepared.ask.words}: see above", bad=True)
        elif why:
            dialog.tell(AGAIN, bad=True)
        else:
            dialog.tell(self.unsigned)

    @property
    def unsigned(self) -> str:
        """What is said while a question waits."""
        others = self.others and self.decision.elsewhere is None
        return UNSIGNED + TO_FIELDS * bool(self.dialog.entries) + ANOTHER_KEY * others

    @property
    def asking(self) -> bool:
        """Whether a question waits for an answer."""
        return self.question is not None and not (self.signing or self.done or self.pasting or self.choosing)

    def action_elsewhere(self) -> None:
        """Have somebody choose who signs elsewhere; from there, sign here again."""
        if not (self.asking or self.keyless):
            return
        if self.decision.elsewhere is not None:
            self.decision.elsewhere = None
            self.begin()
        else:
            self.run_worker(self._choose(PERSON), exclusive=True)

    def action_identity(self) -> None:
        """Have somebody choose another key of this machine."""
        if self.asking and self.others:
            self.run_worker(self._choose(IDENTITY), exclusive=True)

    async def _choose(self, step: str) -> None:
        choice = await self.decision.choice(step)
        if len(choice.options) == 1:
            await self._take(step, choice.options[0])
        else:
            self.show_choice(step, choice, leave="goes back" if self.question else "cancels")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask again where the field moves what is asked."""
        event.stop()
        if self.asking and any(field.moves and field.name == event.input.id for field in self.decision.form.fields):
            self.begin()

    def action_cancel(self) -> None:
        """Leave; while files are hashed, stop that first."""
        if self.hashing is None:
            self.close()
        else:
            self.tasks.stop(self.hashing)
            self.dialog.tell("stopping …")

    def action_move(self, way: str) -> None:
        """Scroll the text, or move among what there is to choose."""
        (self.dialog.choices if self.choosing else self.dialog.text).action_move(way)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        self.dialog.fit_into(event.size.height)
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
