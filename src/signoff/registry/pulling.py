"""Delivering a version: only what may be used, exactly the bytes that were registered.

The rules it keeps: who asks by stage gets what the stage's own rule let through; who asks in another way needs an
approval that counts, or says aloud that none is wanted; a revoked version, or one built on a revoked one, is never
delivered. The destination is complete or untouched.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from io import BytesIO

import msgspec

from signoff.errors import InvalidValueError, NotFoundError, RefusedError, StorageError, VerificationError
from signoff.policy.approvals import standing
from signoff.policy.checks import Finding
from signoff.policy.history import History, VersionState
from signoff.policy.stage import PULL
from signoff.registry.bases import walk_bases
from signoff.registry.reader import Reader
from signoff.registry.signoffs import Signoffs
from signoff.registry.sizes import sizes_of
from signoff.schema import layout
from signoff.schema.manifest import Manifest
from signoff.storage.delivery import Delivery
from signoff.values.refs import Ref

BASES = "bases"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What of a version is wanted, and on which conditions.

    Attributes:
        unapproved: Deliver it although no stage approved it.
        include: Only files that fit one of these patterns; () is all.
        exclude: No files that fit one of these patterns.
        with_bases: Also what it is built on, whole, below `bases/`.
        heads: What `signoff heads` printed: every log must be at least that long, and equal there.
        max_age_days: The largest age of the newest checkpoint.
    """

    unapproved: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    with_bases: bool = False
    heads: bytes | None = None
    max_age_days: int | None = None


EVERYTHING = Wanted()


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull will deliver.

    Attributes:
        model: The model's name.
        version: The version's name.
        digest: The sha256 of its manifest.
        files: (path, sha256) in the order of the manifest.
        size: Bytes of the files.
        card: The sha256 of the model card that a record names, where it is at hand; None else.
        warnings: What the caller should read.
        bases: The versions that it is built on, at any remove, where they were asked for.
    """

    model: str
    version: str
    digest: str
    files: tuple[tuple[str, str], ...]
    size: int
    card: str | None
    warnings: tuple[str, ...]
    bases: tuple["Pull", ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, "Pull"], ...]:
        """What is delivered, with the folder below the destination ("" or ending in a slash) where it goes."""
        return (("", self), *((f"{BASES}/{one.model}/{one.version}/", one) for one in self.bases))


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What was delivered: how many files, how many bytes, where."""

    pull: Pull
    files: int
    size: int
    path: str

    @classmethod
    def planned(cls, pull: Pull, path: str = "") -> "Pulled":
        """Return what a pull delivers, or will."""
        parts = [part for _, part in pull.parts]
        return cls(
            pull=pull, files=sum(len(part.files) for part in parts), size=sum(part.size for part in parts), path=path
        )


