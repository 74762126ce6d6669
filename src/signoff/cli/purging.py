"""`signoff purge` and `signoff gc`: what removes bytes.

The rule it keeps: a version's bytes go after a signed record, and after its name was typed.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.writing import Way, commit, show_payload, show_written, signing_options, who_signs
from signoff.errors import InvalidValueError
from signoff.registry.asking import ask_about, need_registered
from signoff.registry.collecting import Collecting, Removable
from signoff.registry.signoffs import need_effective

COLUMNS = (
    Column(title="KIND"),
    Column(title="BYTES", right=True),
    Column(title="PATH", elastic=True),
    Column(title="WHY", elastic=True, priority=1),
)


@click.command()
@framed
@click.argument("ref")
@click.option("-m", "--comment", "reason", default="", metavar="REASON", help="Say why; it is asked for.")
@click.option(
    "--yes", "typed", default="", metavar="MODEL:VERSION", help="The name, typed: removes the bytes without asking."
)
@click.option("--keep-bytes", is_flag=True, help="Only sign that they may be removed.")
@signing_options
def purge(frame: Frame, ref: str, *, reason: str, typed: str, keep_bytes: bool, way: Way) -> int | None:
    """Sign that a version's bytes may be removed, then remove them. For good.

    Its manifest, metadata, card and evaluations stay, so that its history can still be read. A version that is purged
    already only loses its bytes.
    """
    view = need_registered(frame.registry, ref)
    if typed and typed != view.ref:
        message = f"{typed!r} is not {view.ref}"
        raise InvalidValueError(message, hint=f"to remove its bytes: --yes {view.ref}")
    if view.state is None or view.state.purged is None:
        prepared = frame.registry.prepare(
            ask_about(frame.registry, "purge", ref, reason=_need(reason)), who_signs(frame, way)
        )
        if way.dry_run:
            show_payload(frame, prepared)
            return None
        need_effective(prepared)
        show_written(frame, commit(frame, prepared, way))
    elif frame.out.as_json:
        frame.out.document({"ref": view.ref, "record": None, "findings": ()})
    collecting = Collecting(frame.registry)
    found = collecting.bytes_of(view.model, view.version)
    if way.dry_run or keep_bytes or not found or not _agreed(frame, view.ref, found, typed=typed):
        frame.out.say(f"{_weight(found)} stay; remove them with: signoff purge {view.ref}, or signoff gc")
        return None
    frame.out.say(f"removed {_weight(found)}, {collecting.remove(found)} bytes")
    return None


def _need(reason: str) -> str:
    if not reason:
        message = "a purge says why"
        raise InvalidValueError(message, hint="say it with -m REASON")
    return reason


def _agreed(frame: Frame, ref: str, found: Sequence[Removable], *, typed: str) -> bool:
    if typed:
        return True
    if not sys.stdin.isatty():
        frame.out.say(f"nobody typed the name {ref}; say it with: --yes {ref}")
        return False
    answer: str = click.prompt(
        f"{_weight(found)} go for good. Type {ref} to remove them", default="", show_default=False, err=True
    )
    return answer == ref


def _weight(found: Sequence[Removable]) -> str:
    return f"{len(found)} files with {sum(one.size for one in found)} bytes"


@click.command()
@framed
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def gc(frame: Frame, dry_run: bool, yes: bool) -> int | None:  # noqa: FBT001  (click's flags)
    """Remove what no record names, leftovers older than a day, and the bytes of purged versions."""
    collecting, out = Collecting(frame.registry), frame.out
    found = collecting.find()
    if not out.as_json:
        rows = [[Cell(one.kind), Cell(str(one.size)), Cell(one.path), Cell(one.why)] for one in found]
        out.table(COLUMNS, rows, nothing="nothing can be removed")
    if not dry_run and found:
        if not yes and sys.stdin.isatty():
            click.confirm(f"Remove {_weight(found)}?", abort=True, err=True)
        collecting.remove(found)
    if out.as_json:
        files = [{"kind": one.kind, "path": one.path, "bytes": one.size, "why": one.why} for one in found]
        out.document({"removed": not dry_run, "bytes": sum(one.size for one in found), "files": files})
    kinds = Counter(one.kind for one in found)
    summary = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    if found:
        out.say(f"{'would remove' if dry_run else 'removed'} {_weight(found)}: {summary}")
    return None
