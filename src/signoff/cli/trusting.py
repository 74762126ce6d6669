"""`signoff trust …` and `signoff checkpoint`: the rules, changing them, and witnessing the heads.

The rule it keeps: a change is shown as a difference before anybody signs it, and with everything that it would undo
before anybody applies it.
"""

import os
import sys
from pathlib import Path

import click

from signoff.cli.editing import edited, keep, read_file
from signoff.cli.frame import Frame, framed
from signoff.cli.writing import Way, ask_paste, warn_of_touch, who_signs
from signoff.errors import InvalidValueError, SchemaError, SigningError
from signoff.registry.changing import Change, Changes, document_text, proposal_words
from signoff.registry.choosing import find_identity
from signoff.registry.elsewhere import root_elsewhere
from signoff.registry.founding import publish_allowed_signers
from signoff.registry.gathering import Proposal
from signoff.registry.signers import Identity, find_identities, pasted, signer_for
from signoff.registry.starting import choose_root, waiting_at

ELSEWHERE = click.option("--sign-elsewhere", is_flag=True, help="Print what to sign, and read the signature pasted.")


@click.group()
def trust() -> None:
    """The rules of the registry: who may do what, and changing them."""


@trust.command()
@framed
@click.argument("proposal_id", metavar="[ID]", required=False)
def show(frame: Frame, proposal_id: str | None) -> int | None:
    """The registry's id and its rules, as YAML; with the ID of a proposal, what that changes and would undo."""
    if proposal_id is not None:
        return _show_one(frame, _changes(frame).look(proposal_id))
    if waiting_at(frame.url):
        return _show_waiting(frame)
    registry, out = frame.registry, frame.out
    chain, proposals = registry.reader.trust, registry.proposals.list()
    if registry.reader.trust_alarm is not None:
        out.warn(str(registry.reader.trust_alarm))
    if out.as_json:
        waiting = [_described(one) for one in proposals]
        record = {"seq": chain.newest.seq, "id": chain.newest.id, "author": chain.newest.said.author}
        out.document(
            {"registry": registry.id, "record": record, "trust": chain.newest.said.trust, "proposals": waiting}
        )
        return None
    out.line(f"# registry {registry.id}")
    out.line(f"# trust record {chain.newest.seq}, by {chain.newest.said.author} at {chain.newest.said.time}")
    for line in registry.proposals.document_text().splitlines():
        out.line(line)
    for one in proposals:
        out.say(f"proposal {one.id[:12]}: {proposal_words(one)}; {'; '.join(one.missing) or 'ready to apply'}")
    return None


def _described(one: Proposal) -> dict[str, object]:
    return {"id": one.id, "author": one.record.said.author, "signers": one.signers, "missing": one.missing}


def _show_one(frame: Frame, change: Change) -> int | None:
    out, proposal = frame.out, change.proposal
    if out.as_json:
        effects = {"difference": change.difference, "moved": change.moved, "effects": change.effects}
        out.document({**_described(proposal), **effects, "trust": proposal.record.said.trust})
        return None
    for line in (proposal_words(proposal), *change.difference):
        out.line(line)
    _warn_of_effects(frame, change)
    out.say(f"still missing: {'; '.join(proposal.missing)}" if proposal.missing else "every signature is there")
    return None


def _show_waiting(frame: Frame) -> int | None:
    """Show the rules of a registry that is to be, and what it waits for."""
    waiting = Changes(frame.url, None).waiting()
    out = frame.out
    if out.as_json:
        proposals = [_described(one) for one in waiting]
        out.document({"registry": None, "record": None, "trust": None, "proposals": proposals})
        return None
    for one in waiting:
        out.line(f"# {one.id}: {proposal_words(one)}")
        for line in document_text(one).splitlines():
            out.line(line)
        out.say(f"not a registry yet: {'; '.join(one.missing) or 'ready to apply'}")
        out.say(f"its root keys sign with: signoff -r {frame.url} trust sign {one.id[:12]}")
    return None


@trust.command()
@framed
@click.option("-m", "--comment", default="", metavar="COMMENT", help="Say why.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE", help="Take this YAML file; no editor."
)
def edit(frame: Frame, comment: str, source: Path | None) -> int | None:
    """Change the rules in your editor, as YAML: this makes a proposal, which has no effect before it is applied."""
    registry = frame.registry
    author = _author(frame)
    text = read_file(source) if source else edited(registry.proposals.document_text())
    try:
        proposal = registry.proposals.propose(text, author=author, comment=comment)
    except SchemaError as error:
        if source is None:
            kept = keep(text)
            hint = f"your text is in {kept}; mend it and take it with: signoff trust edit --from {kept}"
            raise SchemaError(error.reason, file=error.file, line=error.line, path=error.path, hint=hint) from None
        raise
    _show_change(frame, Changes(frame.url, registry).look(proposal.id))
    _show_proposal(frame, proposal, f"root keys sign it with: signoff trust sign {proposal.id[:12]}")
    return None


def _author(frame: Frame) -> str:
    """Return who proposes; anybody may, so a name without a key here is taken as it is said."""
    try:
        return frame.me().person
    except SigningError:
        if frame.options.who:
            return frame.options.who
        raise


