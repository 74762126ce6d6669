"""What is this client's own: pins, keys, the configuration file, JSON Schemas for editors."""

import sys

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.layout import Cell, Column
from signoff.cli.opening import screens
from signoff.cli.telling import print_text
from signoff.cli.words import text_cell
from signoff.errors import InvalidValueError, NotFoundError, RefusedError, SignoffError
from signoff.registry.choosing import choose_key, chosen_key, local_identities, need_identity, people_of
from signoff.registry.pins import PinBook, forget_pins, list_pins
from signoff.registry.settings import load_settings, settings_faults, settings_path

FEWEST = 8


@click.group("pin")
def pin() -> None:
    """What this client remembers of registries."""


@pin.command("list")
@framed
def pin_list(frame: Frame) -> None:
    """Show what this client remembers of each registry."""
    books = list_pins()
    if frame.out.as_json:
        frame.out.document([_book_shape(book) for book in books])
        return
    columns = (
        Column(title="REGISTRY"),
        Column(title="FIRST SEEN AT", elastic=True),
        Column(title="CHAINS", right=True),
        Column(title="RECORDS", right=True),
    )
    rows = [
        (
            Cell(book.registry[:16], whole=book.registry),
            Cell(book.url),
            Cell(str(len(book.pins))),
            Cell(str(sum(one.seq for one in book.pins.values()))),
        )
        for book in books
    ]
    frame.out.table(columns, rows, nothing="this client remembers no registry")


def _book_shape(book: PinBook) -> dict[str, object]:
    pins = [{"chain": chain, "seq": one.seq, "id": one.id} for chain, one in book.pins.items()]
    return {"registry": book.registry, "url": book.url, "pins": pins}


@pin.command("forget")
@click.argument("which", metavar="REGISTRY")
@click.option("--yes", is_flag=True, help="Do not ask for the name typed.")
@framed
def pin_forget(frame: Frame, which: str, yes: bool) -> None:  # noqa: FBT001  (click's words)
    """Forget everything about a registry: its next opening is a first contact. Asks for its id typed."""
    identity = _need_remembered(which)
    if not yes:
        _need_typed(identity)
    forget_pins(identity)
    frame.out.say(f"forgotten: {identity}")


def _need_remembered(name: str) -> str:
    """Return the id of a remembered registry by its beginning, or by where it was first seen."""
    try:
        books = {book.registry: book.url for book in list_pins()}
    except SignoffError:
        return name  # a pin file that cannot be read is forgotten by its full id
    found = [one for one, url in books.items() if url == name or (len(name) >= FEWEST and one.startswith(name))]
    if len(found) > 1:
        message = f"{name!r} fits {len(found)} registries"
        raise InvalidValueError(message, hint=f"give the id: {' or '.join(found)}")
    if not found:
        message = f"nothing is remembered of registry {name!r}"
        raise NotFoundError(message, hint="see: signoff pin list")
    return found[0]


def _need_typed(identity: str) -> None:
    short = identity[:FEWEST]
    if not sys.stdin.isatty():
        message = f"forgetting asks for the first {FEWEST} digits of the id to be typed, and there is no terminal"
        raise InvalidValueError(message, hint="if you are sure: --yes")
    typed = click.prompt(f"rollbacks of {identity} will not be noticed any more; type {short} to forget it", err=True)
    if typed != short:
        action = f"forget registry {short}"
        raise RefusedError(action, [f"{typed!r} was typed, not {short!r}"])


@click.group("key")
def key() -> None:
    """Your keys, and which one signs."""


@key.command("list")
@framed
def key_list(frame: Frame) -> None:
    """Show the keys that are here, and whose they are in the registry, where one is at hand."""
    people = _people(frame)
    chosen = chosen_key()
    found = local_identities()
    if frame.out.as_json:
        frame.out.document(
            [
                {
                    "fingerprint": one.key.fingerprint,
                    "kind": one.key.kind,
                    "comment": one.comment or None,
                    "source": one.source,
                    "path": one.path,
                    "person": people.get(one.key.fingerprint),
                    "chosen": one.key.fingerprint == chosen,
                }
                for one in found
            ]
        )
        return
    columns = (
        Column(title=""),
        Column(title="PERSON", elastic=True),
        Column(title="FINGERPRINT"),
        Column(title="KIND", elastic=True, priority=2),
        Column(title="COMMENT", elastic=True, priority=1),
        Column(title="FROM", elastic=True),
    )
    rows = [
        (
            Cell("*" if one.key.fingerprint == chosen else " "),
            text_cell(people.get(one.key.fingerprint)),
            Cell(one.key.fingerprint),
            Cell(one.key.kind),
            text_cell(one.comment),
            Cell("agent" if one.source == "agent" else str(one.path)),
        )
        for one in found
    ]
    frame.out.table(columns, rows, nothing="no key is here; make one: ssh-keygen -t ed25519, then: ssh-add")


def _people(frame: Frame) -> dict[str, str]:
    """Return fingerprint to person of the registry, where one is at hand; keys can be listed without."""
    if frame.options.registry:
        return people_of(frame.registry)
    try:
        return people_of(frame.registry)
    except SignoffError:
        return {}


@key.command("use")
@click.argument("which", required=False, metavar="FINGERPRINT or FILE.pub")
@click.option("--none", "nothing", is_flag=True, help="Forget the choice.")
@framed
def key_use(frame: Frame, which: str | None, nothing: bool) -> None:  # noqa: FBT001  (click's words)
    """Choose the key that signs where several could."""
    if nothing == (which is not None):
        message = "key use takes a key, or --none"
        raise InvalidValueError(message, hint="see them with: signoff key list")
    fingerprint = need_identity(which, local_identities()).key.fingerprint if which else ""
    choose_key(fingerprint)
    if frame.out.as_json:
        frame.out.document({"chosen": fingerprint or None})
        return
    frame.out.say(f"{fingerprint} signs from now on" if fingerprint else "no key is chosen")


@click.command("schema")
@click.argument("kind", type=click.Choice(["version", "model", "evaluation", "registry"]), default="version")
@framed
def schema(frame: Frame, kind: str) -> None:
    """Print the JSON Schema of a metadata file, for your editor."""
    from signoff.schema.jsonschema import FORMS, json_schema  # noqa: PLC0415  (only here)

    found = next(one for one in FORMS if one == kind)
    frame.out.document(json_schema(found))  # type: ignore[arg-type]  # (a key of FORMS is one of the kinds)


@click.group("config")
def config() -> None:
    """The configuration file."""


@config.command("path")
@framed
def config_path(frame: Frame) -> None:
    """Print where the configuration file is, or would be."""
    frame.out.document({"path": settings_path()}) if frame.out.as_json else frame.out.line(settings_path())


@config.command("check")
@framed
def config_check(frame: Frame) -> None:
    """Say what is wrong with the configuration file; exit code 2 where something is."""
    faults = settings_faults(screens().faults_in)
    for fault in faults[:-1]:
        frame.out.warn(f"{fault}; {fault.hint}" if fault.hint else str(fault))
    if faults:
        raise faults[-1]
    load_settings()
    if frame.out.as_json:
        frame.out.document({"ok": True, "path": settings_path()})
        return
    frame.out.say(f"{settings_path()} is fine")


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what completes commands, models, versions and stages: eval "$(signoff completion bash)"."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415  (only here)

    kind = get_completion_class(shell)
    assert kind is not None
    root = click.get_current_context().find_root().command
    print_text(kind(root, {}, "signoff", "_SIGNOFF_COMPLETE").source())
