"""Keeps the measurements that no rebuild can repeat: times.

A latency or a training time belongs to one machine and one moment. It is stored in measured.json under the digest of
the bytes it was measured on, so a rebuild that gives the same bytes gives the same folders, digest for digest.
`train.py --measure` forgets the stored times and takes them anew.
"""

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

WARM_UP_CALLS = 200
TIMED_CALLS = 2000


class Measured:
    """The stored times, by file digest and then by name."""

    def __init__(self, path: Path, *, anew: bool) -> None:
        self.path = path
        self.stored: dict[str, dict[str, Any]] = {}
        if path.exists() and not anew:
            self.stored = json.loads(path.read_text(encoding="utf-8"))

    def once(self, digest: str, name: str, measure: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON values
        """Returns what is stored for these bytes, else measures it and stores the answer."""
        known = self.stored.setdefault(digest, {})
        if name not in known:
            known[name] = measure()
        return known[name]

    def save(self) -> None:
        """Writes the stored times, sorted, so that a diff shows only what changed."""
        text = json.dumps(self.stored, indent=1, sort_keys=True)
        self.path.write_text(text + "\n", encoding="utf-8")


def one_thread(model: bytes) -> onnxruntime.InferenceSession:
    """Opens an ONNX model on one CPU thread, the way every latency here is measured."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def latency(call: Callable[[], object]) -> dict[str, Any]:
    """Times single calls after a warm-up: microseconds at the 50th, 95th and 99th percentile, and on what."""
    for _ in range(WARM_UP_CALLS):
        call()
    nanoseconds = np.empty(TIMED_CALLS)
    for index in range(TIMED_CALLS):
        start = time.perf_counter_ns()
        call()
        nanoseconds[index] = time.perf_counter_ns() - start
    p50, p95, p99 = (round(float(value) / 1000, 1) for value in np.percentile(nanoseconds, [50, 95, 99]))
    return {"p50": p50, "p95": p95, "p99": p99, "date": timestamp()[:10], "hardware": hardware()}


def timestamp() -> str:
    """Returns the time now, UTC, as YYYY-MM-DDTHH:MM:SSZ."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def hardware() -> str:
    """Names the processor as the system does, and that one thread was used."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        processor = names[0] if names else processor
    return f"{processor}, 1 thread"
