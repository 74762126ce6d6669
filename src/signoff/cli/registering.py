"""`signoff register` and `signoff evaluate`: what brings bytes in before it signs.

The rule it keeps: whoever may not is refused before a byte moves.
"""

from pathlib import Path

import click
import msgspec

from signoff.cli.frame import Frame, framed
from signoff.cli.writing import (
    Way,
    ask_paste,
    comment_option,
    show_payload,
    show_written,
    signing_options,
    warn_of_touch,
    who_signs,
    write_record,
)
from signoff.errors import InvalidValueError
from signoff.registry.asking import ask_evaluate, publish_evaluation
from signoff.registry.intake import (
    Source,
    bring_version,
    choose_version,
    folder_size,
    parse_settings,
    read_metadata,
    say_metadata,
    source_size,
)
from signoff.registry.people import Me
from signoff.registry.signers import pasted
from signoff.values.refs import MLFLOW

HOW = ("copy", "link", "reflink", "move")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about the version: how its bytes come, who built it, what its metadata says."""

    how: str | None
    dedupe: bool
    settings: tuple[str, ...]
    metadata: Path | None
    built_by: tuple[str, ...]
    comment: str


@click.command()
@framed
@click.argument("name", metavar="MODEL[:VERSION]")
@click.argument("path", required=False, type=click.Path(exists=True))
@click.option("--copy", "how", flag_value="copy", help="Copy the bytes of PATH.")
@click.option("--link", "how", flag_value="link", help="Hard links: whoever edits the source edits the version.")
@click.option("--reflink", "how", flag_value="reflink", help="Share bytes until one side changes.")
@click.option("--move", "how", flag_value="move", help="Leave nothing behind.")
@click.option("--dedupe", is_flag=True, help="Link files that the registry has already.")
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Say it in version.yaml, as metrics.accuracy=0.93."
)
@click.option("--metadata", type=click.Path(path_type=Path), metavar="FILE", help="Say what this YAML file says.")
@click.option("--built-by", multiple=True, metavar="WHO", help="Who else built it: they cannot approve it.")
@comment_option
@signing_options
def register(frame: Frame, name: str, path: str | None, *, way: Way, **words: object) -> int | None:
    """Register a version: its folder in place, or PATH brought in.

    Without a version: the only folder that stands there unregistered, or with PATH the next number. Without --copy,
    --link, --reflink or --move: a reflink where the filesystem can, else a hard link, else a copy.
    """
    said = msgspec.convert(words, Said)
    model, version = _parse_name(name)
    me = who_signs(frame, way)
    version = choose_version(frame.registry.registration, model, version, path=path)
    frame.registry.registration.need_allowed(model, version, me)
    if path is not None and way.dry_run:
        return _say_dry(frame, model, version, path)
    how = _bring(frame, model, version, path, said=said) if path is not None else "in place"
    _describe(frame, me, model, version, said=said, dry_run=way.dry_run)
    return _seal(frame, me, model, version, said=said, way=way, how=how)


def _parse_name(name: str) -> tuple[str, str]:
    if name.startswith(MLFLOW):
        model, _, version = name.removeprefix(MLFLOW).rpartition("/")
        return (model, version) if model else (version, "")
    model, colon, version = name.rpartition(":")
    return (model, version) if colon else (version, "")


def _say_dry(frame: Frame, model: str, version: str, path: str) -> int | None:
    if frame.out.as_json:
        frame.out.document(
            {"ref": f"{model}:{version}", "digest": None, "record": None, "findings": (), "payload": None}
        )
    frame.out.say(f"dry run: {path} would become {model}:{version}; its payload exists once its files are in place")
    return None


def _bring(frame: Frame, model: str, version: str, path: str, *, said: Said) -> str:
    source = msgspec.convert({"path": path, "how": said.how or "auto", "dedupe": said.dedupe}, Source)
    with frame.out.progress(f"bringing in {model}:{version}", source_size(source)) as progress:
        how = bring_version(frame.registry.registration, model, version, source, progress=progress)
    frame.out.say(f"{path} is {model}:{version} now, by {how}")
    if "link" in how.split("+"):
        frame.out.warn("hard links: whoever edits the source in place also changes the registered file")
    return how


def _describe(frame: Frame, me: Me, model: str, version: str, *, said: Said, dry_run: bool) -> None:
    metadata = read_metadata(said.metadata) if said.metadata else {}
    settings = parse_settings(said.settings)
    if not metadata and not settings:
        return
    if dry_run:
        message = "a dry run writes no version.yaml"
        raise InvalidValueError(message, hint="leave out --set and --metadata, or write version.yaml yourself")
    for words in (metadata, settings):
        say_metadata(frame.registry.registration, me, model, version, words)


def _seal(frame: Frame, me: Me, model: str, version: str, *, said: Said, way: Way, how: str) -> int | None:
    registry = frame.registry
    size = folder_size(registry.registration, model, version)
    with frame.out.progress(f"hashing {model}:{version}", size) as progress:
        sealing = registry.seal(model, version, progress=progress)
    if way.dry_run:
        prepared = registry.registration.prepare(sealing, me, built_by=said.built_by, comment=said.comment)
        show_payload(frame, prepared)
        return None
    signer = pasted(me.identity, ask_paste) if way.elsewhere else None
    if signer is None:
        warn_of_touch(frame, me.identity, f"register {model}:{version}")
    written = registry.register_sealed(sealing, me, signer=signer, built_by=said.built_by, comment=said.comment)
    show_written(frame, written, digest=sealing.digest, how=how, bytes=size)
    return None


@click.command()
@framed
@click.argument("ref")
@click.argument("file")
@comment_option
@signing_options
def evaluate(frame: Frame, ref: str, file: str, comment: str, way: Way) -> int | None:
    """Have an evaluation count: FILE of this machine is brought in, else the one of that name is used."""
    new = ask_evaluate(frame.registry, ref, file, comment=comment)
    if new.said.outcome is None:
        frame.out.say(f"{file} names no outcome: it counts as inconclusive")
    for fault in new.said.faults:
        frame.out.warn(str(fault))
    return write_record(frame, new.ask, way, before=lambda: publish_evaluation(frame.registry, new))
