"""What a trust change would do to what was decided, before anybody publishes it.

The rule it keeps: the same fold that every reader uses is run with the trust chain as it would be; the difference is
told, record by record and pointer by pointer.
"""

from collections.abc import Iterator

from signoff.policy.fold import fold
from signoff.policy.history import History
from signoff.policy.trust import TrustChain
from signoff.registry.gathering import Proposal
from signoff.registry.models import find_models
from signoff.registry.reader import Reader


def consequences(reader: Reader, proposal: Proposal) -> tuple[str, ...]:
    """Return every decision that a proposal would change, in words; () where it changes none.

    Raises:
        VerificationError: A log is not sound.
    """
    trust = TrustChain(records=(*reader.trust.records, proposal.record))
    found: list[str] = []
    for model in find_models(reader)[0]:
        known = reader.log(model)
        known.need_sound()
        then = fold(known.log.records, trust, reader.facts(model), start=History(model=model))
        found += [f"{model}: {what}" for what in _difference(known.history, then)]
    return tuple(found)


def _difference(now: History, then: History) -> Iterator[str]:
    for before, after in zip(now.entries, then.entries, strict=True):
        record = before.record
        if before.effective != after.effective:
            becomes = "counts again" if after.effective else f"falls: {'; '.join(after.reasons)}"
            yield f"record {record.seq} ({record.envelope.action} by {record.author}) {becomes}"
    for stage in sorted({*now.stages, *then.stages}):
        old, new = now.stages.get(stage), then.stages.get(stage)
        if (old and old.version) != (new and new.version):
            yield f"{stage} points at {new.version if new else 'nothing'} instead of {old.version if old else 'nothing'}"


def difference_lines(before: str, after: str) -> tuple[str, ...]:
    """Return how two documents differ, as `diff -u` prints it, without its heading."""
    from difflib import unified_diff  # noqa: PLC0415  (only where somebody looks at a trust change)

    return tuple(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
