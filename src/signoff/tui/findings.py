"""What verifications of this session found, as it stands after the last of them.

The rule it keeps: pure; a finding stands until a later verification looked at the same and did not find it again; what
a verification did not look at it says nothing about.
"""

from collections.abc import Iterable

import msgspec

from signoff.registry.problems import Problem
from signoff.schema.layout import VERSIONS, model_folder
from signoff.tui.present import clip_left

Found = tuple[Problem, str, str]
NAME = 28
SHORT = frozenset({"changed", "missing", "not in the manifest"})
NOTHING_READ = "nothing is wrong in what was read; what the files contain is checked by V"
NOTHING_CHECKED = "nothing is wrong in what was read, nor in the files that V checked: "


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A verification that came to its end.

    Attributes:
        model: The model.
        version: The version, or "" for all of them.
        problems: What it found that is more than a note.
    """

    model: str
    version: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def ref(self) -> str:
        """What it was about."""
        return f"{self.model}:{self.version}" if self.version else self.model

    def looked_at(self, model: str, version: str) -> bool:
        """Tell whether it looked at this; every verification looks at the registry's own chains and the model's log."""
        return not model or (model == self.model and (not version or self.version in {"", version}))


def standing(checks: Iterable[Checked]) -> tuple[Found, ...]:
    """Return what stands after these verifications, the oldest first, as alarms, with the model and version concerned."""
    found: tuple[Found, ...] = ()
    for check in checks:
        kept = (one for one in found if not check.looked_at(one[1], one[2]))
        found = (*kept, *(_found(check, problem) for problem in check.problems))
    return found


def _found(check: Checked, problem: Problem) -> Found:
    model, version, _ = whose(check.model, problem.place)
    return msgspec.structs.replace(problem, severity="alarm"), model, version


def whose(model: str, place: str) -> tuple[str, str, str]:
    """Return the model and version that a place is of, "" where it is of none, and its path below them."""
    folder = f"{model_folder(model)}/"
    if not place.startswith(folder):
        return "", "", place
    below = place.removeprefix(folder)
    if not below.startswith(f"{VERSIONS}/"):
        return model, "", below
    version, _, path = below.removeprefix(f"{VERSIONS}/").partition("/")
    return model, version, path


def first_words(check: Checked) -> str:
    """Return the first thing that a verification found: the file's name and what is wrong with it, then of what it is."""
    problem = check.problems[0]
    model, version, path = whose(check.model, problem.place)
    ref = f"{model}:{version}" if version else check.ref
    name = clip_left(path, NAME) or "the folder"
    if problem.what in SHORT:
        return f"{name} {problem.what} in {ref}"
    return f"{name}: {problem.what}, in {ref}"


def nothing_found(checks: Iterable[Checked]) -> str:
    """Return what may be said where there are no problems: files were read only where somebody verified."""
    refs = dict.fromkeys(one.ref for one in checks)
    return f"{NOTHING_CHECKED}{', '.join(refs)}" if refs else NOTHING_READ
