"""Commands that write one record about a version, a stage, an alias or another record.

The rule it keeps: a command turns words into an ask and nothing else; what is allowed is decided where every reader
decides it.
"""

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.writing import Way, comment_option, signing_options, write_record
from signoff.errors import InvalidValueError
from signoff.registry.asking import ask_about, ask_about_any, ask_about_record, ask_alias, ask_rollback, parse_tags
from signoff.registry.asks import Ask

REASON = click.option("-m", "--comment", "reason", required=True, metavar="REASON", help="Say why; it is asked for.")
STATUSES = ("deploying", "serving", "failed", "stopped")


@click.command()
@framed
@click.argument("ref")
@click.argument("stage")
@comment_option
@signing_options
def request(frame: Frame, ref: str, stage: str, comment: str, way: Way) -> int | None:
    """Ask for the approval of a version."""
    return write_record(frame, ask_about(frame.registry, "request", ref, stage=stage, comment=comment), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("stage")
@comment_option
@signing_options
def approve(frame: Frame, ref: str, stage: str, comment: str, way: Way) -> int | None:
    """Approve a version for a stage."""
    return write_record(frame, ask_about(frame.registry, "approve", ref, stage=stage, comment=comment), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("stage")
@comment_option
@signing_options
def reject(frame: Frame, ref: str, stage: str, comment: str, way: Way) -> int | None:
    """Reject a version for a stage: what was approved before no longer counts."""
    return write_record(frame, ask_about(frame.registry, "reject", ref, stage=stage, comment=comment), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("stage")
@click.option(
    "--break-glass", is_flag=True, help="In an emergency: without quorum; somebody else reviews it. Needs -m."
)
@comment_option
@signing_options
def promote(frame: Frame, ref: str, stage: str, *, break_glass: bool, comment: str, way: Way) -> int | None:
    """Point a stage at a version."""
    if not break_glass:
        return write_record(frame, ask_about(frame.registry, "promote", ref, stage=stage, comment=comment), way)
    if not comment:
        message = "a break_glass says why"
        raise InvalidValueError(message, hint="say it with -m REASON")
    return write_record(frame, ask_about(frame.registry, "break_glass", ref, stage=stage, reason=comment), way)


@click.command()
@framed
@click.argument("model")
@click.argument("stage")
@click.argument("ref", required=False, default="")
@REASON
@signing_options
def rollback(frame: Frame, model: str, stage: str, ref: str, *, reason: str, way: Way) -> int | None:
    """Point a stage at the version that held it before, or at REF, which must have held it."""
    return write_record(frame, ask_rollback(frame.registry, model, stage, ref, reason=reason), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("name")
@click.option("--remove", is_flag=True, help="Remove the alias; REF is the model, or any of its versions.")
@comment_option
@signing_options
def alias(frame: Frame, ref: str, name: str, *, remove: bool, comment: str, way: Way) -> int | None:
    """Point an alias, which has no rules, at a version."""
    return write_record(frame, ask_alias(frame.registry, ref, name, remove=remove, comment=comment), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("environment")
@click.argument("status", type=click.Choice(STATUSES))
@click.option("--endpoint", default="", metavar="URL", help="Where it can be reached.")
@click.option("--instances", type=click.IntRange(min=0), help="How many serve it.")
@comment_option
@signing_options
def deploy(frame: Frame, ref: str, *, way: Way, **fields: object) -> int | None:
    """Leave a receipt of what serves where."""
    return write_record(frame, ask_about(frame.registry, "deploy", ref, **fields), way)


@click.command()
@framed
@click.argument("ref")
@click.option("--replaced-by", default="", metavar="VERSION", help="Which version to use instead.")
@REASON
@signing_options
def deprecate(frame: Frame, ref: str, replaced_by: str, reason: str, way: Way) -> int | None:
    """Show a version as outdated; a pull warns."""
    version = replaced_by.rpartition(":")[2]
    return write_record(frame, ask_about(frame.registry, "deprecate", ref, reason=reason, replaced_by=version), way)


@click.command()
@framed
@click.argument("ref")
@click.option("-m", "--comment", "reason", default="", metavar="REASON", help="Say why.")
@signing_options
def restore(frame: Frame, ref: str, reason: str, way: Way) -> int | None:
    """Take a deprecation back."""
    return write_record(frame, ask_about(frame.registry, "restore", ref, reason=reason), way)


@click.command()
@framed
@click.argument("ref")
@click.option("--severity", default="", metavar="WORD", help="How bad it is, in your words.")
@REASON
@signing_options
def revoke(frame: Frame, ref: str, severity: str, reason: str, way: Way) -> int | None:
    """Have every pull refuse a version, and what was built on it. For good."""
    return write_record(frame, ask_about(frame.registry, "revoke", ref, reason=reason, severity=severity), way)


@click.command()
@framed
@click.argument("ref")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Set a tag; KEY= sets an empty one.")
@click.option("--remove-tag", "removed", multiple=True, metavar="KEY", help="Remove a tag.")
@click.option("--description", metavar="TEXT")
@click.option("--semver", metavar="VERSION")
@click.option("--notes", metavar="TEXT")
@signing_options
def annotate(
    frame: Frame, ref: str, *, way: Way, tags: tuple[str, ...], removed: tuple[str, ...], **texts: str | None
) -> int | None:
    """Set tags and notes of a version, or of a model."""
    said: dict[str, object] = {key: text for key, text in texts.items() if text is not None}
    named = parse_tags(tags, removed)
    if named:
        said["tags"] = named
    if not said:
        message = "there is nothing to annotate"
        raise InvalidValueError(message, hint="give --tag KEY=VALUE, --description, --semver or --notes")
    return write_record(frame, ask_about_any(frame.registry, "annotate", ref, set=said), way)


@click.command()
@framed
@click.argument("ref")
@click.argument("words", required=False, default="")
@comment_option
@signing_options
def comment(frame: Frame, ref: str, words: str, comment: str, way: Way) -> int | None:
    """Say something about a version, or about a model."""
    text = words or comment
    if not text:
        message = "there is nothing said"
        raise InvalidValueError(message, hint='say it: signoff comment REF "TEXT"')
    return write_record(frame, ask_about_any(frame.registry, "comment", ref, comment=text), way)


@click.command()
@framed
@click.argument("record")
@comment_option
@signing_options
def withdraw(frame: Frame, record: str, comment: str, way: Way) -> int | None:
    """Take back your own request, approval or rejection: RECORD is its id, or MODEL#SLOT."""
    return write_record(frame, ask_about_record(frame.registry, "withdraw", record, comment=comment), way)


@click.command()
@framed
@click.argument("record")
@click.option("--outcome", default="justified", show_default=True, metavar="WORD", help="What the review found.")
@comment_option
@signing_options
def review(frame: Frame, record: str, outcome: str, comment: str, way: Way) -> int | None:
    """Close somebody else's break_glass: RECORD is its id, or MODEL#SLOT."""
    ask: Ask = ask_about_record(frame.registry, "review", record, outcome=outcome, comment=comment)
    return write_record(frame, ask, way)
