"""Problems, each with whom it concerns, as things that a cursor goes over.

The rule it keeps: pure; alarms first; whom a problem concerns is where it was found, never guessed from its words.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from signoff.registry.problems import Problem
from signoff.registry.snapshot import Snapshot
from signoff.tui.amiss import ORDER, pointed_problems
from signoff.tui.findings import Found
from signoff.tui.pages import MOST_PROBLEMS
from signoff.tui.present import Pieces, state
from signoff.tui.widgets.blocks import Block

HANG = 9


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A problem, and the model and version that it was found with; "" where it was none.

    Attributes:
        number: Which of equal problems it is.
    """

    problem: Problem
    model: str = ""
    version: str = ""
    number: int = 0

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What it is known by through refreshes."""
        return (self.model, self.version, self.problem.place, self.problem.what, self.number)


def faults_of(snapshot: Snapshot, found: Iterable[Found] = ()) -> tuple[Fault, ...]:
    """Return every problem, alarms first, and of these first what verifications found, each once."""
    seen: dict[tuple[str, str, Problem], int] = {}
    told: list[Fault] = []
    verified = tuple(found)
    known = {(problem.place, problem.what) for problem, _, _ in verified}
    read = (one for one in _all(snapshot) if (one[0].place, one[0].what) not in known)
    for problem, model, version in (*verified, *read):
        number = seen[model, version, problem] = seen.get((model, version, problem), -1) + 1
        told.append(Fault(problem=problem, model=model, version=version, number=number))
    return tuple(sorted(told, key=lambda one: ORDER[one.problem.severity]))


def _all(snapshot: Snapshot) -> Iterator[tuple[Problem, str, str]]:
    yield from ((problem, "", "") for problem in snapshot.problems)
    yield from pointed_problems(snapshot)
    for model in snapshot.models:
        yield from ((problem, model.name, "") for problem in model.problems)
        for view in model.troubled():
            yield from ((problem, model.name, view.version) for problem in view.problems)


def fault_blocks(faults: Sequence[Fault]) -> tuple[Block[object], ...]:
    """Return the problems as blocks, so many as anybody reads."""
    blocks: list[Block[object]] = [Block(one.key, tuple(_lines(one.problem)), HANG) for one in faults[:MOST_PROBLEMS]]
    more = len(faults) - MOST_PROBLEMS
    if more > 0:
        blocks.append(Block("more", (((f"… and {more:,} more: signoff doctor", "dim"),),), 0))
    return tuple(blocks)


def _lines(problem: Problem) -> Iterator[Pieces]:
    words, tone = state(problem.severity)
    yield ((f"{words:<{HANG}}", tone), (problem.place, "strong"))
    yield ((" " * HANG, "plain"), (problem.what, "plain"))
    if problem.hint:
        yield ((" " * HANG, "plain"), (problem.hint, "dim"))
