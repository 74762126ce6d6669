"""Measures the product in a real terminal from outside: first paint, keys, bytes, idle cost, memory, changes of others."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tui.pty_session import PtySession

TICK = os.sysconf("SC_CLK_TCK")
BESIDE = 0.15
"""So many seconds after the last byte, nothing more comes of a key: the pane follows the cursor two frames later."""


class Opened(msgspec.Struct, frozen=True):
    """How long an opening took, in milliseconds from the start of the process."""

    first_byte: float
    ready: float


class Pressed(msgspec.Struct, frozen=True):
    """What keys cost: milliseconds until the first byte of the answer, and its bytes."""

    median: float
    p95: float
    bytes: float


def open_registry(
    place: Path, wanted: str, *words: str, patience: float = 60.0, rows: int = 40, columns: int = 120
) -> tuple[PtySession, Opened]:
    """Start signoff on a registry, as users start it; return it once a text is on the screen."""
    began = time.perf_counter()
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    session = PtySession("-m", "signoff", str(place), *words, rows=rows, columns=columns, environ=environ)
    first = 0.0
    while wanted not in session.text():
        got = session._read(0.01, bool, need=False)
        first = first or (time.perf_counter() if got else 0.0)
        assert time.perf_counter() - began < patience, session.text()
    return session, Opened((first - began) * 1e3, (time.perf_counter() - began) * 1e3)


def press(session: PtySession, key: bytes, times: int) -> Pressed:
    """Press a key so many times, each once all that the one before made was painted, what stands beside the list too."""
    waits, sizes = [], []
    for _ in range(times):
        began = time.perf_counter()
        session.write(key)
        got = session._read(2.0, bool, need=False)
        waits.append((time.perf_counter() - began) * 1e3)
        while more := session._read(BESIDE, bool, need=False):
            got += more
        sizes.append(len(got))
    return Pressed(statistics.median(waits), statistics.quantiles(waits, n=20)[-1], statistics.median(sizes))


def answered(session: PtySession, key: bytes, wanted: Callable[[str], bool], *, most: float = 10.0) -> float:
    """Return the milliseconds from a key until the screen is as wanted, and let all that follows be painted."""
    began = time.perf_counter()
    session.write(key)
    while not wanted(session.text()):
        session._read(0.003, bool, need=False)
        assert time.perf_counter() - began < most, session.text()
    took = (time.perf_counter() - began) * 1e3
    settle(session, quiet=0.3)
    return took


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICK


def rss_mib(pid: int) -> float:
    """Return the memory of a process that is in use."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def pss_mib(pid: int) -> float:
    """Return the memory of a process, with its part of what it shares with others."""
    [line] = [line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) / 1024


def settle(session: PtySession, *, quiet: float = 1.5, most: float = 120.0) -> None:
    """Wait until it neither paints nor computes."""
    end = time.monotonic() + most
    while time.monotonic() < end:
        used = cpu_seconds(session.pid)
        if not session.read_quiet(quiet) and cpu_seconds(session.pid) - used < 0.05:
            return


def idle(session: PtySession, seconds: float = 10.0) -> tuple[float, int]:
    """Return the percent of a core and the bytes that doing nothing costs."""
    used, began, size = cpu_seconds(session.pid), time.monotonic(), 0
    while (left := began + seconds - time.monotonic()) > 0:
        size += len(session._read(left, lambda _: False, need=False))
    return (cpu_seconds(session.pid) - used) / seconds * 100, size


def shown_after(session: PtySession, change: Callable[[], object], wanted: str, *, most: float = 5.0) -> float:
    """Return the milliseconds from the end of a change by somebody else until a text is on the screen."""
    change()
    began = time.perf_counter()
    while wanted not in session.text():
        session._read(0.005, bool, need=False)
        assert time.perf_counter() - began < most, session.text()
    return (time.perf_counter() - began) * 1e3


def table(title: str, rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    sys.stdout.write(f"\n{title}\n")
    for row in rows:
        sys.stdout.write("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n")
