"""What a bucket did not answer while a registry was read is looked at again by the next poll, and nothing else is."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.test_remote_story import config_of, opened, url_on
from crew import Crew
from faulty import Fault, Proxy, faulty
from servers import Server
from signoff.registry.caches import prune_cache
from signoff.registry.opening import open_registry
from signoff.registry.registry import Registry
from signoff.storage.polling import Polling
from signoff.storage.watch import Pace

Start = Callable[[str], Server]


@pytest.fixture
def proxy(server: Start) -> Iterator[Proxy]:
    with faulty(server("moto").port) as proxy:
        yield proxy


Open = Callable[[], Registry]


@pytest.fixture
def open_it(server: Start, proxy: Proxy, tmp_path: Path) -> Open:
    """Return a function that opens a registry with two versions and a draft, behind the proxy."""
    found = server("moto")
    with Crew(tmp_path, "ana") as crew:
        crew.url = url_on(found)
        crew.config = config_of(crew.url, found.options)
        crew.found(threshold=1)
        storage = opened(crew)
        for version in ("1", "2", "3"):
            storage.put_new(f"models/fraud/versions/{version}/weights.bin", b"weights")
            storage.put_new(f"models/fraud/versions/{version}/version.yaml", b"license: mit\n")
            if version != "3":
                crew.need("ana", "register", f"fraud:{version}")
    return lambda: open_registry(crew.url, storage_options=found.through(proxy.port).options)


def failing(proxy: Proxy, ending: str) -> Callable[[int, str], Fault]:
    return lambda number, _method: "503" if ending in proxy.requests[number] else ""


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("versions/1/version.yaml", marks=pytest.mark.slow),
        pytest.param("versions/3/version.yaml", marks=pytest.mark.slow),
        "fraud/log/",
    ],
)
def test_what_was_not_answered_is_read_again_once_polls_are_answered(ending: str, proxy: Proxy, open_it: Open) -> None:
    with open_it() as one:
        whole = one.snapshot()
    prune_cache(everything=True)  # else nothing would be asked for again
    with open_it() as other:
        proxy.judge = failing(proxy, ending)
        broken = other.snapshot()
        assert broken != whole
        assert len(broken.all_problems()) > len(whole.all_problems())
        told, heard = list[frozenset[str]](), threading.Event()

        def hear(paths: frozenset[str]) -> None:
            told.append(paths)
            heard.set()

        proxy.judge = lambda _number, _method: ""
        polling = Polling(other.reader.storage, on_change=hear, pace=Pace(quick=0.1, slow=0.1, whole=600.0))
        try:
            assert heard.wait(20)
        finally:
            polling.close()
        assert told[0]
        assert all(path.startswith("models/fraud") for path in told[0])
        assert other.snapshot(changed=told[0]) == whole
