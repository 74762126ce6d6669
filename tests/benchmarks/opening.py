"""Opens a registry in a process of its own and says what that cost: JSON lines out, one question a line in.

Run it: `python opening.py URL OPTIONS`. The first line tells of the opening; then a line `poll` asks for one poll, and
a JSON list of paths for a look at what changed.
"""

import json
import sys
import time
from pathlib import Path

from signoff.registry.opening import open_registry
from signoff.registry.registry import Registry
from signoff.storage.polling import Polling
from signoff.storage.watch import Pace


def mib(name: str) -> float:
    """Return a figure of this process's memory; the kernel's own peak of a child would begin with its parent's."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name)]
    return int(line.split()[1]) / 1024


def say(began: float, used: float, **more: object) -> None:
    """Print what it cost."""
    costs = {"ms": (time.perf_counter() - began) * 1e3, "cpu_ms": (time.process_time() - used) * 1e3}
    sys.stdout.write(json.dumps({**costs, "rss_mib": mib("VmRSS"), "most_mib": mib("VmHWM"), **more}) + "\n")
    sys.stdout.flush()


def answer(registry: Registry, polling: list[Polling], asked: str) -> None:
    """Do what one line asks for."""
    if asked == "poll" and not polling:
        polling.append(Polling(registry.reader.storage, on_change=lambda _: None, pace=Pace(quick=600, slow=600)))
    began, used = time.perf_counter(), time.process_time()
    if asked == "poll":
        polling[0]._poll()
    elif asked != "begin":
        registry.snapshot(changed=json.loads(asked))
    say(began, used)


def main(url: str, options: str) -> None:
    """Open, then answer."""
    began, used = time.perf_counter(), time.process_time()
    polling: list[Polling] = []
    with open_registry(url, storage_options=json.loads(options)) as registry:
        snapshot = registry.snapshot()
        registry.close()
        found = sum(len(model.versions) for model in snapshot.models)
        say(began, used, models=len(snapshot.models), versions=found, problems=len(snapshot.all_problems()))
        for line in sys.stdin:
            answer(registry, polling, line.strip())


if __name__ == "__main__":
    main(*sys.argv[1:])
