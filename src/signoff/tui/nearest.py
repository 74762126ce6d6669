"""Which name somebody may have meant.

The rule it keeps: pure; a name is offered where it begins so or is spelled alike, and else none: a wrong guess is worse.
"""

from collections.abc import Collection
from difflib import get_close_matches

ALIKE = 0.7
"""How much of two words must agree, as difflib counts it: `aprove` and `approve` 0.92, `version` and `verify` 0.62."""
TELLING = 3
"""So many letters tell which name begins so."""


def nearest_of(word: str, names: Collection[str]) -> str:
    """Return the shortest name that begins with a word, else the one spelled most alike; "" where none is near."""
    begun = sorted((name for name in names if name.startswith(word)), key=len) if len(word) >= TELLING else []
    return next(iter([*begun, *get_close_matches(word, names, n=1, cutoff=ALIKE)]), "")


def or_nearest(message: str, word: str, names: Collection[str]) -> str:
    """Return a message that no such name is there, with the nearest one, if any is."""
    near = nearest_of(word, names)
    return f"{message}; the nearest is {near!r}" if near else message
