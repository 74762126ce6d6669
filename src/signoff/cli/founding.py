"""`signoff init`: a new registry, signed by the root keys that are here, or waiting for the others."""

import os
import sys
from pathlib import Path

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.writing import warn_of_touch
from signoff.errors import InvalidValueError
from signoff.registry.choosing import find_identity
from signoff.registry.opening import real_surroundings
from signoff.registry.signers import Identity, find_identities
from signoff.registry.starting import Plan, Started, myself, parse_admin, start


@click.command()
@framed
@click.argument("path", metavar="PATH|URL")
@click.option(
    "--template", type=click.Choice(["solo", "team"]), help="solo: your own approval counts; team: two others'."
)
@click.option("--admin", "admins", multiple=True, metavar="WHO=KEY.pub", help="A person with a root key; any number.")
@click.option(
    "--threshold", type=click.IntRange(min=1), help="How many root keys change the rules; default two, or one."
)
@click.option("--title", default="", help="What the registry calls itself; default the folder's name.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def init(
    frame: Frame,
    path: str,
    *,
    template: str | None,
    admins: tuple[str, ...],
    threshold: int | None,
    title: str,
    yes: bool,
) -> int | None:
    """Make a new registry: its first trust record, signed by root keys.

    Where the threshold needs keys of people who are not here, the folder waits: each of them runs `trust sign`, and
    whoever comes last runs `trust apply`.
    """
    if frame.options.read_only:
        message = "a registry cannot be made read-only"
        raise InvalidValueError(message, hint="leave out --read-only")
    identities = _identities(frame)
    people = dict(parse_admin(word) for word in admins) if admins else _confirmed(frame, yes=yes)
    chosen = template or ("solo" if len(people) == 1 else "team")
    plan = Plan(path=path, admins=people, template=chosen, threshold=threshold or 0, title=title)
    author = frame.options.who or _author(people, identities)
    for one in identities:
        if one.key.line in people.values():
            warn_of_touch(frame, one, f"found {path}")
    _say(frame, plan, start(plan, identities, author=author, surroundings=real_surroundings()))
    return None


def _identities(frame: Frame) -> tuple[Identity, ...]:
    here = find_identities(os.environ, Path.home())
    chosen = find_identity(frame.options.key, here) if frame.options.key else None
    return here if chosen is None else (chosen,)


def _author(people: dict[str, str], identities: tuple[Identity, ...]) -> str:
    mine = {one.key.line for one in identities}
    return next((who for who, line in people.items() if line in mine), next(iter(people)))


def _confirmed(frame: Frame, *, yes: bool) -> dict[str, str]:
    """Return who makes a registry for themselves, once they agreed to be it."""
    who, identity = myself(os.environ, Path.home(), Path.cwd())
    words = f"{who} with the key {identity.key.fingerprint} ({identity.comment or identity.path})"
    if not yes and not sys.stdin.isatty():
        message = f"nobody said who founds the registry; here is {words}"
        raise InvalidValueError(message, hint="agree with --yes, or say --admin WHO=KEY.pub")
    if not yes:
        click.confirm(f"{words} becomes the only root, and holds every role. Go on?", abort=True, err=True)
    else:
        frame.out.say(f"{words} becomes the only root, and holds every role")
    return {who: identity.key.line}


def _say(frame: Frame, plan: Plan, started: Started) -> None:
    out = frame.out
    if out.as_json:
        founded = not started.missing
        out.document({"registry": started.id, "path": plan.path, "founded": founded, "missing": started.missing})
    else:
        out.line(started.id)
    if started.missing:
        short = started.id[:12]
        out.say(f"{plan.path} waits for signatures: {'; '.join(started.missing)}")
        out.say(f"each root person:  signoff -r {plan.path} trust sign {short}")
        out.say(f"then anybody:      signoff -r {plan.path} trust apply {short}")
        return
    out.say(f"{plan.path} is a registry; its id is {started.id}")
    out.say(f"its rules:         signoff -r {plan.path} trust show   (change them: trust edit)")
    out.say(f"a first version:   signoff -r {plan.path} register NAME FOLDER")
