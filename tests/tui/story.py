"""A small registry with a history, the same in every run: fixed keys in a real ssh-agent, fixed clock, fixed chance."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents import Agent
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry import founding
from signoff.registry.asks import Ask
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.signing.find import find_identities, signer_for
from signoff.storage.base import Storage
from signoff.values.times import Surroundings

PEOPLE = ("ana@example.org", "ben@example.org", "cy@example.org")
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)


def write_key(folder: Path, person: str) -> Path:
    """Write the key of a person, always the same."""
    seed = hashlib.sha256(person.encode()).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    private = folder / person.partition("@")[0]
    openssh = serialization.PrivateFormat.OpenSSH
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, openssh, serialization.NoEncryption()))
    private.chmod(0o600)
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    private.with_suffix(".pub").write_bytes(public + b" " + person.encode() + b"\n")
    return private


class Clock:
    """A clock that goes on by an hour each time it is asked, until it is stopped."""

    def __init__(self) -> None:
        self.at, self.stopped, self.count = START, False, 0

    def now(self) -> datetime:
        if self.stopped:
            return NOW
        self.at += timedelta(hours=1)
        return self.at

    def nonce(self) -> str:
        self.count += 1
        return f"{self.count:032x}"


class Story:
    """A registry in the making, with everybody's keys in one agent."""

    def __init__(self, storage: Storage, agent: Agent, home: Path, *, people: tuple[str, ...] = PEOPLE) -> None:
        self.storage, self.agent, self.home, self.clock = storage, agent, home, Clock()
        self.surroundings = Surroundings(now=self.clock.now, nonce=self.clock.nonce)
        publics = {}
        for person in people:
            private = write_key(home, person)
            agent.add_key(private)
            publics[person] = " ".join(private.with_suffix(".pub").read_text().split()[:2])
        document = founding.team_template(publics)
        line = founding.first_line(document, author=people[0], surroundings=self.surroundings, comment="founded")
        keys = find_identities(agent.environ, home)
        armors = tuple(signer_for(key).sign(line, namespace=TRUST_NAMESPACE) for key in keys[:2])
        founding.found_registry(storage, line, armors, title="Sample")
        self.registry = self.open()
        self.everybody: dict[str, Me] = {me.person.partition("@")[0]: me for me in self.registry.mine()}

    def open(self) -> Registry:
        """Open the registry anew."""
        return Registry(self.storage, surroundings=self.surroundings, environ=self.agent.environ, home=self.home)

    def draft(self, ref: str, files: Mapping[str, bytes | str]) -> None:
        """Put a version's files where they belong."""
        model, _, version = ref.partition(":")
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            self.storage.put_new(f"models/{model}/versions/{version}/{name}", data)

    def register(self, ref: str, who: str, files: Mapping[str, bytes | str]) -> None:
        """Put a version's files and register it."""
        self.draft(ref, files)
        model, _, version = ref.partition(":")
        self.registry.register_sealed(self.registry.seal(model, version), self.everybody[who])

    def sign(self, action: str, ref: str, who: str, **fields: object) -> str:
        """Sign something about a version; return the record's id."""
        model, _, version = ref.partition(":")
        ask = Ask(action=action, model=model, version=version, fields=fields)
        return self.registry.sign(ask, self.everybody[who]).id


def metadata(accuracy: str, latency: str, more: str = "") -> str:
    """Return a version.yaml."""
    return (
        f"description: Gradient boosting on 30 columns\nlicense: apache-2.0\nlibrary_name: onnx\n"
        f"tags: [fraud, tabular]\nhyperparameters: {{depth: 6, trees: 400}}\nmetrics:\n"
        f"  - {{name: accuracy, value: {accuracy}, unit: fraction, dataset: {{name: holdout, split: test}}}}\n"
        f"  - {{name: latency_p50, value: {latency}, unit: ms}}\n{more}"
    )


MODEL = """title: Fraud
owners: [ana@example.org]
metrics:
  accuracy: {direction: higher, unit: fraction, primary: true}
  latency_p50: {direction: lower, unit: ms, primary: true}
"""


def tell(story: Story) -> Story:
    """Write the history that pictures show."""
    story.storage.put_new("models/fraud/model.yaml", MODEL.encode())
    accuracies = ("0.9", "0.912", "0.908", "0.931", "0.87", "0.935")
    for number, accuracy in enumerate(accuracies, start=1):
        files: dict[str, bytes | str] = {
            "model.onnx": bytes(40_000 * number),
            "version.yaml": metadata(accuracy, str(9 + number * 0.5)),
            "README.md": f"# Fraud {number}\n",
        }
        story.register(f"fraud:{number}", "ana" if number % 2 else "cy", files)
    for version, first, second in (("fraud:1", "ben", "cy"), ("fraud:2", "ana", "ben")):
        story.sign("promote", version, "ben", stage="staging")
        story.sign("request", version, "ana", stage="production", comment="ready")
        story.sign("approve", version, first, stage="production", comment="better on the holdout")
        story.sign("approve", version, second, stage="production")
        story.sign("promote", version, "ben", stage="production")
    story.sign("reject", "fraud:3", "ben", stage="production", comment="slower than version 2")
    story.sign("promote", "fraud:4", "ben", stage="staging")
    story.sign("request", "fraud:4", "cy", stage="production", comment="please look at the latency")
    story.sign("approve", "fraud:4", "ben", stage="production", comment="latency is fine")
    story.sign("revoke", "fraud:5", "ana", reason="trained on leaked labels")
    story.sign("deprecate", "fraud:1", "ana", reason="old")
    story.draft("fraud:7", {"model.onnx": bytes(5000), "version.yaml": metadata("0.94", "14")})
    story.draft("speech/vad:1.0.0", {"vad.onnx": bytes(90_000), "version.yaml": "metrics: {f1: 0.88}\nlicense: mit\n"})
    story.draft("speech/vad:1.1.0", {"vad.onnx": bytes(91_000), "version.yaml": "metrics: [1, {oops\n"})
    story.register("speech/vad:0.9.0", "ben", {"vad.onnx": bytes(80_000), "version.yaml": "metrics: {f1: 0.86}\n"})
    story.clock.stopped = True
    return story
