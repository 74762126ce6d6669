"""The evaluation files of credit-approval: fairness, performance, robustness and leakage of one version.

Rule kept here: an outcome is pass or fail only where the limit stands in the notes; otherwise it is inconclusive.
"""

from typing import Any

import credit_measures as measures
import numpy as np
from credit_outcome import Outcome
from loans import AFTER_DECISION, Applications
from measured import Measured, latency, one_thread
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

SCRIPT = "sample_registry/build/train.py"
SUITE = {"name": "sample_registry/build/credit_evaluations.py", "version": "1"}


def evaluate(outcome: Outcome, times: Measured) -> dict[str, dict[str, Any]]:
    """Returns the evaluation files by name; latency is taken once for the same bytes."""
    timed = times.once(outcome.digest, "latency", lambda: _latency(outcome))
    written = {
        "fairness": _fairness(outcome),
        "performance": _performance(outcome, timed),
        "robustness": _robustness(outcome),
        "leakage": _leakage(outcome),
    }
    for name, evaluation in written.items():
        identity = {"kind": evaluation.pop("kind"), "name": name, "suite": SUITE}
        when = {"evaluator": SCRIPT, "date": timed["date"], "dataset": measures.HOLDOUT}
        written[name] = {**identity, "outcome": evaluation.pop("outcome"), **when, **evaluation}
    return written


def _fairness(outcome: Outcome) -> dict[str, Any]:
    groups = outcome.applications.held_out_groups()
    gaps = {key: measures.gap(outcome.approved, outcome.decided, values) for key, values in groups.items()}
    rows = measures.by_group(outcome.approved, outcome.decided, groups)
    widest = [
        measures.metric(f"true_positive_rate_gap_{key}", value, unit="fraction", interval=interval)
        for key, (value, interval) in gaps.items()
    ]
    return {
        "kind": "fairness",
        "outcome": "pass" if max(value for value, _ in gaps.values()) <= measures.MAX_GAP else "fail",
        "metrics": [*rows, *widest],
        "notes": (
            f"Passes when no two groups of race, and no two of gender, differ by more than {measures.MAX_GAP} in "
            "true-positive rate (approved applicants whom the model approves). The limit was chosen with the rates known. The criterion is on the measured "
            "rates; the intervals say how little 45 to 63 approved applicants of a small group can tell. Eight rows "
            "have no gender and are left out of that grouping."
        ),
    }


def _latency(outcome: Outcome) -> dict[str, Any]:
    session, row = one_thread(outcome.trained.onnx), outcome.features[:1]
    name = session.get_inputs()[0].name
    return latency(lambda: session.run(None, {name: row}))


def _performance(outcome: Outcome, timed: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "performance",
        "outcome": "pass" if timed["p95"] < 1000 else "fail",
        "metrics": [
            *({"name": f"latency_{name}", "value": timed[name], "unit": "us"} for name in ("p50", "p95", "p99")),
            {"name": "model_size", "value": len(outcome.trained.onnx), "unit": "bytes"},
        ],
        "notes": (
            f"One application a call through onnxruntime on {timed['hardware']}: 200 warm-up calls, then 2,000 timed "
            "ones on a machine that other work shared. Passes when the 95th percentile is below 1 ms."
        ),
    }


def _robustness(outcome: Outcome) -> dict[str, Any]:
    training = outcome.applications.features(outcome.trained.recipe.columns)[~outcome.applications.held_out]
    spread = np.nanstd(training, axis=0)
    rows: list[dict[str, Any]] = []
    for name, noise, lost in (("noise-10pct", 0.1, 0.0), ("missing-10pct", 0.0, 0.1)):
        scores = np.array([_perturbed_scores(outcome, spread, (noise, lost), seed) for seed in range(measures.REPEATS)])
        for column, label in enumerate(("accuracy", "balanced_accuracy", "flip_rate")):
            low, high = np.quantile(scores[:, column], [0.025, 0.975])
            value = float(scores[:, column].mean())
            where = {"slice": {"perturbation": name}}
            rows.append(measures.metric(label, value, unit="fraction", interval=(low, high), **where))
    return {
        "kind": "benchmark",
        "outcome": "inconclusive",
        "metrics": rows,
        "notes": (
            f"Means and 2.5-97.5 % ranges over {measures.REPEATS} seeded repeats. noise-10pct adds Gaussian noise of 0.1 "
            "training standard deviations to the columns that are amounts or ratios; missing-10pct makes a tenth of "
            "all values unknown. flip_rate is the share of decisions that change. No limit was set beforehand, so "
            "the outcome is inconclusive."
        ),
    }


def _perturbed_scores(outcome: Outcome, spread: np.ndarray, how: tuple[float, float], seed: int) -> list[float]:
    noise, lost = how
    moved = measures.perturbed(outcome.features, spread, noise=noise, lost=lost, seed=seed)
    decided = outcome.predict(moved) >= outcome.trained.threshold
    return [
        float(accuracy_score(outcome.approved, decided)),
        float(balanced_accuracy_score(outcome.approved, decided)),
        float((decided != outcome.decided).mean()),
    ]


def _leakage(outcome: Outcome) -> dict[str, Any]:
    columns = outcome.trained.recipe.columns
    late = [name for name in columns if name in AFTER_DECISION]
    blinded = outcome.features.copy()
    blinded[:, [columns.index(name) for name in late]] = np.nan
    area = float(roc_auc_score(outcome.approved, outcome.predict(blinded)))
    where = {"slice": {"columns": "known-before-decision"}}
    return {
        "kind": "safety",
        "outcome": "fail" if late else "pass",
        "metrics": [
            {"name": "columns_known_only_after_decision", "value": len(late), "unit": "columns"},
            measures.metric("roc_auc", area, unit="fraction", **where),
        ],
        "notes": _leakage_notes(outcome.applications, late),
    }


def _leakage_notes(applications: Applications, late: list[str]) -> str:
    asked = "Asks whether any input is known only once the decision has been taken. "
    if not late:
        return asked + "None is: every column is on the application, the credit report or the map."
    table, refused = applications.columns, applications.approved == 0
    unsold, insured = int((table["typur"][refused] == 0).sum()), table["inson"] == 1
    return (
        f"{asked}Three are: typur (who bought the loan: 0 for {unsold} of {refused.sum()} refused applications, as a "
        f"loan that was never made has no buyer), inson (insurer's approval: {int((insured & refused).sum())} of the "
        f"{int(insured.sum())} rows with it were refused) and review (how often the file was reviewed). The second "
        "roc_auc is this file's own answer with the three made unknown."
    )
