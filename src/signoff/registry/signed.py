"""Who signed many records, found out on every core before their log is verified.

The rule it keeps: it decides nothing. What is said here of a record is that one of the registry's keys truly signed its
bytes; of what it says nothing, the log verifies the signature itself, in its place, and says what is wrong with it. No
thread outlives the question.

Verifying a signature lets other threads run, and is four fifths of what reading a record costs; the rest is Python,
which only one thread at a time can do. So nothing else is done at the same time: two threads of which one parses get in
each other's way, and cost half as much again as they take one after the other.
"""

import os
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from threading import Thread

from signoff.policy.log import signer_of
from signoff.policy.trust import TrustChain
from signoff.registry.grown import FEWEST

AT_ONCE = 8
MOST_THREADS = 4


def find_signers(
    contents: Sequence[bytes | str], trust: TrustChain, *, vouched: int = 0, threads: int | None = None
) -> Sequence[bytes | None]:
    """Return what `signer_of` says of each of many contents; of few, nothing.

    Args:
        contents: Files in slots of logs, or why they cannot be read.
        trust: The trust chain, which has the keys.
        vouched: How many of them, from the first on, need not be looked at.
        threads: How many threads look, this one among them; None: one for each core, at most 4.
    """
    threads = threads or _cores()
    if len(contents) - vouched < FEWEST or threads == 1:
        return ()
    keys = frozenset(key.blob for record in trust.records for _, key in record.holders.values())
    work = _Work(contents, keys, begin=vouched)
    helpers = _started(work, threads - 1)
    try:
        work.run()
    finally:
        work.todo.clear()
        for helper in helpers:
            helper.join()
    for error in work.failed:
        raise error
    return work.found


class _Work:
    """Contents of which several threads take some, until there are none."""

    def __init__(self, contents: Sequence[bytes | str], keys: Collection[bytes], *, begin: int) -> None:
        """Begin with one of them."""
        self.contents, self.keys = contents, keys
        self.todo = deque(range(begin, len(contents), AT_ONCE))
        self.failed: list[BaseException] = []
        self.found: list[bytes | None] = [None] * len(contents)

    def help(self) -> None:
        """Look on a thread beside the one that asked, which raises what goes wrong here."""
        try:
            self.run()
        except BaseException as error:  # noqa: BLE001  (nothing is lost: see above)
            self.failed.append(error)

    def run(self) -> None:
        """Look who signed them, as long as some are left."""
        while True:
            try:
                begin = self.todo.popleft()
            except IndexError:
                return
            for at, content in enumerate(self.contents[begin : begin + AT_ONCE], begin):
                self.found[at] = signer_of(content, self.keys)


def _started(work: _Work, count: int) -> list[Thread]:
    started = list[Thread]()
    with suppress(RuntimeError):  # no more threads are to be had here
        for _ in range(count):
            helper = Thread(target=work.help, name="signoff-verify", daemon=True)
            helper.start()
            started.append(helper)
    return started


def _cores() -> int:
    return min(MOST_THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
