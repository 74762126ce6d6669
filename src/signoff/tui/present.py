"""How values look in the terminal: cells, columns of numbers, states as glyph and word.

The rule it keeps: nothing here knows a widget; what is unknown is `-`; a state is never told by colour alone; widths
are counted in terminal cells; every text that leaves has been through the shield.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from rich.cells import cell_len, chop_cells, set_cell_size

from signoff.values.display import UNKNOWN, ascii_only, displayable

Tone = Literal["plain", "dim", "strong", "good", "warn", "bad", "accent"]
TONES: tuple[Tone, ...] = get_args(Tone)
Piece = tuple[str, Tone]
Pieces = tuple[Piece, ...]
STEP, DASH, TIMES = "\u203a", "\u2013", "\u00d7"
WORD = re.compile(r"[^ ]+ *| +")

STATES: dict[str, tuple[str, Tone]] = {
    "unregistered": ("○", "dim"),
    "registered": ("○", "plain"),
    "draft": ("○", "dim"),
    "requested": ("◐", "warn"),
    "waiting": ("◐", "warn"),
    "candidate": ("◐", "warn"),
    "approved": ("●", "good"),
    "serving": ("●", "good"),
    "production": ("●", "good"),
    "staging": ("◐", "accent"),
    "effective": ("●", "good"),
    "rejected": ("✗", "bad"),
    "ineffective": ("○", "dim"),
    "invalid": ("✗", "bad"),
    "deprecated": (DASH, "dim"),
    "revoked": ("✗", "bad"),
    "purged": (DASH, "dim"),
    "broken": ("!", "bad"),
    "met": ("√", "good"),
    "unmet": ("✗", "bad"),
    "unknown": ("?", "warn"),
    "missing": ("!", "bad"),
    "alarm": ("!", "bad"),
    "fault": ("!", "warn"),
    "note": ("·", "dim"),
    "Approved": ("√", "good"),
    "PendingManualApproval": ("◐", "warn"),
    "Stale": ("!", "warn"),
    "Rejected": ("✗", "bad"),
    "none": ("·", "dim"),
    "pass": ("√", "good"),
    "fail": ("✗", "bad"),
    "inconclusive": ("?", "warn"),
    "running": ("◐", "accent"),
    "done": ("√", "good"),
    "failed": ("✗", "bad"),
    "stopped": (DASH, "warn"),
}
OTHER_STATE: tuple[str, Tone] = ("·", "plain")

PLAIN_GLYPHS = str.maketrans(
    {
        "○": "o",
        "◐": "~",
        "●": "@",
        "◌": "o",
        "✗": "x",
        "√": "v",
        DASH: "-",
        "—": "-",
        "·": "-",
        "…": "~",
        STEP: ">",
        "▌": ">",
        "▐": "#",
        "▲": "^",
        "▼": "v",
        "⚠": "!",
        "│": "|",
        "├": "|",
        "“": '"',
        "”": '"',
        "•": "*",
        "└": "`",
        "─": "-",
        "→": ">",
        "Δ": "d",
        TIMES: "x",
        "±": "~",
    }
)


def shown(text: str, *, plain: bool = False) -> str:
    """Return any text as a terminal may have it; `plain` for one without UTF-8."""
    safe = displayable(text)
    return ascii_only(safe.translate(PLAIN_GLYPHS)) if plain and not safe.isascii() else safe


def state(word: str) -> Piece:
    """Return a state as glyph, word and tone: `● approved`."""
    glyph, tone = STATES.get(word, OTHER_STATE)
    return f"{glyph} {word}", tone


def glyph(word: str) -> Piece:
    """Return a state's glyph alone, for places where its word stands next to it anyway."""
    return STATES.get(word, OTHER_STATE)


def clip(text: str, width: int) -> str:
    """Return displayable text in at most `width` cells; what was cut off ends in `…`."""
    if width <= 0:
        return ""
    if (len(text) if text.isascii() else cell_len(text)) <= width:
        return text
    return set_cell_size(text, width - 1) + "…"


