"""How many requests it takes to open a registry of 100,000 versions on a bucket, by its index and by one's own memory."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import World
from faulty import Proxy, faulty
from indexes import index, journal, multiply
from servers import KEY, SECRET, free_port
from signoff.registry.registry import Registry
from signoff.storage.places import open_place
from signoff.tui.feed import Feed
from signoff.tui.messages import Seen

MODELS, VERSIONS, LISTED = 200, 5, 500
COLD, WARM, POLL = 10, 3, 2
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def large() -> World:
    """Return a registry in memory of 1,000 versions."""
    world = World()
    for number in range(MODELS):
        world.register("1", model=f"model-{number:03d}")
    for number in range(MODELS):
        for version in range(2, VERSIONS + 1):
            world.register(f"{version}", model=f"model-{number:03d}")
    journal(world, "model-000", "model-001")
    return world


@pytest.fixture
def bucket(large: World) -> Iterator[tuple[Proxy, Callable[[], Registry]]]:
    """Run S3 in this process, filled without requests, behind a proxy that counts; its index says there are 100,000."""
    multiply(large.storage, index(large), LISTED)
    moto = pytest.importorskip("moto.server")
    from moto.s3.models import s3_backends  # noqa: PLC0415  (only where it is installed)

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    store = s3_backends["123456789012"]["aws"]
    store.create_bucket("large", "us-east-1")
    for path, _ in large.storage.walk(""):
        store.put_object("large", f"r/{path}", large.get(path))
    with faulty(server._server.server_port) as proxy:
        endpoint = f"http://127.0.0.1:{proxy.port}"
        region = {"region_name": "us-east-1"}
        options = {"endpoint_url": endpoint, "key": KEY, "secret": SECRET, "client_kwargs": region}

        def opened() -> Registry:
            storage = open_place("s3://large/r", options=options, now=lambda: NOW)
            return Registry(storage, surroundings=large.surroundings, environ={}, home=Path("/nonexistent"))

        yield proxy, opened
    server.stop()
    store.reset()


class Watcher:
    """What a screen is told."""

    def __init__(self, registry: Registry, *, every: float) -> None:
        self.seen: list[Seen] = []
        self.feed = Feed(registry, self.tell, every=every)

    def tell(self, message: object) -> None:
        if isinstance(message, Seen):
            self.seen.append(message)

    def until_seen(self) -> Seen:
        until(lambda: bool(self.seen) and self.seen[-1].snapshot.complete)
        return self.seen[-1]


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    ended = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ended
        time.sleep(0.01)


def test_a_hundred_thousand_versions_open_in_ten_requests_and_again_in_three(
    bucket: tuple[Proxy, Callable[[], Registry]],
) -> None:
    proxy, opened = bucket
    registry = opened()
    first = Watcher(registry, every=600)
    first.feed.start()
    seen = first.until_seen().snapshot
    until(lambda: first.feed._retained > 0)
    assert sum(len(model.versions) for model in seen.models) == MODELS * LISTED
    assert all(model.source for model in seen.models)
    assert len(proxy.requests) <= COLD, proxy.requests
    first.feed.close()

    proxy.requests.clear()
    again = Watcher(opened(), every=600)
    again.feed.start()
    assert len(list(again.until_seen().snapshot.versions())) == MODELS * LISTED
    again.feed.close()
    assert len(proxy.requests) <= WARM, proxy.requests


def test_a_poll_of_it_is_at_most_two_requests(bucket: tuple[Proxy, Callable[[], Registry]]) -> None:
    proxy, opened = bucket
    watcher = Watcher(opened(), every=0.5)
    watcher.feed.start()
    watcher.until_seen()
    proxy.requests.clear()
    until(lambda: len(proxy.requests) >= 1)
    time.sleep(0.25)
    watcher.feed.close()
    assert len(proxy.requests) <= POLL, proxy.requests


def test_opening_one_of_its_models_reads_that_one_alone(bucket: tuple[Proxy, Callable[[], Registry]]) -> None:
    proxy, opened = bucket
    watcher = Watcher(opened(), every=600)
    watcher.feed.start()
    watcher.until_seen()
    proxy.requests.clear()
    watcher.feed.wake(frozenset({"models/model-007"}))
    until(lambda: watcher.seen[-1].snapshot.need_model("model-007").source is None)
    watcher.feed.close()
    assert len(watcher.seen[-1].snapshot.need_model("model-007").versions) == VERSIONS
    about = [one for one in proxy.requests if "/r/models/" in one or "prefix=r%2Fmodels" in one.replace("/", "%2F")]
    assert about
    assert all("model-007" in one for one in about), about
