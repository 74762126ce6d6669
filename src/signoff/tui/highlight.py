"""YAML and JSON in tones, line by line.

The rule it keeps: a line is dressed by itself, in one pass of one expression, so that any line of any document costs
the same; nothing is parsed, and the pieces joined are the line.
"""

import re

from signoff.tui.present import Piece, Pieces, Tone

YAML_LINE = re.compile(
    r"(?P<lead>[ ]*(?:-[ ]+)*-?)"
    r"(?:(?P<key>\"[^\"]*\"|'[^']*'|[^\s:#'\"{}\[\],&*!|>%@`][^:#]*)(?P<colon>:(?=[ ]|$)))?(?P<rest>.*)"
)
COMMENT = re.compile(r"(?:^|(?<=[ ]))#.*$")
JSON_PART = re.compile(r"\"(?:[^\"\\]|\\.)*\"(?P<colon>[ ]*:)?|-?[0-9][0-9.eE+-]*|true|false|null")
CONSTANT = re.compile(r"(?:[-+]?[0-9][0-9_.,:eE+-]*|true|false|null|~|yes|no)", re.IGNORECASE)


def yaml_line(line: str) -> Pieces:
    """Return a line of YAML: its key strong, its value plain, numbers and constants accented, comments dim."""
    bare = line.strip()
    if bare.startswith("#") or bare in {"---", "..."}:
        return ((line, "dim"),)
    found = YAML_LINE.fullmatch(line)
    if found is None or found["colon"] is None:
        lead = found["lead"] if found else ""
        return _joined((lead, "dim"), *_value(line[len(lead) :]))
    return _joined(
        (found["lead"], "dim"), (found["key"] or "", "strong"), (found["colon"], "dim"), *_value(found["rest"])
    )


def _value(text: str) -> Pieces:
    comment = None if text.strip()[:1] in {"'", '"'} else COMMENT.search(text)
    said, rest = (text[: comment.start()], text[comment.start() :]) if comment else (text, "")
    tone: Tone = "accent" if CONSTANT.fullmatch(said.strip()) else "plain"
    return ((said, tone), (rest, "dim"))


def json_line(line: str) -> Pieces:
    """Return a line of JSON: keys strong, numbers and constants accented, the rest plain."""
    pieces: list[Piece] = []
    end = 0
    for found in JSON_PART.finditer(line):
        pieces.append((line[end : found.start()], "dim"))
        colon = found["colon"] or ""
        text = found.group()[: len(found.group()) - len(colon)]
        tone: Tone = "strong" if colon else "plain" if text.startswith('"') else "accent"
        pieces += [(text, tone), (colon, "dim")]
        end = found.end()
    return _joined(*pieces, (line[end:], "dim"))


def _joined(*pieces: Piece) -> Pieces:
    return tuple(piece for piece in pieces if piece[0])
