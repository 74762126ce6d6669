"""One version's files and what its log says, to its view.

The rule it keeps: a view is made anew where its files may have changed, its state did, or what points at it; else it
is the very same value, so that comparing snapshots costs little.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

from signoff.errors import StorageError
from signoff.policy.approvals import standing
from signoff.policy.history import History, VersionState
from signoff.policy.stage import stage_order
from signoff.registry.cache import Cache, Contents, Look, look_of
from signoff.registry.contents import problem, read_card, read_draft, read_registered
from signoff.registry.problems import Problem
from signoff.registry.reader import Reader
from signoff.registry.snapshot import StageStatus, Status, VersionView
from signoff.schema import layout
from signoff.schema.rules import TrustDocument
from signoff.storage.base import Info
from signoff.storage.glancing import Glances

FIXED = (layout.MANIFEST_FILE, layout.VERSION_FILE, layout.CARD_FILE)
UNREAD = Contents()
UNSETTLED = float("inf")


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What this process has read of one version.

    Attributes:
        look: How its files looked then; None where they were not looked at.
        contents: What they say.
        basis: What else its view is made of.
        view: Its view.
    """

    look: Look | None
    contents: Contents
    basis: tuple[object, ...]
    view: VersionView


class VersionScan:
    """Makes the views of versions; what did not change is not read again."""

    def __init__(self, reader: Reader, cache: Cache) -> None:
        """Read through this reader's storage."""
        self.reader, self.storage, self.cache = reader, reader.storage, cache
        self.seen: dict[str, dict[str, Seen]] = {}

    def card_now(self, model: str, version: str) -> str | None:
        """Return the sha256 of a version's model card as it is now; None where it has none that can be read."""
        return read_card(self.storage, model, version)

    def model(
        self, name: str, history: History, trust: TrustDocument, *, present: frozenset[str], deep: bool
    ) -> "ModelVersions":
        """Return what makes the views of one model's versions; see `ModelVersions`."""
        return ModelVersions(self, name, history, trust, present=present, deep=deep)


