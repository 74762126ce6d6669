"""`signoff pull`: verified bytes of a version into a folder of this machine."""

import sys
from pathlib import Path

import click
import msgspec

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.errors import InvalidValueError, NotFoundError, StorageError
from signoff.registry.pulling import Pulled, Wanted

FILES = (Column(title="FILE", elastic=True), Column(title="SHA256"))


@click.command()
@framed
@click.argument("ref")
@click.argument("destination", metavar="DEST")
@click.option("--include", multiple=True, metavar="GLOB", help="Only files that fit; * also crosses folders.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files that fit.")
@click.option("--with-base", "with_bases", is_flag=True, help="Also what it is built on, in DEST/bases/MODEL/VERSION.")
@click.option(
    "--max-age", "max_age_days", type=click.IntRange(min=0), metavar="DAYS", help="The newest checkpoint's age."
)
@click.option(
    "--heads", "heads", type=click.Path(path_type=Path), metavar="FILE", help="As `signoff heads` printed it."
)
@click.option("--allow-unapproved", "unapproved", is_flag=True, help="Deliver it although no stage approved it.")
@click.option("--dry-run", is_flag=True, help="Only decide, and list the files.")
def pull(frame: Frame, ref: str, destination: str, *, heads: Path | None, dry_run: bool, **words: object) -> int | None:
    """Deliver a version into DEST, which is complete or untouched.

    A stage (fraud@production) gives what its rule let through; anything else needs an approval that counts.
    """
    wanted = msgspec.convert({**words, "heads": _read_heads(heads)}, Wanted)
    need_memory(frame)
    if dry_run:
        return _show(frame, frame.registry.pull(ref, destination, wanted, dry_run=True), dry_run=True)
    with frame.out.progress(f"pulling {ref}", _size(frame, ref, wanted)) as progress:
        pulled = frame.registry.pull(ref, destination, wanted, progress=progress)
    return _show(frame, pulled, dry_run=False)


def _size(frame: Frame, ref: str, wanted: Wanted) -> int | None:
    """Return how many bytes come, where somebody sees how far it is; a script does not pay for knowing before."""
    return frame.registry.pull(ref, "", wanted, dry_run=True).size if sys.stderr.isatty() else None


def need_memory(frame: Frame) -> None:
    """Check that this client remembers what it saw, or that the caller says which registry it must be.

    Raises:
        InvalidValueError: Neither.
    """
    registry = frame.registry
    try:
        registry.close()
    except StorageError as error:
        if not frame.options.registry_id:
            message = f"this client cannot remember which registry this is: {error}"
            hint = "say which it must be with --registry-id ID (see: signoff trust show), or set SIGNOFF_STATE_DIR"
            raise InvalidValueError(message, hint=hint) from error


def _read_heads(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot read {str(path)!r}: {error.strerror}"
        raise NotFoundError(message, hint="make it with: signoff heads > FILE") from error


def _show(frame: Frame, pulled: Pulled, *, dry_run: bool) -> int | None:
    out, plan = frame.out, pulled.pull
    warnings = [warning for _, part in plan.parts for warning in part.warnings]
    for warning in warnings:
        out.warn(warning)
    if out.as_json:
        out.document(
            {
                "ref": f"{plan.model}:{plan.version}",
                "digest": plan.digest,
                "files": pulled.files,
                "bytes": pulled.size,
                "path": pulled.path or None,
                "bases": [{"ref": f"{one.model}:{one.version}", "digest": one.digest} for one in plan.bases],
                "warnings": warnings,
            }
        )
    elif dry_run:
        rows = [[Cell(f"{folder}{path}"), Cell(digest)] for folder, part in plan.parts for path, digest in part.files]
        out.table(FILES, rows)
    else:
        out.line(pulled.path)
    verb = "would deliver" if dry_run else "delivered"
    out.say(f"{verb} {plan.model}:{plan.version}, {pulled.files} files, {pulled.size} bytes, digest {plan.digest}")
    return None
