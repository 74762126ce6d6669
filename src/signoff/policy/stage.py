"""Which checks bind which step: the one table.

The rule it keeps: a promote asks everything; a break_glass asks what even an emergency must not skip; a rollback asks
only whether the version may be used at all; a pull asks again what only the present can tell.
"""

from collections.abc import Iterable

from signoff.policy import checks
from signoff.policy.checks import Case, Check, Finding
from signoff.policy.gates import check_metrics

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
