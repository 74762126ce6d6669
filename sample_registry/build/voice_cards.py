"""Model cards of silero-vad and akiki-vad: what upstream says, what was measured here, and which is which."""

from pathlib import Path
from typing import Any

from folders import table, write_card
from wheels import sha256

Evaluations = dict[str, dict[str, Any]]
HALF = "silero_vad/data/silero_vad_half.onnx"
ABOUT = {
    "5.1.2": "The last release of the fifth generation: one ONNX file with a branch for 8 kHz and one for 16 kHz.",
    "6.0.0": "The first release of the sixth generation, with new weights in the layout of version 5.",
    "6.2.0": "The release that brought the present weights. Kept here is the 16 kHz export for ONNX opset 15, half the "
    "size of the file for both sampling rates.",
    "6.2.3": "The latest release. Its `silero_vad.onnx` is the teacher that akiki-vad 0.0.6 names by digest.",
}


def write_silero_card(folder: Path, name: str, files: dict[str, dict[str, bytes]], evaluations: Evaluations) -> None:
    """Writes the model card of one silero-vad version."""
    version = folder.name
    body = [
        f"# silero-vad {version}",
        (
            f"{ABOUT[version]} By the Silero Team, MIT licence (`LICENSE`); `{name}` is byte for byte the file of the wheel "
            f"`silero-vad {version}` on PyPI. Training data and procedure are not published."
        ),
        "## What it does\n",
        (
            "Takes 512 new samples (32 ms at 16 kHz) after 64 samples of context, and a state, and returns the probability "
            "that someone speaks. Reset the state between recordings."
        ),
        "## What the wheel's files say\n",
        _inheritance(version, files),
        *_measured(evaluations),
        "## Limits\n",
        (
            "The sounds used here are synthetic, apart from one minute of speech without labels. They show how versions "
            "differ; they do not show accuracy. Upstream publishes quality figures in its wiki "
            "(https://github.com/snakers4/silero-vad/wiki/Quality-Metrics), which are not repeated here because they were "
            "not measured here. A detector of speech says nothing about who speaks or what is said."
        ),
        _use(name),
    ]
    front = {
        "license": "mit",
        "license_link": "LICENSE",
        "library_name": "onnx",
        "pipeline_tag": "voice-activity-detection",
        "tags": ["audio", "speech", "vad"],
    }
    write_card(folder, front, "\n\n".join(part.strip() for part in body))


def write_akiki_card(folder: Path, release: dict[str, Any], teacher: str, evaluations: Evaluations) -> None:
    """Writes the model card of akiki-vad."""
    rows = [
        [name, f"{scores['average_precision']:.4f}", f"{scores['at_0_5']['f1']:.4f}"]
        for name, scores in release["metrics"].items()
    ]
    body = [
        "# akiki-vad 0.0.6",
        (
            "A small convolutional and recurrent network by Akiki AI (Apache-2.0, `LICENSE`), trained from random weights to "
            "repeat the probabilities of silero-vad 6.2.3. The files are byte for byte those of the wheel `akiki 0.0.6` on "
            "PyPI; upstream's own card is `UPSTREAM_CARD.md`."
        ),
        "## Lineage\n",
        (
            "Three of the files name the teacher by digest: `release.json`, `training-recipe.json` and `akiki-vad.json`. "
            f"It is `{teacher}`, and that is the sha256 of `silero_vad.onnx` in version 6.2.3 of the model silero-vad in "
            "this registry. The script that made this folder stops when they differ. Silero's MIT notice is "
            "kept as upstream ships it, in `SILERO-MIT.txt`."
        ),
        "## What it does\n",
        (
            f"Takes 256 new samples (16 ms at 16 kHz) after 320 samples of context, and a state, and returns the probability "
            f"that someone speaks. {release['parameters']:,} trained parameters, counted in the safetensors file; both files also hold the fixed matrix of the spectrum. Reset the state between recordings."
        ),
        *_measured(evaluations),
        "## Reported upstream, not measured here\n",
        table(["benchmark", "average precision", "F1 at 0.5"], rows),
        (
            "Upstream calls both sets repeatedly inspected development comparisons, and says that the seed was chosen after "
            "looking at them: do not read the figures as results on unseen data."
        ),
        "## Limits\n",
        (
            "A student repeats its teacher's mistakes. The audio it was trained on is described by an index on Hugging Face "
            "and was not checked here."
        ),
        _use("akiki-vad.onnx"),
    ]
    front = {
        "license": "apache-2.0",
        "license_link": "LICENSE",
        "library_name": "onnx",
        "pipeline_tag": "voice-activity-detection",
        "tags": ["audio", "speech", "vad", "distilled"],
        "base_model_relation": "distill",
    }
    write_card(folder, front, "\n\n".join(part.strip() for part in body))


def _inheritance(version: str, files: dict[str, dict[str, bytes]]) -> str:
    """Says which other release carries the same bytes, file by file."""
    rows = []
    for path, content in files[version].items():
        if path.startswith("silero_vad/data/") and content:
            same = [other for other in files if other != version and files[other].get(path) == content]
            rows.append(
                [f"`{Path(path).name}`", f"{len(content):,}", f"`{sha256(content)[:12]}`", ", ".join(same) or "-"]
            )
    text = table(["file in the wheel", "bytes", "sha256", "same bytes in"], rows)
    stale = HALF in files[version] and version != "5.1.2" and files[version][HALF] == files["5.1.2"][HALF]
    if not stale:
        return text
    return (
        f"{text}\n\nNote `silero_vad_half.onnx`: it has not changed since 5.1.2, although the full-precision weights have. "
        f"Whoever loads the half-precision file of {version} runs that of 5.1.2. It is not part of this version."
    )


def _measured(evaluations: Evaluations) -> list[str]:
    timed = {entry["name"]: entry["value"] for entry in evaluations["performance"]["metrics"]}
    heard = [
        [entry["slice"]["signal"], entry["name"].replace("_", " "), f"{entry['value']:.4f}", f"{entry['count']:,}"]
        for entry in evaluations["signals"]["metrics"]
    ]
    agreed = [
        [entry["dataset"]["name"], entry["name"].replace("_", " "), f"{entry['value']:.4f}", f"{entry['count']:,}"]
        for entry in evaluations["agreement"]["metrics"]
    ]
    return [
        "## Measured here\n",
        "On sounds made by `sample_registry/build/sounds.py` at 16 kHz, decision at 0.5:",
        table(["sound", "metric", "value", "frames"], heard),
        (
            "Against `silero_vad.onnx` of silero-vad 6.2.3, frame by frame (32 ms), on those sounds and on the one-minute test "
            "recording of its source package (MIT, used but not shipped, no labels):"
        ),
        table(["sound", "metric", "value", "frames"], agreed),
        (
            f"One call takes {timed['latency_p50']} us at the median and {timed['latency_p95']} us at the 95th percentile "
            f"(onnxruntime, one thread), {timed['real_time_factor']:.2%} of the time the sound lasts. The file has "
            f"{timed['parameters']:,} weights in {timed['model_size']:,} bytes."
        ),
    ]


def _use(name: str) -> str:
    return (
        "## How to use\n\n"
        "```python\n"
        "import onnxruntime\n\n"
        f'session = onnxruntime.InferenceSession("{name}")\n'
        "for item in session.get_inputs():\n"
        "    print(item.name, item.type, item.shape)\n"
        "```"
    )
