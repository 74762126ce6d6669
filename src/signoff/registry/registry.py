"""The facade: every use case of a registry, for the command line, the terminal UI and Python programs.

The rule it keeps: front ends speak to this class and to the values it returns, never to storage, keys or file formats;
nothing is written unless a method says so.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from signoff.errors import NotFoundError
from signoff.policy.checks import Finding
from signoff.policy.lineage import Graph
from signoff.registry.ancestry import graph_of
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.cache import Cache
from signoff.registry.checkpoints import Checkpoint, Checkpoints
from signoff.registry.heads import parse_heads
from signoff.registry.intake import Wish, take_in
from signoff.registry.people import Me, match_people, need_me
from signoff.registry.proposals import Proposals
from signoff.registry.pulling import EVERYTHING, Pulled, Pulling, Wanted
from signoff.registry.reader import Reader
from signoff.registry.registration import Registration, Sealing
from signoff.registry.scan import Scanner, SoFar, find_models
from signoff.registry.signoffs import Signoffs, need_effective
from signoff.registry.snapshot import ModelView, Snapshot, VersionView
from signoff.registry.verifying import Report, Verification
from signoff.schema.scalars import Value
from signoff.signing.base import Identity, Signer
from signoff.signing.find import find_identities, signer_for
from signoff.storage.base import Storage
from signoff.storage.placing import How
from signoff.values.names import ModelName
from signoff.values.refs import Ref, parse_ref
from signoff.values.times import Surroundings

Progress = Callable[[int], None]


class Registry:
    """An opened registry.

    Attributes:
        reader: Its verified chains.
        surroundings: Clock and chance.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        surroundings: Surroundings,
        demanded: str = "",
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
    ) -> None:
        """Open a registry.

        Args:
            storage: Where it is.
            surroundings: Clock and chance.
            demanded: The registry id that the caller wants, or "".
            environ: The environment that names the ssh-agent; None: this process's.
            home: Where `.ssh` is; None: this user's.

        Raises:
            VerificationError: There is no valid trust chain.
            AlarmError: It is another registry than was asked for.
        """
        self.reader = Reader(storage, demanded=demanded)
        self.surroundings = surroundings
        self._environ = os.environ if environ is None else environ
        self._home = Path.home() if home is None else home
        self.scanner = Scanner(self.reader, Cache(self.reader.trust.registry, storage, surroundings.now))
        self.signoffs = Signoffs(self.reader, surroundings, card_now=self.scanner.card_now)
        self.signoffs.checkpoint_age_days = self.checkpoints.age_days

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
        """The registry's id: the id of trust record 1."""
        return self.reader.trust.registry

    @property
    def url(self) -> str:
        """Where it is."""
        return self.reader.storage.url

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The registry's checkpoints."""
        return Checkpoints(self.reader, self.surroundings)

    @cached_property
    def proposals(self) -> Proposals:
        """The trust chain's proposals."""
        return Proposals(self.reader, self.surroundings)

    @cached_property
    def registration(self) -> Registration:
        """What seals versions."""
        return Registration(self.reader, self.signoffs)

    def snapshot(
        self, *, changed: Collection[str] | None = None, complete: bool = True, so_far: SoFar | None = None
    ) -> Snapshot:
        """Return the registry as it is now; see `Scanner.scan`."""
        return self.scanner.scan(changed=changed, complete=complete, so_far=so_far)

    def models(self) -> tuple[str, ...]:
        """Return the names of all models."""
        return find_models(self.reader)[0]

    def model(self, name: str, *, complete: bool = True) -> ModelView:
        """Return one model, without reading the others; a title is looked up among all.

        Raises:
            NotFoundError: There is none.
        """
        if not ModelName.fault(name):
            view = self.scanner.one(name, complete=complete)
            if view is not None:
                return view
        return self.snapshot(complete=complete).need_model(name)

    def find(self, ref: str, *, complete: bool = True) -> VersionView:
        """Return the version that a reference names, reading only its model.

        Raises:
            InvalidValueError: The text is no reference.
            NotFoundError: There is no such model or version.
        """
        parsed = parse_ref(ref)
        return self.model(parsed.model, complete=complete).need(parsed)

    def lineage(self, views: Iterable[VersionView]) -> Graph:
        """Return the lineage of these versions."""
        return graph_of(views, self.reader)

    def check(self, view: VersionView, stage: str) -> tuple[Finding, ...]:
        """Return what every rule of a stage says of a version, met or not; see `Signoffs.findings`."""
        return self.signoffs.findings(view.model, view.version, stage, now=self.surroundings.now())

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
        self.reader.refresh_trust()
        self.reader.forget()
        work = Verification(self.reader, self.checkpoints)
        return work.run(models or self.models(), version=version, deep=deep, progress=progress, stopped=stopped)

    def identities(self) -> tuple[Identity, ...]:
        """Return every key that can be found here, the agent's first."""
        return find_identities(self._environ, self._home)

    def mine(self) -> tuple[Me, ...]:
        """Return the keys here that belong to people of the registry."""
        return match_people(self.reader.trust.newest, self.identities())

    def me(self, *, who: str = "", key: str = "") -> Me:
        """Return who signs; see `need_me`."""
        return need_me(self.reader.trust.newest, self.identities(), who=who, key=key)

    def signer(self, identity: Identity, *, terminal: bool = True) -> Signer:
        """Return the way to sign with an identity; without `terminal`, ssh-keygen fails rather than asks."""
        return signer_for(identity, terminal=terminal)

    def prepare(self, ask: Ask, me: Me) -> Prepared:
        """Decide an ask without signing it; its `reasons` say why it would have no effect."""
        self.reader.refresh_trust(thorough=False)
        return self.signoffs.prepare(ask, me)

    def commit(self, prepared: Prepared, signer: Signer | None = None) -> Written:
        """Sign what was decided, with the person's key, and publish it; see `Signoffs.commit`."""
        need_effective(prepared)
        return self.signoffs.commit(prepared, signer or signer_for(prepared.identity))

    def sign(self, ask: Ask, me: Me | None = None, signer: Signer | None = None) -> Written:
        """Decide, sign and publish an ask in one step."""
        return self.commit(self.prepare(ask, me or self.me()), signer)

    def approve(self, ref: str, *, stage: str, comment: str = "", me: Me | None = None) -> Written:
        """Approve a version for a stage."""
        return self._about("approve", ref, {"stage": stage, "comment": comment}, me)

    def promote(self, ref: str, *, stage: str, comment: str = "", me: Me | None = None) -> Written:
        """Point a stage at a version."""
        return self._about("promote", ref, {"stage": stage, "comment": comment}, me)

    def _about(self, action: str, ref: str, fields: dict[str, object], me: Me | None) -> Written:
        view = self.find(ref, complete=False)
        return self.sign(Ask(action=action, model=view.model, version=view.version, fields=fields), me)

    def seal(
        self,
        model: str,
        version: str,
        *,
        progress: Progress | None = None,
        stopped: Callable[[], bool] = lambda: False,
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
        chosen = signer or signer_for(me.identity)
        return self.registration.register(sealing, me, chosen, built_by=built_by, comment=comment)

    def pull(
        self,
        ref: str,
        destination: str,
        wanted: Wanted = EVERYTHING,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Pulled:
        """Deliver a version into a folder of this machine; the folder is complete or untouched.

        Args:
            ref: A reference.
            destination: The folder.
            wanted: What of it, and on which conditions.
            dry_run: Only decide.
            progress: Told how many bytes were copied.

        Raises:
            RefusedError: The rules refuse it.
            VerificationError: Something is not what was signed.
            AlarmError: History was taken back or rewritten.
        """
        if wanted.heads is not None:
            self.checkpoints.need_covered(parse_heads(wanted.heads), source="the list of heads")
        if wanted.max_age_days is not None:
            self.checkpoints.need_fresh(wanted.max_age_days)
        parsed = parse_ref(ref)
        model = self.model(parsed.model, complete=False)
        self.reader.log(model.name).need_sound()
        view = model.need(parsed)
        if view.state is None:
            message = f"{view.ref} is not registered"
            raise NotFoundError(message, hint=f"register it first: signoff register {view.ref}")
        asked = Ref(view.model, parsed.selector, parsed.kind)
        pulling = Pulling(self.reader, self.signoffs)
        plan = pulling.plan(asked, view.state, wanted, now=self.surroundings.now())
        return Pulled.planned(plan) if dry_run else pulling.deliver(plan, destination, progress=progress)

    def checkpoint(self, me: Me, signer: Signer | None = None) -> Checkpoint:
        """Sign the heads of all chains as they are."""
        return self.checkpoints.publish(me, signer or signer_for(me.identity))
