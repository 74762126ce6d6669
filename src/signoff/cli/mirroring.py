"""`signoff mirror`: a registry copied to another place, and kept up to date there."""

import click

from signoff.cli.frame import Frame, framed
from signoff.errors import VerificationError
from signoff.registry.mirroring import Mirrored, Mirroring, need_apart
from signoff.registry.opening import open_registry
from signoff.registry.starting import new_place


@click.command()
@framed
@click.argument("source", metavar="SRC")
@click.argument("destination", metavar="DST")
def mirror(frame: Frame, source: str, destination: str) -> int | None:
    """Copy the registry SRC to DST: what is missing there, records byte for byte, files by digest.

    SRC and DST are paths, URLs or names of the configuration. Nothing at DST is replaced; where DST is not the
    beginning of SRC, nothing is copied. Stopped, the same command goes on from there.
    """
    names = frame.settings.urls
    url, to = names.get(source, source), names.get(destination, destination)
    with open_registry(url, demanded=frame.options.registry_id or "", read_only=True) as registry:
        target = new_place(to)
        need_apart(registry.reader.storage, target)
        with frame.out.progress(f"mirroring to {to}", None) as progress:
            mirrored = Mirroring(registry, target, progress=progress).run()
    _verify(frame, to, registry.id)
    _say(frame, to, mirrored)
    return None


def _verify(frame: Frame, url: str, registry_id: str) -> None:
    """Check what is there now, as any reader would.

    Raises:
        VerificationError: It is not sound.
    """
    with open_registry(url, demanded=registry_id, read_only=True) as copy:
        report = copy.verify()
    if not report.ok:
        first = next(problem for problem in report.problems if problem.severity != "note")
        message = f"the copy at {url} does not verify: {first.place}: {first.what}"
        raise VerificationError(message, hint=f"see all: signoff -r {url} verify")
    frame.out.say(f"{url} verifies: {report.records} records; every byte: signoff -r {url} verify --deep")


def _say(frame: Frame, url: str, mirrored: Mirrored) -> None:
    for note in mirrored.notes:
        frame.out.warn(note)
    if frame.out.as_json:
        frame.out.document(
            {
                "path": url,
                "records": mirrored.records,
                "files": mirrored.files,
                "bytes": mirrored.size,
                "notes": mirrored.notes,
            }
        )
        return
    frame.out.line(f"{mirrored.records} records, {mirrored.files} files, {mirrored.size} bytes copied to {url}")
