"""Runs the voice detectors on sound and measures their answers: false alarms, agreement, latency, size.

Rule kept here: every detector hears the same samples, and answers are compared at one value per 32 ms.
"""

import io
import sys
import wave
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import safetensors.numpy
from measured import Measured, latency, one_thread
from sounds import FRAME, RATE, Sound
from wheels import RECORDING_PATH, RECORDING_SOURCE, sha256

TEACHER = "6.2.3"
THRESHOLD = 0.5
WARM_UP_FRAMES = 10
SCRIPT = "sample_registry/build/train.py"
SUITE = {"name": "sample_registry/build/voice_measures.py", "version": "1"}
Evaluations = dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Detector:
    """An upstream voice activity detector: its bytes and its answer to every test sound, one value per 32 ms."""

    onnx: bytes
    akiki: bool
    answers: dict[str, np.ndarray]
    minute: np.ndarray

    @property
    def digest(self) -> str:
        """The sha256 of the ONNX file."""
        return sha256(self.onnx)


def listen(content: bytes, tests: list[Sound], spoken: bytes, *, akiki: bool) -> Detector:
    """Runs a detector on every test sound and on the recording (a 16 kHz, mono, 16 bit WAV file)."""
    run = _run_akiki if akiki else _run_silero
    with wave.open(io.BytesIO(spoken)) as opened:
        if (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) != (RATE, 1, 2):
            sys.exit("the recording is not 16 kHz, mono, 16 bit")
        minute = np.frombuffer(opened.readframes(opened.getnframes()), dtype="<i2").astype(np.float32) / 32768
    answers = {sound.name: run(content, sound.samples) for sound in tests}
    return Detector(onnx=content, akiki=akiki, answers=answers, minute=run(content, minute))


def _run_silero(content: bytes, samples: np.ndarray) -> np.ndarray:
    """Feeds 512 new samples after 64 of context, as the package's own wrapper does."""
    session, rate = one_thread(content), np.array(RATE, dtype=np.int64)
    state, padded = np.zeros((2, 1, 128), np.float32), np.concatenate([np.zeros(64, np.float32), samples])
    answers = []
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        window = padded[None, start : start + 64 + FRAME]
        answer, state = session.run(None, {"input": window, "state": state, "sr": rate})
        answers.append(answer[0, 0])
    return np.array(answers)


