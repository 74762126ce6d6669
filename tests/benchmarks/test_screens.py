"""Goals 8, 9, 11-16 on local disks: scan, re-check, first paint, keys, idle, memory, live. Run with `-m benchmark -s`.

`SIGNOFF_BENCHMARK_LARGE=1` adds the registries of 100,000 registered versions, which take minutes to make.
"""

import os
import re
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from benchmarks.goals import tell
from benchmarks.many import make_registered
from benchmarks.measuring import cpu, emit, verifying
from benchmarks.probing import answered, idle, open_registry, press, rss_mib, settle, shown_after, table
from signoff.registry.opening import open_registry as open_here
from tui.pty_session import PtySession

pytestmark = pytest.mark.benchmark
LARGE = bool(os.environ.get("SIGNOFF_BENCHMARK_LARGE"))
COPIED = "copied"
GOALS = {
    "cold first screen ms": "16",
    "key p95 ms while scanning": "14",
    "first byte ms": "ui",
    "warm first screen ms": "16",
    "key median ms": "14",
    "key p95 ms": "14",
    "bytes per key": "14",
    "memory MiB": "16",
    "idle % of a core": "12",
    "idle bytes": "12",
    "change of others ms": "11",
    "filter key to first rows ms": "ui",
    "sort ms": "ui",
    "quit ms": "ui",
}
"""Which goal a figure belongs to; `ui`: a limit of the screens alone."""
SHAPES = [(100, 100), *([(1, 100_000), (10_000, 10)] if LARGE else [])]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    known: dict[tuple[int, int], Path] = {}

    def make(models: int, versions: int) -> Path:
        if (models, versions) not in known:
            known[models, versions] = tmp_path_factory.mktemp("large") / "registry"
            make_registered(known[models, versions], models=models, versions=versions)
        return known[models, versions]

    return make


