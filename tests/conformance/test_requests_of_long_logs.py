"""How many requests a long log costs on a bucket: a server in this process holds the records, a proxy counts."""

import pytest

from builders import World
from counted import counted
from longlogs import pack, put_comments
from signoff.storage.memory import MemoryStorage

MOST = 30
LENGTHS = (15, 16, 23, 40, 255, 300, 511, 12_287)
"""The most requests are asked where one record more would complete a pack of each size."""
LONG = (9_999, 10_000, 10_255)


def packed(length: int) -> World:
    """Return a registry in memory whose one log was packed as it grew, with small packs that larger ones replaced."""
    world = World()
    for more in (length - length // 4, length // 4):
        put_comments(world, more)
        pack(world)
    return world


@pytest.mark.parametrize("length", [*LENGTHS, *(pytest.param(one, marks=pytest.mark.slow) for one in LONG)])
def test_a_log_of_any_length_opens_in_thirty_requests_and_again_in_one(
    monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStorage, "paged", True)  # packed as a bucket is
        world = packed(length)
    with counted(world) as (proxy, opened):
        registry = opened()
        known = registry.reader.log("fraud")
        assert len(known.log.records) == length
        assert known.problems == ()
        assert len(proxy.requests) <= MOST
        proxy.requests.clear()
        assert registry.reader.log("fraud") is known
        assert len(proxy.requests) == 1
