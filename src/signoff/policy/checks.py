"""The rules of a stage, as functions that say whether a version meets them.

The rule it keeps: every check runs, so that a screen can show everything that is missing; a check that cannot be
judged because bytes are missing says `unknown`. To add one: write a function and put its name into `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec
from msgspec import UNSET

from signoff.policy.approvals import Standing, standing
from signoff.policy.history import StageState, VersionState
from signoff.schema.rules import EvaluationRule, StageRule, TrustDocument

if TYPE_CHECKING:
    from signoff.schema.cards import Evaluation, VersionMetadata
    from signoff.schema.manifest import Manifest

Outcome = Literal["met", "unmet", "unknown"]

FORMATS: Mapping[str, frozenset[str]] = {
    "safetensors": frozenset({"safetensors"}),
    "onnx": frozenset({"onnx", "ort"}),
    "gguf": frozenset({"gguf"}),
    "npz": frozenset({"npz", "npy"}),
    "torchscript": frozenset({"jit", "torchscript"}),
    "pickle": frozenset({"pkl", "pickle", "joblib", "dill", "pt", "pth", "bin", "ckpt"}),
    "keras": frozenset({"keras", "h5", "hdf5"}),
    "tensorflow": frozenset({"pb", "tflite"}),
    "xgboost": frozenset({"ubj", "xgb"}),
}
"""What a name in a rule's `formats` means: extensions of files; a name that is not here is itself an extension."""

BESIDES = frozenset(
    {"yaml", "yml", "json", "jsonl", "txt", "md", "csv", "tsv", "html", "png", "jpg", "jpeg", "svg", "pdf", "toml"}
)
"""Extensions of texts and pictures, which any rule on formats lets stand beside the weights."""

TEXTS = frozenset({"license", "licence", "notice", "copying", "authors", "changelog", "citation"})
"""Names of texts that stand without an extension."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says of one version and stage."""

    check: str
    outcome: Outcome
    detail: str


class Facts(Protocol):
    """The bytes that records name by digest, read as what they mean; None: they are missing or cannot be read."""

    def manifest(self, version: str, digest: str) -> Manifest | None:
        """Return a version's manifest."""

    def metadata(self, version: str, digest: str) -> VersionMetadata | None:
        """Return the version.yaml that the manifest of this digest names; an empty one where it names none."""

    def evaluation(self, version: str, name: str, digest: str) -> Evaluation | None:
        """Return an evaluation file."""


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """What no log can tell about itself: the state of other logs, and the caller's clock.

    Attributes:
        revoked: Versions that this one is built on and that are revoked, in words.
        bases: Known bases, each with the stages that they hold.
        checkpoint_age_days: The age of the newest checkpoint; None where there is none.
    """

    revoked: tuple[str, ...] = ()
    bases: tuple[tuple[str, frozenset[str]], ...] = ()
    checkpoint_age_days: int | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What a stage's rule is asked about.

    Attributes:
        version: The version.
        stage: A stage that the trust document names.
        trust: The trust document to go by.
        stages: The stages of the model as they are.
        versions: The versions of the model as they are.
        card: The sha256 of the model card in question, or None.
        at: The time for which ages count; None: they do not.
        facts: The bytes that records name.
        present: What only the present can tell; None inside the fold.
    """

    version: VersionState
    stage: str
    trust: TrustDocument
    stages: Mapping[str, StageState]
    versions: Mapping[str, VersionState]
    card: str | None
    at: datetime | None
    facts: Facts
    present: Present | None = None

    @property
    def rule(self) -> StageRule:
        """The stage's rule."""
        return self.trust.stages[self.stage]

    @cached_property
    def standing(self) -> Standing:
        """What the approvals are worth."""
        return standing(self.version, self.stage, trust=self.trust, card=self.card, at=self.at)


Check = Callable[[Case], tuple[Finding, ...]]


def finding(check: str, *, met: bool | None, detail: str) -> Finding:
    """Return a finding; `met` None means that it cannot be told."""
    return Finding(check=check, outcome="unknown" if met is None else "met" if met else "unmet", detail=detail)


def check_known(case: Case) -> tuple[Finding, ...]:
    """Every key of the rule is known here."""
    unknown = ", ".join(case.rule.unknown)
    return (finding("rule", met=False, detail=f"made by a newer signoff: {unknown}"),) if unknown else ()


def check_revoked(case: Case) -> tuple[Finding, ...]:
    """The version is not revoked."""
    mark = case.version.revoked
    detail = f"revoked by {mark.person}: {mark.reason}" if mark else "not revoked"
    return (finding("revocation", met=mark is None, detail=detail),)


def check_purged(case: Case) -> tuple[Finding, ...]:
    """The version's bytes are not purged."""
    mark = case.version.purged
    return (finding("purge", met=False, detail=f"purged by {mark.person}: {mark.reason}"),) if mark else ()