class ModelVersions:
    """Makes the views of one model's versions, one at a time, within a `with`.

    Args:
        scan: What was read before, of all models.
        model: The model's name.
        history: What its log says.
        trust: The newest trust document.
        present: The folders of versions that are there.
        deep: Whether to look at their files.
    """

    def __init__(
        self,
        scan: VersionScan,
        model: str,
        history: History,
        trust: TrustDocument,
        *,
        present: frozenset[str],
        deep: bool,
    ) -> None:
        """Find out what points where, once for all versions."""
        self._scan, self._model, self._history, self._trust = scan, model, history, trust
        self._present, self._deep = present, deep
        self._before = scan.seen.setdefault(model, {})
        self._rows: Mapping[str, tuple[bytes, bytes]] | None = None
        self._glances = Glances(scan.storage, f"{layout.model_folder(model)}/{layout.VERSIONS}")
        self._order = stage_order(trust)
        self._untouched: tuple[StageStatus, ...] | None = None
        self._stages = _by_version((one.version, one.stage) for one in history.stages.values())
        self._aliases = _by_version((one.version, one.alias) for one in history.aliases.values())

    def __enter__(self) -> Self:
        """Open the folder of the versions."""
        if self._deep:
            self._glances.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, and forget the versions that are gone."""
        self._glances.__exit__()
        for gone in self._before.keys() - self._present - self._history.versions.keys():
            del self._before[gone]

    def registered(self, state: VersionState, *, again: bool = True) -> VersionView:
        """Return the view of a registered version; `again` False: its files did not change."""
        version = state.version
        present = version in self._present
        look, contents = self._registered(state, again=again) if self._deep and present else (None, UNREAD)
        basis = (
            state,
            present,
            self._stages.get(version, ()),
            self._aliases.get(version, ()),
            self._trust,
        )
        before = self._before.get(version)
        if before is not None and before.contents is contents and before.basis == basis:
            view = before.view
        else:
            view = self._view(state, contents, present=present, deep=look is not None)
        return self._kept(version, Seen(look, contents, basis, view))

    def _registered(self, state: VersionState, *, again: bool) -> tuple[Look, Contents]:
        before = self._before.get(state.version)
        if before is not None and before.look is not None and not again and before.basis[0] is state:
            return before.look, before.contents
        names = (*FIXED, *(one.name for one in state.evaluations))
        said = (state.digest, *(one.digest for one in state.evaluations))
        look = look_of(said, zip(names, self._glances.at(state.version, names), strict=True))
        known = self._known(state.version, look)
        if known is not None:
            return look, known
        self._scan.reader.facts(self._model).forget(state.digest)
        contents = read_registered(self._scan.storage, self._model, state)
        return self._read(state.version, look, contents), contents

    def draft(self, version: str, *, again: bool = True) -> VersionView:
        """Return the view of a folder that is not registered; `again` False: its files did not change."""
        reserved = self._history.reserved.get(version)
        look, contents, faults = self._draft(version, again=again) if self._deep else (None, UNREAD, ())
        basis = (reserved, faults)
        before = self._before.get(version)
        if before is not None and before.contents is contents and before.basis == basis:
            return self._kept(version, Seen(look, contents, basis, before.view))
        if reserved and self._deep:
            what = f"its registration fell; the name stays reserved for the digest {reserved[:12]}"
            faults = (problem(self._model, version, what, "register the same bytes again"), *faults)
        view = VersionView(
            model=self._model,
            version=version,
            digest=None,
            status="unregistered",
            metadata=contents.metadata,
            metrics=contents.metrics,
            card=contents.card,
            files=contents.files,
            size=contents.size,
            problems=faults + contents.problems,
            author=(contents.metadata.author if contents.metadata else None) or "",
            moment=contents.moment,
        )
        return self._kept(version, Seen(look, contents, basis, view))

    def _draft(self, version: str, *, again: bool) -> tuple[Look | None, Contents, tuple[Problem, ...]]:
        before = self._before.get(version)
        if before is not None and before.look is not None and not again:
            return before.look, before.contents, ()
        try:
            files: tuple[tuple[str, Info], ...] = self._glances.walk(version)
        except StorageError as error:
            contents = read_draft(self._scan.storage, self._model, version, ())
            unknown = msgspec.structs.replace(contents, files=None, size=None)
            return None, unknown, (problem(self._model, version, str(error), error.hint),)
        look = look_of((), files)
        known = self._known(version, look)
        if known is None:
            known = read_draft(self._scan.storage, self._model, version, files)
            look = self._read(version, look, known)
        return look, known, ()

    def _read(self, version: str, look: Look, contents: Contents) -> Look:
        """Keep what was read just now; return the look by which it is known again, which files too new do not have."""
        if not self._scan.cache.settled(look):
            return Look(look.stamp, UNSETTLED)
        self._scan.cache.keep(self._model, version, look, contents)
        return look

    def _known(self, version: str, look: Look) -> Contents | None:
        """Return what the files say that look like this, where it was read before."""
        before = self._before.get(version)
        if before is not None and before.look == look:
            return before.contents
        if self._rows is None:
            self._rows = self._scan.cache.rows(self._model)
        return self._scan.cache.find(self._rows.get(version), look)

    def _kept(self, version: str, seen: Seen) -> VersionView:
        before = self._before.get(version)
        if seen.look is not None or before is None or before.look is None:
            self._before[version] = seen
        return seen.view

    def _view(self, state: VersionState, contents: Contents, *, present: bool, deep: bool) -> VersionView:
        return VersionView(
            model=self._model,
            version=state.version,
            digest=state.digest,
            status=status_of(state, present=present),
            state=state,
            metadata=contents.metadata,
            metrics=contents.metrics,
            card=contents.card if deep else state.card,
            stages=self._stages.get(state.version, ()),
            aliases=self._aliases.get(state.version, ()),
            asks=self._asks(state, contents.card if deep else state.card),
            files=contents.files,
            size=contents.size,
            problems=self._problems(state, contents, present=present, deep=deep),
            author=state.registrant,
            moment=state.moment,
        )

    def _asks(self, state: VersionState, card: str | None) -> tuple[StageStatus, ...]:
        """Return how far a version is for every stage; all versions that nobody spoke of are equally far."""
        if not state.decisions and not state.requests:
            if self._untouched is None:
                self._untouched = self._judged(state, card)
            return self._untouched
        return self._judged(state, card)

    def _judged(self, state: VersionState, card: str | None) -> tuple[StageStatus, ...]:
        return tuple(
            StageStatus(stage=stage, standing=standing(state, stage, trust=self._trust, card=card))
            for stage in self._order
        )

    def _problems(self, state: VersionState, contents: Contents, *, present: bool, deep: bool) -> tuple[Problem, ...]:
        if state.purged is not None and not (present and contents.manifested):
            return ()
        if not present:
            what, hint = "its folder is missing", "restore it from a backup, or purge the version"
        elif deep and not contents.manifested:
            what, hint = "SHA256SUMS is missing or not the registered one", "restore it; see: signoff verify"
        elif deep and contents.metadata is None:
            what = "version.yaml is missing, changed or unreadable"
            hint = "restore it from a backup; see: signoff verify"
        else:
            return contents.problems
        return (problem(self._model, state.version, what, hint),)


def _by_version(pointers: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for version, name in pointers:
        found[version] += (name,)
    return found


def status_of(state: VersionState, *, present: bool) -> Status:
    """Return a registered version's status in one word."""
    if state.revoked is not None:
        return "revoked"
    if state.purged is not None:
        return "purged"
    if not present:
        return "missing"
    return "deprecated" if state.deprecated is not None else "registered"