class Pulling:
    """Delivers versions of one registry."""

    def __init__(self, reader: Reader, signoffs: Signoffs) -> None:
        """Read through this reader, judge with these sign-offs."""
        self._reader = reader
        self._storage = reader.storage
        self._signoffs = signoffs

    def plan(self, ref: Ref, state: VersionState, wanted: Wanted, *, now: datetime) -> Pull:
        """Decide whether a version may be delivered, and what of it.

        Args:
            ref: How the caller asked for it.
            state: The version that it is.
            wanted: What of it, and on which conditions.
            now: The caller's clock.

        Raises:
            RefusedError: The rules refuse it; with every reason.
            VerificationError: The log is not sound, the manifest is not the registered one, or a file is missing.
            NotFoundError: Nothing fits the patterns.
        """
        known = self._reader.log(ref.model)
        known.need_sound()
        reasons = self._reasons(ref, state, known.history, now=now, unapproved=wanted.unapproved)
        if reasons:
            raise RefusedError(f"pull {ref.model}:{state.version}", reasons, hint=_hint(ref, state))  # noqa: EM102, TRY003
        bases = tuple(self._base_plans(ref.model, state)) if wanted.with_bases else ()
        plan = self._plan(ref.model, state, include=wanted.include, exclude=wanted.exclude)
        taken = [path for path, _ in plan.files if bases and path.startswith(f"{BASES}/")]
        if taken:
            message = f"{ref.model}:{state.version} has files of its own below {BASES}/, as {taken[0]!r}"
            raise InvalidValueError(message, hint="pull it and its bases one by one")
        return msgspec.structs.replace(plan, bases=bases)

    def _base_plans(self, model: str, state: VersionState) -> Iterator[Pull]:
        """Yield what a version is built on; that it may be used at all was decided with the version."""
        for material, base in walk_bases(self._reader, state):
            if base is None:
                action = f"pull {model}:{state.version} with its bases"
                raise RefusedError(action, [f"{material.name} is not in this registry"], hint="pull without its bases")
            self._reader.log(base.model).need_sound()
            yield self._plan(base.model, base.state)

    def _plan(
        self, model: str, state: VersionState, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
    ) -> Pull:
        manifest = self._reader.facts(model).manifest(state.version, state.digest)
        if manifest is None:
            message = f"{model}:{state.version}: SHA256SUMS is missing or not the registered one"
            raise VerificationError(message, hint="see what happened with: signoff verify --deep")
        files = tuple(one for one in manifest.files if _wanted(one[0], include, exclude))
        if not files:
            message = f"no file of {model}:{state.version} fits the patterns"
            raise NotFoundError(message, hint=f"its files: {', '.join(path for path, _ in manifest.files[:8])}")
        return Pull(
            model=model,
            version=state.version,
            digest=state.digest,
            files=files,
            size=sum(sizes_of(self._storage, model, state.version, [path for path, _ in files]).values()),
            card=self._card(model, state),
            warnings=self._warnings(model, state, manifest),
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
        named = self._reader.trust.newest.document.stages
        if ref.kind == "pointer" and ref.selector in named and ref.selector not in stages:
            found.append(f"{ref.selector} is a stage, and an alias from before it was one points here")
        if ref.kind == "pointer" and ref.selector in stages:
            unmet = self._unmet(ref.model, state.version, ref.selector, now=now)
            return tuple(found + [f"{one.check}: {one.detail}" for one in unmet])
        if not unapproved and not self._approved(ref.model, state, stages, now=now):
            found.append("no stage that asks for approvals approved it")
        return tuple(found)

    def _approved(self, model: str, state: VersionState, stages: list[str], *, now: datetime) -> bool:
        trust = self._reader.trust.newest.document
        card = self._signoffs.card_now(model, state.version)
        for stage in trust.stages:
            worth = standing(state, stage, trust=trust, card=card, at=now)
            asked = any(line.needed for line in worth.lines)
            if asked and (stage in stages or worth.status == "Approved"):
                return True
        return False

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

    def _warnings(self, model: str, state: VersionState, manifest: Manifest) -> tuple[str, ...]:
        found = []
        if state.deprecated is not None:
            better = f"; use {model}:{state.replaced_by}" if state.replaced_by else ""
            found.append(
                f"{model}:{state.version} is deprecated by {state.deprecated.person}: {state.deprecated.reason}{better}"
            )
        metadata = self._reader.facts(model).metadata(state.version, state.digest)
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
        identity = hashlib.sha256("".join(one.digest for _, one in pull.parts).encode()).hexdigest()
        delivery = Delivery(destination, identity=identity)
        for folder, part in pull.parts:
            self._deliver_part(delivery, folder, part, progress=progress)
        delivery.commit()
        return Pulled.planned(pull, destination)

    def _deliver_part(
        self, delivery: Delivery, folder: str, part: Pull, *, progress: Callable[[int], None] | None
    ) -> None:
        sizes = sizes_of(self._storage, part.model, part.version, [path for path, _ in part.files])
        for path, digest in part.files:
            place, size = layout.version_file(part.model, part.version, path), sizes[path]
            if delivery.holds(f"{folder}{path}", size=size, sha256=digest, progress=progress):
                continue
            with self._storage.open(place) as stream:
                delivery.deliver(f"{folder}{path}", stream, size=size, sha256=digest, progress=progress)
        extra = {layout.MANIFEST_FILE: self._manifest_bytes(part)}
        if part.card is not None:
            extra[layout.CARD_FILE] = self._card_bytes(part.model, part.version, part.card) or b""
        for name, content in extra.items():
            digest = hashlib.sha256(content).hexdigest()
            delivery.deliver(f"{folder}{name}", BytesIO(content), size=len(content), sha256=digest, progress=None)

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