def check_after(case: Case) -> tuple[Finding, ...]:
    """The version held the stage that must come before."""
    before = case.rule.after
    if before is UNSET:
        return ()
    state = case.stages.get(before)
    held = state is not None and case.version.version in state.held
    return (finding("after", met=held, detail=f"{'held' if held else 'never held'} {before}"),)


def check_approvals(case: Case) -> tuple[Finding, ...]:
    """Every line of the quorum is met."""
    now = case.standing
    stale = "".join(f"; {decision.person}'s does not count: {why}" for decision, why in now.stale)
    asked = [line for line in now.lines if line.needed]
    findings = [finding("approvals", met=line.met, detail=line.words + stale) for line in asked]
    if now.rejection is not None:
        said = f": {now.rejection.comment}" if now.rejection.comment else ""
        findings.append(finding("approvals", met=False, detail=f"rejected by {now.rejection.person}{said}"))
    return tuple(findings)


def check_formats(case: Case) -> tuple[Finding, ...]:
    """Every file is of an allowed format, or a text or picture beside the weights."""
    if case.rule.formats is UNSET:
        return ()
    manifest = case.facts.manifest(case.version.version, case.version.digest)
    if manifest is None:
        return (finding("formats", met=None, detail="the manifest is missing"),)
    allowed = BESIDES.union(*(FORMATS.get(name, frozenset({name})) for name in case.rule.formats))
    wrong = [path for path, _ in manifest.files if not _allowed(path, allowed)]
    detail = (
        f"not {', '.join(case.rule.formats)}: {', '.join(wrong)}" if wrong else "every file is of an allowed format"
    )
    return (finding("formats", met=not wrong, detail=detail),)


def _allowed(path: str, extensions: Collection[str]) -> bool:
    stem, _, extension = path.rpartition("/")[2].lower().rpartition(".")
    return extension in extensions if stem else extension in TEXTS


def check_fields(case: Case) -> tuple[Finding, ...]:
    """version.yaml says what must be said."""
    if not case.rule.fields:
        return ()
    metadata = case.facts.metadata(case.version.version, case.version.digest)
    if metadata is None:
        return (finding("fields", met=None, detail="version.yaml is missing"),)
    lacking = [path for path in case.rule.fields if not metadata.says(path)]
    detail = f"version.yaml lacks {', '.join(lacking)}" if lacking else f"has {', '.join(case.rule.fields)}"
    return (finding("fields", met=not lacking, detail=detail),)


def check_evaluations(case: Case) -> tuple[Finding, ...]:
    """Every evaluation that must be there is, with its outcome."""
    return tuple(_evaluation_finding(asked, case.version) for asked in case.rule.evaluations)


def _evaluation_finding(asked: EvaluationRule, version: VersionState) -> Finding:
    words = " ".join(
        word
        for word in (
            "independent" if asked.independent else "",
            asked.kind,
            "evaluation",
            "" if asked.name is UNSET else repr(asked.name),
            "" if asked.outcome is UNSET else f"with outcome {asked.outcome}",
        )
        if word
    )
    needs = f"needs an {words}" if asked.independent else f"needs a {words}"
    same = [one for one in version.evaluations if one.kind == asked.kind and asked.name in {UNSET, _stem(one.name)}]
    if asked.independent:
        same = [one for one in same if one.person not in version.builders]
    wrong = [one for one in same if asked.outcome not in {UNSET, one.outcome}]
    if wrong:
        said = ", ".join(f"{_stem(one.name)} says {one.outcome}" for one in wrong)
        return finding("evaluations", met=False, detail=f"{needs}: {said}")
    signed = ", ".join(f"{_stem(one.name)} signed by {one.person}" for one in same)
    return finding("evaluations", met=bool(same), detail=f"{words}: {signed}" if same else needs)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml")


def check_lineage(case: Case) -> tuple[Finding, ...]:
    """Nothing that the version is built on is revoked."""
    if case.present is None or not case.version.materials:
        return ()
    revoked = "; ".join(case.present.revoked)
    return (finding("lineage", met=not revoked, detail=revoked or "no base is revoked"),)


def check_bases(case: Case) -> tuple[Finding, ...]:
    """The version's bases hold the stage too."""
    if case.present is None or not case.rule.base_same_stage or not case.version.materials:
        return ()
    holding = {name for name, stages in case.present.bases if case.stage in stages}
    lacking = [one.name for one in case.version.materials if one.name not in holding]
    detail = f"{', '.join(lacking)} does not hold {case.stage}" if lacking else f"every base holds {case.stage}"
    return (finding("base_same_stage", met=not lacking, detail=detail),)


def check_checkpoint(case: Case) -> tuple[Finding, ...]:
    """The newest checkpoint is young enough."""
    asked = case.rule.max_checkpoint_age_days
    if case.present is None or asked is UNSET:
        return ()
    age = case.present.checkpoint_age_days
    detail = "there is no checkpoint" if age is None else f"the newest checkpoint is {age} days old, {asked} allowed"
    return (finding("checkpoint", met=age is not None and age <= asked, detail=detail),)
