"""The trust document: root keys, people, roles, stages and their rules, revoked keys.

The rule it keeps: it is read whole or refused with the path to the fault. A rule with a key that is not known here is
kept with that key's name, so that whoever judges it can say that it is not met.
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signoff.errors import InvalidValueError, SchemaError
from signoff.schema import layout
from signoff.values.names import ModelName, PersonId, PointerName

Count = Annotated[int, Meta(ge=0, le=1000)]
Positive = Annotated[int, Meta(ge=1, le=1000)]
Days = Annotated[int, Meta(ge=1, le=36500)]
Text = Annotated[str, Meta(min_length=1)]
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
DEFAULT_APPROVERS = ("approver",)
DEFAULT_PROMOTERS = ("promoter",)
DEFAULT_ROLLBACK = ("promoter", "oncall")


class Root(msgspec.Struct, frozen=True, kw_only=True):
    """The keys that decide about trust itself, and how many of them it takes."""

    keys: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=16)]
    threshold: Positive


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person and their public keys, each as a line of a `.pub` file."""

    name: str = ""
    keys: tuple[Text, ...] = ()


class RoleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A further line of a quorum: so many approvals by holders of a role."""

    role: Text
    approvals: Positive = 1


class EvaluationRule(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for an evaluation of a kind, maybe with an outcome, a name, by somebody independent."""

    kind: Text
    outcome: Literal["pass", "fail", "inconclusive"] | UnsetType = UNSET
    name: Text | UnsetType = UNSET
    independent: bool = False


class MetricRule(msgspec.Struct, frozen=True, kw_only=True):
    """Asks something of a metric's value; decimals are text.

    Attributes:
        name: The metric.
        dataset: The data set's name, where only that one counts.
        split: The data set's split, where only that one counts.
        slice: The group, where only that one counts; otherwise the value for everybody.
        min: The least value.
        max: The largest value.
        no_worse_than: A stage: compare with the version that holds it.
        tolerance: How much worse is still allowed.
        slice_by: A slice key: compare the groups with each other.
        max_gap: The largest difference between two groups.
        direction: Which way is better; where unset, well-known names decide, else higher is better.
    """

    name: Text
    dataset: Text | UnsetType = UNSET
    split: Text | UnsetType = UNSET
    slice: dict[str, str] | UnsetType = UNSET
    min: Text | UnsetType = UNSET
    max: Text | UnsetType = UNSET
    no_worse_than: Text | UnsetType = UNSET
    tolerance: Text | UnsetType = UNSET
    slice_by: Text | UnsetType = UNSET
    max_gap: Text | UnsetType = UNSET
    direction: Literal["higher", "lower"] | UnsetType = UNSET


class StageRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage asks before it points at a version.

    Attributes:
        after: A stage that the version must have held before.
        approvals: How many people who hold an approving role must approve; 1 where the rule does not say.
        approvers: The roles that approve.
        also: Further lines of the quorum; their roles may approve too.
        promoters: The roles that promote.
        rollback: The roles that roll back.
        break_glass: The roles that may promote in an emergency; nobody where the rule does not say.
        separation: Whoever registered or built a version cannot approve it.
        touch: Approvals need the touch of a FIDO key.
        expires_days: The largest age of an approval at a promote.
        bind_card: Approvals lapse when the model card changes.
        base_same_stage: An adapter's base must hold the stage too.
        max_checkpoint_age_days: The largest age of the newest checkpoint, asked by pull and check.
        formats: The formats that the version's files may have.
        fields: The keys of version.yaml that must be there.
        evaluations: Evaluations that must be there.
        metrics: What is asked of metrics.
        unknown: Keys, with their path, that a newer signoff wrote: the rule is not met.
    """

    after: Text | UnsetType = UNSET
    approvals: Count = 1
    approvers: tuple[Text, ...] = DEFAULT_APPROVERS
    also: tuple[RoleLine, ...] = ()
    promoters: tuple[Text, ...] = DEFAULT_PROMOTERS
    rollback: tuple[Text, ...] = DEFAULT_ROLLBACK
    break_glass: tuple[Text, ...] = ()
    separation: bool = True
    touch: bool = False
    expires_days: Days | UnsetType = UNSET
    bind_card: bool = False
    base_same_stage: bool = False
    max_checkpoint_age_days: Days | UnsetType = UNSET
    formats: tuple[Text, ...] | UnsetType = UNSET
    fields: tuple[Text, ...] = ()
    evaluations: tuple[EvaluationRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def approving_roles(self) -> tuple[str, ...]:
        """Every role whose holders may approve and reject."""
        return (*self.approvers, *(line.role for line in self.also if line.role not in self.approvers))


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where a revoked key's records still count.

    Attributes:
        default: `cut`: up to the length each log had when the revocation was made; `start`: none counts.
        last_good: The last slot that counts, for chains named one by one.
    """

    default: Literal["cut", "start"] = "cut"
    last_good: tuple[tuple[str, int], ...] = ()


class TrustDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Who may do what, and what each stage asks."""

    root: Root
    people: dict[str, Person] = {}
    roles: dict[str, tuple[str, ...]] = {}
    stages: dict[str, StageRule] = {}
    revoked: dict[str, Revocation] = {}

    def holds(self, person: str, roles: tuple[str, ...]) -> bool:
        """Tell whether a person holds one of these roles."""
        return any(person in self.roles.get(role, ()) for role in roles)


def load_trust(document: Mapping[str, object]) -> TrustDocument:
    """Return the trust document that plain values are.

    Raises:
        SchemaError: It is not one; with the path to the fault.
    """
    plain = dict(document)
    plain["stages"] = {name: _with_unknown(rule) for name, rule in _mapping(plain.get("stages"), "stages").items()}
    revoked = _mapping(plain.get("revoked"), "revoked")
    plain["revoked"] = {key: _revocation(entry, key) for key, entry in revoked.items()}
    try:
        trust = msgspec.convert(plain, TrustDocument)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        raise SchemaError(reason, path=path.rstrip("`")) from None
    _need_consistent(trust)
    return trust


def _mapping(value: object, path: str) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        message = f"expected a map, found {type(value).__name__}"
        raise SchemaError(message, path=path)
    return value


def _revocation(entry: object, key: str) -> dict[str, object]:
    if not FINGERPRINT.fullmatch(key):
        message = f"{key!r} is not a key's fingerprint, and would revoke nothing"
        raise SchemaError(message, path="revoked", hint="write it as ssh-keygen -l prints it: SHA256:…")
    given = _mapping(entry, f"revoked.{key}")
    chains = {chain: seq for chain, seq in given.items() if chain != "default"}
    wrong = next((chain for chain, seq in chains.items() if type(seq) is not int or seq < 0), None)
    if wrong is not None:
        message = "expected the number of the last slot that counts"
        raise SchemaError(message, path=f"revoked.{key}.{wrong}")
    for chain in chains:
        if not layout.model_of_chain(chain) or ModelName.fault(layout.model_of_chain(chain)):
            message = f"{chain!r} is not a model's chain, and would revoke nothing there"
            raise SchemaError(message, path=f"revoked.{key}", hint="write models/MODEL")
    return {"default": given.get("default", "cut"), "last_good": sorted(chains.items())}


def _with_unknown(rule: object) -> object:
    if not isinstance(rule, dict):
        return {} if rule is None else rule
    unknown = [f"{key}" for key in rule if key not in StageRule.__struct_fields__ or key == "unknown"]
    for part, shape in (("also", RoleLine), ("evaluations", EvaluationRule), ("metrics", MetricRule)):
        lines = rule.get(part, ())
        for number, line in enumerate(lines if isinstance(lines, (list, tuple)) else ()):
            known = shape.__struct_fields__
            unknown += [f"{part}[{number}].{key}" for key in line if key not in known] if isinstance(line, dict) else []
    return {**rule, "unknown": sorted(unknown)}


def _need_consistent(trust: TrustDocument) -> None:
    if trust.root.threshold > len(set(trust.root.keys)):
        message = f"the threshold {trust.root.threshold} is more than the {len(set(trust.root.keys))} root keys"
        raise SchemaError(message, path="root.threshold")
    for person in trust.people:
        _need_name(PersonId, person, f"people.{person}")
    for role, holders in trust.roles.items():
        for person in holders:
            if person not in trust.people:
                message = f"{person!r} is not one of the people"
                raise SchemaError(message, path=f"roles.{role}")
    spelled: dict[str, str] = {}
    for name, rule in trust.stages.items():
        _need_name(PointerName, name, f"stages.{name}")
        other = spelled.setdefault(name.lower(), name)
        if other != name:
            message = f"{name!r} and {other!r} differ only in case: they are one name"
            raise SchemaError(message, path=f"stages.{name}")
        _need_rule(rule, trust, f"stages.{name}")


def _need_name(kind: type[PersonId | PointerName], text: str, path: str) -> None:
    try:
        kind(text)
    except InvalidValueError as error:
        raise SchemaError(error.message, path=path, hint=error.hint) from None


def _need_rule(rule: StageRule, trust: TrustDocument, path: str) -> None:
    if rule.after is not UNSET and rule.after not in trust.stages:
        message = f"there is no stage {rule.after!r}"
        raise SchemaError(message, path=f"{path}.after")
    for number, metric in enumerate(rule.metrics):
        place = f"{path}.metrics[{number}]"
        for key in ("min", "max", "tolerance", "max_gap"):
            _need_decimal(getattr(metric, key), f"{place}.{key}")
        if metric.no_worse_than is not UNSET and metric.no_worse_than not in trust.stages:
            message = f"there is no stage {metric.no_worse_than!r}"
            raise SchemaError(message, path=f"{place}.no_worse_than")
        if (metric.slice_by is UNSET) != (metric.max_gap is UNSET):
            message = "slice_by and max_gap go together"
            raise SchemaError(message, path=place)
        beside = [key for key in ("min", "max", "no_worse_than", "slice") if getattr(metric, key) is not UNSET]
        if metric.slice_by is not UNSET and beside:
            message = f"{', '.join(beside)} cannot stand beside slice_by"
            raise SchemaError(message, path=place, hint="write a rule of its own for it")


def _need_decimal(text: str | UnsetType, path: str) -> None:
    try:
        fine = text is UNSET or Decimal(text).is_finite()
    except InvalidOperation:
        fine = False
    if not fine:
        message = f"{text!r} is no decimal number"
        raise SchemaError(message, path=path, hint='write decimals as text: "0.90"')
