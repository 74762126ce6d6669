"""The cache's files of this user: what is there, what is of no use any more, what is damaged.

The rule it keeps: anything here may be removed at any time; it is made again from the registries.
"""

import re
from collections import defaultdict

import msgspec

from signoff import __version__
from signoff.registry.pins import list_pins
from signoff.storage.shelf import count_rows
from signoff.storage.state import list_cache, remove_cache

OURS = re.compile(r"(?:[0-9a-f]{64}/)?(?:\.tmp-)?[a-z]+[A-Za-z0-9.+-]*\.(?:sqlite|sqlite-journal|msgpack)")
VERSIONED = re.compile(r"(?:files|lists|roll)-(?P<version>.+)-\d+-[0-9a-f]{16}\.(?:sqlite|msgpack)")


class Cached(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of one registry: its id, where it was first seen ("" where nothing is remembered), names and bytes."""

    registry: str
    url: str
    files: tuple[str, ...]
    size: int


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows a file has and how many of them are damaged; None where it cannot be read at all."""

    name: str
    rows: int | None
    damaged: int | None

    @property
    def sound(self) -> bool:
        """Tell whether all of it can be used."""
        return self.damaged == 0


def list_cached() -> tuple[Cached, ...]:
    """Return what is kept, by registry."""
    urls = {book.registry: book.url for book in list_pins()}
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, size in list_cache():
        found[name.partition("/")[0]].append((name, size))
    return tuple(
        Cached(
            registry=registry,
            url=urls.get(registry, ""),
            files=tuple(name for name, _ in files),
            size=sum(size for _, size in files),
        )
        for registry, files in sorted(found.items())
    )


def prune_cache(*, everything: bool) -> tuple[tuple[str, int], ...]:
    """Remove what no signoff of this version would use, or everything; return the names and sizes that are gone.

    Only files that signoff names so are touched.
    """
    known = {book.registry for book in list_pins()}
    gone = [(name, size) for name, size in list_cache() if OURS.fullmatch(name)]
    if not everything:
        gone = [(name, size) for name, size in gone if _useless(name, known)]
    for name, _ in gone:
        remove_cache(name)
    return tuple(gone)


def _useless(name: str, known: set[str]) -> bool:
    registry, _, last = name.partition("/")
    found = VERSIONED.fullmatch(last)
    return registry not in known or (found is not None and found["version"] != __version__)


def verify_cache() -> tuple[Checked, ...]:
    """Look at every row that is kept; a file with damage is removed."""
    checked = []
    for name, _ in list_cache():
        if not name.endswith(".sqlite"):
            continue
        counted = count_rows(name)
        checked.append(
            Checked(name=name, rows=counted[0] if counted else None, damaged=counted[1] if counted else None)
        )
        if not checked[-1].sound:
            remove_cache(name)
    return tuple(checked)
