"""Turns of workers that run tests side by side: one that measures time runs while no other does."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GATE = Path(__file__)
ROOM = GATE.with_name("conftest.py")
"""Files that are there anyway: who locks them leaves nothing behind."""


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Run beside other workers, or alone; whoever waits to be alone is overtaken by nobody."""
    with GATE.open() as gate, ROOM.open() as room:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(room, fcntl.LOCK_UN)  # also where a process that a test forked still has it open
