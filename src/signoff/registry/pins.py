"""What this client remembers of registries: for each chain the highest slot it has seen, and the id there.

The rule it keeps: a chain that is shorter than remembered was rolled back, another id at a remembered slot means that
history was rewritten, and another registry where one was first seen means that it was exchanged; all are alarms, and
only a person forgets a pin.
"""

import os.path
from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec

from signoff.errors import AlarmError, NotFoundError
from signoff.storage.state import list_state, read_state, remove_state, write_state

FOLDER = "pins"


class Pin(msgspec.Struct, frozen=True):
    """The highest slot of a chain that this client has seen."""

    seq: int
    id: str


class PinBook(msgspec.Struct, frozen=True, kw_only=True):
    """What this client remembers of one registry.

    Attributes:
        registry: The registry's id.
        url: Where it was when it was first seen.
        first_seen: Whether nothing was remembered before.
        pins: Chain to pin.
    """

    registry: str
    url: str
    first_seen: bool = False
    pins: Mapping[str, Pin] = {}


class _Stored(msgspec.Struct):
    registry: str
    url: str
    pins: dict[str, Pin]


def load_pins(registry: str, url: str) -> PinBook:
    """Return what is remembered of a registry.

    Raises:
        AlarmError: What is remembered cannot be read; it is not taken for nothing.
    """
    content = read_state(_name(registry))
    if content is None:
        return PinBook(registry=registry, url=place_of(url), first_seen=True)
    try:
        stored = msgspec.json.decode(content, type=_Stored)
    except msgspec.DecodeError as error:
        message = f"what this client remembers of registry {registry[:12]} cannot be read: {error}"
        raise AlarmError(message, hint=f"look at it; to forget it: signoff pin forget {registry}") from None
    return PinBook(registry=registry, url=stored.url, pins=stored.pins)


def place_of(url: str) -> str:
    """Return a registry's place in the same words from every folder; "" for one that does not last."""
    if "://" in url:
        return "" if url.startswith("memory:") else url
    return os.path.abspath(url)  # noqa: PTH100  (symlinks stay: another target is another registry's business)


def need_same_place(book: PinBook, url: str) -> None:
    """Check that this is the registry that this client saw here first.

    Raises:
        AlarmError: Another one was here.
    """
    place = place_of(url)
    if not place or (not book.first_seen and book.url == place):
        return
    for registry in _known():
        with suppress(AlarmError):
            other = load_pins(registry, "")
            if registry != book.registry and other.url == place:
                break
    else:
        return
    message = f"REGISTRY EXCHANGED: {place} held registry {registry[:12]} and holds {book.registry[:12]} now"
    hint = f"ask its owners. To accept it: demand it once with --registry-id, or signoff pin forget {registry}"
    raise AlarmError(message, hint=hint)


def need_pinned(book: PinBook, chain: str, length: int, id_at: Callable[[int], str]) -> None:
    """Compare a chain with its pin.

    Args:
        book: What is remembered.
        chain: The chain's name.
        length: How many records were found.
        id_at: Returns the id in a slot, from 1.

    Raises:
        AlarmError: The chain is shorter than it was, or a record in it is another one.
    """
    pin = book.pins.get(chain)
    if pin is None:
        return
    hint = f"do not trust this copy; ask its owners. To accept it nevertheless: signoff pin forget {book.registry}"
    if length < pin.seq:
        message = f"ROLLBACK: {chain} had {pin.seq} records when this client last saw it and has {length} now"
        raise AlarmError(message, hint=hint)
    if id_at(pin.seq) != pin.id:
        message = f"HISTORY REWRITTEN: record {pin.seq} of {chain} is not the one that this client has seen"
        raise AlarmError(message, hint=hint)


def raise_pins(book: PinBook, heads: Mapping[str, Pin]) -> None:
    """Remember these heads, unless higher ones are remembered; other processes' pins are kept."""
    if all(chain in book.pins and book.pins[chain].seq >= pin.seq for chain, pin in heads.items()):
        return
    now = load_pins(book.registry, book.url)
    pins = dict(now.pins)
    for chain, pin in heads.items():
        if chain not in pins or pins[chain].seq < pin.seq:
            pins[chain] = pin
    stored = _Stored(registry=book.registry, url=now.url, pins=pins)
    write_state(_name(book.registry), msgspec.json.encode(stored))


def list_pins() -> tuple[PinBook, ...]:
    """Return what is remembered of every registry."""
    return tuple(load_pins(registry, "") for registry in _known())


def _known() -> list[str]:
    return [name.removesuffix(".json") for name in list_state(FOLDER) if name.endswith(".json")]


def forget_pins(registry: str) -> None:
    """Forget everything about a registry.

    Raises:
        NotFoundError: Nothing is remembered of it.
    """
    if read_state(_name(registry)) is None:
        message = f"nothing is remembered of registry {registry!r}"
        raise NotFoundError(message, hint="see: signoff pin list")
    remove_state(_name(registry))


def _name(registry: str) -> str:
    return f"{FOLDER}/{registry}.json"
