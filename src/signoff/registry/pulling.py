"""Delivering a version: only what may be used, exactly the bytes that were registered.

The rules it keeps: who asks by stage gets what the stage's own rule let through; who asks in another way needs an
approval that counts, or says aloud that none is wanted; a revoked version, or one built on a revoked one, is never
delivered. The destination is complete or untouched.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from io import BytesIO

import msgspec

from signoff.errors import NotFoundError, RefusedError, StorageError, VerificationError
from signoff.policy.approvals import standing
from signoff.policy.checks import Finding
from signoff.policy.history import History, VersionState
from signoff.policy.stage import PULL
from signoff.registry.bases import walk_bases
from signoff.registry.reader import Reader
from signoff.registry.signoffs import Signoffs
from signoff.schema import layout
from signoff.schema.manifest import Manifest
from signoff.storage.delivery import Delivery
from signoff.values.refs import Ref


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull will deliver.

    Attributes:
        model: The model's name.
        version: The version's name.
        digest: The sha256 of its manifest.
        files: (path, sha256) in the order of the manifest.
        card: The sha256 of the model card that a record names, where it is at hand; None else.
        warnings: What the caller should read.
    """

    model: str
    version: str
    digest: str
    files: tuple[tuple[str, str], ...]
    card: str | None
    warnings: tuple[str, ...]


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What was delivered: how many files, how many bytes, where."""

    pull: Pull
    files: int
    size: int
    path: str


class Pulling:
    """Delivers versions of one registry."""

    def __init__(self, reader: Reader, signoffs: Signoffs) -> None:
        """Read through this reader, judge with these sign-offs."""
        self._reader = reader
        self._storage = reader.storage
        self._signoffs = signoffs

    def plan(
        self,
        ref: Ref,
        state: VersionState,
        *,
        now: datetime,
        unapproved: bool,
        include: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
    ) -> Pull:
        """Decide whether a version may be delivered, and what of it.

        Args:
            ref: How the caller asked for it.
            state: The version that it is.
            now: The caller's clock.
            unapproved: Whether the caller said aloud that no approval is needed.
            include: Only files that fit one of these patterns; () is all.
            exclude: No files that fit one of these patterns.

        Raises:
            RefusedError: The rules refuse it; with every reason.
            VerificationError: The log is not sound, or the manifest is not the registered one.
            NotFoundError: Nothing fits the patterns.
        """
        known = self._reader.log(ref.model)
        known.need_sound()
        reasons = self._reasons(ref, state, known.history, now=now, unapproved=unapproved)
        if reasons:
            raise RefusedError(f"pull {ref.model}:{state.version}", reasons, hint=_hint(ref, state))  # noqa: EM102, TRY003
        manifest = self._reader.facts(ref.model).manifest(state.version, state.digest)
        if manifest is None:
            message = f"{ref.model}:{state.version}: SHA256SUMS is missing or not the registered one"
            raise VerificationError(message, hint="see what happened with: signoff verify --deep")
        files = tuple(one for one in manifest.files if _wanted(one[0], include, exclude))
        if not files:
            message = f"no file of {ref.model}:{state.version} fits the patterns"
            raise NotFoundError(message, hint=f"its files: {', '.join(path for path, _ in manifest.files[:8])}")
        return Pull(
            model=ref.model,
            version=state.version,
            digest=state.digest,
            files=files,
            card=self._card(ref.model, state),
            warnings=self._warnings(ref, state, manifest),
        )

    def _reasons(
        self, ref: Ref, state: VersionState, history: History, *, now: datetime, unapproved: bool
    ) -> tuple[str, ...]:
        found = []
        if state.revoked is not None:
            found.append(f"revoked by {state.revoked.person}: {state.revoked.reason}")
        for _, base in walk_bases(self._reader, state):
            if base is not None and base.state.revoked is not None:
                found.append(f"built on {base.ref}, which is revoked: {base.state.revoked.reason}")
        if state.purged is not None:
            found.append(f"purged by {state.purged.person}: {state.purged.reason}")
        stages = [one.stage for one in history.stages.values() if one.version == state.version]
        if ref.kind == "pointer" and ref.selector in stages:
            unmet = self._unmet(ref.model, state.version, ref.selector, now=now)
            return tuple(found + [f"{one.check}: {one.detail}" for one in unmet])
        trust = self._reader.trust.newest.document
        approved = stages or any(
            standing(state, stage, trust=trust, card=self._signoffs.card_now(ref.model, state.version), at=now).status
            == "Approved"
            for stage in trust.stages
        )
        return tuple(found if approved or unapproved else [*found, "no stage approved it"])

    def _unmet(self, model: str, version: str, stage: str, *, now: datetime) -> tuple[Finding, ...]:
        if stage not in self._reader.trust.newest.document.stages:
            return ()
        findings = self._signoffs.findings(model, version, stage, now=now, which=PULL)
        return tuple(one for one in findings if one.outcome != "met")

    def _card(self, model: str, state: VersionState) -> str | None:
        named = [state.card, *(one.card for one in state.decisions if one.approves)]
        return next((one for one in reversed(named) if one and self._card_bytes(model, state.version, one)), None)

    def _card_bytes(self, model: str, version: str, digest: str) -> bytes | None:
        for path in (layout.card_path(model, digest), layout.version_file(model, version, layout.CARD_FILE)):
            try:
                content = self._storage.read(path, most=layout.LARGEST_CARD)
            except StorageError:
                continue
            if hashlib.sha256(content).hexdigest() == digest:
                return content
        return None

    def _warnings(self, ref: Ref, state: VersionState, manifest: Manifest) -> tuple[str, ...]:
        found = []
        if state.deprecated is not None:
            better = f"; use {ref.model}:{state.replaced_by}" if state.replaced_by else ""
            found.append(f"deprecated by {state.deprecated.person}: {state.deprecated.reason}{better}")
        metadata = self._reader.facts(ref.model).metadata(state.version, state.digest)
        elsewhere = [one.path for one in metadata.artifacts if manifest.find(one.path) is None] if metadata else []
        if elsewhere:
            found.append(f"kept elsewhere and not delivered: {', '.join(elsewhere)}")
        return tuple(found)

    def deliver(self, pull: Pull, destination: str, *, progress: Callable[[int], None] | None) -> Pulled:
        """Copy what was planned, hashing what is written.

        Raises:
            VerificationError: A file is not what was registered; the destination is untouched.
            AlreadyExistsError: The destination holds something else.
            StorageError: A file cannot be read or written.
        """
        delivery = Delivery(destination, identity=pull.digest)
        size = 0
        for path, digest in pull.files:
            place = layout.version_file(pull.model, pull.version, path)
            size += (expected := self._storage.info(place).size)
            with self._storage.open(place) as stream:
                delivery.deliver(path, stream, size=expected, sha256=digest, progress=progress)
        extra = {layout.MANIFEST_FILE: self._manifest_bytes(pull)}
        if pull.card is not None:
            extra[layout.CARD_FILE] = self._card_bytes(pull.model, pull.version, pull.card) or b""
        for name, content in extra.items():
            digest = hashlib.sha256(content).hexdigest()
            delivery.deliver(name, BytesIO(content), size=len(content), sha256=digest, progress=None)
        delivery.commit()
        return Pulled(pull=pull, files=len(pull.files), size=size, path=destination)

    def _manifest_bytes(self, pull: Pull) -> bytes:
        path = layout.version_file(pull.model, pull.version, layout.MANIFEST_FILE)
        content = self._storage.read(path, most=layout.LARGEST_MANIFEST)
        if hashlib.sha256(content).hexdigest() != pull.digest:
            message = f"{path} changed during the pull"
            raise VerificationError(message, hint="see what happened with: signoff verify --deep")
        return content


def _wanted(path: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    kept = not include or any(fnmatchcase(path, pattern) for pattern in include)
    return kept and not any(fnmatchcase(path, pattern) for pattern in exclude)


def _hint(ref: Ref, state: VersionState) -> str:
    if state.revoked or state.purged:
        return f"choose another version: signoff ls {ref.model}"
    return f"ask for approval: signoff request {ref.model}:{state.version} STAGE; or spell out --allow-unapproved"
