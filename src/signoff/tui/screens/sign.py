"""The signing dialog, when somebody signs: the exact record, the key's holder, a signature made elsewhere.

The rule it keeps: what is shown is decided again at the moment of signing, and anything that moved is said before it
is asked again; nothing is signed that was not shown. Afterwards: what was written, where, and how to take it back.
"""

from typing import ClassVar

import msgspec
from textual.app import SuspendNotSupported
from textual.binding import BindingType

from signoff.errors import ConflictError, SigningError, SignoffError
from signoff.registry.asks import Prepared, Written
from signoff.registry.signers import may_ask_on_terminal, waiting_words
from signoff.tui.asking import elsewhere_text, failed_text, question_text, record_text, refused_text
from signoff.tui.decision import IDENTITY, PERSON
from signoff.tui.forms import fault_of
from signoff.tui.messages import SignerMoved, Wrote
from signoff.tui.screens.question import NOT_SIGNED, QuestionDialog
from signoff.tui.terminal import show_lines
from signoff.tui.widgets.dialog import TYPED
from signoff.tui.widgets.entry import Push
from signoff.tui.widgets.pastebox import PasteBox
from signoff.tui.written import written_text

END = "-----END SSH SIGNATURE-----"
BUSY = "a signature is under way: answer the key's holder, or end the program with ctrl-q"
NEWER = "somebody wrote a record meanwhile: the line to sign is another one now"


