"""Composes one file of every format that signoff writes, from fixed values: what `tests/golden` holds the bytes of.

The rule it keeps: nothing is read from a clock, from chance or from a key file; keys are made from fixed seeds as it runs.
Run it to write the files anew, after a format was changed on purpose: `PYTHONPATH=tests python -m conformance.golden`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from builders import TestSigner, sha256
from signoff.policy.trust import TrustPredicate, allowed_signers, compose_trust_line, verify_trust
from signoff.records.record import compose_line, join_record, named
from signoff.records.statement import ACTIONS, RECORD_NAMESPACE, TRUST_NAMESPACE, Action
from signoff.registry.checkpoints import Checkpoints
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.schema.manifest import make_manifest
from signoff.storage.memory import MemoryStorage
from signoff.values.times import Surroundings

GOLDEN = Path(__file__).parent.parent / "golden"
TIME = "2026-11-23T08:00:02Z"
NONCE = "00112233445566778899aabbccddeeff"
ANA, BEN = TestSigner("ana"), TestSigner("ben")
CARD, EVIDENCE = (
    sha256(b"# Fraud\n"),
    {"name": "evaluations/safety.yaml", "digest": {"sha256": sha256(b"kind: safety\n")}},
)
RULE = {
    "after": "staging",
    "approvals": 2,
    "also": [{"role": "risk", "approvals": 1}],
    "bind_card": True,
    "evaluations": [{"kind": "safety", "outcome": "pass", "independent": True}],
    "metrics": [{"name": "accuracy", "dataset": "holdout", "min": "0.90"}],
}
DOCUMENT = {
    "root": {"keys": [ANA.key.line, BEN.key.line], "threshold": 2},
    "people": {
        "al@example.org": {"name": "Al \u00c5ngstr\u00f6m", "keys": [ANA.key.line]},
        "ben@example.org": {"name": "Ben", "keys": [BEN.key.line]},
    },
    "roles": {"publisher": ["al@example.org"], "approver": ["ben@example.org"], "witness": ["ben@example.org"]},
    "stages": {"staging": {"approvals": 0}, "production": RULE},
    "revoked": {},
}
SAID: dict[str, dict[str, object]] = {
    "register": {
        "version": "7",
        "card": CARD,
        "built_by": ["ben@example.org"],
        "materials": [{"name": "llm/base:2", "digest": {"sha256": sha256(b"base")}}],
        "comment": "first one",
    },
    "evaluate": {"version": "7", "kind": "safety", "outcome": "pass", "evidence": [EVIDENCE]},
    "request": {"version": "7", "stage": "production", "comment": "please"},
    "approve": {
        "version": "7",
        "stage": "production",
        "card": CARD,
        "evidence": [EVIDENCE],
        "comment": 'two\nlines, "quotes", a \\ and caf\u00e9 \U0001f600',
    },
    "reject": {"version": "7", "stage": "production", "card": None, "evidence": [], "comment": "not yet"},
    "promote": {
        "version": "7",
        "stage": "production",
        "from": None,
        "approvals": [sha256(b"a"), sha256(b"b")],
        "card": CARD,
    },
    "rollback": {"version": "6", "stage": "production", "from": "7", "reason": "it fails"},
    "alias": {"version": None, "alias": "champion", "from": "6"},
    "deploy": {
        "version": "7",
        "environment": "eu",
        "status": "serving",
        "endpoint": "https://example.org/7",
        "instances": 3,
    },
    "annotate": {"version": None, "set": {"tags": {"team": "risk", "old": None}, "description": "x", "notes": "n"}},
    "deprecate": {"version": "6", "reason": "old", "replaced_by": "7"},
    "restore": {"version": "6", "reason": "not so old"},
    "revoke": {"version": "6", "reason": "poisoned", "severity": "high"},
    "purge": {"version": "6", "reason": "poisoned"},
    "withdraw": {"record": sha256(b"a"), "comment": "by mistake"},
    "comment": {"version": None, "comment": "hello"},
    "break_glass": {"version": "2026.1+gpu", "stage": "production", "from": "7", "reason": "down"},
    "review": {"record": sha256(b"b"), "outcome": "accepted", "comment": "had to be"},
}


def trust_line(seq: int, before: bytes, registry: str) -> bytes:
    """Return line 1 of a trust record."""
    return compose_trust_line(
        TrustPredicate(
            registry=registry or msgspec.UNSET,
            seq=seq,
            prev=sha256(before) if before else "0" * 64,
            author="al@example.org",
            time=TIME,
            comment="founded" if seq == 1 else "as it was",
            cut={} if seq == 1 else {"models/fraud": 12},
            trust=DOCUMENT,
        )
    )


def signed(line: bytes, namespace: str, *signers: TestSigner) -> bytes:
    """Return a record's file."""
    return join_record(line, [one.sign(line, namespace=namespace) for one in signers])


