"""Evaluations that stand in a version's folder and do not count yet, because nobody signed them.

The rule it keeps: a file counts by its digest: one that changed since it was signed is listed again.
"""

import hashlib

from signoff.errors import NotFoundError, SchemaError
from signoff.registry.asking import NewEvaluation, evaluation_of, need_registered
from signoff.registry.problems import Problem
from signoff.registry.registry import Registry
from signoff.schema import layout

SUFFIX = ".yaml"


def unsigned_evaluations(registry: Registry, ref: str) -> tuple[tuple[NewEvaluation, ...], tuple[Problem, ...]]:
    """Return the evaluation files of a version that no record names by digest, by name, and those that cannot be used.

    Raises:
        NotFoundError: The version is not registered.
        StorageError: Its folder cannot be read.
    """
    view = need_registered(registry, ref)
    signed = {one.digest for one in view.state.evaluations} if view.state else set()
    folder = layout.version_file(view.model, view.version, layout.EVALUATIONS)
    try:
        names = [one.name for one in registry.reader.storage.entries(folder) if one.name.endswith(SUFFIX)]
    except NotFoundError:
        return (), ()
    found: list[NewEvaluation] = []
    problems: list[Problem] = []
    for name in names:
        path = f"{folder}/{name}"
        try:
            content = registry.reader.storage.read(path, most=layout.LARGEST_METADATA)
            if hashlib.sha256(content).hexdigest() not in signed:
                found.append(evaluation_of(view, f"{layout.EVALUATIONS}/{name}", content, file=path, comment=""))
        except SchemaError as error:
            problems.append(Problem(place=path, what=error.reason, hint=error.hint))
    return tuple(found), tuple(problems)
