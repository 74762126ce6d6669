"""Opens a registry in a process of its own and says what that cost: JSON lines out, one question a line in.

Run it: `python opening.py URL OPTIONS`. The first line tells of the opening; then a line `poll` asks for one poll, and
a JSON list of paths for a look at what changed, an empty one for a look at what a poll tells. Where `glance` is a third
word, a large registry in a bucket is opened as a screen opens it: from what this client kept, or from its index.
"""

import ctypes
import json
import sys
import time
from pathlib import Path

from signoff.registry.glance import take_glance
from signoff.registry.opening import open_registry
from signoff.registry.registry import Registry
from signoff.registry.remembered import Position, recall, retain
from signoff.registry.snapshot import Snapshot
from signoff.storage.polling import Polling
from signoff.storage.watch import Pace


def mib(name: str) -> float:
    """Return a figure of this process's memory; the kernel's own peak of a child would begin with its parent's."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name)]
    return int(line.split()[1]) / 1024


def give_back() -> None:
    """Do what the screen's thread does once it has read."""
    ctypes.CDLL(None).malloc_trim(0)


def say(began: float, used: float, **more: object) -> None:
    """Print what it cost."""
    costs = {"ms": (time.perf_counter() - began) * 1e3, "cpu_ms": (time.process_time() - used) * 1e3}
    sys.stdout.write(json.dumps({**costs, "rss_mib": mib("VmRSS"), "most_mib": mib("VmHWM"), **more}) + "\n")
    sys.stdout.flush()


def polled(registry: Registry, *, after: int | None) -> Polling:
    """Return what asks for changes, when it is told to."""
    pace = Pace(quick=600, slow=600)
    return Polling(registry.reader.storage, on_change=lambda _: None, pace=pace, after=after)


def look(registry: Registry, *, glance: bool) -> tuple[Snapshot, Polling | None]:
    """Return what is seen first, and what asks for changes where that goes on from there."""
    before = recall(registry.url, registry.reader.trust) if glance else None
    found = take_glance(registry, before) if glance else None
    if found is None:
        return registry.snapshot(), None
    snapshot = registry.snapshot(changed=found.changed) if found.changed else found.snapshot
    retain(snapshot, Position(found.journal, registry.surroundings.now()))
    return snapshot, polled(registry, after=found.journal)


def answer(registry: Registry, polling: list[Polling], asked: str) -> None:
    """Do what one line asks for."""
    if asked == "poll" and not polling:
        polling.append(polled(registry, after=None))
    began, used = time.perf_counter(), time.process_time()
    if asked == "poll":
        polling[0]._poll()
    elif asked != "begin":
        changed = json.loads(asked) or polling[0]._poll()
        assert changed
        registry.snapshot(changed=changed)
    say(began, used)


def main(url: str, options: str, how: str = "") -> None:
    """Open, then answer."""
    began, used = time.perf_counter(), time.process_time()
    with open_registry(url, storage_options=json.loads(options)) as registry:
        snapshot, follows = look(registry, glance=how == "glance")
        registry.close()
        give_back()
        polling = [follows] if follows else []
        found = sum(len(model.versions) for model in snapshot.models)
        say(began, used, models=len(snapshot.models), versions=found, problems=len(snapshot.all_problems()))
        for line in sys.stdin:
            answer(registry, polling, line.strip())


if __name__ == "__main__":
    main(*sys.argv[1:])
