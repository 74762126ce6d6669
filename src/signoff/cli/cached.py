"""The cache of this user: what can be made again and saves time."""

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.errors import VerificationError
from signoff.registry.caches import list_cached, prune_cache, verify_cache
from signoff.values.display import long_size


@click.group("cache")
def cache() -> None:
    """What was read before, kept to save time; removing it is always safe."""


@cache.command("ls")
@framed
def cache_ls(frame: Frame) -> None:
    """Show what is kept of each registry."""
    found = list_cached()
    if frame.out.as_json:
        shapes = [
            {"registry": one.registry, "url": one.url or None, "files": list(one.files), "bytes": one.size}
            for one in found
        ]
        frame.out.document(shapes)
        return
    columns = (
        Column(title="REGISTRY"),
        Column(title="FIRST SEEN AT", elastic=True),
        Column(title="FILES", right=True),
        Column(title="SIZE", right=True),
    )
    rows = [
        (
            Cell(one.registry[:16], whole=one.registry),
            Cell(one.url or "-"),
            Cell(str(len(one.files))),
            Cell(long_size(one.size), whole=str(one.size)),
        )
        for one in found
    ]
    frame.out.table(columns, rows, nothing="nothing is kept")


@cache.command("prune")
@click.option("--all", "everything", is_flag=True, help="Remove all of it.")
@framed
def cache_prune(frame: Frame, everything: bool) -> None:  # noqa: FBT001  (click's words)
    """Remove what other versions of signoff left, and what belongs to registries that are forgotten."""
    gone = prune_cache(everything=everything)
    size = sum(size for _, size in gone)
    if frame.out.as_json:
        frame.out.document({"removed": [name for name, _ in gone], "bytes": size})
        return
    frame.out.say(f"removed {len(gone)} files, {long_size(size)}")


@cache.command("verify")
@framed
def cache_verify(frame: Frame) -> None:
    """Look at every row that is kept; what is damaged is removed, with exit code 4."""
    checked = verify_cache()
    bad = [one.name for one in checked if not one.sound]
    rows = sum(one.rows or 0 for one in checked)
    if frame.out.as_json:
        frame.out.document({"ok": not bad, "rows": rows, "removed": bad})
    else:
        frame.out.say(f"{rows} rows in {len(checked)} files")
    if bad:
        message = f"removed, since it was damaged: {', '.join(bad)}"
        raise VerificationError(message, hint="nothing is lost: it is made again")
