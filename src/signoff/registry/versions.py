"""One version's files and what its log says, to its view.

The rule it keeps: a view is made anew where its files may have changed, its state did, or what points at it; else it
is the very same value, so that comparing snapshots costs little.
"""

from collections.abc import Collection, Iterator, Mapping
from sys import intern
from typing import Self

import msgspec

from signoff.errors import StorageError
from signoff.policy.approvals import standing
from signoff.policy.history import History, VersionState
from signoff.policy.order import stage_order
from signoff.policy.states import States
from signoff.registry.cache import AHEAD, Aside, Contents, Look, contents_of, look_of, meaning
from signoff.registry.contents import problem, read_draft, read_registered
from signoff.registry.listed import Folders
from signoff.registry.problems import Problem
from signoff.registry.seen import Base, Seen, SeenVersions, absent_of, files_of
from signoff.registry.settled import UNREAD, Settled
from signoff.registry.since import spoken_since
from signoff.registry.versionscan import VersionScan
from signoff.registry.views import StageStatus, VersionView, by_version, status_of
from signoff.schema import layout
from signoff.schema.rules import TrustDocument
from signoff.storage.base import Info
from signoff.storage.glancing import Glance, Glances

FEW = 8


class ModelVersions:
    """Makes the views of one model's versions, one after another in the order of `names`, within a `with`.

    Args:
        scan: What was read before, of all models.
        model: The model's name.
        history: What its log says.
        trust: The newest trust document.
        folders: The folders of its versions.
        deep: Whether to look at their files.
    """

    def __init__(
        self,
        scan: VersionScan,
        model: str,
        history: History,
        trust: TrustDocument,
        *,
        folders: Folders,
        deep: bool,
    ) -> None:
        """Find out what points where, once for all versions."""
        self._scan, self._model, self._history, self._trust = scan, model, history, trust
        self._states = history.versions if isinstance(history.versions, States) else States.of(history.versions)
        self._folders, self._deep = folders, deep
        self._seen = scan.seen.setdefault(model, SeenVersions())
        self._judged_alike = scan.judges_alike(model, trust)
        self._rows: Mapping[str, tuple[bytes, bytes]] = {}
        self._glances = Glances(scan.storage, f"{layout.model_folder(model)}/{layout.VERSIONS}")
        self._order = stage_order(trust)
        self._stages = by_version((one.version, one.stage) for one in history.stages.values())
        self._aliases = by_version((one.version, one.alias) for one in history.aliases.values())
        self.names = (*self._states, *folders.drafts)
        self._spared = deep and scan.cache.spares(len(self.names))
        self._fetched = frozenset(self.names if self._spared else ())
        self._at = 0

    def __enter__(self) -> Self:
        """Open the folder of the versions."""
        self._base, self._seen.base = self._seen.base, None
        if self._deep:
            self._glances.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close it, and forget the versions that are gone."""
        self._glances.__exit__()
        if kind is None:
            self._seen.forget(len(self._states), self.names[len(self._states) :])
            self._scan.rules[self._model] = self._trust
            self._seen.base = Base(self._history, self._folders) if self._deep else None

    def few(self, only: Collection[str]) -> list[VersionView] | None:
        """Return the view of every version, where none but few can be other than they were; None where more may be.

        What is looked at are those in `only`, and those of which the log says something else than it did.
        """
        spoken = spoken_since(self._base.history, self._history) if self._base and self._judged_alike else None
        kept, registered = self._seen.views, len(self._states)
        if spoken is None or not self._deep or len(only) > FEW or isinstance(kept, Settled):
            return None
        assert self._base is not None
        touched = spoken.union(only, self._folders.missing, self._base.folders.missing)
        places = {place for name in touched if (place := self._states.place_of(name)) is not None}
        views = list(kept)
        for place in (*sorted(places.union(range(len(views), registered))), *range(registered, len(self.names))):
            views[place : place + 1] = (self._view_at(place, only),)
        return views

    def _view_at(self, place: int, only: Collection[str] | None) -> VersionView:
        """Return the view of the version at a place; of one that is not in `only` with the files that it had."""
        self._at, name = place, self.names[place]
        again = only is None or name in only
        return self._registered(name, again=again) if place < len(self._states) else self._draft(name, again=again)

    def views(self, only: Collection[str] | None) -> Iterator[VersionView]:
        """Return the view of every version, one after another; those that are not in `only` have the files that they had."""
        if self._deep and (only is None or len(only) > FEW):
            self._glances.list_all()
        return (self._view_at(place, only) for place in range(len(self.names)))

    def _registered(self, version: str, *, again: bool) -> VersionView:
        present, before = version not in self._folders.missing, self._seen.get(self._at, version)
        if not self._deep or not present:
            return self._kept(version, None, self._view(self._states[version], UNREAD, present=present, deep=False))
        states = before.view.states if before is not None and before.mark is not None else None
        known = states is self._states or (states is not None and self._states.same_at(version, states))
        spoken = self._states.spoken_of(version)
        if known and before is not None and (not again or before.mark == self._mark(before, spoken)):
            return self._again(before, version)
        files, state = files_of(spoken), self._states[version]
        look = self._glances.at(version, files)
        whole = meaning(look, (state.digest, *(f"{one.name} {one.digest}" for one in state.evaluations)))
        contents, mark = self._as_before(before, look, state) or self._row(version, whole), look.mark
        if contents is None:
            self._scan.reader.forget_meaning(self._model, state.digest)
            listed, sizes = self._glances.listed(version), dict(zip(files, look.sizes, strict=False))
            with self._glances.near(version) as near:
                contents = read_registered(near, self._model, state, listed=listed, sizes=sizes)
            mark = mark if self._read(version, whole, contents) else 0
        return self._kept(version, mark, self._view(state, contents, present=True, deep=True))

    def _mark(self, before: Seen, spoken: VersionState | None) -> int:
        return self._glances.mark(before.view.version, files_of(spoken), absent=absent_of(before))

    def _as_before(self, before: Seen | None, look: Glance, state: VersionState) -> Contents | None:
        """Return what the files said before, where they look as they did and the log means the same ones."""
        was = before.view.state if before is not None and before.mark == look.mark else None
        if before is None or was is None or (was.digest, was.evaluations) != (state.digest, state.evaluations):
            return None
        return contents_of(before.view.said)

    def _again(self, before: Seen, version: str) -> VersionView:
        """Return the view of a version with the files and the state that it had."""
        view = before.view
        stages, aliases = self._stages.get(version, ()), self._aliases.get(version, ())
        if self._judged_alike and view.stages == stages and view.aliases == aliases:
            return view
        state, contents = self._states[version], contents_of(view.said)
        return self._kept(version, before.mark, self._view(state, contents, present=True, deep=True))

    def _draft(self, version: str, *, again: bool) -> VersionView:
        reserved = self._history.reserved.get(version)
        before = self._seen.get(self._at, version)
        mark, contents, faults = self._draft_contents(version, again=again) if self._deep else (None, UNREAD, ())
        if contents is None:  # as before
            assert before is not None
            if not (before.view.problems or reserved or before.view.states):
                return before.view
            contents = contents_of(before.view.said)
        if reserved and self._deep:
            what = f"its registration fell; the name stays reserved for the digest {reserved[:12]}"
            faults = (problem(self._model, version, what, "register the same bytes again"), *faults)
        view = VersionView(
            model=self._model,
            version=version,
            status="unregistered",
            said=self._said(version, contents),
            card=contents.card,
            files=contents.files,
            size=contents.size,
            problems=faults + contents.problems,
            author=intern((contents.metadata.author if contents.metadata else None) or ""),
            moment=contents.moment,
        )
        return self._kept(version, mark, view)

    def _draft_contents(self, version: str, *, again: bool) -> tuple[int | None, Contents | None, tuple[Problem, ...]]:
        """Return what a draft's files say and how they look; None where they say what they did."""
        before = self._seen.get(self._at, version)
        seen = before if before is not None and before.mark is not None and not before.view.states else None
        if seen is not None and not again:
            return seen.mark, None, ()
        try:
            files: tuple[tuple[str, Info], ...] = self._glances.walk(version)
        except StorageError as error:
            contents = read_draft(self._scan.storage, self._model, version, ())
            unknown = msgspec.structs.replace(contents, files=None, size=None)
            return None, unknown, (problem(self._model, version, str(error), error.hint),)
        look = look_of(files)
        mark = hash(look.stamp)
        if seen is not None and seen.mark == mark:
            return mark, None, ()
        known = self._row(version, look)
        if known is None:
            known = read_draft(self._scan.storage, self._model, version, files)
            mark = mark if self._read(version, look, known) else 0
        return mark, known, ()

    def _read(self, version: str, look: Look, contents: Contents) -> bool:
        """Keep what was read just now; return False where it is so new that a later change might not show."""
        sure = self._scan.cache.settled(look)
        if sure and not self._spared:
            self._scan.cache.keep(self._model, version, look, contents, self._scan.asides)
        return sure

    def _row(self, version: str, look: Look) -> Contents | None:
        """Return what files that look like this say, where this client read them before."""
        if version not in self._fetched:
            ahead = self.names[self._at : self._at + AHEAD]
            self._fetched = frozenset(ahead)
            self._rows = self._scan.cache.rows(self._model, ahead)
        return self._scan.cache.find(self._rows.get(version), look)

    def _said(self, version: str, contents: Contents) -> Contents | Aside:
        before = self._seen.get(self._at, version)
        if before is not None and isinstance(before.view.said, Aside) and before.view.said.contents is contents:
            return before.view.said
        return self._scan.asides.keep(contents)

    def _kept(self, version: str, mark: int | None, view: VersionView) -> VersionView:
        before = self._seen.get(self._at, version)
        if mark is not None or before is None or before.mark is None or before.view.registered != view.registered:
            self._seen.put(self._at, Seen(mark, view))
        return view

    def _view(self, state: VersionState, contents: Contents, *, present: bool, deep: bool) -> VersionView:
        version = self.names[self._at]  # the very text that the log keeps
        card = contents.card if deep else state.card
        return VersionView(
            model=self._model,
            version=version,
            status=status_of(state, present=present),
            states=self._states,
            said=self._said(version, contents) if deep else contents,
            card=card,
            stages=self._stages.get(version, ()),
            aliases=self._aliases.get(version, ()),
            asks=self._asks(state, card),
            files=contents.files,
            size=contents.size,
            problems=self._problems(state, contents, present=present, deep=deep),
            author=intern(state.registrant),
            moment=state.moment,
        )

    def _asks(self, state: VersionState, card: str | None) -> tuple[StageStatus, ...]:
        """Return how far a version is for every stage; all versions that nobody spoke of are equally far."""
        if state.decisions or state.requests:
            return self._judged(state, card)
        known = self._scan.untouched
        if known is None or known[0] is not self._trust:
            known = self._scan.untouched = self._trust, self._judged(state, card)
        return known[1]

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
