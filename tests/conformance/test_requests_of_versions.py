"""How many requests it takes to read the versions of a model on a bucket: their files are listed, and read once."""

from collections.abc import Iterator

import pytest

from builders import World
from counted import Opened, counted
from faulty import Proxy
from longlogs import pack
from signoff.schema import layout

VERSIONS = 25
EACH = 2
"""Of a version: SHA256SUMS and version.yaml, unless this client has read them."""
LOOSE = VERSIONS % layout.PACK_STEP + 1
"""The records behind the pack, and the last one in it."""
BESIDES = 14
"""The trust chain, the model, its log's folder, its packs and the one in use, its files, what stands in the registry's folder."""


@pytest.fixture(scope="module")
def world() -> World:
    """Return a registry in memory of one model."""
    world = World()
    for version in range(1, VERSIONS + 1):
        world.register(f"{version}")
    world.storage.paged = True  # so that it is packed as a bucket is
    assert pack(world)
    return world


@pytest.fixture
def bucket(world: World) -> Iterator[tuple[Proxy, Opened]]:
    """Keep it in a bucket that counts."""
    with counted(world) as found:
        yield found


def test_what_was_read_once_is_read_again_only_where_it_changed(bucket: tuple[Proxy, Opened]) -> None:
    proxy, opened = bucket
    with opened() as registry:
        first = registry.snapshot()
    about = [one for one in proxy.requests if "versions" in one]
    assert len(about) <= VERSIONS * EACH + 2, about[:20]
    assert all(view.size and view.files and view.metadata for view in first.versions())

    proxy.requests.clear()
    with opened() as registry:
        again = registry.snapshot()
        assert again == first
        assert len(proxy.requests) <= LOOSE + BESIDES, len(proxy.requests)
        assert len([one for one in proxy.requests if "versions" in one]) <= 3

        registry.reader.storage.remove("models/fraud/versions/7/version.yaml")
        registry.reader.storage.put_new("models/fraud/versions/7/version.yaml", b"license: other\n")
    with opened() as registry:
        changed = registry.snapshot().need("fraud:7")
    assert [one.what for one in changed.problems] == ["version.yaml is missing, changed or unreadable"]
