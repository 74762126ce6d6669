"""Several processes that write at once; a module that spawned processes can import."""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring import durable_writes
from builders import TestSigner
from conformance.writers import open_registry
from signoff.registry.asks import Ask
from signoff.registry.people import Me

SPAWN = multiprocessing.get_context("spawn")


def write_comments(root: str, model: str, count: int, start: float) -> None:
    """Write comments into one model's log, from a moment on."""
    signer, registry = TestSigner("ben"), open_registry(root)
    registry.reader.log(model)
    me = Me(person="ben", identity=signer.identity)
    time.sleep(max(0.0, start - time.monotonic()))
    for number in range(count):
        registry.sign(Ask(action="comment", model=model, fields={"comment": str(number)}), me, signer)


def write_plainly(root: str, who: str, count: int, start: float) -> None:
    """Write signed bytes, from a moment on."""
    time.sleep(max(0.0, start - time.monotonic()))
    durable_writes(Path(root), who, count=count)


def at_once(work: Callable[[str, str, int, float], None], root: Path, names: list[str], count: int) -> float:
    """Have a process work for each name; return how many a second all of them wrote."""
    start = time.monotonic() + 6
    processes = [SPAWN.Process(target=work, args=(str(root), name, count, start)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return len(names) * count / (time.monotonic() - start)
