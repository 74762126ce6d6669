"""The command line behind `:`: what a line asks for, and what is wrong with it.

The rule it keeps: pure; a line that cannot be understood is told with the place of the wrong word and the nearest
right one; nothing is guessed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

import msgspec

from signoff.errors import InvalidValueError, SignoffError
from signoff.registry.snapshot import Snapshot
from signoff.tui.columnnames import column_fault, full_name
from signoff.tui.commands import BY_ID
from signoff.tui.known import Known, offers
from signoff.tui.nearest import or_nearest
from signoff.tui.palettes import find_theme, no_theme
from signoff.tui.promptwords import SHORT, Kind, Slot, slot_at, usage
from signoff.values.times import parse_moment

WORD = re.compile(r"\S+")


class Do(msgspec.Struct, frozen=True, kw_only=True):
    """A command with what stands behind it.

    Attributes:
        command: Its id.
        words: The words, each whole.
        fields: The same by the names that records have for them.
    """

    command: str
    words: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}


class Visit(msgspec.Struct, frozen=True):
    """A model, or a version of it."""

    model: str
    version: str = ""


class PromptError(InvalidValueError):
    """A line that cannot be understood, from character `start` to `end`."""

    def __init__(self, message: str, *, start: int, end: int, hint: str = "") -> None:
        """Say what is wrong where."""
        super().__init__(message, hint=hint)
        self.start, self.end = start, end


class Word(msgspec.Struct, frozen=True):
    """A word of a line and where it stands."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def words_of(line: str) -> tuple[Word, ...]:
    """Return the words of a line; a colon before the first is no part of it."""
    found = [Word(match.group(), match.start()) for match in WORD.finditer(line)]
    if found and found[0].text.startswith(":"):
        found[0] = Word(found[0].text[1:], found[0].start + 1)
    return tuple(word for word in found if word.text)


def parse_line(line: str, known: Known) -> Do | Visit | None:
    """Return what a line asks for; None where it is empty.

    Raises:
        PromptError: It cannot be understood.
    """
    words = words_of(line)
    if not words:
        return None
    first, rest = words[0], words[1:]
    command_id = SHORT.get(first.text, first.text)
    if command_id in BY_ID:
        return _command(command_id, rest, line, known)
    if rest:
        raise _apart(first, rest, known) or _no_such(first, known)
    return _visit(first, known)


def _command(command_id: str, words: tuple[Word, ...], line: str, known: Known) -> Do:
    taken = list(_slotted(command_id, words, line))
    first = slot_at(command_id, 0)
    if not taken and first is not None and first.needed:
        message = f"{command_id} needs a word: {usage(command_id)}"
        offered = ", ".join(offers(first.kind, known)) or "none is there"
        hint = "as 2026-03-01" if first.kind == "date" else f"one of: {offered}"
        raise PromptError(message, start=0, end=len(line), hint=hint)
    checked = [(slot, _taken(slot, word, known)) for slot, word in taken]
    fields = {slot.field: text for slot, text in checked if slot.field}
    return Do(command=command_id, words=tuple(text for _, text in checked), fields=fields)


def _slotted(command_id: str, words: tuple[Word, ...], line: str) -> Iterator[tuple[Slot, Word]]:
    """Yield each word with what it says."""
    for number, word in enumerate(words):
        slot = slot_at(command_id, number)
        if slot is None:
            message = f"{command_id} takes no more words" if number else f"{command_id} takes no words"
            raise PromptError(message, start=word.start, end=words[-1].end, hint=f"write: {usage(command_id)}")
        if slot.rest:
            yield slot, Word(line[word.start :].rstrip(), word.start)
            return
        yield slot, word


def _taken(slot: Slot, word: Word, known: Known) -> str:
    check = CHECKS.get(slot.kind)
    return word.text if check is None else check(word, known)


def _one_of(kind: Kind, what: str) -> "Check":
    def check(word: Word, known: Known) -> str:
        names = tuple(offers(kind, known))
        if word.text in names:
            return word.text
        near = get_close_matches(word.text, names, n=1, cutoff=0)
        message = f"no {what} is called {word.text!r}; {f'the nearest is {near[0]!r}' if near else 'there is none'}"
        raise PromptError(message, start=word.start, end=word.end)

    return check