def record_line(action: str, policy: bytes) -> bytes:
    """Return line 1 of a record of an action."""
    version = SAID[action].get("version")
    predicate = {
        **SAID[action],
        "action": action,
        "registry": sha256(b"registry"),
        "chain": "models/fraud",
        "seq": 1 + list(ACTIONS).index(action),
        "prev": sha256(b"before") if action != "register" else "0" * 64,
        "policy": {"seq": 2, "sha256": sha256(policy)},
        "nonce": NONCE,
        "author": "al@example.org",
        "key": ANA.fingerprint,
        "time": TIME,
    }
    subject = named(f"fraud:{version}", sha256(b"manifest")) if version else named("fraud", sha256(b"registry"))
    return compose_line(msgspec.convert(predicate, Action), subject)


def checkpoint_files(trust: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what a checkpoint of a registry with no model writes: the record, its list of heads."""
    storage = MemoryStorage()
    for seq, content in enumerate(trust, start=1):
        storage.put_new(f".signoff/trust/{seq:08d}.rec", content)
    surroundings = Surroundings(now=lambda: datetime(2026, 11, 23, 8, 0, 2, tzinfo=UTC), nonce=lambda: NONCE)
    registry = Registry(storage, surroundings=surroundings)
    Checkpoints(registry.reader, surroundings).publish(Me(person="ben@example.org", identity=BEN.identity), BEN)
    for entry in storage.entries(".signoff/checkpoints"):
        kind = entry.name.rpartition(".")[2]
        yield f"checkpoint.{kind}", storage.read(f".signoff/checkpoints/{entry.name}", most=1 << 20)


def compose_all() -> dict[str, bytes]:
    """Return every golden file: name to bytes. Of signed files, line 1 is kept, and digests of the line and of the whole."""
    first = trust_line(1, b"", "")
    second = trust_line(2, first, sha256(first))
    whole = {"trust-1": signed(first, TRUST_NAMESPACE, ANA, BEN), "trust-2": signed(second, TRUST_NAMESPACE, ANA, BEN)}
    trust = [whole["trust-1"], whole["trust-2"]]
    for action in ACTIONS:
        whole[f"record-{action}"] = signed(record_line(action, second), RECORD_NAMESPACE, ANA)
    checkpoint = dict(checkpoint_files(trust[:1]))
    whole["checkpoint"] = checkpoint["checkpoint.rec"]
    lines = {name: content[: content.index(b"\n") + 1] for name, content in whole.items()}
    return {
        **{f"{name}.json": line for name, line in lines.items()},
        "checkpoint.heads": checkpoint["checkpoint.heads"],
        "SHA256SUMS": make_manifest({"weights.bin": sha256(b"w"), "a b/\u00e9.txt": sha256(b"e"), "B": sha256(b"B")}),
        "allowed_signers": allowed_signers(verify_trust(trust)).encode(),
        "ids": "".join(f"{sha256(lines[name])}  {sha256(whole[name])}  {name}\n" for name in whole).encode(),
    }


if __name__ == "__main__":
    for name, content in compose_all().items():
        (GOLDEN / name).write_bytes(content)
