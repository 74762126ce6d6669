"""The stage on which the sample's story is told: a registry, its people, and a clock that the story moves.

The rule it keeps: every record is decided, signed and published through the same facade that people use; what the
rules refuse, the story cannot do.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from signoff.errors import SignoffError
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry.asks import Ask, Written
from signoff.registry.founding import first_line, found_registry
from signoff.registry.opening import open_storage, real_surroundings
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.sample.cast import Player
from signoff.schema import layout
from signoff.schema.cards import load_evaluation
from signoff.schema.text import dump_yaml
from signoff.signing.base import Signer
from signoff.values.times import Surroundings

STEP = timedelta(seconds=12)


class Stage:
    """A registry whose history is being told."""

    def __init__(
        self, folder: Path, cast: Mapping[str, Player], document: Mapping[str, object], *, start: datetime
    ) -> None:
        """Found the registry, signed by the document's root keys.

        Args:
            folder: The registry's folder, with files and without records.
            cast: The people, by id; those whose keys are the root's sign trust record 1.
            document: The trust document.
            start: When the story begins.
        """
        self.folder = folder
        self.cast = cast
        self._moment = start
        self._surroundings = Surroundings(now=self._tick, nonce=real_surroundings().nonce)
        line = first_line(
            document, author="ana@example.org", surroundings=self._surroundings, comment="The registry begins"
        )
        storage = open_storage(str(folder))
        found_registry(storage, line, self._root_signatures(line, document), title="Sample registry")
        self.registry = Registry(storage, surroundings=self._surroundings)

    def _tick(self) -> datetime:
        self._moment += STEP
        return self._moment

    def _root_signatures(self, line: bytes, document: Mapping[str, object]) -> tuple[bytes, ...]:
        root = document["root"]
        assert isinstance(root, dict)
        signers = [player.signer for player in self.cast.values() if player.line in root["keys"]]
        return tuple(signer.sign(line, namespace=TRUST_NAMESPACE) for signer in signers)

    def _who(self, name: str) -> tuple[Me, Signer]:
        player = self.cast[f"{name}@example.org"]
        return player.me, player.signer

    def register(self, name: str, ref: str) -> Written:
        """Register a folder of the sample."""
        model, _, version = ref.partition(":")
        me, signer = self._who(name)
        return self.registry.register_sealed(self.registry.seal(model, version), me, signer=signer)

    def evaluate(self, name: str, ref: str, evaluations: Iterable[str]) -> None:
        """Sign evaluations of a version."""
        model, _, version = ref.partition(":")
        for one in evaluations:
            file = f"{layout.EVALUATIONS}/{one}.yaml"
            content = (self.folder / layout.version_file(model, version, file)).read_bytes()
            said = load_evaluation(content, file=file)
            evidence = [{"name": file, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}]
            self._sign(name, "evaluate", ref, kind=said.kind, outcome=said.outcome, evidence=evidence)

    def request(self, name: str, ref: str, stage: str, comment: str) -> Written:
        """Ask for approval."""
        return self._sign(name, "request", ref, stage=stage, comment=comment)

    def approve(self, name: str, ref: str, stage: str, comment: str = "") -> Written:
        """Approve a version for a stage."""
        return self._sign(name, "approve", ref, stage=stage, comment=comment)

    def reject(self, name: str, ref: str, stage: str, comment: str) -> Written:
        """Reject a version for a stage."""
        return self._sign(name, "reject", ref, stage=stage, comment=comment)

    def promote(self, name: str, ref: str, stage: str, comment: str = "") -> Written:
        """Point a stage at a version."""
        return self._sign(name, "promote", ref, stage=stage, comment=comment)

    def rollback(self, name: str, ref: str, stage: str, reason: str) -> Written:
        """Point a stage at a version that held it before."""
        return self._sign(name, "rollback", ref, stage=stage, reason=reason)

    def deploy(self, name: str, ref: str, environment: str, *statuses: str) -> None:
        """Report what serves where."""
        for status in statuses:
            self._sign(name, "deploy", ref, environment=environment, status=status)

    def alias(self, name: str, ref: str, alias: str) -> Written:
        """Point an alias at a version."""
        return self._sign(name, "alias", ref, alias=alias)

    def deprecate(self, name: str, ref: str, reason: str, replaced_by: str) -> Written:
        """Mark a version as outdated."""
        return self._sign(name, "deprecate", ref, reason=reason, replaced_by=replaced_by)

    def revoke(self, name: str, ref: str, reason: str, severity: str) -> Written:
        """Revoke a version."""
        return self._sign(name, "revoke", ref, reason=reason, severity=severity)

    def comment(self, name: str, ref: str, comment: str) -> Written:
        """Say something about a version."""
        return self._sign(name, "comment", ref, comment=comment)

    def withdraw(self, name: str, ref: str, written: Written) -> Written:
        """Take back one's own request or decision."""
        return self._sign(name, "withdraw", ref, record=written.id)

    def _sign(self, name: str, action: str, ref: str, **fields: object) -> Written:
        model, _, version = ref.partition(":")
        me, signer = self._who(name)
        return self.registry.sign(Ask(action=action, model=model, version=version, fields=fields), me, signer)

    def refused(self, name: str, action: str, ref: str, **fields: object) -> tuple[str, ...]:
        """Return why somebody cannot do something; nothing is signed.

        Raises:
            SignoffError: They could: the story is no longer true.
        """
        model, _, version = ref.partition(":")
        ask = Ask(action=action, model=model, version=version, fields=fields)
        prepared = self.registry.prepare(ask, self._who(name)[0])
        if not prepared.reasons:
            message = f"the story says that {name} cannot {ask.words}, and the rules allow it"
            raise SignoffError(message)
        return prepared.reasons

    def change_trust(self, document: Mapping[str, object], comment: str) -> None:
        """Propose a trust document, have the root keys sign it, and apply it."""
        proposals = self.registry.proposals
        text = dump_yaml(dict(document)).encode()  # type: ignore[arg-type]  # (a document is plain values)
        proposal = proposals.propose(text, author="ana@example.org", comment=comment)
        for player in self.cast.values():
            if player.me.identity.key.fingerprint in self.registry.reader.trust.newest.root:
                proposals.sign(proposal.id, player.signer)
        proposals.apply(proposal.id)

    def checkpoint(self, name: str) -> None:
        """Sign the heads of all chains."""
        me, signer = self._who(name)
        self.registry.checkpoint(me, signer)
