"""In which order a version passes the stages.

The rule it keeps: the rules alone tell it, and it is the same wherever stages are listed; whoever only lists them need
not load a single check.
"""

from signoff.schema.rules import TrustDocument


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
