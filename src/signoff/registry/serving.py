"""What points at which version, and whether what serves is what was decided.

The rule it keeps: pure, from a model's history. A deployer's report is a receipt, never a decision: where an
environment serves another version than the stage that it follows points at, that is *drift*, and it is said.

No record says which stage an environment follows. It follows the stage of its own name; else a stage that points at
what it serves; else the highest stage that what it serves ever held; else none. An environment serves what it last
reported as serving: deployers who replace a version seldom report that the one before stopped.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from signoff.policy.history import DeploymentState, History, StageState

SERVING, STOPPED = "serving", "stopped"


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """An environment, and what deployers last reported of each version in it, the newest report first."""

    name: str
    reports: tuple[DeploymentState, ...]

    @property
    def current(self) -> DeploymentState:
        """The report that says most: the newest of one that serves, else the newest."""
        return next((one for one in self.reports if one.status == SERVING), self.reports[0])

    @property
    def serves(self) -> str:
        """The version that it serves; "" where nobody reports that it serves one."""
        return self.current.version if self.current.status == SERVING else ""


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage or an alias points at, and what deployers report of it.

    Attributes:
        model: The model.
        name: The stage's or the alias's name; "" for environments that follow no stage.
        is_alias: Whether it is an alias.
        version: The version; "" while it points at none.
        since: Since when; None where nothing says.
        person: Who moved it, or "".
        how: promote, rollback, break_glass or alias; "" where nobody did.
        approvers: Whose approvals counted; of a version that was rolled back to: who had approved it for the stage.
        record: The id of the record that moved it, or "".
        replaced: The version that it pointed at before, or "".
        reviewed: False after a break_glass that nobody reviewed.
        environments: Those that follow the stage; for an alias: those that serve its version.
    """

    model: str
    name: str
    is_alias: bool = False
    version: str = ""
    since: datetime | None = None
    person: str = ""
    how: str = ""
    approvers: tuple[str, ...] = ()
    record: str = ""
    replaced: str = ""
    reviewed: bool = True
    environments: tuple[Environment, ...] = ()

    @property
    def key(self) -> tuple[str, bool, str]:
        """What it is known by."""
        return self.model, self.is_alias, self.name

    @property
    def drift(self) -> tuple[Environment, ...]:
        """The environments that serve another version."""
        return tuple(one for one in self.environments if one.serves not in {"", self.version})


def pointers_of(history: History, stages: Iterable[str]) -> Iterator[Pointer]:
    """Yield the stages of a model in the order given, then its aliases, then environments that follow no stage.

    Args:
        history: The model's state, now or at a past moment.
        stages: The stages that have rules, in the order of promotion; other stages that point somewhere come last.
    """
    order = tuple(dict.fromkeys((*stages, *history.stages)))
    environments = tuple(environments_of(history))
    following: dict[str, list[Environment]] = {}
    for one in environments:
        following.setdefault(_followed(one, history, order), []).append(one)
    for stage in order:
        yield _stage(history, stage, tuple(following.get(stage, ())))
    for alias in history.aliases.values():
        yield Pointer(
            model=history.model,
            name=alias.alias,
            is_alias=True,
            version=alias.version,
            since=alias.moment,
            person=alias.person,
            how="alias",
            record=alias.record,
            environments=tuple(one for one in environments if one.serves == alias.version),
        )
    lost = tuple(one for one in following.get("", ()) if one.current.status != STOPPED)
    if lost:
        yield Pointer(model=history.model, name="", environments=lost)


def environments_of(history: History) -> Iterator[Environment]:
    """Yield every environment that deployers reported of a model, by name."""
    found: dict[str, list[DeploymentState]] = {}
    for report in reversed(list(history.deployments.values())):
        found.setdefault(report.environment, []).append(report)
    for name, reports in sorted(found.items()):
        yield Environment(name=name, reports=tuple(sorted(reports, key=lambda one: one.moment, reverse=True)))


def _stage(history: History, stage: str, environments: tuple[Environment, ...]) -> Pointer:
    state = history.stages.get(stage)
    if state is None:
        return Pointer(model=history.model, name=stage, environments=environments)
    return Pointer(
        model=history.model,
        name=stage,
        version=state.version,
        since=state.moment,
        person=state.person,
        how=state.how,
        approvers=state.approvers or tuple(_approvers(history, state)),
        record=state.record,
        replaced=state.replaced or "",
        reviewed=state.reviewed,
        environments=environments,
    )


def _approvers(history: History, state: StageState) -> dict[str, None]:
    """Return who approved the version that a stage points at for that stage, each once, in their order."""
    version = history.versions.get(state.version)
    decisions = version.decisions if version else ()
    return dict.fromkeys(one.person for one in decisions if one.approves and one.stage == state.stage)


def held_before(history: History, state: StageState) -> str:
    """Return what a stage goes back to: what it replaced, else, where that is gone, what held it last before; or ""."""
    others = (state.replaced or "", *(one for one in reversed(state.held) if one != state.version))
    return next((one for one in others if _is_usable(history, one)), state.replaced or "")


def _is_usable(history: History, version: str) -> bool:
    found = history.versions.get(version)
    return found is not None and found.revoked is None and found.purged is None


def _followed(environment: Environment, history: History, order: tuple[str, ...]) -> str:
    if environment.name in order:
        return environment.name
    version = environment.current.version
    states = [history.stages[stage] for stage in reversed(order) if stage in history.stages]
    pointing = next((one.stage for one in states if one.version == version), "")
    return pointing or next((one.stage for one in states if version in one.held), "")