@trust.command()
@framed
@click.argument("proposal_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@ELSEWHERE
def sign(frame: Frame, proposal_id: str, *, yes: bool, sign_elsewhere: bool) -> int | None:
    """Sign a proposal with your root key, after looking at what it changes."""
    changes = _changes(frame)
    change = changes.look(proposal_id)
    _show_change(frame, change)
    identity = _root_key(frame, changes, change.proposal, elsewhere=sign_elsewhere)
    if not yes and not sign_elsewhere and sys.stdin.isatty():
        click.confirm("Sign it?", abort=True, err=True)
    if not sign_elsewhere:
        warn_of_touch(frame, identity, f"sign {proposal_words(change.proposal)}")
    signer = pasted(identity, ask_paste) if sign_elsewhere else signer_for(identity)
    signed = changes.sign(change.proposal, signer)
    _show_proposal(frame, signed, f"apply it with: signoff trust apply {signed.id[:12]}")
    return None


def _changes(frame: Frame) -> Changes:
    if not waiting_at(frame.url):
        return Changes(frame.url, frame.registry)
    if frame.options.read_only:
        message = "the first trust record takes no signature while read-only is asked for"
        raise InvalidValueError(message, hint="look at it with: signoff trust show; else leave out --read-only")
    return Changes(frame.url, None)


def _root_key(frame: Frame, changes: Changes, proposal: Proposal, *, elsewhere: bool) -> Identity:
    here = find_identities(os.environ, Path.home())
    key = frame.options.key or ""
    named = find_identity(key, here) if key else None
    fingerprint = named.key.fingerprint if named else key
    if elsewhere:
        roots = [proposal.record, *([changes.registry.reader.trust.newest] if changes.registry else [])]
        found = next((one for root in roots if (one := root_elsewhere(root, fingerprint))), None)
        if found is None:
            message = f"the root key that signs elsewhere was not said, or is none: {key!r}"
            raise InvalidValueError(message, hint="say it with --key FILE.pub")
        return found
    known = (*here, *([named] if named and all(one.key != named.key for one in here) else []))
    return choose_root(proposal, changes.candidates(proposal, known), who=frame.options.who or "", key=fingerprint)


@trust.command()
@framed
@click.argument("proposal_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(frame: Frame, proposal_id: str, yes: bool) -> int | None:  # noqa: FBT001  (click's flag)
    """Publish a proposal whose thresholds are met, after looking at what it would undo."""
    changes = _changes(frame)
    change = changes.look(proposal_id)
    _show_change(frame, change)
    if not yes and not change.proposal.missing:
        _confirm(change)
    seq = changes.apply(change.proposal)
    out = frame.out
    if out.as_json:
        record = {"id": change.proposal.id, "chain": "trust", "seq": seq}
        out.document({"record": record, "moved": change.moved, "effects": change.effects})
    else:
        out.line(change.proposal.id)
    out.say(f"trust record {seq} is in force")
    return None


def _confirm(change: Change) -> None:
    """Ask on a terminal; without one, go on only where nothing falls and nothing moved.

    Raises:
        InvalidValueError: Nobody can be asked.
    """
    if sys.stdin.isatty():
        click.confirm("Apply it?", abort=True, err=True)
    elif not change.quiet:
        message = f"something changes with it: {'; '.join((*change.moved, *change.effects))}"
        raise InvalidValueError(message, hint="look at it, then agree with --yes")


def _show_change(frame: Frame, change: Change) -> None:
    out = frame.out
    out.say(proposal_words(change.proposal))
    for line in change.difference:
        out.say(f"  {line}")
    _warn_of_effects(frame, change)


def _warn_of_effects(frame: Frame, change: Change) -> None:
    for what in change.moved:
        frame.out.say(f"moved since it was proposed: {what}")
    for what in change.effects:
        frame.out.warn(f"it changes {what}")


def _show_proposal(frame: Frame, proposal: Proposal, following: str) -> None:
    out = frame.out
    if out.as_json:
        out.document(
            {
                "proposal": proposal.id,
                "seq": proposal.record.seq,
                "signers": proposal.signers,
                "missing": proposal.missing,
            }
        )
    else:
        out.line(proposal.id)
    for one in proposal.ignored:
        out.warn(f"not counted: {one}")
    out.say(f"still missing: {'; '.join(proposal.missing)}" if proposal.missing else "every signature is there")
    out.say(following)


@trust.command("allowed-signers")
@framed
def allowed_signers(frame: Frame) -> int | None:
    """Write .signoff/allowed_signers anew, from the verified trust chain, and print where it is."""
    if frame.registry.reader.trust_alarm is not None:
        raise frame.registry.reader.trust_alarm
    path = publish_allowed_signers(frame.registry.reader.storage, frame.registry.reader.trust)
    if frame.out.as_json:
        frame.out.document({"path": path})
    else:
        frame.out.line(path)
    return None


@click.command()
@framed
@ELSEWHERE
def checkpoint(frame: Frame, sign_elsewhere: bool) -> int | None:  # noqa: FBT001  (click's flag)
    """Sign the heads of all chains as they are, as a witness."""
    me = who_signs(frame, Way(elsewhere=sign_elsewhere))
    if not sign_elsewhere:
        warn_of_touch(frame, me.identity, "sign the heads")
    made = frame.registry.checkpoint(me, pasted(me.identity, ask_paste) if sign_elsewhere else None)
    if frame.out.as_json:
        heads = [{"chain": chain, "seq": seq, "id": head} for chain, (seq, head) in made.heads.items()]
        frame.out.document({"record": {"id": made.id, "chain": "checkpoints", "seq": made.seq}, "heads": heads})
    else:
        frame.out.line(made.id)
    frame.out.say(f"checkpoint {made.seq} by {made.author} covers {len(made.heads)} chains")
    return None
