"""Large registries on a local disk and in a bucket: cold and warm opening, a look at one change, requests, memory.

Run with `-m benchmark -s`. The shapes are a tenth of 10,000 models of 10 versions and of 100 models of 1,000; those that
are read as a whole from the bucket, without an index, a thousandth, where the table also says what one version costs.
`SIGNOFF_BENCHMARK_LARGE=1` makes them whole, and `SIGNOFF_BENCHMARK_LARGE=s3` also what is read as a whole from the bucket.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.goals import Line, need, tell
from benchmarks.limits import parsed
from benchmarks.many import as_peers_get, make_registered
from faulty import Proxy, faulty
from servers import KEY, SECRET, free_port
from signoff.schema import layout
from signoff.schema.journal import JournalEntry, Written, dump_entry

pytestmark = pytest.mark.benchmark
HERE = Path(__file__).parent
LARGE = os.environ.get("SIGNOFF_BENCHMARK_LARGE", "")
WHOLE = ((10_000, 10), (100, 1000))
TENTH = WHOLE if LARGE else ((1000, 10), (10, 1000))
READ = WHOLE if LARGE == "s3" else ((10, 10), (1, 100))
NEW = "copied"


class Child:
    """A process that has opened a registry."""

    def __init__(self, url: str, options: object, environ: dict[str, str], how: str) -> None:
        """Open it."""
        command = [sys.executable, str(HERE / "opening.py"), url, json.dumps(options), how]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True, bufsize=1
        )
        self.opened = self._answer()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout
        found: dict[str, float] = json.loads(self._process.stdout.readline())
        return found

    def ask(self, words: str) -> dict[str, float]:
        """Return what one question cost."""
        assert self._process.stdin
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        with self._process:
            self._process.stdin.close()


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one registry in one place; requests are 0 on a disk."""

    cold: dict[str, float]
    warm: dict[str, float]
    change: dict[str, float]
    requests: dict[str, int]


def environment(tmp_path: Path) -> dict[str, str]:
    state = {"SIGNOFF_STATE_DIR": str(tmp_path / "state"), "SIGNOFF_CACHE_DIR": str(tmp_path / "cache")}
    return {**os.environ, **state}


def measure(
    url: str,
    options: object,
    environ: dict[str, str],
    change: Callable[[], list[str]],
    *,
    requests: list[str],
    versions: int,
    how: str = "",
) -> Costs:
    """Open a registry cold, warm, and look at a change."""
    counted = {}

    def count(name: str) -> None:
        counted[name] = len(requests)
        requests.clear()

    requests.clear()
    child = Child(url, options, environ, how)
    cold = child.opened
    assert (cold["versions"], cold["problems"]) == (versions, 0)
    count("cold")
    child.close()
    requests.clear()
    child = Child(url, options, environ, how)
    warm = child.opened
    count("warm")
    paths = json.dumps(change())
    requests.clear()
    changed = child.ask(paths)
    count("change")
    if options:
        child.ask("poll")
        requests.clear()
        child.ask("poll")
        count("poll")
    child.close()
    return Costs(cold=cold, warm=warm, change=changed, requests=counted)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU milliseconds of some work."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - began) * 1e3, (time.process_time() - used) * 1e3


def read_all(root: Path) -> None:
    for model in os.scandir(root / "models"):
        for version in os.scandir(f"{model.path}/versions"):
            parsed(f"{version.path}/version.yaml")


def stat_all(root: Path) -> None:
    for model in os.scandir(root / "models"):
        for version in os.scandir(f"{model.path}/versions"):
            os.stat(f"{version.path}/version.yaml")  # noqa: PTH116  (the limit is what the system call costs)


def seconds(milliseconds_: float) -> str:
    return f"{milliseconds_ / 1e3:.2f} s" if milliseconds_ >= 1000 else f"{milliseconds_:.3g} ms"


@pytest.mark.parametrize(("models", "versions"), TENTH)
def test_a_large_registry_on_a_disk(tmp_path: Path, models: int, versions: int) -> None:
    root = tmp_path / "registry"
    make_registered(root, models=models, versions=versions, said=as_peers_get)
    time.sleep(2.1)
    folder = root / "models/model-00000/versions"

    def change() -> list[str]:
        shutil.copytree(folder / "1", folder / NEW)
        return [f"models/model-00000/versions/{NEW}/{one.name}" for one in (folder / NEW).iterdir()]

    costs = measure(str(root), None, environment(tmp_path), change, requests=[], versions=models * versions)
    read, stats = timed(lambda: read_all(root)), timed(lambda: stat_all(root))
    one = timed(lambda: parsed(str(folder / NEW / "version.yaml")))
    shape = f"disk, {models:,} x {versions:,}"
    lines = [
        told("18.1", f"{shape}: cold open, CPU", costs.cold["cpu_ms"], "read + yaml", read[1]),
        told("18.1", f"{shape}: cold open, wall", costs.cold["ms"], "read + yaml", read[0]),
        told("18.1", f"{shape}: warm open, CPU", costs.warm["cpu_ms"], "one stat each", stats[1]),
        told("18.1", f"{shape}: warm open, wall", costs.warm["ms"], "one stat each", stats[0]),
        told("18.1", f"{shape}: one change", costs.change["ms"], "read + yaml of one", one[0], most_ms=500),
        memory("18.1", shape, costs),
    ]
    shutil.rmtree(root)
    need(*lines)


def told(goal: str, case: str, ours: float, beside: str, limit: float, *, most_ms: float | None = None) -> Line:
    """Keep a line whose goal, if there is one, is in milliseconds."""
    if most_ms is None:
        return tell(goal, case, seconds(ours), beside=beside, figure=seconds(limit), ratio=ours / max(limit, 1e-3))
    return tell(
        goal, f"{case}, ms", seconds(ours), beside=beside, figure=seconds(limit), ratio=ours, most=most_ms, shown=False
    )


