"""Why a command that signs cannot be done with what is selected, before anybody is asked anything.

The rule it keeps: pure, from what a snapshot says, in the same words wherever it is told. It only saves people a
question that would be refused: what the rules say at the moment of signing is the registry's word. Where nobody knows
who signs here, roles refuse nothing, since somebody may sign elsewhere.
"""

from collections.abc import Callable, Iterable

import msgspec

from signoff.policy.history import Decision, Request
from signoff.registry.inbox import REVIEWERS
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.schema.rules import TrustDocument

GONE = {"revoked", "purged", "missing"}
ROLES: dict[str, tuple[str, ...]] = {
    "register": ("publisher",),
    "request": ("publisher",),
    "deprecate": ("publisher", "approver", "oncall"),
    "restore": ("publisher",),
    "alias": ("publisher", "promoter"),
    "evaluate": ("evaluator", "publisher"),
    "deploy": ("deployer",),
    "review": REVIEWERS,
}
"""Command -> the roles of which one is needed, where no stage's rule says."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, in which model, by which rules.

    Attributes:
        person: Who would sign here, or "".
        model: The model; None where it is gone.
        document: The trust document.
        stages: The stages that have rules, in the order of promotion.
    """

    person: str
    model: ModelView | None
    document: TrustDocument
    stages: tuple[str, ...]

    def lacks(self, roles: tuple[str, ...]) -> bool:
        """Tell whether the person holds none of these roles; nobody lacks one where no person is known."""
        return bool(self.person) and not self.document.holds(self.person, roles)


def refusals(asking: Asking, view: VersionView) -> dict[str, str]:
    """Return why signing commands cannot be done with a version: command id to words."""
    said = {command: _why_not(command, asking, view) for command in (*WHYS, *ROLES, "comment", "annotate", "pull")}
    return {command: why for command, why in said.items() if why}


def refusals_of_model(asking: Asking) -> dict[str, str]:
    """Return why signing commands cannot be done with a model alone: command id to words."""
    why = _unsound(asking)
    return dict.fromkeys(("comment", "annotate"), why) if why else {}


def _why_not(command: str, asking: Asking, view: VersionView) -> str:
    basic = _unsound(asking) or _unregistered(command, view)
    if basic:
        return basic
    roles = ROLES.get(command, ())
    if roles and asking.lacks(roles):
        return f"{command.replace('_', '-')} is for {' or '.join(roles)}, which {asking.person} is not"
    return WHYS[command](asking, view) if command in WHYS else ""


def _unsound(asking: Asking) -> str:
    model = asking.model
    return f"the log of {model.name} is not sound: press ! to see why" if model and not model.sound else ""


def _unregistered(command: str, view: VersionView) -> str:
    if view.unread:
        return f"the log of {view.model} is still being read"
    if not view.registered and command != "register":
        return f"{view.ref} is not registered: R registers it"
    return f"{view.ref} is registered already" if view.registered and command == "register" else ""


def _gone(view: VersionView) -> str:
    return f"{view.ref} is {view.status}" if view.status in GONE else ""


def _no_rules(asking: Asking) -> str:
    return "" if asking.stages else "no stage of this registry has a rule: signoff trust edit"


def _every(reasons: Iterable[str]) -> str:
    """Return the reasons where there is one for every stage: a single open stage is enough."""
    found = list(reasons)
    return "; ".join(dict.fromkeys(found)) if all(found) else ""


def why_no_approval(asking: Asking, view: VersionView, stage: str) -> str:
    """Return why a person's approval would not count for a stage, or ""."""
    rule = asking.document.stages[stage]
    if not asking.document.holds(asking.person, rule.approving_roles):
        return f"{stage} is approved by {' or '.join(rule.approving_roles)}"
    if rule.separation and view.state is not None and asking.person in view.state.builders:
        return f"{asking.person} registered or built {view.ref}, and {stage} asks for others"
    return ""


def _asking_stages(asking: Asking) -> tuple[str, ...]:
    """Return the stages that ask for approvals, the highest first; all of them where none does."""
    rules = asking.document.stages
    found = tuple(stage for stage in reversed(asking.stages) if rules[stage].approvals or rules[stage].also)
    return found or asking.stages[::-1]


def _why_no_approve(asking: Asking, view: VersionView) -> str:
    basic = _gone(view) or _no_rules(asking)
    if basic or not asking.person:
        return basic
    return _every(why_no_approval(asking, view, stage) for stage in _asking_stages(asking))


