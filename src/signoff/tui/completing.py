"""How a line of the command line can go on.

The rule it keeps: pure; what is offered begins with what is typed, is understood when it is taken, and is complete:
there is no candidate that only a scroll would show without saying how many more there are.
"""

import itertools
from collections import deque
from collections.abc import Iterable

import msgspec

from signoff.tui.commands import BY_ID, COMMANDS, applies
from signoff.tui.known import Known, offers
from signoff.tui.present import Piece, Pieces
from signoff.tui.prompting import words_of
from signoff.tui.promptwords import SHORT, WORDS, slot_at, usage

GAP = "  "
HANDS_ONLY = frozenset({"back", "column.left", "column.right", "interrupt", "palette", "prompt", "up"})
"""What nobody types: it is offered only to whoever begins to."""


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """How the last word of a line can go on.

    Attributes:
        start: Where that word begins.
        candidates: What it can be, whole.
        words: What is to be said where there are none.
    """

    start: int
    candidates: tuple[str, ...] = ()
    words: str = ""

    @property
    def common(self) -> str:
        """What all candidates begin with."""
        first, last = min(self.candidates, default=""), max(self.candidates, default="")
        same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
        return "".join(letter for letter, _ in same)


def complete(line: str, known: Known, *, screen: str) -> Completion:
    """Return how a line goes on at its end.

    Args:
        line: What is typed, up to the cursor.
        known: What it can be about.
        screen: The page in front; its commands are offered.
    """
    words = words_of(line)
    if not words or (len(words) == 1 and not line[-1].isspace()):
        typed = words[0].text if words else ""
        start = words[0].start if words else len(line)
        mark = next((mark for mark in "@:" if mark in typed), "")
        if mark:
            name, _, begun = typed.partition(mark)
            named = tuple(one for one in _named(name, mark, known) if one.startswith(begun))
            return Completion(start=start + len(name) + 1, candidates=named)
        found = tuple(_first(typed, known, screen))
        if len(found) == 1 and found[0] not in BY_ID:  # no space follows a model's name: a version may
            found += tuple(f"{found[0]}@{one}" for one in _named(found[0], "@", known))
        return Completion(start=start, candidates=found, words=_told(typed))
    command_id = SHORT.get(words[0].text, words[0].text)
    behind = words[1:]
    last = behind[-1] if behind and not line[-1].isspace() else None
    slot = slot_at(command_id, len(behind) - (last is not None))
    typed, start = (last.text, last.start) if last else ("", len(line))
    if slot is None:
        return Completion(start=start, words="" if command_id in BY_ID else _told(words[0].text))
    if slot.rest and slot.kind == "view":
        start = behind[0].start if behind else len(line)
        typed = line[start:]
    chosen = {word.text for word in behind if word is not last} if slot.many else set()
    found = tuple(one for one in offers(slot.kind, known) if one.startswith(typed) and one not in chosen)
    return Completion(start=start, candidates=found, words=usage(command_id))


def _told(typed: str) -> str:
    command_id = SHORT.get(typed, typed)
    return usage(command_id) if command_id in WORDS else ""


def _first(typed: str, known: Known, screen: str) -> Iterable[str]:
    offered = [one.id for one in COMMANDS if one.group != "move" and applies(one, screen)]
    yield from sorted(one for one in offered if one.startswith(typed) and (typed or one not in HANDS_ONLY))
    if typed and known.snapshot is not None:
        yield from (model.name for model in known.snapshot.models if model.name.startswith(typed))


def _named(name: str, mark: str, known: Known) -> Iterable[str]:
    """Return what can stand behind `fraud:` or `fraud@`."""
    model = known.snapshot.find_model(name) if known.snapshot else None
    if model is None:
        return ()
    if mark == "@":
        return ("latest", *model.stages, *model.history.aliases)
    return [view.version for view in reversed(model.versions)]


def offered_lines(completion: Completion, *, width: int, most: int, at: int | None = None) -> tuple[Pieces, ...]:
    """Return the candidates in lines of a width, as many as there is room for, the taken one marked.

    Args:
        completion: What there is.
        width: Cells of a line.
        most: Lines.
        at: The candidate that was taken, by number.
    """
    candidates = completion.candidates
    if not candidates:
        return (((f" {completion.words}", "dim"),),) if completion.words else ()
    many = len(list(itertools.islice(_rows(candidates, width - 1), most + 1))) > most
    rows = _rows(candidates, width - 1 - (len(_more(len(candidates))) if many else 0))
    shown: deque[range] = deque(maxlen=most)
    for number, row in enumerate(rows, start=1):
        shown.append(row)
        if number >= most and row.stop > (at or 0):
            break
    lines = [_line(candidates, row, at) for row in shown]
    left = len(candidates) - shown[-1].stop
    return (*lines[:-1], (*lines[-1], (_more(left), "dim"))) if left else tuple(lines)


def _more(number: int) -> str:
    return f"{number:,} more"


def _rows(candidates: tuple[str, ...], width: int) -> Iterable[range]:
    start, used = 0, 0
    for number, text in enumerate(candidates):
        needed = len(text) + len(GAP)
        if number > start and used + needed > width:
            yield range(start, number)
            start, used = number, 0
        used += needed
    yield range(start, len(candidates))


def _line(candidates: tuple[str, ...], row: range, at: int | None) -> Pieces:
    pieces: list[Piece] = [(" ", "plain")]
    for number in row:
        pieces.append((candidates[number], "accent" if number == at else "plain"))
        pieces.append((GAP, "plain"))
    return tuple(pieces)
