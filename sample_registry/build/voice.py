"""Makes the folders of silero-vad and akiki-vad: upstream files, byte for byte, and what was measured about them.

Rule kept here: a digest that upstream states is recomputed from the bytes before it is repeated.
"""

import json
import sys
from pathlib import Path
from typing import Any

from folders import empty, subject_digest, write, write_yaml
from measured import Measured, one_thread
from sounds import sounds
from voice_cards import write_akiki_card, write_silero_card
from voice_measures import TEACHER, Detector, Evaluations, evaluate, listen, trained_parameters
from wheels import fetch, members, recording, sha256

SILERO_FILES = {
    "5.1.2": "silero_vad.onnx",
    "6.0.0": "silero_vad.onnx",
    "6.2.0": "silero_vad_16k_op15.onnx",
    "6.2.3": "silero_vad.onnx",
}
DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64"}
AKIKI_FILES = [
    *("akiki-vad.json", "akiki-vad.onnx", "release.json", "training-recipe.json", "SILERO-MIT.txt"),
    *("akiki-vad-native/config.json", "akiki-vad-native/export.json", "akiki-vad-native/model.safetensors"),
]


def make_voice_models(models: Path, downloads: Path, times: Measured) -> dict[str, Any]:
    """Writes both voice models and returns their subject digests and evaluations by reference."""
    tests, spoken = sounds(), recording(downloads)
    wheels = {version: fetch(f"silero-vad=={version}", downloads) for version in SILERO_FILES}
    files = {version: members(wheel) for version, wheel in wheels.items()}
    detectors = {
        version: listen(files[version][f"silero_vad/data/{name}"], tests, spoken, akiki=False)
        for version, name in SILERO_FILES.items()
    }
    teacher, made = detectors[TEACHER], {}
    for version, detector in detectors.items():
        folder = empty(models / "silero-vad" / "versions" / version)
        evaluations = evaluate(detector, teacher, tests, sha256(spoken), times)
        _write_silero(folder, wheels[version], files, evaluations)
        made[f"silero-vad:{version}"] = {"sha256": subject_digest(folder), **evaluations}
    wheel = fetch("akiki==0.0.6", downloads)
    content = _akiki_files(wheel)
    student = listen(content["akiki-vad.onnx"], tests, spoken, akiki=True)
    evaluations = evaluate(student, teacher, tests, sha256(spoken), times)
    folder = empty(models / "akiki-vad" / "versions" / "0.0.6")
    _write_akiki(folder, wheel, content, teacher, evaluations, base=made[f"silero-vad:{TEACHER}"]["sha256"])
    made["akiki-vad:0.0.6"] = {"sha256": subject_digest(folder), **evaluations}
    return made


def _write_silero(folder: Path, wheel: Path, files: dict[str, dict[str, bytes]], evaluations: Evaluations) -> None:
    version = folder.name
    name, content = SILERO_FILES[version], files[version]
    write(folder / name, content[f"silero_vad/data/{name}"])
    write(folder / "LICENSE", content[f"silero_vad-{version}.dist-info/licenses/LICENSE"])
    shipped = {path: sha256(data) for path, data in content.items() if path.startswith("silero_vad/data/") and data}
    write_yaml(
        folder / "version.yaml",
        {
            "description": f"Silero voice activity detector {version}: {name} as published on PyPI",
            "author": "Silero Team <hello@silero.ai>",
            "license": "mit",
            "library_name": "onnx",
            "pipeline_tag": "voice-activity-detection",
            "tags": ["audio", "speech", "vad"],
            "source": {"repository": "https://github.com/snakers4/silero-vad", "package": f"pypi silero-vad {version}"},
            "signature": _signature(content[f"silero_vad/data/{name}"]),
            "intended_uses": {
                "purpose_of_model": "Tells speech from other sound, 32 ms at a time",
                "risk_rating": "Low",
            },
            "wheel": {"file": wheel.name, "sha256": sha256(wheel.read_bytes()), "models": shipped, "taken": name},
        },
    )
    _write_evaluations(folder, evaluations)
    write_silero_card(folder, name, files, evaluations)


def _signature(content: bytes) -> dict[str, Any]:
    session = one_thread(content)
    sides = {"inputs": session.get_inputs(), "outputs": session.get_outputs()}
    return {
        side: [
            {
                "name": item.name,
                "dtype": DTYPES[item.type],
                "shape": [n if isinstance(n, int) else -1 for n in item.shape],
            }
            for item in items
        ]
        for side, items in sides.items()
    }


