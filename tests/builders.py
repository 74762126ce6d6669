"""Valid things in one line: people with keys, a trust chain, registered versions, records; a fixed clock, fixed keys.

The rule it keeps: what `World` writes is exactly what signoff writes unless a test says otherwise, and a test may say
otherwise of everything: any record into any slot, by any key, at any time, with any subject.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fido import FidoKey
from signoff.errors import NotFoundError
from signoff.policy.entries import Entry
from signoff.policy.fold import fold
from signoff.policy.history import History, VersionState
from signoff.policy.log import VerifiedLog, verify_log
from signoff.policy.trust import TrustChain, verify_trust
from signoff.records.keys import PublicKey
from signoff.records.sshsig import armor, compose, signed_bytes
from signoff.records.statement import (
    CHECKPOINT_NAMESPACE,
    CHECKPOINT_TYPE,
    NO_RECORD,
    RECORD_NAMESPACE,
    RECORD_TYPE,
    TRUST_NAMESPACE,
    TRUST_TYPE,
    TYPE,
)
from signoff.records.wire import write_bytes
from signoff.registry.chains import read_slots, slots
from signoff.registry.facts import StoredFacts
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.schema.canonical import canonical, digest_of
from signoff.schema.manifest import make_manifest
from signoff.signing.base import Identity
from signoff.storage.base import Storage
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage
from signoff.values.times import Surroundings, stamp

Said: TypeAlias = Any  # what a record's keys may be made to say: anything
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
PEOPLE = ("ana", "ben", "cy", "pam", "eve", "dan", "oli", "wit")
ROLES: Mapping[str, tuple[str, ...]] = {
    "publisher": ("ana",),
    "evaluator": ("eve",),
    "approver": ("ben", "cy"),
    "promoter": ("pam",),
    "deployer": ("dan",),
    "oncall": ("oli",),
    "witness": ("wit",),
}
STAGES: Mapping[str, Mapping[str, Said]] = {"staging": {"approvals": 0}, "production": {"approvals": 1}}
FILES: Mapping[str, bytes] = {"weights.onnx": b"weights", "version.yaml": b"metrics: {accuracy: 0.93}\n"}
STAGED = frozenset({"request", "approve", "reject", "promote", "rollback", "break_glass"})
MOVES = frozenset({"promote", "rollback", "break_glass", "alias"})
REASONED = frozenset({"rollback", "break_glass", "deprecate", "restore", "revoke", "purge"})
COMMENTED = frozenset({"comment"})
ABOUT_RECORDS = frozenset({"withdraw", "review"})


class TestSigner:
    """An ed25519 key made from a person's name as the tests run: the same in every run, and nowhere kept."""

    __test__ = False

    def __init__(self, name: str, number: int = 1) -> None:
        """Make the key `number` of a person."""
        seed = hashlib.sha256(f"signoff test key {number} of {name}".encode()).digest()
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        blob = write_bytes(b"ssh-ed25519", self._private.public_key().public_bytes(*RAW))
        self.key = PublicKey(kind="ssh-ed25519", blob=blob)
        self.name = name
        self.needs_touch = False

    @property
    def identity(self) -> Identity:
        """Whose signature it is."""
        return Identity(key=self.key, comment=self.name, source="file", path=None)

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint."""
        return self.key.fingerprint

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Return what `ssh-keygen -Y sign` would print."""
        signed = self._private.sign(signed_bytes(message, namespace=namespace, hash_name="sha512"))
        inner = write_bytes(b"ssh-ed25519", signed)
        return armor(compose(self.key, namespace=namespace, hash_name="sha512", signature=inner))


class FidoSigner:
    """A FIDO key that is touched, or not."""

    def __init__(self, name: str, *, touched: bool = True) -> None:
        """Make a new authenticator for a person."""
        self._fido = FidoKey()
        self.key = self._fido.public
        self.name = name
        self.touched = touched
        self.needs_touch = touched

    @property
    def identity(self) -> Identity:
        """Whose signature it is."""
        return Identity(key=self.key, comment=self.name, source="file", path=None)

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint."""
        return self.key.fingerprint

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Return the armored signature, with the touch it had."""
        return self._fido.sign(message, namespace=namespace, flags=1 if self.touched else 0)


