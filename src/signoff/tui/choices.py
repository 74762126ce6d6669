"""What the palette offers: every command, and every model and version by name.

The rule it keeps: pure; what can be done here comes first; what cannot says why; the better a name fits what is
typed, the higher it stands.
"""

import itertools
from collections.abc import Iterable, Mapping

import msgspec

from signoff.registry.snapshot import Snapshot
from signoff.tui.commands import COMMANDS, Situation, applies, why_not
from signoff.tui.keymap import label_under
from signoff.tui.prompting import Do, Visit

MOST_PLACES = 200
LEFT_OUT = frozenset({"palette", "back"})


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the palette.

    Attributes:
        id: What it is known by.
        label: Its key, or its word behind `:`.
        title: What it does.
        why: Why it cannot be done now, or "".
        here: Whether it belongs to the page in front.
        wish: What is asked for.
    """

    id: str
    label: str
    title: str
    why: str = ""
    here: bool = True
    wish: Do | Visit


def command_choices(situation: Situation, keymap: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return every command: those of the page in front first, in the table's order."""
    found = [
        Choice(
            id=f"do {command.id}",
            label=label_under(command, keymap),
            title=command.title,
            why=why_not(command, situation),
            here=applies(command, situation.screen),
            wish=Do(command=command.id),
        )
        for command in COMMANDS
        if command.group != "move" and command.id not in LEFT_OUT
    ]
    return tuple(sorted(found, key=lambda choice: not choice.here))


def place_choices(typed: str, snapshot: Snapshot) -> tuple[Choice, ...]:
    """Return the models and versions whose reference has what is typed in it; models first."""
    wanted = typed.lower().strip()
    found = [_place(model.name) for model in snapshot.models if wanted in model.name.lower()]
    for model in snapshot.models:
        if len(found) >= MOST_PLACES:
            break
        found += _versions(
            model.name, wanted, (view.version for view in reversed(model.versions)), MOST_PLACES - len(found)
        )
    return tuple(found[:MOST_PLACES])


def _versions(model: str, wanted: str, versions: Iterable[str], most: int) -> list[Choice]:
    name, (head, colon, tail) = model.lower(), wanted.rpartition(":")
    if wanted in name:
        found = iter(versions)
    elif colon:
        found = (one for one in versions if one.lower().startswith(tail)) if name.endswith(head) else iter(())
    else:
        found = (one for one in versions if wanted in one.lower())
    return [_place(model, version) for version in itertools.islice(found, most)]


def _place(model: str, version: str = "") -> Choice:
    name = f"{model}:{version}" if version else model
    return Choice(id=f"go {name}", label="go to", title=name, wish=Visit(model, version))


def fitness(typed: str, text: str) -> int | None:
    """Return how far a text is from what is typed, 0 for the best; None where the letters are not in it in order."""
    wanted, there = typed.lower(), text.lower()
    at = there.find(wanted)
    if at >= 0:
        begins = at == 0 or not there[at - 1].isalnum()
        return at if begins else 100 + at
    start = place = there.find(wanted[0])
    for letter in wanted[1:]:
        if place < 0:
            break
        place = there.find(letter, place + 1)
    return None if place < 0 or start < 0 else 200 + (place - start)


def choices(typed: str, commands: Iterable[Choice], snapshot: Snapshot | None) -> tuple[Choice, ...]:
    """Return what fits what is typed, the best first; without anything typed, every command."""
    wanted = typed.strip()
    if not wanted:
        return tuple(commands)
    fitting: list[tuple[tuple[bool, int], Choice]] = []
    for choice in commands:
        found = [fitness(wanted, text) for text in (choice.title, choice.id.removeprefix("do "))]
        known = [number for number in found if number is not None]
        if known or wanted == choice.label:
            fitting.append(((not choice.here, -1 if wanted == choice.label else min(known)), choice))
    fitting.sort(key=lambda pair: pair[0])
    places = place_choices(wanted, snapshot) if snapshot is not None else ()
    here = [choice for (elsewhere, _), choice in fitting if not elsewhere]
    away = [choice for (elsewhere, _), choice in fitting if elsewhere]
    return (*here, *places, *away)
