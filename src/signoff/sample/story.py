"""The sample's story: who decided what about three models, and why.

The rule it keeps: every number that is said here was measured by the sample's build; the rules themselves refuse what
the story says was refused. The times are the story's: a fifth of a minute for each step, from the end of the training on.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from signoff.registry.registry import Registry
from signoff.sample.cast import make_cast
from signoff.sample.place import find_sample
from signoff.sample.stage import Stage
from signoff.schema import layout

NEWCOMER = "you@example.org"
START = datetime(2026, 11, 23, 23, 52, tzinfo=UTC)
NAMES = {
    "ana@example.org": "Ana",
    "noor@example.org": "Noor",
    "eva@example.org": "Eva",
    "ben@example.org": "Ben",
    "chi@example.org": "Chi",
    "rui@example.org": "Rui",
    "dora@example.org": "Dora",
    "omar@example.org": "Omar",
    "wit@example.org": "Wit",
    NEWCOMER: "You",
}
CREDIT = "credit-approval"
VOICE = ("performance", "signals", "agreement")
FAIR = ("fairness", "performance", "robustness")
LEAK_RULE = {"kind": "safety", "outcome": "pass", "independent": True}


def trust_document(keys: Mapping[str, str], *, newcomer: str) -> dict[str, object]:
    """Return the sample's trust document.

    Args:
        keys: Person id to public key.
        newcomer: The person id of whoever looks at the demo.
    """
    return {
        "root": {"keys": [keys["ana@example.org"], keys["noor@example.org"], keys["omar@example.org"]], "threshold": 2},
        "people": {person: {"name": NAMES.get(person, person), "keys": [key]} for person, key in keys.items()},
        "roles": {
            "publisher": ["ana@example.org", "noor@example.org"],
            "evaluator": ["eva@example.org"],
            "approver": ["ben@example.org", "chi@example.org", "rui@example.org", newcomer],
            "risk": ["rui@example.org", newcomer],
            "promoter": ["dora@example.org", newcomer],
            "deployer": ["dora@example.org", "omar@example.org"],
            "oncall": ["omar@example.org", newcomer],
            "witness": ["wit@example.org"],
        },
        "stages": {
            "staging": {"approvals": 0, "promoters": ["publisher", "promoter"]},
            "release": {
                "approvals": 1,
                "base_same_stage": True,
                "formats": ["safetensors", "onnx"],
                "fields": ["license"],
                "evaluations": [{"kind": "performance", "outcome": "pass", "independent": True}],
                "rollback": ["oncall", "promoter"],
            },
            "production": production_rule(),
        },
        "revoked": {},
    }


def production_rule() -> dict[str, object]:
    """Return what `production` asks when the story begins."""
    return {
        "after": "staging",
        "approvals": 2,
        "approvers": ["approver"],
        "also": [{"role": "risk", "approvals": 1}],
        "promoters": ["promoter"],
        "rollback": ["oncall", "promoter"],
        "break_glass": ["oncall"],
        "bind_card": True,
        "formats": ["onnx"],
        "fields": ["license", "datasets", "hyperparameters"],
        "evaluations": [{"kind": "fairness", "independent": True}, {"kind": "performance", "outcome": "pass"}],
        "metrics": [
            {"name": "balanced_accuracy", "dataset": "loanapp-holdout", "min": "0.75"},
            {"name": "roc_auc", "dataset": "loanapp-holdout", "no_worse_than": "production", "tolerance": "0.005"},
            {"name": "true_positive_rate", "slice_by": "race", "max_gap": "0.05"},
            {"name": "true_positive_rate", "slice_by": "gender", "max_gap": "0.05"},
        ],
    }


def tell(folder: Path, *, newcomer: tuple[str, str] | None = None) -> Registry:
    """Tell the story in a folder that has the sample's files and no records; return the registry.

    Args:
        folder: The registry's folder.
        newcomer: The person id and the public key of whoever looks; None: a throw-away key.
    """
    cast = make_cast(person for person in NAMES if newcomer is None or person != NEWCOMER)
    keys = {person: player.line for person, player in cast.items()}
    who = NEWCOMER
    if newcomer is not None:
        who, keys[newcomer[0]] = newcomer
    document = trust_document(keys, newcomer=who)
    stage = Stage(folder, cast, document, start=START)
    card = _put_earlier_card(folder)
    _voice_begins(stage)
    _credit_begins(stage)
    _voice_goes_on(stage)
    _leak(stage, card)
    _tighten(stage, document)
    _credit_goes_on(stage)
    stage.checkpoint("wit")
    return stage.registry


def _put_earlier_card(folder: Path) -> bytes:
    """Put the card of version 4 in place as it was before the leak was found; return the later one."""
    path = folder / layout.version_file(CREDIT, "4", layout.CARD_FILE)
    later = path.read_bytes()
    path.write_bytes(earlier_card().read_bytes())
    return later


def earlier_card() -> Path:
    """Return where the card of version 4 is kept as it was registered."""
    return find_sample() / "build" / "earlier" / CREDIT / "4" / layout.CARD_FILE


def _voice_begins(stage: Stage) -> None:
    for version in ("5.1.2", "6.0.0", "6.2.0", "6.2.3"):
        stage.register("noor", f"silero-vad:{version}")
        stage.evaluate("eva", f"silero-vad:{version}", VOICE)
    stage.request("noor", "silero-vad:5.1.2", "release", "The generation that the call centre tested.")
    stage.approve("ben", "silero-vad:5.1.2", "release", "MIT, fast enough on one core.")
    stage.promote("dora", "silero-vad:5.1.2", "release")
    stage.deploy("dora", "silero-vad:5.1.2", "call-centre", "deploying", "serving")


def _credit_begins(stage: Stage) -> None:
    stage.register("ana", f"{CREDIT}:1")
    stage.evaluate("eva", f"{CREDIT}:1", FAIR)
    stage.promote("ana", f"{CREDIT}:1", "staging")
    asked = stage.request("ana", f"{CREDIT}:1", "production", "Plain logistic regression, a baseline.")
    stage.refused("dora", "promote", f"{CREDIT}:1", stage="production")
    stage.withdraw("ana", f"{CREDIT}:1", asked)
    _into_production(
        stage, "2", approvers=("ben", "rui"), comment="A tree with a tuned threshold: balanced accuracy 0.812."
    )
    stage.deprecate("ana", f"{CREDIT}:1", "Balanced accuracy 0.6192 is below the limit of 0.75.", replaced_by="2")
    _into_production(stage, "3", approvers=("chi", "rui"), comment="ROC AUC 0.8687 where the tree has 0.8340.")
    stage.alias("ana", f"{CREDIT}:3", "champion")


def _into_production(stage: Stage, version: str, *, approvers: tuple[str, ...], comment: str) -> None:
    ref = f"{CREDIT}:{version}"
    stage.register("ana", ref)
    stage.evaluate("eva", ref, FAIR)
    stage.promote("ana", ref, "staging")
    stage.request("ana", ref, "production", comment)
    for name in approvers:
        stage.approve(name, ref, "production")
    stage.promote("dora", ref, "production")
    stage.deploy("dora", ref, "eu-west", "deploying", "serving")


def _voice_goes_on(stage: Stage) -> None:
    stage.approve("ben", "silero-vad:6.2.3", "release")
    stage.promote("dora", "silero-vad:6.2.3", "release")
    stage.deploy("dora", "silero-vad:6.2.3", "call-centre", "deploying", "serving")
    stage.deploy("dora", "silero-vad:5.1.2", "call-centre", "stopped")
    reason = "Superseded; decides 96.4 % of the recording's frames as 6.2.3 does."
    stage.deprecate("noor", "silero-vad:5.1.2", reason, replaced_by="6.2.3")
    stage.comment("noor", "silero-vad:6.0.0", "The wheel's half-precision file is still that of 5.1.2.")
    stage.register("noor", "akiki-vad:0.0.6")
    stage.evaluate("eva", "akiki-vad:0.0.6", VOICE)
    stage.approve("chi", "akiki-vad:0.0.6", "release", "Decides 99.1 % of the frames as its teacher.")
    stage.promote("dora", "akiki-vad:0.0.6", "release")
    stage.deploy("dora", "akiki-vad:0.0.6", "edge", "deploying", "serving")


def _leak(stage: Stage, later_card: bytes) -> None:
    ref = f"{CREDIT}:4"
    _into_production(stage, "4", approvers=("ben", "rui"), comment="Boosting on 35 columns: ROC AUC 0.9405.")
    stage.alias("ana", ref, "champion")
    for version in ("1", "2", "3", "4"):
        stage.evaluate("eva", f"{CREDIT}:{version}", ["leakage"])
    (stage.folder / layout.version_file(CREDIT, "4", layout.CARD_FILE)).write_bytes(later_card)
    reason = "Three inputs are known only after the decision; ROC AUC without them is 0.8447."
    stage.rollback("omar", f"{CREDIT}:3", "production", reason)
    stage.deploy("omar", ref, "eu-west", "stopped")
    stage.deploy("omar", f"{CREDIT}:3", "eu-west", "serving")
    stage.alias("ana", f"{CREDIT}:3", "champion")
    stage.revoke("ben", ref, reason, severity="high")


def _tighten(stage: Stage, document: Mapping[str, object]) -> None:
    stages = document["stages"]
    assert isinstance(stages, dict)
    rule = production_rule()
    evaluations = rule["evaluations"]
    assert isinstance(evaluations, list)
    rule["evaluations"] = [*evaluations, LEAK_RULE]
    changed = {**document, "stages": {**stages, "production": rule}}
    stage.change_trust(changed, "After the leak: production asks for an independent safety evaluation that passes")


def _credit_goes_on(stage: Stage) -> None:
    for version, comment in (
        ("5", "Best ranking without leaked columns: 0.8860."),
        ("6", "Without race and sex; gap 0.021."),
    ):
        stage.register("ana", f"{CREDIT}:{version}")
        stage.evaluate("eva", f"{CREDIT}:{version}", (*FAIR, "leakage"))
        stage.promote("ana", f"{CREDIT}:{version}", "staging")
        stage.request("ana", f"{CREDIT}:{version}", "production", comment)
    stage.refused("dora", "promote", f"{CREDIT}:5", stage="production")
    gap = (
        "Approves 71 % of black applicants whom lenders approved and 91 % of white ones: a gap of 0.199 where 0.05 is "
        "the limit. It takes race as an input."
    )
    stage.reject("chi", f"{CREDIT}:5", "production", gap)
    doubt = "Accuracy rises from 0.904 to 0.916, balanced accuracy falls from 0.810 to 0.775: fine, for fewer wrong refusals."
    stage.approve("ben", f"{CREDIT}:6", "production", doubt)
