"""Which versions of a model a log speaks of that grew since it was looked at.

The rule it keeps: pure; whatever is said of a version, and whatever points at it, counts; a log that is not the same
one grown further is not compared.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from signoff.policy.history import AliasState, History, StageState
from signoff.policy.states import States

Pointers = Mapping[str, StageState] | Mapping[str, AliasState]


def spoken_since(before: History, now: History) -> frozenset[str] | None:
    """Return the versions of which a log says something else than it did; None where it is not that log, grown."""
    was, states = before.versions, now.versions
    if not (isinstance(was, States) and isinstance(states, States) and states.shared is was.shared):
        return None
    if len(was) > len(states):
        return None
    spoken = {name for name, state in states.changed.items() if was.changed.get(name) is not state}
    spoken.update(was.changed.keys() - states.changed.keys(), islice(states, len(was), None))
    spoken.update(_moved(before.stages, now.stages), _moved(before.aliases, now.aliases))
    return frozenset(spoken)


def _moved(before: Pointers, now: Pointers) -> Iterator[str]:
    """Yield the versions at which something points that did not, and those at which it did."""
    for name in before.keys() | now.keys():
        was, points = before.get(name), now.get(name)
        if was is None or points is None or was.version != points.version:
            yield from (one.version for one in (was, points) if one is not None)
