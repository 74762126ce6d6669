"""Which checks bind which step: the one table; and in which order a version passes the stages.

The rule it keeps: a promote asks everything; a break_glass asks what even an emergency must not skip; a rollback asks
only whether the version may be used at all; a pull asks again what only the present can tell.
"""

from collections.abc import Iterable

from signoff.policy import checks
from signoff.policy.checks import Case, Check, Finding
from signoff.policy.gates import check_metrics
from signoff.schema.rules import TrustDocument

CHECKS: tuple[Check, ...] = (
    checks.check_known,
    checks.check_revoked,
    checks.check_purged,
    checks.check_after,
    checks.check_approvals,
    checks.check_formats,
    checks.check_fields,
    checks.check_evaluations,
    check_metrics,
    checks.check_lineage,
    checks.check_bases,
    checks.check_checkpoint,
)
EMERGENCY: tuple[Check, ...] = (
    checks.check_known,
    checks.check_revoked,
    checks.check_purged,
    checks.check_formats,
    checks.check_fields,
    checks.check_lineage,
)
RETURN: tuple[Check, ...] = (checks.check_revoked, checks.check_purged, checks.check_lineage)
PULL: tuple[Check, ...] = (checks.check_bases, checks.check_checkpoint)


def run_checks(case: Case, which: Iterable[Check] = CHECKS) -> tuple[Finding, ...]:
    """Return what every check says, met ones included."""
    return tuple(finding for check in which for finding in check(case))


def stage_order(trust: TrustDocument) -> tuple[str, ...]:
    """Return the stages in the order of promotion: one that another's `after` names comes before it, the rest by name.

    A trust document comes from canonical JSON, which sorts its maps: their order says nothing.
    """
    return tuple(sorted(trust.stages, key=lambda stage: (_depth(stage, trust), stage)))


def _depth(stage: str, trust: TrustDocument) -> int:
    """Return how many stages come before one; a circle ends where it closes."""
    before: set[str] = set()
    after: object = trust.stages[stage].after
    while isinstance(after, str) and after not in before and after != stage:
        before.add(after)
        after = trust.stages[after].after
    return len(before)
