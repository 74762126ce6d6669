"""How many requests a long log costs on a bucket: a server in this process holds 10,000 records, a proxy counts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import World
from faulty import Proxy, faulty
from longlogs import pack, put_comments
from servers import KEY, SECRET, free_port
from signoff.registry.registry import Registry
from signoff.storage.places import open_place

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
def bucket(long_log: World) -> Iterator[tuple[Proxy, dict[str, object]]]:
    """Run S3 in this process, filled without requests, behind a proxy that counts."""
    moto = pytest.importorskip("moto.server")
    from moto.s3.models import s3_backends  # noqa: PLC0415  (only where it is installed)

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    store = s3_backends["123456789012"]["aws"]
    store.create_bucket("long", "us-east-1")
    for path, _ in long_log.storage.walk(""):
        store.put_object("long", f"r/{path}", long_log.get(path))
    with faulty(server._server.server_port) as proxy:
        endpoint = f"http://127.0.0.1:{proxy.port}"
        yield (
            proxy,
            {"endpoint_url": endpoint, "key": KEY, "secret": SECRET, "client_kwargs": {"region_name": "us-east-1"}},
        )
    server.stop()
    store.reset()


def opened(world: World, options: dict[str, object]) -> Registry:
    storage = open_place("s3://long/r", options=options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    return Registry(storage, surroundings=world.surroundings, environ={}, home=Path("/nonexistent"))


def test_a_log_of_ten_thousand_records_opens_in_thirty_requests(
    long_log: World, bucket: tuple[Proxy, dict[str, object]]
) -> None:
    proxy, options = bucket
    registry = opened(long_log, options)
    known = registry.reader.log("fraud")
    assert len(known.log.records) == LENGTH
    assert known.problems == ()
    assert len(proxy.requests) <= MOST
    proxy.requests.clear()
    assert registry.reader.log("fraud") is known
    assert len(proxy.requests) == 1
