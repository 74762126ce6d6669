"""Measures beside the limits of the machine, in one run: JSON lines with the case names that the peers' harness prints.

The rule it keeps: what is compared runs interleaved, and times are CPU where a case starts processes or computes, wall
clock where it waits for the disk. A ratio is that of rounds of one run; absolute numbers move by half on a shared machine.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RECORD_BYTES = 1200
DURABLE = "write.sign+tmp+link_fsync+dirfsync"
LAUNCH = """import os, sys, time, json
words = json.loads(sys.argv[1]); null = os.open("/dev/null", os.O_RDWR); start = time.perf_counter(); pid = os.fork()
if not pid:
    for number in (0, 1, 2): os.dup2(null, number)
    try: os.execvp(words[0], words)
    except OSError: os._exit(127)
_, status, used = os.wait4(pid, 0)
print(json.dumps([time.perf_counter() - start, used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)]))"""
"""Starts a process from a small launcher: a large parent costs time at fork, which is not the program's."""


def emit(case: str, *, peer: str = "signoff", **numbers: object) -> None:
    """Print one line of results."""
    sys.stdout.write(json.dumps({"peer": peer, "case": case, **numbers}) + "\n")


def cpu() -> float:
    """Return the CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def spread(numbers: Iterable[float]) -> dict[str, float]:
    """Return median, extremes and count."""
    ordered = sorted(numbers)
    ends = {"min": round(ordered[0], 4), "max": round(ordered[-1], 4), "n": len(ordered)}
    return {"median": round(statistics.median(ordered), 4), **ends}


def cold(words: Sequence[str], environ: Mapping[str, str]) -> tuple[float, float]:
    """Start a program once; return its wall and CPU milliseconds."""
    command = [sys.executable, "-I", "-S", "-c", LAUNCH, json.dumps(list(words))]
    done = subprocess.run(command, env=dict(environ), capture_output=True, check=True, text=True)
    wall, used, code = json.loads(done.stdout)
    assert code == 0, f"{words} ended with {code}"
    return wall * 1e3, used * 1e3


def cold_beside(
    programs: Mapping[str, Sequence[str]], environ: Mapping[str, str], *, rounds: int = 12
) -> dict[str, float]:
    """Start programs in turns; print each one's times; return the lower quartile of the CPU ratios to the first one."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(rounds + 1):
        for name, words in programs.items():
            times[name].append(cold(words, environ))
    ratios = {}
    first = next(iter(programs))
    for name in programs:
        kept = times[name][1:]
        emit(
            name,
            peer="signoff" if name.startswith("signoff") else "limit",
            wall_ms=spread(w for w, _ in kept),
            cpu_ms=spread(c for _, c in kept),
        )
        of_rounds = [one / floor for (_, one), (_, floor) in zip(kept, times[first][1:], strict=True)]
        ratios[name] = statistics.quantiles(of_rounds, n=4)[0]
    return ratios


def in_turns(
    works: Mapping[str, Callable[[], object]], *, rounds: int = 12, each: int = 1, wall: bool = False
) -> dict[str, list[float]]:
    """Do things in turns, each so many times a round; return the milliseconds of one of them, of every round but the first.

    Milliseconds are CPU of this process and all its threads, or by the clock on the wall.
    """
    clock = time.perf_counter if wall else time.process_time
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            began = clock()
            for _ in range(each):
                work()
            if number:
                spent[name].append((clock() - began) * 1e3 / each)
    return spent


def cold_rounds(
    programs: Mapping[str, Sequence[str]], environ: Mapping[str, str], *, rounds: int = 12
) -> dict[str, list[float]]:
    """Start programs in turns; return each one's CPU milliseconds, of every round but the first."""
    spent: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, words in programs.items():
            used = cold(words, environ)[1]
            if number:
                spent[name].append(used)
    return spent


def rate(case: str, count: int, work: Callable[[int], object], *, peer: str = "signoff", **more: object) -> float:
    """Do one thing so many times; print and return how many a second."""
    used, start = cpu(), time.perf_counter()
    for number in range(count):
        work(number)
    seconds = time.perf_counter() - start
    emit(
        case,
        peer=peer,
        per_s=round(count / seconds),
        cpu_ms_each=round((cpu() - used) * 1e3 / count, 4),
        n=count,
        **more,
    )
    return count / seconds


def beside(
    limit: Callable[[int], object], case: str, work: Callable[[int], object], *, rounds: int, each: int, **more: object
) -> float:
    """Do one thing and a limit of the machine in turns; print both; return the lower quartile of the ratios of their rates.

    A round is `each` times the limit, then `each` times the work; the first one is dropped.
    """
    spent: dict[str, list[tuple[float, float]]] = {"limit": [], case: []}
    for start in range(0, rounds * each, each):
        for name, do in (("limit", limit), (case, work)):
            used, began = cpu(), time.perf_counter()
            for number in range(start, start + each):
                do(number)
            spent[name].append((time.perf_counter() - began, cpu() - used))
    for name, peer, label in (("limit", "limit", DURABLE), (case, "signoff", case)):
        kept = spent[name][1:]
        emit(
            label,
            peer=peer,
            per_s=round(each / statistics.median(wall for wall, _ in kept)),
            wall_ms_each=spread(wall * 1e3 / each for wall, _ in kept),
            cpu_ms_each=spread(used * 1e3 / each for _, used in kept),
            **more,
        )
    ratios = [least / ours for (least, _), (ours, _) in zip(spent["limit"][1:], spent[case][1:], strict=True)]
    return statistics.quantiles(ratios, n=4)[0]


def durable_writes(folder: Path, who: str = "", *, count: int = 400) -> float:
    """Return how many signed records of plain bytes a second this disk takes."""
    with durable_writer(folder, who) as write:
        return rate(DURABLE, count, write, peer="limit")


@contextmanager
def durable_writer(folder: Path, who: str = "") -> Iterator[Callable[[int], None]]:
    """Give what writes a signed record of plain bytes: sign, tmp, fsync, link, fsync of the folder."""
    folder.mkdir(exist_ok=True)
    body, key, opened = os.urandom(RECORD_BYTES), Ed25519PrivateKey.generate(), os.open(folder, os.O_RDONLY)

    def write(number: int) -> None:
        name, private = folder / f"{who}{number}", folder / f"{who}{number}.tmp"
        file = os.open(private, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        os.write(file, body + key.sign(body))
        os.fsync(file)
        os.close(file)
        name.hardlink_to(private)
        private.unlink()
        os.fsync(opened)

    try:
        yield write
    finally:
        os.close(opened)


def verifying() -> Callable[[object], None]:
    """Return what verifies one ed25519 signature over a record's bytes, whatever it is given."""
    body, key = os.urandom(RECORD_BYTES), Ed25519PrivateKey.generate()
    signature, public = key.sign(body), key.public_key()
    return lambda _: public.verify(signature, body)


def verifications(count: int = 2000) -> float:
    """Return how many CPU microseconds one verification of an ed25519 signature over a record's bytes takes."""
    used = cpu()
    rate("write.ed25519_verify", count, verifying(), peer="limit")
    return (cpu() - used) * 1e6 / count
