"""How many requests it takes to open a registry of 100,000 versions on a bucket, by its index and by one's own memory."""

import time
from collections.abc import Callable, Iterator

import pytest

from builders import World
from counted import counted
from faulty import Proxy
from indexes import index, journal, multiply
from signoff.registry.registry import Registry
from signoff.tui.feed import Feed
from signoff.tui.messages import Seen

MODELS, VERSIONS, LISTED = 200, 5, 500
COLD, WARM, POLL = 10, 3, 2


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
    with counted(large) as found:
        yield found


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
