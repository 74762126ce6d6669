"""The names of the columns that a list of versions can have.

The rule it keeps: pure; a name stands for the same column in the configuration, behind `:columns` and in the table.
"""

from collections.abc import Collection
from difflib import get_close_matches

FAMILIES = ("metrics", "params", "tags")
CHOSEN = "metrics"
"""Stands for the metrics that a model calls primary, else the first that its versions name."""
OWN = ("version", "stage", "signoff", "size", "by", "age", "status", "alias", "digest", "license", "files")
USUAL = ("version", "stage", "signoff", CHOSEN, "size", "by", "age")
TYPO = 0.75


def column_fault(name: str, known: Collection[str]) -> str:
    """Return what is wrong with a column's name for versions that have the known names, or "".

    Args:
        name: As a person wrote it.
        known: Every `metrics.`, `params.` and `tags.` name that versions have.
    """
    if name in OWN or name == CHOSEN or full_name(name, known) in known:
        return ""
    return _unknown(name, (*OWN, CHOSEN, *known))


def wished_fault(name: str) -> str:
    """Return what is wrong with a column's name whatever versions there are: a bare name may be a metric's."""
    family, dot, member = name.partition(".")
    if name in OWN or name == CHOSEN or (family in FAMILIES and member):
        return ""
    if dot or get_close_matches(name, OWN, n=1, cutoff=TYPO):
        return _unknown(name, (*OWN, *((f"{one}.{member}" for one in FAMILIES) if member else ())))
    return ""


def full_name(name: str, known: Collection[str]) -> str:
    """Return a column's whole name: `accuracy` is `metrics.accuracy` where versions have that."""
    if name in OWN or "." in name or name == CHOSEN:
        return name
    return next((whole for one in FAMILIES if (whole := f"{one}.{name}") in known), name)


def _unknown(name: str, names: Collection[str]) -> str:
    whole = {one.partition(".")[2] or one: one for one in names} | {one: one for one in names}
    near = get_close_matches(name, whole, n=1, cutoff=0)
    return f"no column is called {name!r}; the nearest is {whole[near[0]]!r}"
