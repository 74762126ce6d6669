"""The rules of a registry in plain words: people, roles, keys, what each stage asks, and how that came about.

The rule it keeps: pure; every key of a rule has its words, one that this signoff does not know is named and never
met; the person who looks is marked.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import UNSET

from signoff.policy.trust import TrustChain
from signoff.registry.gathering import Proposal
from signoff.schema.rules import EvaluationRule, MetricRule, StageRule, TrustDocument
from signoff.tui.pages import Text
from signoff.tui.present import Piece, Pieces, count, fit
from signoff.tui.scene import Scene
from signoff.values.display import displayable_lines

YOU: Piece = ("  (you)", "accent")
MAY = {
    "publisher": "register, request, deprecate, restore, point aliases, have evaluations count",
    "evaluator": "have evaluations count",
    "approver": "approve and reject, revoke, review a break-glass",
    "promoter": "promote, point aliases",
    "deployer": "report what serves where",
    "oncall": "roll back, revoke, purge",
    "witness": "sign checkpoints",
}
"""What a role may do wherever no stage says otherwise; other roles do what stages say."""
ROLE_WIDTH = 14


def rules_text(scene: Scene, proposals: Sequence[Proposal] | str) -> Text:
    """Return the rules in force.

    Args:
        scene: The registry and the person.
        proposals: The changes that collect signatures, or words that say why they cannot be told.
    """
    chain = scene.snapshot.trust
    document = chain.newest.document
    lines: list[Pieces] = [
        (
            (f"trust record {chain.newest.seq}", "strong"),
            (f", by {chain.newest.said.author} at {chain.newest.said.time}", "plain"),
        ),
        (("registry ", "dim"), (chain.registry, "dim")),
    ]
    if chain.fault:
        lines.append((("! the chain ends in a record that is not valid: ", "bad"), (chain.fault, "plain")))
    lines += [*_heading("You"), *_you(scene)]
    lines += [*_heading("Changes that wait for root signatures"), *_proposals(proposals)]
    for stage in scene.stages:
        lines += [*_heading(f"Stage {stage}"), *stage_lines(document.stages[stage], stage, document, scene.person)]
    if not scene.stages:
        lines += [
            *_heading("Stages"),
            (("no stage has a rule, so nothing can be promoted: signoff trust edit", "warn"),),
        ]
    lines += [*_heading("Roles"), *_roles(document, scene.person)]
    lines += [*_heading("People"), *_people(chain, scene.person)]
    lines += [*_heading(_root_title(document)), *_root(chain, scene.person)]
    lines += [*_heading("Revoked keys"), *_revoked(chain)]
    lines += [*_heading("Trust chain, newest first"), *_chain(chain)]
    return tuple(lines)


def _heading(text: str) -> Text:
    return ((), ((text, "strong"),))


def _item(*pieces: Piece) -> Pieces:
    return (("  ", "plain"), *pieces)


def _you(scene: Scene) -> Iterator[Pieces]:
    document, person = scene.snapshot.trust.newest.document, scene.person
    if not person:
        yield _item(("nobody signs here: press i to see why", "warn"))
        return
    roles = [role for role, holders in document.roles.items() if person in holders]
    name = document.people[person].name if person in document.people else ""
    yield _item((person, "strong"), (f"  {name}" if name and name != person else "", "plain"))
    for role in roles:
        yield _item((fit(role, ROLE_WIDTH), "accent"), (MAY.get(role, "what the stages below say"), "plain"))
    for stage in scene.stages:
        may = ", ".join(stage_powers(document.stages[stage], document, person))
        yield _item((fit(stage, ROLE_WIDTH), "accent"), (may or "nothing", "plain" if may else "dim"))
    yield _item((fit("anything", ROLE_WIDTH), "accent"), ("comment, annotate, withdraw your own decisions", "plain"))


def stage_powers(rule: StageRule, document: TrustDocument, person: str) -> Iterator[str]:
    """Yield what a person may do for a stage."""
    powers = {
        "approve and reject": rule.approving_roles,
        "promote": rule.promoters,
        "roll back": rule.rollback,
        "break glass": rule.break_glass,
    }
    yield from (power for power, roles in powers.items() if document.holds(person, roles))


def _proposals(proposals: Sequence[Proposal] | str) -> Iterator[Pieces]:
    if isinstance(proposals, str):
        yield _item((proposals, "dim"))
    elif not proposals:
        yield _item(("none; propose one with: signoff trust edit", "dim"))
    else:
        for one in proposals:
            yield from _proposal(one)


def _proposal(one: Proposal) -> Iterator[Pieces]:
    said = one.record.said
    yield _item(
        ("◐ ", "warn"), (one.id[:12], "strong"), (f"  by {said.author} at {said.time}", "dim"), *_quoted(said.comment)
    )
    missing = "; ".join(one.missing)
    yield (
        _item(("  missing: ", "warn"), (missing, "plain"))
        if missing
        else _item(("  ready: ", "good"), (f"signoff trust apply {one.id[:12]}", "plain"))
    )
    yield _item((f"  look: signoff trust show {one.id[:12]}", "dim"))


def _quoted(comment: str) -> Pieces:
    return ((f"  “{' '.join(displayable_lines(comment))}”", "plain"),) if comment else ()


def stage_lines(rule: StageRule, stage: str, document: TrustDocument, person: str) -> Iterator[Pieces]:
    """Yield what a stage asks, in plain words, and who may do what there."""
    for words in _asks(rule, document):
        yield _item(("· ", "dim"), (words, "plain"))
    for words in rule.unknown:
        yield _item(("! ", "bad"), (f"{words}: a newer signoff wrote this, so the rule is never met here", "plain"))
    who = {"promotes": rule.promoters, "rolls back": rule.rollback, "breaks glass": rule.break_glass}
    for power, roles in who.items():
        holders = holders_of(document, roles)
        yield _item((fit(power, ROLE_WIDTH), "dim"), (_or(roles) or "nobody", "plain"), *_among(holders, person))
    if rule.max_checkpoint_age_days is not UNSET:
        days = count(rule.max_checkpoint_age_days, "day")
        yield _item(("· ", "dim"), (f"a pull from {stage} asks for a checkpoint of the last {days}", "plain"))


def _among(holders: tuple[str, ...], person: str) -> Pieces:
    names = f"  {', '.join(holders)}" if holders else ""
    return ((names, "dim"), YOU) if person in holders else ((names, "dim"),)


def holders_of(document: TrustDocument, roles: Iterable[str]) -> tuple[str, ...]:
    """Return who holds any of some roles, each once."""
    return tuple(dict.fromkeys(person for role in roles for person in document.roles.get(role, ())))


def _or(roles: Sequence[str]) -> str:
    return " or ".join(roles)


def _asks(rule: StageRule, document: TrustDocument) -> Iterator[str]:
    if rule.after is not UNSET:
        yield f"the version held {rule.after} before"
    yield from _approvals(rule, document)
    if rule.bind_card:
        yield "approvals lapse when the model card changes"
    if rule.base_same_stage:
        yield "a base model that it was made from holds this stage too"
    if rule.formats is not UNSET:
        yield f"files are in no other format than {', '.join(rule.formats) or 'none'}"
    if rule.fields:
        yield f"version.yaml says {', '.join(rule.fields)}"
    yield from map(evaluation_words, rule.evaluations)
    yield from map(metric_words, rule.metrics)


def _approvals(rule: StageRule, document: TrustDocument) -> Iterator[str]:
    lines = [(rule.approvals, rule.approvers), *((line.approvals, (line.role,)) for line in rule.also)]
    asked = [(number, roles) for number, roles in lines if number]
    if not asked:
        yield "needs no approval"
        return
    for number, roles in asked:
        holders = ", ".join(holders_of(document, roles)) or "nobody holds that"
        yield f"{count(number, 'approval')} from {_or(roles)} ({holders})"
    yield (
        "whoever registered or built it cannot approve it"
        if rule.separation
        else "whoever registered or built it may approve it too"
    )
    if rule.touch:
        yield "an approval needs the touch of a FIDO key"
    if rule.expires_days is not UNSET:
        yield f"an approval is good for {count(rule.expires_days, 'day')}"


def evaluation_words(rule: EvaluationRule) -> str:
    """Return what a rule asks of evaluations: `a safety evaluation that says pass, by somebody independent`."""
    named = f" named {rule.name}" if rule.name is not UNSET else ""
    outcome = f" that says {rule.outcome}" if rule.outcome is not UNSET else ""
    whose = ", by somebody who neither registered nor built it" if rule.independent else ""
    return f"a {rule.kind} evaluation{named}{outcome}{whose}"


def metric_words(rule: MetricRule) -> str:
    """Return what a rule asks of a metric: `accuracy on holdout is at least 0.90`."""
    place = " ".join(text for text in (rule.dataset, rule.split) if isinstance(text, str))
    group = ", ".join(f"{key}={value}" for key, value in rule.slice.items()) if isinstance(rule.slice, dict) else ""
    what = f"{rule.name}{f' on {place}' if place else ''}{f' for {group}' if group else ''}"
    better = f" ({rule.direction} is better)" if rule.direction is not UNSET else ""
    return f"{what} {' and '.join(_limits(rule)) or 'is there'}{better}"


def _limits(rule: MetricRule) -> Iterator[str]:
    if rule.min is not UNSET:
        yield f"is at least {rule.min}"
    if rule.max is not UNSET:
        yield f"is at most {rule.max}"
    if rule.no_worse_than is not UNSET:
        much = "no" if rule.tolerance is UNSET else f"at most {rule.tolerance}"
        yield f"is {much} worse than that of {rule.no_worse_than}"
    if rule.slice_by is not UNSET:
        yield f"differs by at most {rule.max_gap} between groups of {rule.slice_by}"


def _roles(document: TrustDocument, person: str) -> Iterator[Pieces]:
    for role, holders in document.roles.items():
        mark = (YOU,) if person in holders else ()
        yield _item((fit(role, ROLE_WIDTH), "strong"), (", ".join(holders) or "nobody", "plain"), *mark)
    if not document.roles:
        yield _item(("there are none", "dim"))


def _people(chain: TrustChain, person: str) -> Iterator[Pieces]:
    newest = chain.newest
    for one, entry in newest.document.people.items():
        named = f"  {entry.name}" if entry.name and entry.name != one else ""
        yield _item((one, "strong"), (named, "plain"), *((YOU,) if one == person else ()))
        keys = [(print_, key) for print_, (holder, key) in newest.holders.items() if holder == one]
        for fingerprint, key in keys:
            gone: Piece = ("  revoked", "bad") if fingerprint in newest.document.revoked else ("", "plain")
            yield _item((f"  {key.kind}  ", "dim"), (fingerprint, "plain"), gone)
        if not keys:
            yield _item(("  has no key", "warn"))


def _root_title(document: TrustDocument) -> str:
    return f"Root keys: {document.root.threshold} of {len(document.root.keys)} change these rules"


def _root(chain: TrustChain, person: str) -> Iterator[Pieces]:
    for fingerprint, key in chain.newest.root.items():
        holder = chain.newest.holders.get(fingerprint)
        whose = holder[0] if holder else "nobody among the people"
        mark = (YOU,) if holder and whose == person else ()
        yield _item((f"{key.kind}  ", "dim"), (fingerprint, "plain"), (f"  {whose}", "plain"), *mark)


def _revoked(chain: TrustChain) -> Iterator[Pieces]:
    revoked = chain.newest.document.revoked
    for fingerprint, entry in revoked.items():
        until = "none of its records counts" if entry.default == "start" else "its records count up to its revocation"
        named = "".join(f"; {log}: up to record {seq}" for log, seq in entry.last_good)
        yield _item(("✗ ", "bad"), (fingerprint, "plain"), (f"  {until}{named}", "dim"))
    if not revoked:
        yield _item(("none", "dim"))


def _chain(chain: TrustChain) -> Iterator[Pieces]:
    for record in reversed(chain.records):
        said = record.said
        signed = count(len(record.signers), "signature")
        yield _item((f"{record.seq:>3}  ", "strong"), (f"{said.time}  {said.author}", "plain"), (f"  {signed}", "dim"))
        if said.comment:
            yield _item(("     ", "plain"), *_quoted(said.comment))
