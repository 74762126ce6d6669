"""What every command that signs has in common: who signs, a dry run, a key that is elsewhere, and what is said after.

The rule it keeps: what is signed is what was decided and, on a dry run, shown; after writing, it says what was
written, where, and how to take it back.
"""

import functools
import sys
from collections.abc import Callable

import click
import msgspec

from signoff.cli.frame import Frame
from signoff.cli.layout import Cell, Column
from signoff.cli.telling import print_text
from signoff.errors import SigningError
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.choosing import find_identity
from signoff.registry.elsewhere import paste_lines, person_elsewhere
from signoff.registry.people import Me
from signoff.registry.signers import Identity, pasted, waiting_words
from signoff.registry.signoffs import need_effective
from signoff.registry.takingback import back_words

END = "-----END SSH SIGNATURE-----"
COLUMNS = (Column(title="WHAT"), Column(title="RECORD"), Column(title="CHAIN"), Column(title="SLOT", right=True))
FINDINGS = (Column(title="CHECK"), Column(title="OUTCOME"), Column(title="DETAIL", elastic=True))
STYLES = {"met": "green", "unmet": "red", "unknown": "yellow"}


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a record is to be made: only tried, or signed with a key that is elsewhere."""

    dry_run: bool = False
    elsewhere: bool = False


def signing_options(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command `--dry-run` and `--sign-elsewhere`, as a `Way`."""

    @functools.wraps(function)
    def run(*words: object, dry_run: bool, sign_elsewhere: bool, **more: object) -> int | None:
        return function(*words, way=Way(dry_run=dry_run, elsewhere=sign_elsewhere), **more)

    here = click.option("--sign-elsewhere", is_flag=True, help="Print what to sign, and read the signature pasted.")
    tried = click.option("--dry-run", is_flag=True, help="Print the findings and the payload; sign nothing.")
    return tried(here(run))


def comment_option(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give a command `-m COMMENT`."""
    return click.option("-m", "--comment", default="", metavar="COMMENT", help="Say why.")(function)


def who_signs(frame: Frame, way: Way) -> Me:
    """Return who signs, here or elsewhere.

    Raises:
        SigningError: No such key is here, or in the registry.
        InvalidValueError: Nobody said which of several.
    """
    if not way.elsewhere:
        return frame.me()
    key = frame.options.key or ""
    identity = find_identity(key, frame.registry.identities()) if key else None
    fingerprint = identity.key.fingerprint if identity else key
    return person_elsewhere(frame.registry.reader.trust.newest, who=frame.options.who or "", key=fingerprint)


def write_record(frame: Frame, ask: Ask, way: Way, *, before: Callable[[], object] | None = None) -> int | None:
    """Decide an ask, sign it, publish it, and say so; or, on a dry run, only show what would be signed.

    Args:
        frame: The run.
        ask: What is asked.
        way: How.
        before: What is done once the record is sure to have its effect, before it is signed.

    Raises:
        RefusedError: It would have no effect.
    """
    prepared = frame.registry.prepare(ask, who_signs(frame, way))
    if way.dry_run:
        show_payload(frame, prepared)
        return None
    need_effective(prepared)
    if before is not None:
        before()
    show_written(frame, commit(frame, prepared, way))
    return None


def commit(frame: Frame, prepared: Prepared, way: Way) -> Written:
    """Sign what was decided, and publish it."""
    if way.elsewhere:
        return frame.registry.commit(prepared, pasted(prepared.identity, ask_paste))
    warn_of_touch(frame, prepared.identity, prepared.ask.words)
    return frame.registry.commit(prepared)


def warn_of_touch(frame: Frame, identity: Identity, words: str) -> None:
    """Say that a key waits to be touched."""
    if identity.key.is_hardware:
        frame.out.warn(waiting_words(identity, words))


def ask_paste(payload: bytes, command: str) -> str:
    """Show a payload and the command that signs it, and read the armored signature.

    Raises:
        SigningError: Nothing was pasted.
    """
    lines = (*paste_lines(payload, command), "and paste the whole of payload.sig here:")
    click.echo("\n".join(lines), err=True)
    pasted_lines: list[str] = []
    for line in sys.stdin:
        pasted_lines.append(line)
        if line.strip() == END:
            return "".join(pasted_lines)
    message = "no signature was pasted"
    raise SigningError(message, hint="nothing was written; do it again when you can sign")


def show_payload(frame: Frame, prepared: Prepared) -> None:
    """Print the findings, and the payload line exactly as it would be signed.

    Raises:
        RefusedError: The record would have no effect.
    """
    out = frame.out
    if out.as_json:
        out.document(
            {**described(prepared), "record": None, "reasons": prepared.reasons, "payload": prepared.line.decode()}
        )
    else:
        for one in prepared.findings:
            out.say(f"{one.outcome:<8} {one.check}: {one.detail}")
        out.say(f"dry run, nothing is signed: slot {prepared.seq} of {prepared.chain}")
        text = prepared.line.decode().rstrip("\n")
        out.line(text) if out.terminal else print_text(text)
    need_effective(prepared)


def described(prepared: Prepared) -> dict[str, object]:
    """Return the JSON of what was decided."""
    ask = prepared.ask
    findings = [{"check": one.check, "outcome": one.outcome, "detail": one.detail} for one in prepared.findings]
    return {"ref": f"{ask.model}:{ask.version}" if ask.version else ask.model, "findings": findings}


def show_written(frame: Frame, written: Written, **more: object) -> None:
    """Say what was written, where, and how to take it back."""
    out, prepared = frame.out, written.prepared
    record = {"id": written.id, "chain": written.chain, "seq": written.seq}
    if out.as_json:
        out.document({**described(prepared), "record": record, **more})
        return
    if out.terminal:
        out.line(f"{prepared.person}: {prepared.ask.words}")
    else:
        ref = str(described(prepared)["ref"])
        out.table(COLUMNS, [[Cell(ref), Cell(written.id), Cell(written.chain), Cell(str(written.seq))]])
    out.say(f"signed as {prepared.person} in {written.path}, record {written.id[:12]}")
    hint = back_words(written)
    if hint:
        out.say(hint)
