"""Goal 10: a verified pull of 1 GiB beside a copy with its digest computed in a thread, and beside a copy that checks nothing."""

import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.goals import need, quartile, tell
from benchmarks.limits import copy_and_digest, plain_copy
from builders import World
from signoff.registry.pulling import Wanted

pytestmark = pytest.mark.benchmark
SIZE = 1 << 30
ROUNDS = 9


def test_a_verified_pull_beside_a_copy_with_its_digest(tmp_path: Path) -> None:
    world = World(folder=tmp_path / "registry")
    folder = tmp_path / "registry/models/fraud/versions/1"
    folder.mkdir(parents=True)
    with (folder / "weights.bin").open("wb") as file:
        for _ in range(SIZE >> 24):
            file.write(os.urandom(1 << 24))
    (folder / "version.yaml").write_text("metrics: {accuracy: 0.93}\n")
    registry = world.registry()
    registry.register_sealed(registry.seal("fraud", "1"), world.me("ana"), signer=world.keys["ana"][0])
    source, copied, pulled = folder / "weights.bin", tmp_path / "copied", tmp_path / "pulled"

    def pull() -> float:
        shutil.rmtree(pulled, ignore_errors=True)
        began = time.perf_counter()
        registry.pull("fraud:1", str(pulled), Wanted(unapproved=True))
        return time.perf_counter() - began

    works: dict[str, Callable[[], float]] = {
        "floor": lambda: copy_and_digest(source, copied),
        "ours": pull,
        "plain": lambda: plain_copy(source, copied),
    }
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS + 1):
        for name, work in works.items():
            spent[name].append(work())
    speeds = {name: [1 / one for one in found[1:]] for name, found in spent.items()}
    shown = {name: f"{statistics.median(found):.2f} GiB/s" for name, found in speeds.items()}
    ratios = {
        name: quartile([ours / other for ours, other in zip(speeds["ours"], speeds[name], strict=True)])
        for name in ("floor", "plain")
    }
    case = "verified pull of 1 GiB"
    beside = "copy, sha256 in a thread"
    line = tell("10", case, shown["ours"], beside=beside, figure=shown["floor"], ratio=ratios["floor"], least=0.9)
    tell(
        "10",
        case,
        shown["ours"],
        beside="copy, nothing checked",
        figure=shown["plain"],
        ratio=ratios["plain"],
        least=0.35,
    )
    need(line)