AnySigner: TypeAlias = TestSigner | FidoSigner


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was put into a slot."""

    id: str
    seq: int
    path: str
    content: bytes

    @property
    def line(self) -> bytes:
        """Line 1 with its line end."""
        return self.content[: self.content.index(b"\n") + 1]


def sha256(content: bytes) -> str:
    """Return the digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def line_of(content: bytes) -> bytes:
    """Return line 1 of a record's file, with its line end."""
    return content[: content.index(b"\n") + 1]


class World:
    """A registry with people in it, in memory, or in a folder where one is given."""

    def __init__(
        self,
        *,
        people: Iterable[str] = PEOPLE,
        roles: Mapping[str, Iterable[str]] = {},
        stages: Mapping[str, Mapping[str, Said]] = STAGES,
        root: Iterable[str] = ("root1", "root2", "root3"),
        threshold: int = 2,
        folder: Path | None = None,
        keys: Mapping[str, Iterable[AnySigner]] = {},
    ) -> None:
        """Found the registry: trust record 1.

        Args:
            people: Person ids; each has one key, made from the id.
            roles: Role to people, beside and instead of `ROLES`.
            stages: Stage to rule.
            root: Names of the root keys.
            threshold: How many of them it takes.
            folder: Where to keep it; None: in memory.
            keys: Persons whose keys are others than the one made from the id.
        """
        self.folder = folder
        self.storage: Storage = MemoryStorage() if folder is None else LocalStorage(folder)
        self.roots = {name: TestSigner(name) for name in root}
        self.keys: dict[str, list[AnySigner]] = {
            person: list(keys.get(person, ())) or [TestSigner(person)] for person in people
        }
        self._ticks = count()
        self._nonces = count()
        self.document: dict[str, Said] = {
            "root": {"keys": [one.key.line for one in self.roots.values()], "threshold": threshold},
            "people": self.people_part(),
            "roles": {role: list(holders) for role, holders in {**ROLES, **roles}.items()},
            "stages": {stage: dict(rule) for stage, rule in stages.items()},
            "revoked": {},
        }
        self.put_trust(self.document)

    def people_part(self) -> dict[str, object]:
        """Return the people of the trust document, with the keys that they have now."""
        return {
            person: {"name": person.title(), "keys": [one.key.line for one in keys]}
            for person, keys in self.keys.items()
        }

    # Time and chance.

    def now(self) -> datetime:
        """Return the next minute."""
        return START + timedelta(minutes=next(self._ticks))

    def nonce(self) -> str:
        """Return a nonce that was not used before."""
        return f"{next(self._nonces):032x}"

    @property
    def surroundings(self) -> Surroundings:
        """Clock and chance."""
        return Surroundings(now=self.now, nonce=self.nonce)

    def later(self, days: float) -> Surroundings:
        """Return surroundings whose clock stands so many days after the start."""
        moment = START + timedelta(days=days)
        return Surroundings(now=lambda: moment, nonce=self.nonce)

    # Raw access, as somebody who can write the folder has it.

    def put(self, path: str, content: bytes) -> None:
        """Put bytes at a path, whatever was there."""
        if self.folder is None:
            assert isinstance(self.storage, MemoryStorage)
            self.storage.plant_file(path, content)
            return
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def get(self, path: str) -> bytes:
        """Return the bytes at a path."""
        return self.storage.read(path, most=1 << 30)

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with all that is in it."""
        if self.folder is not None and (self.folder / path).is_dir():
            shutil.rmtree(self.folder / path)
        else:
            self.storage.remove(path)

    def put_symlink(self, path: str, target: str = "/etc/hostname") -> None:
        """Put a symlink at a path."""
        if self.folder is None:
            assert isinstance(self.storage, MemoryStorage)
            self.storage.plant_symlink(path)
            return
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    def put_fifo(self, path: str) -> None:
        """Put a FIFO at a path: whoever opens it to read would hang."""
        if self.folder is None:
            assert isinstance(self.storage, MemoryStorage)
            self.storage.plant_fifo(path)
            return
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        os.mkfifo(place)

    # The trust chain.

    def trust_files(self) -> list[bytes]:
        """Return the files of the trust chain, in order."""
        return [self.get(layout.record_path("trust", seq)) for seq in range(1, self.length("trust") + 1)]

    @property
    def id(self) -> str:
        """The registry's id."""
        return sha256(line_of(self.get(layout.record_path("trust", 1))))

    def put_trust(
        self,
        document: Mapping[str, object],
        *,
        cut: Mapping[str, int] | None = None,
        signers: Iterable[AnySigner] | None = None,
        changes: Callable[[dict[str, object]], None] = lambda _: None,
        **overrides: Said,
    ) -> Put:
        """Put a trust record into the next slot, signed by all root keys.

        Args:
            document: The trust document.
            cut: The lengths of the logs; None: as they are.
            signers: Who signs; None: every root key.
            changes: Changes the whole statement before it is signed.
            overrides: Keys of the predicate that are said otherwise.
        """
        seq = self.length("trust") + 1
        before = self.get(layout.record_path("trust", seq - 1)) if seq > 1 else b""
        predicate: dict[str, object] = {
            "seq": seq,
            "prev": sha256(line_of(before)) if before else NO_RECORD,
            "author": "root1",
            "time": stamp(self.now()),
            "cut": self.lengths() if cut is None else dict(cut),
            "trust": dict(document),
        }
        if before:
            predicate["registry"] = self.id
        predicate |= overrides
        statement: dict[str, object] = {
            "_type": TYPE,
            "predicateType": TRUST_TYPE,
            "subject": [{"name": "trust", "digest": {"sha256": digest_of(document)}}],
            "predicate": predicate,
        }
        changes(statement)
        line = canonical(statement) + b"\n"
        chosen = self.roots.values() if signers is None else signers
        content = line + b"".join(one.sign(line, namespace=TRUST_NAMESPACE) for one in chosen)
        path = layout.record_path("trust", seq)
        self.put(path, content)
        return Put(id=sha256(line), seq=seq, path=path, content=content)

    def change_trust(self, *, cut: Mapping[str, int] | None = None, **parts: object) -> Put:
        """Put a trust record whose document has these parts instead (people, roles, stages, revoked, root)."""
        self.document = {**self.document, **parts}
        return self.put_trust(self.document, cut=cut)

    def revoke_key(
        self, signer: AnySigner, *, cut: Mapping[str, int] | None = None, default: str = "cut", **last_good: int
    ) -> Put:
        """Revoke a key; `last_good` says model=slot."""
        named = {layout.model_chain(model): seq for model, seq in last_good.items()}
        revoked = self.document["revoked"]
        assert isinstance(revoked, dict)
        return self.change_trust(cut=cut, revoked={**revoked, signer.fingerprint: {"default": default, **named}})

    def change_roles(self, *, cut: Mapping[str, int] | None = None, **roles: Iterable[str]) -> Put:
        """Give roles to others."""
        now = self.document["roles"]
        assert isinstance(now, dict)
        return self.change_trust(cut=cut, roles={**now, **{role: list(people) for role, people in roles.items()}})

    def change_stages(self, *, cut: Mapping[str, int] | None = None, **stages: Mapping[str, Said]) -> Put:
        """Change the rules of stages."""
        now = self.document["stages"]
        assert isinstance(now, dict)
        return self.change_trust(cut=cut, stages={**now, **{stage: dict(rule) for stage, rule in stages.items()}})

    # Chains as they stand in storage.

    def length(self, chain: str) -> int:
        """Return how many slots of a chain are taken."""
        return len(slots(self.storage, chain)[0])

    def lengths(self) -> dict[str, int]:
        """Return the length of every log of a first-level model."""
        try:
            models = [entry.name for entry in self.storage.entries("models")]
        except NotFoundError:
            return {}
        found = {layout.model_chain(model): self.length(layout.model_chain(model)) for model in models}
        return {chain: length for chain, length in found.items() if length}

    def head(self, chain: str) -> str:
        """Return the id of the record in the last slot of a chain."""
        length = self.length(chain)
        return sha256(line_of(self.get(layout.record_path(chain, length)))) if length else NO_RECORD

    # Versions and records.

    def write_version(
        self, version: str, *, model: str = "fraud", files: Mapping[str, bytes] = FILES, card: bytes | None = None
    ) -> str:
        """Write a version's files and its manifest; return the manifest's digest."""
        for path, content in files.items():
            self.put(layout.version_file(model, version, path), content)
        if card is not None:
            self.put(layout.version_file(model, version, "README.md"), card)
        kept = {path: sha256(content) for path, content in files.items() if layout.in_manifest(path)}
        manifest = make_manifest(kept)
        self.put(layout.version_file(model, version, "SHA256SUMS"), manifest)
        return sha256(manifest)

    def digest(self, version: str, *, model: str = "fraud") -> str:
        """Return the sha256 of a version's manifest as it is now."""
        return sha256(self.get(layout.version_file(model, version, "SHA256SUMS")))

    def card(self, version: str, *, model: str = "fraud") -> str | None:
        """Return the sha256 of a version's card as it is now."""
        path = layout.version_file(model, version, "README.md")
        try:
            return sha256(self.get(path))
        except NotFoundError:
            return None

    def register(
        self,
        version: str = "1",
        *,
        model: str = "fraud",
        who: str = "ana",
        files: Mapping[str, bytes] = FILES,
        card: bytes | None = None,
        **fields: Said,
    ) -> Put:
        """Write a version and register it."""
        self.write_version(version, model=model, files=files, card=card)
        if card is not None:
            self.put(layout.card_path(model, sha256(card)), card)
        return self.do(who, "register", version, model=model, **fields)

    def evaluate(
        self, kind: str, *, who: str = "eve", version: str = "1", text: bytes = b"", name: str = "", **fields: Said
    ) -> Put:
        """Write an evaluation file and its record."""
        outcome = str(fields.pop("outcome", "pass"))
        model = str(fields.pop("model", "fraud"))
        content = text or f"kind: {kind}\noutcome: {outcome}\n".encode()
        path = f"evaluations/{name or kind}.yaml"
        self.put(layout.version_file(model, version, path), content)
        evidence = [{"name": path, "digest": {"sha256": sha256(content)}}]
        return self.do(who, "evaluate", version, model=model, kind=kind, outcome=outcome, evidence=evidence, **fields)

    def do(
        self,
        who: str,
        action: str,
        version: str | None = "1",
        *,
        model: str = "fraud",
        by: AnySigner | None = None,
        slot: int | None = None,
        namespace: str = RECORD_NAMESPACE,
        subject: tuple[str, str] | None = None,
        changes: Callable[[dict[str, object]], None] = lambda _: None,
        without: Iterable[str] = (),
        **fields: Said,
    ) -> Put:
        """Put a record into the next slot of a model's log, as its author would.

        Args:
            who: The author.
            action: What it does.
            version: Which version; None: the model.
            model: Which model.
            by: The key; None: the author's first.
            slot: The slot's number; None: the next one.
            namespace: What the signature is for.
            subject: What it is about; None: the version or model that it names.
            changes: Changes the whole statement before it is signed.
            without: Keys of the predicate to leave out.
            fields: The predicate's keys, instead of and beside those that it would have.
        """
        signer = by or self.keys[who][0]
        chain = layout.model_chain(model)
        seq = self.length(chain) + 1
        newest = self.length("trust")
        predicate: dict[str, object] = {
            "registry": self.id,
            "chain": chain,
            "seq": seq,
            "prev": self.head(chain),
            "policy": {"seq": newest, "sha256": self.head("trust")},
            "nonce": self.nonce(),
            "action": action,
            "author": who,
            "key": signer.fingerprint,
            "time": stamp(self.now()),
            **self._own_fields(action, version, model),
            **fields,
        }
        for key in without:
            del predicate[key]
        statement: dict[str, object] = {
            "_type": TYPE,
            "predicateType": RECORD_TYPE,
            "subject": [self._subject(version, model, subject)],
            "predicate": predicate,
        }
        changes(statement)
        line = canonical(statement) + b"\n"
        return self.put_record(chain, slot or seq, line + signer.sign(line, namespace=namespace))

    def put_record(self, chain: str, slot: int, content: bytes) -> Put:
        """Put a record's bytes into a slot, whatever they are."""
        path = layout.record_path(chain, slot)
        self.put(path, content)
        return Put(id=sha256(line_of(content)), seq=slot, path=path, content=content)

    def policy(self, seq: int) -> dict[str, object]:
        """Return how a record cites a trust record."""
        return {"seq": seq, "sha256": sha256(line_of(self.get(layout.record_path("trust", seq))))}

    def _subject(self, version: str | None, model: str, given: tuple[str, str] | None) -> dict[str, object]:
        if given is None:
            given = (model, self.id) if version is None else (f"{model}:{version}", self.digest(version, model=model))
        return {"name": given[0], "digest": {"sha256": given[1]}}

    def _own_fields(self, action: str, version: str | None, model: str) -> dict[str, object]:
        fields: dict[str, object] = {} if action in ABOUT_RECORDS else {"version": version}
        if action in STAGED:
            fields["stage"] = "production"
        if action in MOVES:
            fields["from"] = None
        if action in {"register", "approve", "reject", "promote"}:
            fields["card"] = self.card(str(version), model=model)
        if action in REASONED:
            fields["reason"] = "because"
        if action in COMMENTED:
            fields["comment"] = "a comment"
        return fields

    # Checkpoints.

    def put_checkpoint(self, who: str = "wit", *, by: AnySigner | None = None, heads: str = "", **fields: Said) -> Put:
        """Put a checkpoint of the heads as they are into the next slot."""
        signer = by or self.keys[who][0]
        known = {"trust": self.length("trust"), **self.lengths()}
        text = heads or "".join(f"{self.head(chain)}  {length} {chain}\n" for chain, length in sorted(known.items()))
        self.put(layout.heads_path(sha256(text.encode())), text.encode())
        seq = self.length("checkpoints") + 1
        predicate: dict[str, object] = {
            "registry": self.id,
            "chain": "checkpoints",
            "seq": seq,
            "prev": self.head("checkpoints"),
            "policy": self.policy(self.length("trust")),
            "nonce": self.nonce(),
            "author": who,
            "key": signer.fingerprint,
            "time": stamp(self.now()),
            **fields,
        }
        statement = {
            "_type": TYPE,
            "predicateType": CHECKPOINT_TYPE,
            "subject": [{"name": "heads", "digest": {"sha256": sha256(text.encode())}}],
            "predicate": predicate,
        }
        line = canonical(statement) + b"\n"
        return self.put_record("checkpoints", seq, line + signer.sign(line, namespace=CHECKPOINT_NAMESPACE))

    # What a reader makes of it.

    def trust(self) -> TrustChain:
        """Return the verified trust chain."""
        return verify_trust(read_slots(self.storage, "trust", slots(self.storage, "trust")[0]))

    def log(self, model: str = "fraud") -> VerifiedLog:
        """Return the verified log of a model."""
        chain = layout.model_chain(model)
        contents = read_slots(self.storage, chain, slots(self.storage, chain)[0])
        return verify_log(contents, self.trust(), start=VerifiedLog(chain=chain))

    def history(self, model: str = "fraud") -> History:
        """Return what a model's log says; a fault in it is the test's mistake."""
        log = self.log(model)
        assert not log.fault, log.fault
        return fold(log.records, self.trust(), StoredFacts(self.storage, model), start=History(model=model))

    def version(self, version: str = "1", *, model: str = "fraud") -> VersionState:
        """Return what a model's log says of a version."""
        return self.history(model).versions[version]

    def entry(self, put: Put, *, model: str = "fraud") -> Entry:
        """Return what a record is worth."""
        return self.history(model).entries[put.seq - 1]

    def reasons(self, put: Put, *, model: str = "fraud") -> str:
        """Return why a record has no effect, in one text; "" where it has."""
        return "; ".join(self.entry(put, model=model).reasons)

    def holder(self, stage: str = "production", *, model: str = "fraud") -> str | None:
        """Return the version that a stage points at."""
        state = self.history(model).stages.get(stage)
        return state.version if state else None

    def registry(self, *, demanded: str = "", days: float | None = None) -> Registry:
        """Open the registry as a client does; `days` after the start stops its clock there."""
        around = self.surroundings if days is None else self.later(days)
        return Registry(self.storage, surroundings=around, demanded=demanded, environ={}, home=Path("/nonexistent"))

    def me(self, who: str) -> Me:
        """Return a person with their first key."""
        return Me(person=who, identity=self.keys[who][0].identity)
