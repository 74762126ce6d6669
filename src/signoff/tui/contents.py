"""The files of a version: here, and kept elsewhere.

The rule it keeps: pure; sizes and digests line up and the path, which may be long, stands last.
"""

from collections.abc import Iterator, Sequence

from signoff.registry.details import FileLine
from signoff.registry.views import VersionView
from signoff.schema.parts import Artifact
from signoff.tui.pages import Text, heading, problem_lines
from signoff.tui.present import Pieces, count, fit, glyph
from signoff.values.display import long_size, short_digest

SIZE, DIGEST = 9, 18
MOST_FILES = 5000


def files_text(view: VersionView, files: Sequence[FileLine] | None) -> Text:
    """Return the files; None: they are still being read."""
    lines = list(problem_lines(view))
    lines += [()] if lines else []
    if files is None:
        return (*lines, (("reading the files …", "dim"),))
    if view.digest is None:
        lines += [(("not registered: no digest is signed yet, and the files may still change", "warn"),), ()]
    lines += _table(files) if files else [((_why_none(view), "dim"),)]
    artifacts = view.metadata.artifacts if view.metadata else ()
    if artifacts:
        lines += _elsewhere(artifacts)
    return tuple(lines)


def _why_none(view: VersionView) -> str:
    if view.status == "purged":
        return "its bytes were removed after a signed purge"
    return "no files" if view.digest is None else "SHA256SUMS is missing or is not the registered one"


def _table(files: Sequence[FileLine]) -> Iterator[Pieces]:
    yield ((fit("SIZE", SIZE, right=True), "dim"), ("  ", "dim"), (fit("SHA256", DIGEST), "dim"), ("  PATH", "dim"))
    for one in files[:MOST_FILES]:
        yield _row(one.size, one.digest, one.path, missing=one.size is None)
    more = len(files) - MOST_FILES
    if more > 0:
        yield ((f"… and {more:,} more: SHA256SUMS names them all", "warn"),)
    known = [one.size for one in files if one.size is not None]
    lost = len(files) - len(known)
    yield ()
    yield (
        (fit(long_size(sum(known)), SIZE, right=True), "strong"),
        (f"  in {count(len(known), 'file')}", "strong"),
        (f", {lost} missing" if lost else "", "bad"),
    )


def _row(size: int | None, digest: str | None, path: str, *, missing: bool) -> Pieces:
    mark, tone = glyph("missing")
    words = f"{mark} missing" if missing else long_size(size)
    short = short_digest(digest).removeprefix("sha256:")
    return (
        (fit(words, SIZE, right=True), tone if missing else "plain"),
        (f"  {fit(short, DIGEST)}", "dim"),
        (f"  {path}", "bad" if missing else "plain"),
    )


def _elsewhere(artifacts: Sequence[Artifact]) -> Iterator[Pieces]:
    yield from heading("Kept elsewhere", ("  checked by digest as those here", "dim"))
    for one in artifacts:
        yield _row(one.size, one.sha256, one.path, missing=False)
        yield ((" " * (SIZE + DIGEST + 4), "plain"), (one.uri or "no address is given", "dim"))
    known = [one.size for one in artifacts if one.size is not None]
    yield ()
    yield (
        (fit(long_size(sum(known) if known else None), SIZE, right=True), "strong"),
        (f"  in {count(len(artifacts), 'file')} elsewhere", "strong"),
    )
