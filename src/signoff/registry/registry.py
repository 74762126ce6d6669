"""The facade: every use case of a registry, for the command line, the terminal UI and Python programs.

The rule it keeps: front ends speak to this class and to its values, never to storage, keys or file formats. A use case
is imported when it is called: a cold command pays for its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from signoff.registry.reader import Reader
from signoff.storage.base import Storage
from signoff.values.names import ModelName
from signoff.values.refs import parse_ref
from signoff.values.times import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

    from signoff.policy.checks import Finding
    from signoff.policy.history import History
    from signoff.policy.lineage import Graph
    from signoff.registry.asks import Ask, Prepared, Written
    from signoff.registry.checkpoints import Checkpoint, Checkpoints
    from signoff.registry.people import Me
    from signoff.registry.proposals import Proposals
    from signoff.registry.pulling import Pulled, Wanted
    from signoff.registry.pulse import SoFar
    from signoff.registry.registration import Registration, Sealing
    from signoff.registry.scan import Scanner
    from signoff.registry.searching import Search
    from signoff.registry.signoffs import Signoffs
    from signoff.registry.snapshot import ModelView, Snapshot
    from signoff.registry.verifying import Report
    from signoff.registry.views import VersionView
    from signoff.schema.scalars import Value
    from signoff.signing.base import Identity, Signer
    from signoff.storage.placing import How

Progress = Callable[[int], None]


class Registry:
    """An opened registry: `reader` has its verified chains, `surroundings` clock and chance, `environ` names the agent."""

    def __init__(
        self,
        storage: Storage,
        *,
        surroundings: Surroundings,
        demanded: str = "",
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        """Open a storage that must have the `demanded` id, if any; None: this process's `environ`, this user's `home`."""
        self.reader = Reader(storage, demanded=demanded)
        self.surroundings = surroundings
        self.environ = os.environ if environ is None else environ
        self._home = home

    def __enter__(self) -> Self:
        """Return the registry."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remember what was seen."""
        self.close()

    def close(self) -> None:
        """Raise this client's pins to what was read."""
        self.reader.remember()

    @property
    def id(self) -> str:
        """The id of trust record 1."""
        return self.reader.trust.registry

    @property
    def url(self) -> str:
        """Where it is."""
        return self.reader.storage.url

    @cached_property
    def scanner(self) -> Scanner:
        """What makes snapshots."""
        from signoff.registry.cache import Cache
        from signoff.registry.scan import Scanner

        return Scanner(self.reader, Cache(self.id, self.reader.storage, self.surroundings.now))

    @cached_property
    def signoffs(self) -> Signoffs:
        """What decides asks and writes records."""
        from signoff.registry.signoffs import Signoffs

        made = Signoffs(self.reader, self.surroundings, card_now=self.scanner.card_now)
        made.checkpoint_age_days = self.checkpoints.age_days
        return made

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The registry's checkpoints."""
        from signoff.registry.checkpoints import Checkpoints

        return Checkpoints(self.reader, self.surroundings)

    @cached_property
    def proposals(self) -> Proposals:
        """The trust chain's proposals."""
        from signoff.registry.proposals import Proposals

        return Proposals(self.reader, self.surroundings)

    @cached_property
    def registration(self) -> Registration:
        """What seals versions."""
        from signoff.registry.registration import Registration

        return Registration(self.reader, self.signoffs)

    def snapshot(
        self, *, changed: Collection[str] | None = None, complete: bool = True, so_far: SoFar | None = None
    ) -> Snapshot:
        """Return the registry as it is now; see `Scanner.scan`."""
        return self.scanner.scan(changed=changed, complete=complete, so_far=so_far)

    @cached_property
    def search(self) -> Search:
        """What finds versions: `registry.search("accuracy>0.9", sort="-accuracy", limit=50)`; see `Search`."""
        from signoff.registry.searching import Search

        return Search(self.reader, self.snapshot, self.surroundings.now)

    def models(self) -> tuple[str, ...]:
        """Return the names of all models."""
        from signoff.registry.models import find_models

        return find_models(self.reader)[0]

    def model_name(self, name: str) -> str:
        """Return the name of the model that a name or a unique title means, reading no more than that takes."""
        from signoff.registry.models import is_model

        return name if not ModelName.fault(name) and is_model(self.reader, name) else self.model(name).name

    def model(self, name: str, *, complete: bool = True) -> ModelView:
        """Return one model, without reading the others; a title is looked up among all, see `Snapshot.need_model`."""
        if not ModelName.fault(name) and (view := self.scanner.one(name, complete=complete)) is not None:
            return view
        return self.snapshot(complete=complete).need_model(name)

    def find(self, ref: str, *, complete: bool = True) -> VersionView:
        """Return the version that a reference names, reading only its model; see `ModelView.need`."""
        parsed = parse_ref(ref)
        return self.model(parsed.model, complete=complete).need(parsed)

    def lineage(self, views: Iterable[VersionView]) -> Graph:
        """Return the lineage of these versions."""
        from signoff.registry.ancestry import graph_of

        return graph_of(views, self.reader)

    def check(self, view: VersionView, stage: str, *, history: History | None = None) -> tuple[Finding, ...]:
        """Return what every rule of a stage says of a version, met or not; see `Signoffs.findings`."""
        return self.signoffs.findings(history or view.model, view.version, stage, now=self.surroundings.now())

    def verify(
        self,
        models: tuple[str, ...] = (),
        *,
        version: str = "",
        deep: bool = False,
        progress: Progress | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Report:
        """Verify the trust chain, the checkpoints and these models, or all; see `Verification.run`."""
        from signoff.registry.verifying import Verification

        self.reader.refresh_trust()
        self.reader.forget()
        work = Verification(self.reader, self.checkpoints)
        return work.run(models or self.models(), version=version, deep=deep, progress=progress, stopped=stopped)

    def identities(self) -> tuple[Identity, ...]:
        """Return every key that can be found here, the agent's first."""
        from pathlib import Path

        from signoff.signing.find import find_identities

        return find_identities(self.environ, self._home or Path.home())

    def mine(self) -> tuple[Me, ...]:
        """Return the keys here that belong to people of the registry."""
        from signoff.registry.people import match_people

        return match_people(self.reader.trust.newest, self.identities())

    def me(self, *, who: str = "", key: str = "") -> Me:
        """Return who signs; see `need_me`."""
        from signoff.registry.people import need_me

        return need_me(self.reader.trust.newest, self.identities(), who=who, key=key)

    def signer(self, identity: Identity, *, terminal: bool = True) -> Signer:
        """Return the way to sign with an identity; without `terminal`, ssh-keygen fails rather than asks."""
        from signoff.signing.find import signer_for

        return signer_for(identity, terminal=terminal)

    def prepare(self, ask: Ask, me: Me) -> Prepared:
        """Decide an ask without signing it; its `reasons` say why it would have no effect."""
        self.reader.refresh_trust(thorough=False)
        return self.signoffs.prepare(ask, me)

    def commit(self, prepared: Prepared, signer: Signer | None = None, *, just_decided: bool = False) -> Written:
        """Sign what was decided, with the person's key, and publish it; see `Signoffs.commit`."""
        from signoff.registry.signoffs import need_effective

        need_effective(prepared)
        return self.signoffs.commit(prepared, signer or self.signer(prepared.identity), just_decided=just_decided)

    def sign(self, ask: Ask, me: Me | None = None, signer: Signer | None = None) -> Written:
        """Decide, sign and publish an ask in one step."""
        return self.commit(self.prepare(ask, me or self.me()), signer, just_decided=True)

    def approve(self, ref: str, *, stage: str, comment: str = "", me: Me | None = None) -> Written:
        """Approve a version for a stage."""
        return self._about("approve", ref, {"stage": stage, "comment": comment}, me)

    def promote(self, ref: str, *, stage: str, comment: str = "", me: Me | None = None) -> Written:
        """Point a stage at a version."""
        return self._about("promote", ref, {"stage": stage, "comment": comment}, me)

    def _about(self, action: str, ref: str, fields: dict[str, object], me: Me | None) -> Written:
        from signoff.registry.asks import Ask

        view = self.find(ref, complete=False)
        return self.sign(Ask(action=action, model=view.model, version=view.version, fields=fields), me)

    def seal(
        self, model: str, version: str, *, progress: Progress | None = None, stopped: Callable[[], bool] = lambda: False
    ) -> Sealing:
        """Hash a version's files where they stand; see `Registration.seal`."""
        return self.registration.seal(model, version, progress=progress, stopped=stopped)

    def register(
        self,
        model: str,
        path: str | os.PathLike[str] | None = None,
        *,
        version: str = "",
        metadata: Mapping[str, Value] | None = None,
        metrics: Mapping[str, Value] | None = None,
        how: How = "auto",
        comment: str = "",
        me: Me | None = None,
    ) -> Written:
        """Register a folder of this machine, or one that stands there already, as a version; see `take_in`."""
        from signoff.registry.intake import Wish, take_in

        signer = me or self.me()
        wish = Wish(model=model, version=version, path=None if path is None else os.fspath(path), how=how)
        said = {**(metadata or {}), **({"metrics": dict(metrics)} if metrics else {})}
        sealing = take_in(self.registration, signer, wish, said)
        return self.register_sealed(sealing, signer, comment=comment)

    def register_sealed(
        self,
        sealing: Sealing,
        me: Me,
        *,
        signer: Signer | None = None,
        built_by: tuple[str, ...] = (),
        comment: str = "",
    ) -> Written:
        """Register what was sealed; see `Registration.register`."""
        by = signer or self.signer(me.identity)
        return self.registration.register(sealing, me, by, built_by=built_by, comment=comment)

    def pull(
        self,
        ref: str,
        destination: str,
        wanted: Wanted | None = None,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Pulled:
        """Deliver a version into a folder of this machine; see `pull.pull`."""
        from signoff.registry.pull import pull

        return pull(self, ref, destination, wanted, dry_run=dry_run, progress=progress)

    def checkpoint(self, me: Me, signer: Signer | None = None) -> Checkpoint:
        """Sign the heads of all chains as they are."""
        return self.checkpoints.publish(me, signer or self.signer(me.identity))
