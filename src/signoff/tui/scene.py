"""What a snapshot means for the person in front of it: stages in order, what waits, what is refused.

The rule it keeps: pure; everything follows from the snapshot, the person and the time. It decides nothing: what the
rules say at the moment of signing is the registry's word.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from signoff.policy.compare import Better, better_of
from signoff.policy.history import History
from signoff.registry.inbox import waiting_for
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import StageStatus, VersionView
from signoff.schema.rules import StageRule
from signoff.tui.refusals import Asking, refusals, refusals_of_model, why_no_approval
from signoff.values.metrics import Direction, Metric, delta, direction

UNDECIDED = ("Rejected", "PendingManualApproval", "Stale")


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot, and who looks at it when.

    Attributes:
        snapshot: The registry.
        now: The time that ages count to.
        person: Who would sign here, or "".
        waiting: How much waits for the person, by model.
    """

    snapshot: Snapshot
    now: datetime
    person: str = ""
    waiting: Mapping[str, int] = {}

    @property
    def rules(self) -> dict[str, StageRule]:
        """What each stage asks."""
        return self.snapshot.trust.newest.document.stages

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that have rules, in the order of promotion."""
        return self.snapshot.stages

    @property
    def reading(self) -> str:
        """What a page that tells of all models says where it has nothing, while logs are being read; else ""."""
        unread = sum(model.unread for model in self.snapshot.models)
        logs = "log has" if len(self.snapshot.models) == 1 else "logs have"
        return f"{unread:,} of {len(self.snapshot.models):,} {logs} still to be read and verified …" if unread else ""

    def reads_on(self, name: str = "") -> bool:
        """Return whether a model, or any, is still being read, so that what its versions say is not all known."""
        models = self.snapshot.models
        return not self.snapshot.complete or any(one.unread for one in models if not name or one.name == name)

    @property
    def top(self) -> str:
        """The stage that asks for most approvals, the later of equals; "" where no stage has a rule."""
        return max(reversed(self.stages), key=lambda stage: needed(self.rules[stage]), default="")

    def reference(self, view: VersionView) -> VersionView | None:
        """Return what a version is measured against: the holder of the top stage, or whom it replaced itself."""
        model = self.snapshot.find_model(view.model)
        state = model.stages.get(self.top) if model else None
        if model is None or state is None:
            return None
        other = state.replaced if state.version == view.version else state.version
        return model.find(other) if other else None

    def history_of(self, name: str) -> History | None:
        """Return what the verified log of a model says, where it was read in this session."""
        model = self.snapshot.find_model(name)
        read = self.snapshot.complete and model is not None and model.source is None and not model.unread
        return model.history if read and model is not None else None

    def target(self, view: VersionView) -> str:
        """Return the stage that a version should be judged for: one that was asked for, else the next one up."""
        asked = [one.stage for one in view.asks if one.standing.requests]
        ahead = [stage for stage in self.stages if stage not in view.stages]
        return next((stage for stage in ahead if stage in asked), "") or next(iter(ahead), self.top)

    def spotlight(self, view: VersionView) -> StageStatus | None:
        """Return how far a version is for the stage that a list should tell about."""
        known = {one.stage: one for one in view.asks}
        asks = [known[stage] for stage in self.stages if stage in known and needed(self.rules[stage])]
        open_ones = [one for one in asks if one.standing.status in UNDECIDED]
        approved = [one for one in asks if one.standing.status == "Approved"]
        return next(iter([*open_ones, *reversed(approved), *asks]), None)

    def why_no_approval(self, view: VersionView, stage: str) -> str:
        """Return why this person's approval would not count for a stage, or ""."""
        return why_no_approval(self.asking(view.model), view, stage)

    def refusals(self, view: VersionView) -> dict[str, str]:
        """Return why signing commands cannot be done with a version: command id to words."""
        return refusals(self.asking(view.model), view)

    def refusals_of_model(self, model: str) -> dict[str, str]:
        """Return why signing commands cannot be done with a model alone: command id to words."""
        return refusals_of_model(self.asking(model))

    def asking(self, model: str) -> Asking:
        """Return who asks in which model by which rules."""
        document = self.snapshot.trust.newest.document
        return Asking(
            person=self.person, model=self.snapshot.find_model(model), document=document, stages=self.snapshot.stages
        )


def needed(rule: StageRule) -> int:
    """Return how many approvals a stage asks for altogether."""
    return rule.approvals + sum(line.approvals for line in rule.also)


def scene_of(snapshot: Snapshot, *, now: datetime, person: str) -> Scene:
    """Return a scene, with what waits for the person counted for each model."""
    found = waiting_for(snapshot, person) if person else ()
    return Scene(
        snapshot=snapshot, now=now, person=person, waiting=Counter(one.ref.rpartition(":")[0] for one in found)
    )


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of a version beside the same metric of its reference.

    Attributes:
        metric: The version's, or the reference's where the version says nothing.
        this: The version's value.
        other: The reference's value.
        delta: By how much the version's is above the other; None where they are not comparable.
        better: What that means by the metric's direction; None where nobody knows.
    """

    metric: Metric
    this: Metric | None
    other: Metric | None
    delta: Decimal | None
    better: Better | None


def paired(view: VersionView, reference: VersionView | None, model: ModelView | None) -> tuple[Pair, ...]:
    """Return every metric of a version, and of its reference, side by side; the version's order first."""
    meanings = {one.name: one.direction for one in model.metadata.metrics if one.direction} if model else {}
    mine = {one.identity: one for one in reversed(view.metrics)}
    theirs = {one.identity: one for one in reversed(reference.metrics)} if reference else {}
    order = dict.fromkeys([one.identity for one in view.metrics] + [one for one in theirs if one not in mine])
    return tuple(_pair(mine.get(one), theirs.get(one), meanings) for one in order)


def _pair(this: Metric | None, other: Metric | None, meanings: dict[str, Direction]) -> Pair:
    metric = this or other
    assert metric is not None
    difference = delta(other, this) if this is not None and other is not None else None
    way = meanings.get(metric.name) or direction(metric.name)
    return Pair(metric=metric, this=this, other=other, delta=difference, better=better_of(difference, way))
