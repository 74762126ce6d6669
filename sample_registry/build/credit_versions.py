"""The versions of credit-approval: algorithm, hyperparameters, columns and threshold, and training of one of them.

They were picked to differ, from some 130 combinations of columns, algorithm and threshold whose held-out scores were
looked at first: the cards say so. No parameter is fitted on held-out rows. `threshold` None means: chosen by 5-fold cross-validation on the
training rows, as the probability that gives the highest balanced accuracy.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from loans import AFTER_DECISION, APPLICATION, DEMOGRAPHIC, GUIDELINES, NEIGHBOURHOOD, UNDERWRITING
from onnx import ModelProto
from skl2onnx import to_onnx
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

SEED = 0
OPSET = 17
Curve = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one version is made."""

    version: str
    algorithm: str
    estimator: BaseEstimator
    columns: list[str]
    threshold: float | None
    hyperparameters: dict[str, Any]
    epochs: int = 0
    draft: bool = False


@dataclass(kw_only=True)
class Trained:
    """A trained version: its pipeline, threshold, bytes, curve and how long training took."""

    recipe: Recipe
    pipeline: Pipeline
    threshold: float
    onnx: bytes
    seconds: float
    curve: Curve = field(default_factory=list)


def _recipe(version: str, estimator: BaseEstimator, columns: list[str], **more: Any) -> Recipe:  # noqa: ANN401
    shown = more.pop("shown")
    values = {name: estimator.get_params()[name] for name in shown}
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    more.setdefault("threshold", 0.5)
    return Recipe(version=version, estimator=estimator, columns=columns, hyperparameters=values, **more)


def recipes() -> list[Recipe]:
    """Returns the versions in the order they were made."""
    logistic = ["C", "class_weight", "max_iter"]
    boosted = ["n_estimators", "learning_rate", "max_depth", "subsample", "random_state"]

    def boosting() -> GradientBoostingClassifier:
        return GradientBoostingClassifier(
            n_estimators=120, learning_rate=0.05, max_depth=3, subsample=0.8, random_state=SEED
        )

    lean = UNDERWRITING + GUIDELINES
    return [
        _recipe(
            "1",
            LogisticRegression(C=0.3, max_iter=2000),
            UNDERWRITING,
            algorithm="logistic regression",
            shown=logistic,
        ),
        _recipe(
            "2",
            DecisionTreeClassifier(max_depth=4, min_samples_leaf=15, random_state=SEED),
            lean,
            algorithm="decision tree",
            shown=["max_depth", "min_samples_leaf", "random_state"],
            threshold=None,
        ),
        _recipe(
            "3",
            LogisticRegression(C=0.3, max_iter=2000, class_weight="balanced"),
            lean,
            algorithm="class-weighted logistic regression",
            shown=logistic,
        ),
        _recipe(
            "4",
            boosting(),
            lean + APPLICATION + AFTER_DECISION,
            algorithm="gradient boosting",
            shown=boosted,
        ),
        _recipe(
            "5",
            RandomForestClassifier(n_estimators=200, min_samples_leaf=4, random_state=SEED),
            lean + APPLICATION + NEIGHBOURHOOD + DEMOGRAPHIC,
            algorithm="random forest",
            shown=["n_estimators", "min_samples_leaf", "random_state"],
            threshold=None,
        ),
        _recipe(
            "6",
            boosting(),
            lean + APPLICATION + NEIGHBOURHOOD,
            algorithm="gradient boosting",
            shown=boosted,
        ),
        _recipe(
            "7",
            MLPClassifier(hidden_layer_sizes=(8,), alpha=1.0, learning_rate_init=0.003, random_state=SEED),
            lean,
            algorithm="multi-layer perceptron",
            shown=["hidden_layer_sizes", "alpha", "learning_rate_init", "batch_size", "solver", "random_state"],
            epochs=150,
            draft=True,
        ),
    ]


def train(recipe: Recipe, features: np.ndarray, approved: np.ndarray) -> Trained:
    """Trains one version on the training rows and exports it to ONNX."""
    start = time.perf_counter()
    threshold = recipe.threshold if recipe.threshold is not None else _tuned(recipe, features, approved)
    pipeline, curve = (_by_epochs if recipe.epochs else _at_once)(recipe, features, approved)
    seconds = time.perf_counter() - start
    content = _to_onnx(pipeline, features).SerializeToString(deterministic=True)
    return Trained(recipe=recipe, pipeline=pipeline, threshold=threshold, onnx=content, seconds=seconds, curve=curve)