def clip_left(text: str, width: int) -> str:
    """Return displayable text in at most `width` cells, keeping its end: `…/models`."""
    if width <= 0:
        return ""
    kept = text
    while cell_len(kept) > (width if kept is text else width - 1):
        kept = kept[1:]
    return kept if kept is text else "…" + kept


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return displayable text in exactly `width` cells."""
    clipped = clip(text, width)
    room = " " * (width - (len(clipped) if clipped.isascii() else cell_len(clipped)))
    return room + clipped if right else clipped + room


def cells(text: str) -> int:
    """Return how many cells a displayable text takes."""
    return len(text) if text.isascii() else cell_len(text)


def width_of(pieces: Iterable[Piece]) -> int:
    """Return how many cells some displayable pieces take."""
    return sum(cells(text) for text, _ in pieces)


def clip_pieces(pieces: Pieces, width: int) -> Pieces:
    """Return the pieces that fit into `width` cells, the last one clipped."""
    kept: list[Piece] = []
    room = width
    for text, tone in pieces:
        if room <= 0:
            break
        kept.append((clip(text, room), tone))
        room -= cell_len(kept[-1][0])
    return tuple(kept)


def wrap(pieces: Pieces, width: int) -> tuple[Pieces, ...]:
    """Return a line of displayable pieces as lines of at most `width` cells, broken at spaces where there are any."""
    if width_of(pieces) <= width:
        return (pieces,)
    lines: list[list[Piece]] = [[]]
    room = width
    for text, tone in pieces:
        for word in _words(text, width):
            needed = cells(word.rstrip(" "))
            if needed > room and room < width:
                lines.append([])
                room = width
            part = word if cells(word) <= room else word.rstrip(" ")
            lines[-1].append((part, tone))
            room -= cells(part)
    return tuple(_joined(line) for line in lines)


def hanging(pieces: Pieces, width: int, hang: int) -> tuple[Pieces, ...]:
    """Return a displayable line in lines of at most `width` cells, all but the first standing in by `hang`."""
    first, *rest = wrap(pieces, width)
    if not rest or hang >= width // 2:
        return (first, *rest)
    begun = sum(len(text) for text, _ in first)
    left = _after(pieces, begun)
    return (first, *(((" " * hang, "plain"), *line) for line in wrap(left, width - hang)))


def _after(pieces: Pieces, characters: int) -> Pieces:
    """Return what of a line follows its first so many characters, without the spaces that it was broken at."""
    left: list[Piece] = []
    for text, tone in pieces:
        skipped = min(characters, len(text))
        characters -= skipped
        kept = text[skipped:] if left else text[skipped:].lstrip(" ")
        if kept:
            left.append((kept, tone))
    return tuple(left)


def own_hang(pieces: Pieces) -> int:
    """Return by how much a displayable line's own beginning asks that it hangs: blanks and a dim label before a gap."""
    hang = 0
    for text, tone in pieces[:-1]:
        if text.strip() and not (tone == "dim" and text.endswith(" ")):
            break
        hang += cell_len(text)
    return hang


def _words(text: str, width: int) -> list[str]:
    """Split a text behind its runs of spaces; what is longer than a line is chopped."""
    parts: list[str] = []
    for word in WORD.findall(text):
        parts += _chopped(word, max(1, width)) if cells(word) > width else (word,)
    return parts


def _chopped(word: str, width: int) -> Sequence[str]:
    if word.isascii():
        return [word[at : at + width] for at in range(0, len(word), width)]
    return chop_cells(word, width)


def _joined(line: Sequence[Piece]) -> Pieces:
    joined: list[Piece] = []
    for text, tone in line:
        if joined and joined[-1][1] == tone:
            joined[-1] = (joined[-1][0] + text, tone)
        else:
            joined.append((text, tone))
    return tuple(joined)


def aligned(numbers: Sequence[str]) -> tuple[str, ...]:
    """Return numbers as texts of one width with their decimal points below each other; `-` stands at the point."""
    heads = [text.partition(".")[0] for text in numbers]
    tails = [text[len(head) :] for text, head in zip(numbers, heads, strict=True)]
    before, after = max(map(len, heads), default=0), max(map(len, tails), default=0)
    return tuple(head.rjust(before) + tail.ljust(after) for head, tail in zip(heads, tails, strict=True))


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 version`, `118 versions`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def or_unknown(text: str | None) -> str:
    """Return a text, or `-` where there is none."""
    return text or UNKNOWN