def memory(goal: str, shape: str, costs: Costs) -> Line:
    """Keep the line of memory."""
    held, most = costs.warm["rss_mib"], costs.cold["most_mib"]
    shown = f"{held:.0f} MiB, at most {max(most, costs.warm['most_mib']):.0f}"
    return tell(goal, f"{shape}: memory once open, MiB", shown, ratio=held, most=150, shown=False)


@contextmanager
def bucket(root: Path) -> Iterator[tuple[Proxy, Any]]:
    """Run S3 in a process of its own with a registry's files in it; give a proxy that counts requests, and a client."""
    boto3, port = pytest.importorskip("boto3"), free_port()
    command = [sys.executable, str(HERE / "bucket.py"), str(root), str(port)]
    words = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        with faulty(port) as proxy:
            client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{proxy.port}", **words)
            yield proxy, client
            client.close()
        server.stdin.close()


def listed(client: Any) -> int:  # noqa: ANN401  (the driver has no types)
    """List every object; return how many requests that took."""
    return sum(1 for _ in client.get_paginator("list_objects_v2").paginate(Bucket="large", Prefix="r/"))


def told_of(record: bytes, chain: str, seq: int) -> bytes:
    """Return the journal's entry of a record."""
    identity = hashlib.sha256(record[: record.index(b"\n") + 1]).hexdigest()
    return dump_entry(JournalEntry(written=(Written(chain=chain, seq=seq, id=identity),), nonce=identity[:32]))


def hold_back(root: Path, version: int) -> dict[str, bytes]:
    """Take a model's last version and its record away, and let the journal tell of the one before.

    Returns:
        The files, in the order in which they are written.
    """
    chain = "models/model-00000"
    record = root / layout.record_path(chain, version)
    place = root / layout.version_folder("model-00000", str(version))
    held = {str(one.relative_to(root)): one.read_bytes() for one in (*place.iterdir(), record)}
    held[layout.journal_path(2)] = told_of(record.read_bytes(), chain, version)
    shutil.rmtree(place)
    record.unlink()
    first = root / layout.journal_path(1)
    first.parent.mkdir(parents=True)
    before = root / layout.record_path(chain, version - 1)
    first.write_bytes(told_of(before.read_bytes(), chain, version - 1))
    return held


def measure_bucket(tmp_path: Path, models: int, versions: int, *, how: str) -> tuple[Costs, int, float]:
    """Return what a registry in a bucket costs, how many requests its names are, and their milliseconds."""
    root = tmp_path / "registry"
    make_registered(root, models=models, versions=versions, said=as_peers_get)
    held = hold_back(root, versions)
    environ = environment(tmp_path)
    if how == "glance":
        for words in ("--pack", "--index") if versions >= layout.PACK_SIZES[-1] else ("--index",):
            command = [sys.executable, "-m", "signoff", "-r", str(root), "doctor", words, "--json"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    with bucket(root) as (proxy, client):
        shutil.rmtree(root)
        time.sleep(2.1)
        options = {
            "endpoint_url": f"http://127.0.0.1:{proxy.port}",
            "key": KEY,
            "secret": SECRET,
            "client_kwargs": {"region_name": "us-east-1"},
        }

        def change() -> list[str]:
            for path, content in held.items():
                client.put_object(Bucket="large", Key=f"r/{path}", Body=content)
            return [] if how == "glance" else [path for path in held if path.startswith("models/")]

        costs = measure(
            "s3://large/r",
            options,
            environ,
            change,
            requests=proxy.requests,
            versions=models * versions - 1,
            how=how,
        )
        pages: list[int] = []
        spent = timed(lambda: pages.append(listed(client)))[0]
    return costs, pages[0], spent


def tell_bucket(shape: str, costs: Costs, versions: int, names: tuple[int, float]) -> list[Line]:
    """Keep the lines of a registry in a bucket; `names`: what its names cost, in requests and milliseconds."""
    lines = []
    for name, most in (("cold", 10), ("warm", 3), ("poll", 2), ("change", None)):
        made = costs.requests[name]
        figure = f"{names[0]} requests" if name in {"cold", "warm"} else ""
        case = f"{shape}: requests, {name}"
        shown = f"{made:,}, {made / versions:.3g} a version"
        beside = "names of all objects" if figure else ""
        lines.append(tell("18.2", case, shown, beside=beside, figure=figure, ratio=made, most=most, shown=False))
    told("18.2", f"{shape}: cold open, wall", costs.cold["ms"], "names of all objects", names[1])
    told("18.2", f"{shape}: warm open, wall", costs.warm["ms"], "names of all objects", names[1])
    told("18.2", f"{shape}: one change, wall", costs.change["ms"], "names of all objects", names[1])
    return [*lines, memory("18.2", shape, costs)]


@pytest.mark.parametrize(("models", "versions"), TENTH)
def test_a_large_registry_in_a_bucket(tmp_path: Path, models: int, versions: int) -> None:
    costs, pages, spent = measure_bucket(tmp_path, models, versions, how="glance")
    need(*tell_bucket(f"s3, {models:,} x {versions:,}", costs, models * versions, (pages, spent)))


@pytest.mark.parametrize(("models", "versions"), READ)
def test_a_registry_that_is_read_as_a_whole_from_a_bucket(tmp_path: Path, models: int, versions: int) -> None:
    costs, pages, spent = measure_bucket(tmp_path, models, versions, how="")
    tell_bucket(f"s3, all read, {models:,} x {versions:,}", costs, models * versions, (pages, spent))
    assert costs.requests["poll"] <= 2