def _akiki_files(wheel: Path) -> dict[str, bytes]:
    """Reads the files to ship and holds every digest that they state against the bytes."""
    content = members(wheel)
    files = {name: content[f"akiki/models/{name}"] for name in AKIKI_FILES}
    files["UPSTREAM_CARD.md"] = content["akiki/models/MODEL_CARD.md"]
    files["LICENSE"] = content["akiki-0.0.6.dist-info/licenses/LICENSE"]
    release, export = (json.loads(files[name]) for name in ("release.json", "akiki-vad-native/export.json"))
    stated = {
        "akiki-vad.onnx": release["files"]["akiki-vad.onnx"]["sha256"],
        "akiki-vad.json": release["files"]["akiki-vad.json"]["sha256"],
        "training-recipe.json": release["training"]["recipe_sha256"],
        "akiki-vad-native/model.safetensors": export["model_safetensors_sha256"],
        "akiki-vad-native/config.json": export["config_sha256"],
    }
    for name, digest in stated.items():
        if sha256(files[name]) != digest:
            sys.exit(f"akiki-vad: {name} is not the file that upstream's own manifest names")
    counted = trained_parameters(files["akiki-vad-native/model.safetensors"])
    if counted != release["parameters"]:
        sys.exit(f"akiki-vad: {counted} parameters in model.safetensors, {release['parameters']} in release.json")
    return files


def _write_akiki(
    folder: Path,
    wheel: Path,
    content: dict[str, bytes],
    teacher: Detector,
    evaluations: Evaluations,
    *,
    base: str,
) -> None:
    release, recipe = (json.loads(content[name]) for name in ("release.json", "training-recipe.json"))
    stated = {
        "release.json: training.teacher_sha256": release["training"]["teacher_sha256"],
        "training-recipe.json: teacher_sha256": recipe["teacher_sha256"],
        "akiki-vad.json: origin.teacher_sha256": json.loads(content["akiki-vad.json"])["origin"]["teacher_sha256"],
    }
    if set(stated.values()) != {teacher.digest}:
        sys.exit(f"akiki-vad: its stated teacher is not silero_vad.onnx of silero-vad {TEACHER}: {stated}")
    for name, data in content.items():
        write(folder / name, data)
    write_yaml(
        folder / "version.yaml",
        {
            "description": "CNN and GRU student of silero-vad 6.2.3, a speech probability every 16 ms",
            "author": "Akiki AI",
            "created_at": json.loads(content["akiki-vad.json"])["created_utc"],
            "license": "apache-2.0",
            "library_name": "onnx",
            "pipeline_tag": "voice-activity-detection",
            "tags": ["audio", "speech", "vad", "distilled"],
            "base_model": [{"model": "silero-vad", "version": TEACHER, "sha256": base}],
            "base_model_relation": "distill",
            "distillation": {
                "teacher_file": SILERO_FILES[TEACHER],
                "teacher_sha256": teacher.digest,
                "stated_in": list(stated),
            },
            "datasets": [
                {
                    "name": "akiki-vad-silero623-v1",
                    "sha256": release["training"]["manifest_sha256"],
                    "split": "train",
                    "uri": "https://huggingface.co/datasets/Akiki-AI/akiki-vad-silero623-v1-corpus-index",
                }
            ],
            "hyperparameters": {name: value for name, value in recipe.items() if isinstance(value, int | float)},
            "source": {"package": "pypi akiki 0.0.6", "experiment": release["source_experiment"]},
            "signature": _signature(content["akiki-vad.onnx"]),
            "intended_uses": {
                "purpose_of_model": "Tells speech from other sound, 16 ms at a time",
                "risk_rating": "Low",
            },
            "upstream_reported": {name: value["at_0_5"] for name, value in release["metrics"].items()},
            "wheel": {"file": wheel.name, "sha256": sha256(wheel.read_bytes())},
        },
    )
    _write_evaluations(folder, evaluations)
    write_akiki_card(folder, release, teacher.digest, evaluations)


def _write_evaluations(folder: Path, evaluations: Evaluations) -> None:
    for name, evaluation in evaluations.items():
        write_yaml(folder / "evaluations" / f"{name}.yaml", evaluation)
