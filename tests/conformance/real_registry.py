"""A registry made with real keys of three kinds in a real ssh-agent, with a record of every action, for stock tools.

The rule it keeps: everything in it is made by the product and signed by the agent; the clock and the nonces are fixed.
"""

import hashlib
import itertools
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from agents import Agent, make_key
from signoff.records.statement import ACTIONS, TRUST_NAMESPACE
from signoff.registry import founding
from signoff.registry.asks import Ask, Written
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.schema.text import dump_yaml
from signoff.signing.find import find_identities, signer_for
from signoff.storage.local import LocalStorage
from signoff.values.times import Surroundings

START = datetime(2026, 11, 1, tzinfo=UTC)
KEYS = {"ana": "ed25519", "ben": "ecdsa256", "cy": "rsa3072"}
SCRIPT = re.compile(r"^```bash\n(#!/usr/bin/env bash\n.*?)^```", re.MULTILINE | re.DOTALL)


def counted_surroundings() -> Surroundings:
    """Return a clock that goes on by a minute each time it is asked, and nonces that count."""
    minutes, nonces = itertools.count(), itertools.count(1)
    return Surroundings(now=lambda: START + timedelta(minutes=next(minutes)), nonce=lambda: f"{next(nonces):032x}")


class Founded(msgspec.Struct, frozen=True):
    """A registry, the people whose keys the agent holds, and the agent."""

    root: Path
    agent: Agent
    keys: Mapping[str, Path]
    registry: Registry

    @property
    def me(self) -> dict[str, Me]:
        """Return each person with their key."""
        return {me.person: me for me in self.registry.mine()}

    def write(self, model: str, version: str, files: Mapping[str, str]) -> Path:
        """Write the files of a version, as a training job does."""
        folder = self.root / "models" / model / "versions" / version
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    def register(self, who: str, model: str, version: str, **files: str) -> Written:
        """Write and register a version."""
        self.write(
            model, version, {"weights.bin": f"{model} {version}\n" * 50, "tokenizer/vocab.txt": "a b c\n", **files}
        )
        return self.registry.register_sealed(self.registry.seal(model, version), self.me[who])

    def sign(self, who: str, action: str, model: str, version: str | None, **fields: object) -> Written:
        """Sign one record."""
        return self.registry.sign(Ask(action=action, model=model, version=version, fields=fields), self.me[who])

    def change_trust(self, change: Callable[[dict[str, dict[str, object]]], None], *, signers: tuple[str, ...]) -> None:
        """Publish a changed trust document, signed by these root keys."""
        document = msgspec.to_builtins(self.registry.reader.trust.newest.said.trust)
        change(document)
        proposals = self.registry.proposals
        proposal = proposals.propose(dump_yaml(document).encode(), author=signers[0], comment="changed")
        for who in signers:
            proposals.sign(proposal.id, signer_for(self.me[who].identity))
        proposals.apply(proposal.id)


@contextmanager
def founded(folder: Path, *, keys: Mapping[str, Path] | None = None, comment: str = "founded") -> Iterator[Founded]:
    """Found a registry of three people, with these keys or fresh ones, two of whose root keys decide about trust."""
    keys = keys or {who: make_key(folder, kind, who) for who, kind in KEYS.items()}
    root = folder / "registry"
    root.mkdir()
    surroundings, storage = counted_surroundings(), LocalStorage(root)
    with Agent() as agent:
        for path in keys.values():
            agent.add_key(path)
        publics = {who: " ".join(path.with_suffix(".pub").read_text().split()[:2]) for who, path in keys.items()}
        line = founding.first_line(
            founding.team_template(publics), author="ana", surroundings=surroundings, comment=comment
        )
        identities = find_identities(agent.environ, folder)
        armors = tuple(signer_for(one).sign(line, namespace=TRUST_NAMESPACE) for one in identities[:2])
        founding.found_registry(storage, line, armors, title="Real")
        registry = Registry(storage, surroundings=surroundings, environ=agent.environ, home=folder)
        yield Founded(root, agent, keys, registry)