class SignDialog(QuestionDialog):
    """One decision, from the question to the record."""

    BINDINGS: ClassVar[list[BindingType]] = [("d", "record", "show the exact record")]

    def action_record(self) -> None:
        """Show the exact record, or the question again."""
        if not self.asking or self.question is None:
            return
        if self.shown_record is not None:
            self.shown_record = None
            self.dialog.read(question_text(self.question))
            self.dialog.tell(self.unsigned)
        elif self._is_typed():
            self.run_worker(self._show_record(), exclusive=True)

    async def _show_record(self) -> None:
        try:
            prepared = await self._again(effective=False)
        except SignoffError as error:
            self.finish(refused_text(error, self.decision.title()), NOT_SIGNED)
            return
        if prepared is not None:
            self.shown_record = prepared
            self.dialog.read(record_text(prepared))
            self.dialog.tell("this line is signed, byte for byte; d goes back")

    async def _again(self, *, effective: bool = True) -> Prepared | None:
        """Return it decided as it is now and typed now; None where that is another decision than was shown, which is said."""
        assert self.question is not None
        prepared, moved = await self.decision.again(self.dialog.typed, self.question.prepared)
        if moved or (effective and prepared.reasons):
            self.show_question(prepared, moved)
            return None
        shown = self.shown_record
        if shown is not None and (shown.ask, shown.seq, shown.policy) == (prepared.ask, prepared.seq, prepared.policy):
            return shown
        self.question = msgspec.structs.replace(self.question, prepared=prepared)
        return prepared

    def on_push_pushed(self, event: Push.Pushed) -> None:
        """Do what was pressed."""
        match event.push.id:
            case "cancel":
                self.action_cancel()
            case "record":
                self.action_record()
            case "elsewhere":
                self.action_elsewhere()
            case "plain":
                self.show_plainly()
            case _:
                self.begin_signing()

    def _is_typed(self) -> bool:
        """Return whether all that is asked for was typed; else say what is missing."""
        fault = fault_of(self.decision.form, self.dialog.typed)
        if fault is not None:
            self.dialog.tell(fault.words, bad=True)
            self.dialog.entries[fault.field].focus()
        return fault is None

    def begin_signing(self) -> None:
        """Sign, where that is possible, else say why not."""
        if not self.asking or self.question is None:
            return
        form, version, entry = self.decision.form, self.decision.asked.version, self.dialog.entries.get(TYPED)
        reasons, moves = self.question.prepared.reasons, any(field.moves for field in form.fields)
        if reasons and not moves:
            self.dialog.tell(f"cannot: {'; '.join(reasons)}", bad=True)
        elif not self._is_typed():
            return
        elif form.typed and entry is not None and entry.value.strip() != version:
            self.dialog.tell(f"type the version's name first: {version}", bad=True)
            entry.focus()
        else:
            self.signing = True
            self.run_worker(self._sign(), group="sign")

    async def _sign(self) -> None:
        try:
            prepared = await self._again()
            if prepared is None:
                return
            if self.decision.elsewhere is not None:
                self.show_paste(prepared)
                return
            self.dialog.tell(waiting_words(prepared.identity, prepared.ask.words))
            self.show_written(await self._commit(prepared))
        except ConflictError as error:
            self.begin(f"{error.message}; {error.hint}")
        except SignoffError as error:
            self.show_failure(error)
        finally:
            self.signing = False

    async def _commit(self, prepared: Prepared) -> Written:
        """Sign without the terminal, and with it where the key's holder may want to ask something there."""
        typed = self.dialog.typed
        try:
            return await self.decision.sign(typed, prepared)
        except SigningError:
            if not may_ask_on_terminal(prepared.identity):
                raise
        try:
            with self.app.suspend():
                return self.decision.sign_here(typed, prepared)
        except SuspendNotSupported as error:
            message = "the key asks for something on the terminal, which cannot be given away here"
            raise SigningError(message, hint="add the key to an ssh-agent: ssh-add") from error

    def show_failure(self, error: SignoffError) -> None:
        """Say above the question why it was not signed."""
        if isinstance(error, SigningError) and self.decision.elsewhere is None:
            self.session.fail(error)
            self.post_message(SignerMoved())
        if self.question is not None:
            self.dialog.read((*failed_text(error), *question_text(self.question)))
        self.dialog.tell("not signed: see above; s signs elsewhere", bad=True)

    def show_paste(self, prepared: Prepared, fault: SignoffError | None = None) -> None:
        """Show what to sign elsewhere, and take the signature."""
        self.pasting = prepared
        self.dialog.show_parts(box=True)
        self.dialog.read((*(failed_text(fault) if fault else ()), *elsewhere_text(prepared)))
        self.dialog.box.clear()
        self.dialog.box.focus()
        self.dialog.tell("paste the whole of payload.sig into the field; nothing was signed yet; esc goes back")

    def on_paste_box_pasted(self, event: PasteBox.Pasted) -> None:
        """Publish with the signature, once it is whole."""
        if self.pasting is not None and not self.signing and END in event.text:
            self.signing = True
            self.run_worker(self._paste(self.pasting, event.text), group="sign")

    async def _paste(self, prepared: Prepared, armor: str) -> None:
        try:
            fresh, moved = await self.decision.again(self.dialog.typed, prepared)
            if moved or (fresh.seq, fresh.policy) != (prepared.seq, prepared.policy):
                self.show_question(fresh, moved or NEWER)
            else:
                self.show_written(await self.decision.paste(self.dialog.typed, prepared, armor))
        except SignoffError as error:
            self.show_paste(prepared, error)
        finally:
            self.signing = False

    def show_plainly(self) -> None:
        """Show what to sign on the terminal below, where it can be copied."""
        if self.pasting is None:
            return
        try:
            with self.app.suspend():
                show_lines("".join(text for text, _ in line) for line in elsewhere_text(self.pasting))
        except SuspendNotSupported:
            self.dialog.tell("the terminal cannot be given away here", bad=True)

    def show_written(self, written: Written) -> None:
        """Say what was written, where, and how to take it back."""
        self.pasting = None
        self.post_message(Wrote())
        if self.session.person and self.session.trouble:
            self.session.trouble = self.session.no_key = ""
            self.post_message(SignerMoved())
        self.finish(written_text(written, self.session.keymap))

    def action_cancel(self) -> None:
        """Leave, or go back one step; not while a signature is under way, since it may be written at any moment."""
        if self.signing:
            self.dialog.tell(BUSY, bad=True)
        elif self.pasting is not None and self.question is not None:
            self.show_question(self.question.prepared)
        elif self.choosing in {PERSON, IDENTITY} and self.laid == self.decision.form:  # a question was asked before
            self.choosing = ""
            self.begin()
        else:
            super().action_cancel()
