"""What the processes of the tests with concurrent writers do; a module of its own, so that a spawned process can import it."""

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeAlias

from builders import TestSigner
from signoff.errors import SignoffError
from signoff.registry.asks import Ask
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.storage.local import LocalStorage
from signoff.values.times import Surroundings

Answers: TypeAlias = "Queue[tuple[str, ...]]"
START = datetime(2026, 11, 2, tzinfo=UTC)


def open_registry(root: str) -> Registry:
    """Open a registry with a clock that stands and nonces by chance."""
    surroundings = Surroundings(now=lambda: START, nonce=lambda: secrets.token_hex(16))
    return Registry(LocalStorage(root), surroundings=surroundings, environ={}, home=Path("/nonexistent"))


def comment(root: str, who: str, texts: Iterable[str], barrier: Barrier, answers: Answers) -> None:
    """Write one comment after another into fraud's log; answer with the id and slot of each."""

    def write(registry: Registry, me: Me, signer: TestSigner) -> Iterable[tuple[str, ...]]:
        for text in texts:
            ask = Ask(action="comment", model="fraud", fields={"comment": text})
            written = registry.sign(ask, me, signer)
            yield "written", text, written.id, str(written.seq)

    _answer(root, who, barrier, answers, write)


def promote(root: str, who: str, version: str, barrier: Barrier, answers: Answers) -> None:
    """Decide to point staging at a version, wait until the other has decided too, and commit."""

    def write(registry: Registry, me: Me, signer: TestSigner) -> Iterable[tuple[str, ...]]:
        ask = Ask(action="promote", model="fraud", version=version, fields={"stage": "staging"})
        prepared = registry.prepare(ask, me)
        barrier.wait()
        written = registry.commit(prepared, signer)
        yield "written", version, written.id, str(written.seq)

    _answer(root, who, barrier, answers, write)


def _answer(
    root: str,
    who: str,
    barrier: Barrier,
    answers: Answers,
    write: Callable[[Registry, Me, TestSigner], Iterable[tuple[str, ...]]],
) -> None:
    """Open the registry, wait for the others, write, and say what came of it."""
    signer = TestSigner(who)
    with open_registry(root) as registry:
        barrier.wait()
        try:
            for said in write(registry, Me(person=who, identity=signer.identity), signer):
                answers.put(said)
        except SignoffError as error:
            answers.put((type(error).__name__, who, str(error)))
