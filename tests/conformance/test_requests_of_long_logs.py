"""How many requests a long log costs on a bucket: a server in this process holds 10,000 records, a proxy counts."""

from collections.abc import Iterator

import pytest

from builders import World
from counted import Opened, counted
from faulty import Proxy
from longlogs import pack, put_comments

LENGTH = 10_000
MOST = 30


@pytest.fixture(scope="module")
def long_log() -> World:
    """Return a registry in memory whose one log is long and packed."""
    world = World()
    put_comments(world, LENGTH)
    assert pack(world)
    return world


@pytest.fixture
def bucket(long_log: World) -> Iterator[tuple[Proxy, Opened]]:
    """Keep it in a bucket that counts."""
    with counted(long_log) as found:
        yield found


def test_a_log_of_ten_thousand_records_opens_in_thirty_requests(bucket: tuple[Proxy, Opened]) -> None:
    proxy, opened = bucket
    registry = opened()
    known = registry.reader.log("fraud")
    assert len(known.log.records) == LENGTH
    assert known.problems == ()
    assert len(proxy.requests) <= MOST
    proxy.requests.clear()
    assert registry.reader.log("fraud") is known
    assert len(proxy.requests) == 1