def _why_no_reject(asking: Asking, view: VersionView) -> str:
    basic = _gone(view) or _no_rules(asking)
    roles = {stage: asking.document.stages[stage].approving_roles for stage in reversed(asking.stages)}
    return basic or _every(
        f"{stage} is decided by {' or '.join(some)}" if asking.lacks(some) else "" for stage, some in roles.items()
    )


def _why_no_request(asking: Asking, view: VersionView) -> str:
    return _gone(view) or _no_rules(asking)


def _why_no_promote(asking: Asking, view: VersionView) -> str:
    return (
        _gone(view)
        or _no_rules(asking)
        or _every(_why_not_to(asking, view, stage) for stage in reversed(asking.stages))
    )


def _why_not_to(asking: Asking, view: VersionView, stage: str) -> str:
    rule, ask = asking.document.stages[stage], view.ask(stage)
    if stage in view.stages:
        return f"{stage} points at {view.ref} already"
    if asking.lacks(rule.promoters):
        return f"{stage} is promoted by {' or '.join(rule.promoters)}"
    lines = ask.standing.lines if ask else ()
    lacking = [(line.needed - len(line.people), line.roles) for line in lines if not line.met]
    return "; ".join(f"{stage} needs {_approvals(n)} from: {' or '.join(roles)}" for n, roles in lacking)


def _approvals(number: int) -> str:
    return f"{number} more approval{'s' if number > 1 else ''}"


def _why_no_break_glass(asking: Asking, view: VersionView) -> str:
    return (
        _gone(view)
        or _no_rules(asking)
        or _every(_why_no_glass(asking, view, stage) for stage in reversed(asking.stages))
    )


def _why_no_glass(asking: Asking, view: VersionView, stage: str) -> str:
    roles = asking.document.stages[stage].break_glass
    if stage in view.stages:
        return f"{stage} points at {view.ref} already"
    if not roles:
        return f"the rule of {stage} lets nobody break glass"
    return f"glass is broken for {stage} by {' or '.join(roles)}" if asking.lacks(roles) else ""


def _why_no_rollback(asking: Asking, view: VersionView) -> str:
    return _no_rules(asking) or _every(_why_no_return(asking, view, stage) for stage in reversed(asking.stages))


def _why_no_return(asking: Asking, view: VersionView, stage: str) -> str:
    state = asking.model.stages.get(stage) if asking.model else None
    if state is None:
        return f"{stage} of {view.model} points at nothing yet"
    once = view.version in state.held and view.version != state.version
    if state.replaced is None and not once:
        return f"no version of {view.model} held {stage} before {state.version}"
    roles = asking.document.stages[stage].rollback
    return f"{stage} is rolled back by {' or '.join(roles)}" if asking.lacks(roles) else ""


def _why_no_restore(_: Asking, view: VersionView) -> str:
    deprecated = view.state is not None and view.state.deprecated is not None
    return "" if deprecated else f"{view.ref} is not deprecated"


def _why_no_withdraw(asking: Asking, view: VersionView) -> str:
    state = view.state
    if state is None or not asking.person:
        return ""
    open_ones: tuple[Request | Decision, ...] = (*state.requests, *state.decisions)
    own = any(one.person == asking.person for one in open_ones)
    return "" if own else f"no open request, approval or rejection of {view.ref} is {asking.person}'s"


def _why_no_review(asking: Asking, view: VersionView) -> str:
    open_ones = asking.model.history.emergencies.values() if asking.model else ()
    if not open_ones:
        return f"no break-glass of {view.model} waits for a review"
    only_own = all(author == asking.person for author in open_ones)
    return f"{asking.person} broke the glass: somebody else reviews it" if only_own else ""


WHYS: dict[str, Callable[[Asking, VersionView], str]] = {
    "request": _why_no_request,
    "approve": _why_no_approve,
    "reject": _why_no_reject,
    "promote": _why_no_promote,
    "rollback": _why_no_rollback,
    "break_glass": _why_no_break_glass,
    "deprecate": lambda _, view: _gone(view) if view.status != "missing" else "",
    "restore": _why_no_restore,
    "withdraw": _why_no_withdraw,
    "review": _why_no_review,
    "pull": lambda _, view: _gone(view),
}
"""Command -> what refuses it beside roles, of a registered version in a sound model."""