def timed(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of some work in this process."""
    return both(work)[0]


def both(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds of some work: CPU of this process, and by the clock on the wall."""
    used, began = cpu(), time.perf_counter()
    work()
    return (cpu() - used) * 1e3, (time.perf_counter() - began) * 1e3


def parse_all(root: Path, beside: Callable[[bytes], object] = len) -> None:
    """Read and parse every version.yaml, and do something with its bytes beside that."""
    for place in sorted(root.glob("models/*/versions/*/version.yaml")):
        content = place.read_bytes()
        yaml.load(content, yaml.CSafeLoader)  # noqa: TID251  (the limit, on files of ours)
        beside(content)


def stat_all(root: Path) -> None:
    for versions in root.glob("models/*/versions"):
        for entry in os.scandir(versions):
            os.stat(f"{entry.path}/version.yaml")  # noqa: PTH116  (the limit is what the system call costs)


def test_scans_beside_what_reading_costs(made: Callable[[int, int], Path]) -> None:
    root = made(100, 100)
    time.sleep(2.1)
    with open_here(str(root)) as registry:
        (cold, cold_wall), (parsed, parsed_wall) = both(registry.snapshot), both(lambda: parse_all(root))
        checked, checked_wall = both(lambda: parse_all(root, verifying()))
    with open_here(str(root)) as registry:
        warm = timed(registry.snapshot)
        again, stats = (
            min(timed(registry.snapshot) for _ in range(5)),
            min(timed(lambda: stat_all(root)) for _ in range(5)),
        )
    emit("list_all_versions", n=10_000, cold_cpu_ms=round(cold), limit_ms=round(parsed), warm_cpu_ms=round(warm))
    emit("refresh_unchanged", n=10_000, cpu_ms=round(again), limit_ms=round(stats))
    for goal, case, ours, limit, beside, most in (
        ("8", "first scan of 10,000 versions", cold, parsed, "read + yaml", 1.3),
        ("9", "look again at 10,000 versions", again, stats, "one stat each", 1.5),
    ):
        tell(goal, case, f"{ours:.0f} ms", beside=beside, figure=f"{limit:.0f} ms", ratio=ours / limit, most=most)
    for case, ours, limit, beside in (
        ("first scan of 10,000 versions, wall", cold_wall, parsed_wall, "read + yaml, wall"),
        ("first scan of 10,000 versions", cold, checked, "read + yaml + one signature each"),
        ("first scan of 10,000 versions, wall", cold_wall, checked_wall, "read + yaml + one signature each, wall"),
    ):
        tell("8", case, f"{ours:.0f} ms", beside=beside, figure=f"{limit:.0f} ms", ratio=ours / limit)
    table(
        "goals 8, 9",
        [
            ("case", "cpu ms", "limit ms", "ratio", "goal"),
            ("first scan", f"{cold:.0f}", f"{parsed:.0f}", f"{cold / parsed:.2f}", "<= 1.3 (records verified beside)"),
            ("warm open", f"{warm:.0f}", f"{parsed:.0f}", f"{warm / parsed:.2f}", "-"),
            ("re-check", f"{again:.0f}", f"{stats:.0f}", f"{again / stats:.2f}", "<= 1.5"),
        ],
    )
    assert warm < cold / 2
    assert again < warm


def enter_a_list(session: PtySession, models: int) -> None:
    """Open the only model, whose list has more than one line to move to."""
    if models == 1:
        session.write(b"\r")
        session.until(lambda shown: re.search(r"▌ \d", shown) is not None, patience=120)
        session.read_quiet(0.5)


def filter_and_sort(session: PtySession) -> tuple[float, float]:
    """Type a filter and sort by columns; return the median milliseconds to its first rows, and to the new order."""
    session.write(b"/")
    settle(session, quiet=0.3)
    before = [""]

    def rows_came(shown: str) -> bool:
        counted = re.search(r"[\d,]+…? of [\d,]+", shown)
        return counted is not None and counted[0] != before[0]

    typed = []
    for key in (b"9", b"9", b"7"):
        typed.append(answered(session, key, rows_came))
        before[0] = re.findall(r"[\d,]+…? of [\d,]+", session.text())[0]
    session.write(b"\x1b")
    settle(session, quiet=0.3)
    session.write(b"\x1b")
    settle(session, quiet=0.3)
    arrows = ["▲" if "▲" in session.text() else "▼"]
    sorted_in = []
    for _ in range(4):  # which leaves the order as it was
        arrows.append("▼" if arrows[-1] == "▲" else "▲")
        sorted_in.append(answered(session, b"s", lambda shown: arrows[-1] in shown))
    return statistics.median(typed), statistics.median(sorted_in)


def leave(session: PtySession) -> float:
    """Leave; return the milliseconds until the process is gone."""
    began = time.perf_counter()
    session.write(b"\x11")
    assert session.wait() == 0
    return (time.perf_counter() - began) * 1e3


@pytest.mark.parametrize(("models", "versions"), SHAPES)
def test_a_session_beside_its_goals(
    made: Callable[[int, int], Path], models: int, versions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(models, versions)
    for kind in ("STATE", "CACHE"):  # all registries here have one id: what was seen in one would be missed in another
        monkeypatch.setenv(f"SIGNOFF_{kind}_DIR", f"{root}-{kind.lower()}")
    session, cold = open_registry(root, "model-00000")
    with session:
        enter_a_list(session, models)
        while_scanning = press(session, b"j", 20)
        settle(session)
    session, warm = open_registry(root, "model-00000")
    with session:
        settle(session)
        enter_a_list(session, models)
        keys, memory = press(session, b"j", 30), rss_mib(session.pid)
        percent, size = idle(session)
        session.write(b"g")
        typed, sorted_in = filter_and_sort(session)
        session.write(b"g" if models > 1 else b"\x1b")
        settle(session, quiet=0.5)
        copied = root / "models/model-00000/versions" / COPIED
        live = shown_after(session, lambda: shutil.copytree(copied.with_name("1"), copied), f" {versions + 1:,} ")
        left = leave(session)
    shutil.rmtree(copied)
    numbers = {
        "cold first screen ms": (cold.ready, "-"),
        "key p95 ms while scanning": (while_scanning.p95, "<= 50"),
        "first byte ms": (warm.first_byte, "<= 300"),
        "warm first screen ms": (warm.ready, "<= 700"),
        "key median ms": (keys.median, "<= 5"),
        "key p95 ms": (keys.p95, "<= 16"),
        "bytes per key": (keys.bytes, "<= 700"),
        "memory MiB": (memory, "<= 150"),
        "idle % of a core": (percent, "<= 1"),
        "idle bytes": (float(size), "0"),
        "change of others ms": (live, "<= 500"),
        "filter key to first rows ms": (typed, "<= 60"),
        "sort ms": (sorted_in, "<= 150"),
        "quit ms": (left, "<= 500"),
    }
    emit(
        "session",
        models=models,
        versions=versions,
        figures={name: round(number, 1) for name, (number, _) in numbers.items()},
    )
    for name, (number, goal) in numbers.items():
        most = None if goal == "-" else float(goal.removeprefix("<= "))
        case = f"{name}, {models:,} x {versions:,}"
        tell(GOALS[name], case, f"{number:.1f}", ratio=number, most=most, shown=False)
    rows = [(name, f"{number:.1f}", goal) for name, (number, goal) in numbers.items()]
    table(f"goals 11-16, {models:,} models of {versions:,} versions", [("what", "here", "goal"), *rows])
    assert size == 0
    assert percent <= 1