def _steps(recipe: Recipe) -> list[BaseEstimator]:
    scaled = isinstance(recipe.estimator, LogisticRegression | MLPClassifier)
    return [SimpleImputer(strategy="median"), *([StandardScaler()] if scaled else [])]


def _tuned(recipe: Recipe, features: np.ndarray, approved: np.ndarray) -> float:
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    pipeline = make_pipeline(*_steps(recipe), recipe.estimator)
    probability = cross_val_predict(pipeline, features, approved, cv=folds, method="predict_proba")[:, 1]
    candidates = np.unique(probability.round(4))
    scores = [balanced_accuracy_score(approved, probability >= candidate) for candidate in candidates]
    return float(candidates[int(np.argmax(scores))])


def _at_once(recipe: Recipe, features: np.ndarray, approved: np.ndarray) -> tuple[Pipeline, Curve]:
    pipeline = make_pipeline(*_steps(recipe), recipe.estimator)
    moments: list[int] = []

    def monitor(*_: object) -> bool:
        moments.append(time.time_ns() // 1_000_000)
        return False

    boosted = isinstance(recipe.estimator, GradientBoostingClassifier)
    pipeline.fit(features, approved, **({"gradientboostingclassifier__monitor": monitor} if boosted else {}))
    if not boosted:
        return pipeline, []
    return pipeline, _boosting_curve(recipe, features, approved, fitted=pipeline, moments=moments)


def _boosting_curve(
    recipe: Recipe, features: np.ndarray, approved: np.ndarray, *, fitted: Pipeline, moments: list[int]
) -> Curve:
    """Log loss after each tree: on the training rows, and on rows left out, the mean of 5 cross-validation folds."""
    left_out = np.zeros(len(moments))
    for chosen, others in StratifiedKFold(5, shuffle=True, random_state=SEED).split(features, approved):
        fold = make_pipeline(*_steps(recipe), clone(recipe.estimator)).fit(features[chosen], approved[chosen])
        left_out += _staged_loss(fold, features[others], approved[others]) / 5
    losses = {"train_log_loss": _staged_loss(fitted, features, approved), "cross_validation_log_loss": left_out}
    return [
        {"name": name, "step": step + 1, "time": moment, "value": round(float(values[step]), 5)}
        for step, moment in enumerate(moments)
        for name, values in losses.items()
    ]


def _staged_loss(pipeline: Pipeline, features: np.ndarray, approved: np.ndarray) -> np.ndarray:
    ready = pipeline[:-1].transform(features)
    return np.array([log_loss(approved, stage) for stage in pipeline[-1].staged_predict_proba(ready)])


def _by_epochs(recipe: Recipe, features: np.ndarray, approved: np.ndarray) -> tuple[Pipeline, Curve]:
    preparation = make_pipeline(*_steps(recipe))
    ready = preparation.fit_transform(features)
    parts = train_test_split(ready, approved, test_size=0.2, stratify=approved, random_state=SEED)
    inputs, checks, targets, check_targets = parts
    curve: Curve = []
    for epoch in range(recipe.epochs):
        recipe.estimator.partial_fit(inputs, targets, classes=[0, 1])
        now = time.time_ns() // 1_000_000
        for name, rows, wanted in (
            ("train_log_loss", inputs, targets),
            ("validation_log_loss", checks, check_targets),
        ):
            loss = log_loss(wanted, recipe.estimator.predict_proba(rows))
            curve.append({"name": name, "step": epoch + 1, "time": now, "value": round(float(loss), 5)})
    return make_pipeline(*preparation.named_steps.values(), recipe.estimator), curve


def _to_onnx(pipeline: Pipeline, features: np.ndarray) -> ModelProto:
    """Exports the whole pipeline; only the probabilities stay, as the label output would ignore the threshold."""
    model = to_onnx(pipeline, features[:1], name="credit-approval", options={"zipmap": False}, target_opset=OPSET)
    model = select_model_inputs_outputs(model, outputs=["probabilities"])
    # skl2onnx lists the operator sets in an order that changes from run to run.
    imports = sorted(model.opset_import, key=lambda entry: entry.domain)
    del model.opset_import[:]
    model.opset_import.extend(imports)
    return model
