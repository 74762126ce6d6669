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
MOST_INDENT = 3
WORD = re.compile(r"[^ ]+ *| +")

STATES: dict[str, tuple[str, Tone]] = {
    "unregistered": ("○", "dim"),
    "registered": ("○", "plain"),
    "unread": ("·", "dim"),
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
    "problems": ("✗", "bad"),
    "stopped": (DASH, "warn"),
}
UNKNOWN_PIECE: Piece = (UNKNOWN, "dim")
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
        "◆": "X",
        "┤": "|",
        "━": "=",
        "≠": "/",
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


def clip_middle(text: str, width: int) -> str:
    """Return displayable text in at most `width` cells, keeping both ends: `true_posi…gap_race`."""
    if cell_len(text) <= width:
        return text
    end = clip_left(text, max(1, width // 2))
    return clip(text, width - cell_len(end) + 1)[:-1] + end


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


def wrap(pieces: Pieces, width: int, *, indent: int = 0) -> tuple[Pieces, ...]:
    """Return a line of displayable pieces as lines of at most `width` cells, broken at spaces where there are any.

    Args:
        pieces: The line.
        width: Cells.
        indent: How many cells the lines after the first stay away from the edge.
    """
    if width_of(pieces) <= width:
        return (pieces,)
    indent = indent if indent < width // 2 else 0
    lines: list[list[Piece]] = [[]]
    room = whole = width
    for text, tone in pieces:
        for word in _words(text, width - indent):
            needed = cells(word.rstrip(" "))
            if needed > room and room < whole:
                lines.append([(" " * indent, "plain")] if indent else [])
                room = whole = width - indent
            part = word if cells(word) <= room else word.rstrip(" ")
            lines[-1].append((part, tone))
            room -= cells(part)
    return tuple(_joined(line) for line in lines)


def hang_of(pieces: Pieces, width: int) -> int:
    """Return where a wrapped line goes on: below its text, behind what stands in front (blanks, a mark, a label).

    Where that would leave too little room, it goes on behind as much of it as leaves enough.
    """
    front = 0
    for text, _ in pieces:
        if not text.endswith(" ") or front + cells(text) > width // MOST_INDENT:
            break
        front += cells(text)
    return front


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


def count(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 version`, `118 versions`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def or_unknown(text: str | None) -> str:
    """Return a text, or `-` where there is none."""
    return text or UNKNOWN
