"""What somebody wants to sign while it is still being said, and what they can choose from.

The rule it keeps: pure values; a choice says a field, or makes another action or version of what is asked.
"""

from collections.abc import Mapping, Sequence

import msgspec

from signoff.registry.asking import NewEvaluation
from signoff.registry.asks import Ask
from signoff.tui.present import Pieces


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to sign, as far as it was said.

    Attributes:
        action: As records spell it, or "pull".
        model: The model's name.
        version: The version's name; "" for the model alone.
        fields: What was chosen or said beforehand.
    """

    action: str
    model: str
    version: str = ""
    fields: Mapping[str, object] = {}

    @property
    def ref(self) -> str:
        """Its reference."""
        return f"{self.model}:{self.version}" if self.version else self.model


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to choose.

    Attributes:
        pieces: What it is, for people.
        fields: What choosing it says.
        action: The action that it makes of it, or "" for the same.
        version: The version that it makes of it, or "" for the same.
        evaluation: The evaluation that it is, or None.
    """

    pieces: Pieces
    fields: Mapping[str, object] = {}
    action: str = ""
    version: str = ""
    evaluation: NewEvaluation | None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answers.

    Attributes:
        question: The question.
        options: The answers.
        nothing: Why there is none.
    """

    question: str
    options: tuple[Option, ...]
    nothing: str = ""


def option(name: str, said: str, *, action: str = "", version: str = "", **fields: object) -> Option:
    """Return an option of a name and what is said about it."""
    return Option(pieces=((name, "strong"), (said, "dim")), fields=fields, action=action, version=version)


def take(asked: Asked, chosen: Option) -> Asked:
    """Return what is asked once an option was chosen."""
    return Asked(
        action=chosen.action or asked.action,
        model=asked.model,
        version=chosen.version or asked.version,
        fields={**asked.fields, **chosen.fields},
    )


FILLS = {"return": "version", "mine": "record", "emergency": "record", "evaluation": "evaluation"}
"""Step -> the field that it fills, where that has another name."""


def next_step(steps: Sequence[str], asked: Asked, taken: Sequence[str]) -> str:
    """Return the first step that was neither taken nor answered beforehand, or ""."""
    open_steps = [step for step in steps if step not in taken and FILLS.get(step, step) not in asked.fields]
    return next(iter(open_steps), "")


UNSAID = frozenset({"way", "new", "remove", "file"})
"""Fields that say how something is asked, and stand in no record."""


def ask_of(asked: Asked, typed: Mapping[str, object]) -> Ask:
    """Return the ask that was chosen and typed."""
    fields = {name: value for name, value in {**asked.fields, **typed}.items() if name not in UNSAID}
    version = None if asked.fields.get("remove") else asked.version or None
    return Ask(action=asked.action, model=asked.model, version=version, fields=fields)
