"""What is amiss with what stages and aliases point at, in words.

The rule it keeps: pure; who took a version back and why is said as the log says it; a version that is sound says "".
"""

import itertools
from collections.abc import Iterator

from signoff.policy.history import Mark
from signoff.registry.problems import Problem
from signoff.registry.serving import Pointer, held_before, pointers_of
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import VersionView
from signoff.values.display import displayable_lines

ORDER = {"alarm": 0, "fault": 1, "note": 2}
"""Severity -> its rank."""
FOLDER = "its folder is missing"
TOLD = "the index says so"
WORDS = {"revoked": "is revoked", "purged": "is purged", "missing": "has no folder any more"}


def amiss(view: VersionView | None) -> str:
    """Return why a version that something points at should not be used; "" where nothing is amiss."""
    if view is None:
        return "it is not there"
    state = view.state
    match view.status:
        case "revoked" | "purged" as status:
            return marked(status, getattr(state, status))
        case "missing":
            return FOLDER
        case _:
            bases = (f"it is built on what should not be used: {words}" for words in view.revoked_bases)
            faults = (one for one in view.problems if one.severity != "note")
            worst = (one.what for one in sorted(faults, key=lambda one: ORDER[one.severity]))
            return next(itertools.chain(bases, worst), "")


def marked(status: str, mark: Mark | None) -> str:
    """Return that a version was taken back, by whom and why: `revoked by ana: leaked labels`."""
    if mark is None:
        return status
    reason = " ".join(displayable_lines(mark.reason))
    return f"{status} by {mark.person}{f': {reason}' if reason else ''}"


def pointed_problems(snapshot: Snapshot) -> Iterator[tuple[Problem, str, str]]:
    """Yield what is amiss with pointers, each with the model and the version that it concerns."""
    for model in snapshot.models:
        for one in pointers_of(model.history, snapshot.stages):
            problem = _pointed(one, model)
            if problem is not None:
                yield problem, model.name, one.version
            if not one.is_alias:
                yield from _drifting(one, model)


def _pointed(one: Pointer, model: ModelView) -> Problem | None:
    if not one.version:
        return None
    view = model.find(one.version)
    why = amiss(view) or (TOLD if not one.is_alias and model.is_bad(one.version) else "")
    if not why:
        return None
    words = WORDS.get(view.status if view else "", f"should not be used: {why}")
    return Problem(
        place=f"{model.name}:{one.version}",
        what=f"{name_of(one)} of {model.name} points at {one.version}, which {words}",
        hint=_way_out(one, model),
        severity="alarm",
    )


def _way_out(one: Pointer, model: ModelView) -> str:
    """Return what to do about a pointer at what should not be used."""
    if one.is_alias:
        return ":alias points it at another version"
    state = model.stages[one.name]
    back = held_before(model.history, state)
    if back and not amiss(model.find(back)):
        return f"B goes back to {back}"
    return "no version before it can be used: promote another one"


def _drifting(one: Pointer, model: ModelView) -> Iterator[tuple[Problem, str, str]]:
    for place in one.drift:
        should = f"{name_of(one)} is {one.version}" if one.version else "no stage points at it"
        yield (
            Problem(
                place=f"{model.name}:{place.serves}",
                what=f"{place.name} serves {place.serves}, {should}",
                hint="deploy what was decided, or report what serves now with :deploy",
            ),
            model.name,
            place.serves,
        )


def name_of(one: Pointer) -> str:
    """Return a pointer's name in a sentence: `production`, `@champion`."""
    return f"@{one.name}" if one.is_alias else one.name
