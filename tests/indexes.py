"""Indexes of any content, also such as no program of ours would write."""

import zlib
from collections.abc import Callable
from typing import Any

import msgspec

from builders import World
from signoff.registry.indexwriting import journal_end, write_index
from signoff.registry.journal import Journal
from signoff.schema import layout
from signoff.storage.base import Storage

NAME, STAGES, NEWEST, COUNT, VERSIONS, LENGTH, HEAD = 0, 2, 4, 7, 10, 11, 12
"""Where these stand in a model of an index."""


def index(world: World) -> str:
    """Write the index of a registry as it is; return its path."""
    end = journal_end(world.storage)
    write_index(world.storage, world.registry().snapshot(), journal=end, now=world.surroundings.now())
    return layout.index_path(end)


def said(storage: Storage, path: str) -> Any:  # noqa: ANN401  (whatever JSON says)
    """Return what an index says, as plain values."""
    return msgspec.json.decode(zlib.decompress(storage.read(path, most=layout.LARGEST_INDEX), 31))


def put_index(storage: Storage, path: str, content: object) -> None:
    """Put an index that says this in the place of another."""
    put_bytes(storage, path, packed(msgspec.json.encode(content)))


def put_bytes(storage: Storage, path: str, content: bytes) -> None:
    """Put these bytes in the place of an index."""
    storage.remove(path)
    storage.put_new(path, content)


def packed(content: bytes) -> bytes:
    """Return bytes as gzip has them."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush()


def forge(storage: Storage, path: str, change: Callable[[Any], object]) -> None:
    """Change what an index says of every model."""
    content = said(storage, path)
    for model in content["models"]:
        change(model)
    put_index(storage, path, content)


def multiply(storage: Storage, path: str, versions: int) -> None:
    """Have an index name so many versions of each model."""

    def longer(model: Any) -> None:  # noqa: ANN401
        if not model[VERSIONS]:
            return
        first = model[VERSIONS][-1]
        more = [[f"{number}", *first[1:]] for number in range(1000, 1000 + versions - len(model[VERSIONS]))]
        model[VERSIONS] = [*model[VERSIONS], *more]
        model[COUNT] = versions

    forge(storage, path, longer)


def journal(world: World, *models: str) -> None:
    """Have the journal tell of a record in each of these models' logs, as writers do."""
    for model in models:
        chain = layout.model_chain(model)
        Journal(world.storage).tell(chain, world.length(chain), world.head(chain))
