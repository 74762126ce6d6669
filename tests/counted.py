"""A registry in S3 that counts what it is asked: moto in this process, filled without requests, behind a proxy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import World
from faulty import Proxy, faulty
from servers import KEY, SECRET, free_port
from signoff.registry.registry import Registry
from signoff.storage.places import open_place

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Opened = Callable[[], Registry]


@contextmanager
def counted(world: World) -> Iterator[tuple[Proxy, Opened]]:
    """Yield the proxy that keeps the requests, and what opens the registry as a new process would."""
    moto = pytest.importorskip("moto.server")
    from moto.s3.models import s3_backends  # noqa: PLC0415  (only where it is installed)

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    store = s3_backends["123456789012"]["aws"]
    store.create_bucket("counted", "us-east-1")
    for path, _ in world.storage.walk(""):
        store.put_object("counted", f"r/{path}", world.get(path))
    with faulty(server._server.server_port) as proxy:
        endpoint = f"http://127.0.0.1:{proxy.port}"
        region = {"region_name": "us-east-1"}
        options = {"endpoint_url": endpoint, "key": KEY, "secret": SECRET, "client_kwargs": region}

        def opened() -> Registry:
            storage = open_place("s3://counted/r", options=options, now=lambda: NOW)
            return Registry(storage, surroundings=world.surroundings, environ={}, home=Path("/nonexistent"))

        yield proxy, opened
    server.stop()
    store.reset()