def tell_story(made: Founded) -> None:
    """Write a record of every action into two models' logs, a second trust record, and two checkpoints."""
    made.register("ana", "fraud", "1", **{"README.md": "# Card of 1\n", "evaluations/safety.yaml": "kind: safety\n"})
    evaluation = made.root / "models/fraud/versions/1/evaluations/safety.yaml"
    digest = hashlib.sha256(evaluation.read_bytes()).hexdigest()
    evidence = [{"name": "evaluations/safety.yaml", "digest": {"sha256": digest}}]
    made.sign("ana", "evaluate", "fraud", "1", kind="safety", outcome="pass", evidence=evidence)
    made.sign("ana", "request", "fraud", "1", stage="production", comment='please: "caf\u00e9" \\ tab\u00b7')
    made.sign("ana", "promote", "fraud", "1", stage="staging")
    made.sign("ben", "approve", "fraud", "1", stage="production", comment="fine\nby me")
    rejection = made.sign("cy", "reject", "fraud", "1", stage="production", comment="not yet")
    made.sign("cy", "withdraw", "fraud", None, record=rejection.id)
    made.sign("cy", "approve", "fraud", "1", stage="production")
    made.sign("ben", "promote", "fraud", "1", stage="production")
    made.registry.checkpoint(made.me["ben"])
    made.change_trust(_rename, signers=("ben", "cy"))
    made.register("cy", "fraud", "2", **{"README.md": "# Card of 2\n"})
    emergency = made.sign("ana", "break_glass", "fraud", "2", stage="production", reason="the first one is down")
    made.sign("ben", "review", "fraud", None, record=emergency.id, outcome="accepted", comment="had to be")
    made.sign("ana", "rollback", "fraud", "1", stage="production", reason="it is up again")
    made.register("ben", "risk/score", "2026.1+gpu")
    made.sign("ben", "alias", "risk/score", "2026.1+gpu", alias="champion")
    made.sign("ana", "deploy", "risk/score", "2026.1+gpu", environment="eu", status="serving", instances=3)
    made.sign("ana", "annotate", "risk/score", None, set={"tags": {"team": "risk"}, "notes": "slow"})
    made.sign("ana", "comment", "risk/score", "2026.1+gpu", comment="good")
    made.sign("cy", "deprecate", "risk/score", "2026.1+gpu", reason="old")
    made.sign("cy", "restore", "risk/score", "2026.1+gpu", reason="not so old")
    made.sign("cy", "revoke", "risk/score", "2026.1+gpu", reason="poisoned", severity="high")
    made.sign("cy", "purge", "risk/score", "2026.1+gpu", reason="poisoned")
    made.registry.checkpoint(made.me["cy"])


def tell_short_story(made: Founded) -> None:
    """Write logs of three models, a second trust record, and two checkpoints: what can be tampered with."""
    made.register("ana", "fraud", "1", **{"README.md": "# Card of 1\n", "evaluations/safety.yaml": "kind: safety\n"})
    made.sign("ana", "promote", "fraud", "1", stage="staging")
    made.sign("ben", "approve", "fraud", "1", stage="production", comment="fine\nby me")
    made.sign("cy", "approve", "fraud", "1", stage="production")
    made.registry.checkpoint(made.me["ben"])
    made.change_trust(_rename, signers=("ben", "cy"))
    made.sign("ben", "promote", "fraud", "1", stage="production")
    made.sign("ana", "comment", "fraud", "1", comment="caf\u00e9 \\u007f \U0001f600")
    made.register("ben", "risk/score", "2026.1+gpu")
    made.sign("cy", "alias", "risk/score", "2026.1+gpu", alias="champion")
    made.sign("ana", "annotate", "risk/score", None, set={"tags": {"team": "risk"}})
    made.register("cy", "llm", "1")
    made.register("cy", "llm", "2")
    made.sign("ana", "revoke", "llm", "1", reason="poisoned", severity="high")
    made.registry.checkpoint(made.me["cy"])


def _rename(document: dict[str, dict[str, object]]) -> None:
    document["people"]["ana"] = {**msgspec.convert(document["people"]["ana"], dict[str, object]), "name": "Ana Lima"}


def records_of(root: Path) -> list[Path]:
    """Return every record of every model's log."""
    return sorted((root / "models").rglob("log/*.rec"))


def actions_of(root: Path) -> set[str]:
    """Return the actions of all records."""
    lines = [path.read_bytes().split(b"\n", 1)[0] for path in records_of(root)]
    return {msgspec.json.decode(line)["predicate"]["action"] for line in lines}


def need_every_action(root: Path) -> None:
    """Check that nothing is left out."""
    assert actions_of(root) == set(ACTIONS)


def registry_id(root: Path) -> str:
    """Return the id of trust record 1, as anybody would compute it."""
    first = (root / ".signoff/trust/00000001.rec").read_bytes()
    return hashlib.sha256(first[: first.index(b"\n") + 1]).hexdigest()


def script_by_hand(checkout: Path) -> str:
    """Return the script of the page on verifying by hand."""
    found = SCRIPT.search((checkout / "docs/how-to/verify-by-hand.md").read_text(encoding="utf-8"))
    assert found
    return found[1]


def verify_by_hand(script: Path, root: Path, identity: str) -> subprocess.CompletedProcess[str]:
    """Run the script on a registry that should have this id."""
    command = ["bash", str(script), str(root), identity]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