def _run_akiki(content: bytes, samples: np.ndarray) -> np.ndarray:
    """Feeds 256 new samples after 320 of context and averages pairs of answers to 32 ms, as in its training."""
    session = one_thread(content)
    state, padded = np.zeros((1, 1, 128), np.float32), np.concatenate([np.zeros(320, np.float32), samples])
    answers = []
    for start in range(0, len(samples) // FRAME * FRAME, 256):
        window = padded[None, start : start + 576]
        answer, state = session.run(None, {"audio_with_context": window, "h": state})
        answers.append(answer[0])
    return np.array(answers).reshape(-1, 2).mean(axis=1)


def evaluate(detector: Detector, teacher: Detector, tests: list[Sound], spoken: str, times: Measured) -> Evaluations:
    """Returns the evaluation files of a detector; latency is taken once for the same bytes."""
    timed = times.once(detector.digest, "latency", lambda: latency(_one_call(detector)))
    common = {"suite": SUITE, "evaluator": SCRIPT, "date": timed["date"]}
    return {
        "signals": {"kind": "benchmark", "name": "signals", **common, **_signals(detector, tests)},
        "agreement": {"kind": "benchmark", "name": "agreement", **common, **_agreement(detector, teacher, spoken)},
        "performance": {"kind": "performance", "name": "performance", **common, **_performance(detector, timed)},
    }


def _one_call(detector: Detector) -> Callable[[], object]:
    session = one_thread(detector.onnx)
    window = np.zeros((1, 576), np.float32)
    feed: dict[str, np.ndarray] = {"input": window, "state": np.zeros((2, 1, 128), np.float32)}
    feed["sr"] = np.array(RATE, dtype=np.int64)
    if detector.akiki:
        feed = {"audio_with_context": window, "h": np.zeros((1, 1, 128), np.float32)}
    return lambda: session.run(None, feed)


def _signals(detector: Detector, tests: list[Sound]) -> dict[str, Any]:
    rows = []
    for sound in tests:
        answers = detector.answers[sound.name]
        name = "false_alarm_rate" if sound.voiced is None else "voiced_recall"
        judged = answers[WARM_UP_FRAMES:] if sound.voiced is None else answers[sound.voiced]
        rows.append(
            {
                "name": name,
                "value": round(float((judged >= THRESHOLD).mean()), 4),
                "unit": "fraction",
                "dataset": {"name": "synthetic-sounds", "revision": "1", "split": "test"},
                "slice": {"signal": sound.name},
                "count": len(judged),
            }
        )
    return {
        "outcome": "inconclusive",
        "metrics": rows,
        "notes": (
            "Sounds made by sample_registry/build/sounds.py at 16 kHz. false_alarm_rate: share of 32 ms frames of a "
            "sound without speech that score 0.5 or more, the first 10 left out. voiced_recall: share of the frames "
            "that lie wholly inside a synthetic vowel and score 0.5 or more. Synthetic sound is no substitute for "
            "labelled speech, frames of one sound are not independent, and no limit was set beforehand: inconclusive."
        ),
    }


def _agreement(detector: Detector, teacher: Detector, spoken: str) -> dict[str, Any]:
    together = np.concatenate([detector.answers[name] for name in teacher.answers])
    expected = np.concatenate(list(teacher.answers.values()))
    source = f"{RECORDING_SOURCE[1]}:{RECORDING_PATH}"
    minute = {"name": "silero-test-recording", "revision": TEACHER, "split": "test", "sha256": spoken, "uri": source}
    synthetic = {"name": "synthetic-sounds", "revision": "1", "split": "test"}
    rows: list[dict[str, Any]] = []
    for dataset, mine, theirs in ((minute, detector.minute, teacher.minute), (synthetic, together, expected)):
        same = float(((mine >= THRESHOLD) == (theirs >= THRESHOLD)).mean())
        apart = float(np.abs(mine - theirs).mean())
        common = {"dataset": dataset, "count": len(mine)}
        rows += [
            {"name": "decision_agreement", "value": round(same, 4), "unit": "fraction", **common},
            {"name": "mean_absolute_difference", "value": round(apart, 4), "unit": "probability", **common},
        ]
    return {
        "outcome": "inconclusive",
        "metrics": rows,
        "notes": (
            f"Compared frame by frame (32 ms) with silero_vad.onnx of silero-vad {TEACHER}, decision at 0.5: on the "
            "one-minute test recording of that version's source package (MIT; used, not shipped) and on the synthetic "
            "sounds. Agreement is not accuracy: the recording has no labels. No limit was set beforehand."
        ),
    }


def _performance(detector: Detector, timed: dict[str, Any]) -> dict[str, Any]:
    chunk = 16 if detector.akiki else 32
    return {
        "outcome": "pass" if timed["p95"] < chunk * 1000 else "fail",
        "metrics": [
            *({"name": f"latency_{name}", "value": timed[name], "unit": "us"} for name in ("p50", "p95", "p99")),
            {"name": "real_time_factor", "value": round(timed["p50"] / chunk / 1000, 5), "unit": "fraction"},
            {"name": "parameters", "value": parameters(detector.onnx), "unit": "count"},
            {"name": "model_size", "value": len(detector.onnx), "unit": "bytes"},
        ],
        "notes": (
            f"One call, {chunk} ms of sound, through onnxruntime on {timed['hardware']}: 200 warm-up calls, then 2,000 "
            "timed ones on a machine that other work shared. Passes when the 95th percentile is shorter than the sound. "
            "parameters counts the floating-point values of all initializers and constants with more than 16 values."
        ),
    }


def parameters(content: bytes) -> int:
    """Counts the weights of an ONNX file, the branches of its If nodes included."""
    return _weights(onnx.load_from_string(content).graph)


def trained_parameters(content: bytes) -> int:
    """Counts the trained values of akiki-vad's safetensors file: all but `basis`, the fixed matrix of its spectrum."""
    return sum(tensor.size for name, tensor in safetensors.numpy.load(content).items() if name != "basis")


def _weights(graph: onnx.GraphProto) -> int:
    tensors = list(graph.initializer)
    inner = []
    for node in graph.node:
        tensors += [item.t for item in node.attribute if node.op_type == "Constant" and item.HasField("t")]
        inner += [item.g for item in node.attribute if item.HasField("g")]
    sizes = [int(np.prod(tensor.dims)) for tensor in tensors if tensor.data_type == onnx.TensorProto.FLOAT]
    return sum(size for size in sizes if size > 16) + sum(map(_weights, inner))