def _stage(word: Word, known: Known) -> str:
    return _one_of("stage", "stage with a rule")(word, known) if known.snapshot is not None else word.text


def _theme(word: Word, _: Known) -> str:
    name = find_theme(word.text)
    if name is None:
        raise PromptError(no_theme(word.text), start=word.start, end=word.end)
    return name


def _date(word: Word, _: Known) -> str:
    try:
        parse_moment(word.text)
    except InvalidValueError as error:
        raise PromptError(error.message, start=word.start, end=word.end, hint=error.hint) from error
    return word.text


def _column(word: Word, known: Known) -> str:
    fault = column_fault(word.text, known.names())
    if fault:
        raise PromptError(fault, start=word.start, end=word.end)
    return full_name(word.text, known.names())


def _version(word: Word, known: Known) -> str:
    """Return the reference of a version of the model in front, `7`, or of any model, `fraud:7`."""
    model = known.in_front
    bare = not {":", "@"} & set(word.text)
    reference = f"{model.name}:{word.text}" if bare and model is not None else word.text
    found = _visit(Word(reference, word.start), known, end=word.end)
    if not found.version:
        message = f"{word.text!r} names no version"
        raise PromptError(message, start=word.start, end=word.end, hint="write MODEL:VERSION")
    return f"{found.model}:{found.version}"


Check = Callable[[Word, Known], str]
CHECKS: dict[Kind, Check] = {
    "stage": _stage,
    "status": _one_of("status", "status"),
    "registry": _one_of("registry", "registry of the configuration"),
    "view": _one_of("view", "saved filter"),
    "theme": _theme,
    "date": _date,
    "version": _version,
    "column": _column,
}
"""Kind of a word -> what takes it as the command needs it, or says what is wrong; of any other kind every word is."""


def _visit(word: Word, known: Known, *, end: int | None = None) -> Visit:
    text, snapshot, end = word.text, known.snapshot, end or word.end
    if snapshot is None:
        message = "nothing was read yet"
        raise PromptError(message, start=word.start, end=end)
    model = snapshot.find_model(text)
    if model is not None:
        return Visit(model.name)
    if not {":", "@"} & set(text):
        raise _no_such(word, known)
    try:
        view = snapshot.need(text)
    except SignoffError as error:
        raise PromptError(
            error.message, start=word.start, end=end, hint=_nearest_ref(text, snapshot) or error.hint
        ) from error
    return Visit(view.model, view.version)


def _nearest_ref(text: str, snapshot: Snapshot) -> str:
    """Return the nearest model's name, where the reference's model is not there."""
    name = re.split("[:@]", text, maxsplit=1)[0]
    near = get_close_matches(name, [model.name for model in snapshot.models], n=1, cutoff=0)
    return f"the nearest model is {near[0]!r}" if near and near[0] != name else ""


def _apart(first: Word, rest: tuple[Word, ...], known: Known) -> PromptError | None:
    """Return what is wrong where something stands behind a model or a version; None where the first word is neither."""
    model = known.snapshot.find_model(re.split("[:@]", first.text, maxsplit=1)[0]) if known.snapshot else None
    if model is None:
        return None
    start, end = rest[0].start, rest[-1].end
    if {":", "@"} & set(first.text):
        return PromptError(f"nothing stands behind {first.text}", start=start, end=end)
    if rest[0].text[0] in ":@":
        written = f"{first.text}{rest[0].text}"
        return PromptError("no space stands before a version", start=start, end=end, hint=f"write {written}")
    return PromptError(f"a version is written {first.text}:{rest[0].text}", start=start, end=end)


def _no_such(word: Word, known: Known) -> PromptError:
    models = [model.name for model in known.snapshot.models] if known.snapshot else []
    message = or_nearest(f"no command or model is called {word.text!r}", word.text, [*BY_ID, *models])
    return PromptError(message, start=word.start, end=word.end)
