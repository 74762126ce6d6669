"""What this machine allows: rows of an index, files read and parsed, a copy with its digest beside it.

The rule it keeps: the least that does the same work in Python, on the same files, and none of signoff's own code.
"""

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import yaml

BLOCK = 1 << 20
TOP = "select model, version from v where mmlu > 0.5 and toxicity_rate < 0.5 order by mmlu desc limit 50"


def read(path: str) -> bytes:
    """Return a small file."""
    opened = os.open(path, os.O_RDONLY)
    try:
        return os.read(opened, 65536)
    finally:
        os.close(opened)


def parsed(path: str) -> dict[str, dict[str, float]]:
    """Return what a YAML file says."""
    said: dict[str, dict[str, float]] = yaml.load(read(path), yaml.CSafeLoader)  # noqa: TID251  (on files of ours)
    return said


def make_index(place: Path, root: Path, *, models: int, versions: int) -> None:
    """Put every version's metadata into a table, as plain as can be."""
    index = sqlite3.connect(place)
    index.execute(
        "create table v(model text, version int, said text, mmlu real, toxicity_rate real, primary key(model, version)) without rowid"
    )
    index.execute("create index m on v(mmlu)")
    for model in range(models):
        name = f"model-{model:05}"
        rows = []
        for version in range(1, versions + 1):
            said = parsed(f"{root}/models/{name}/versions/{version}/version.yaml")
            metrics = said["metrics"]
            rows.append((name, version, json.dumps(said), metrics["mmlu"], metrics["toxicity_rate"]))
        index.executemany("insert into v values(?, ?, ?, ?, ?)", rows)
    index.commit()
    index.close()


def indexed(place: Path) -> Mapping[str, Callable[[], object]]:
    """Return what each question costs at least where an index answers it."""

    def ask(words: str, *values: str) -> list[tuple[str, ...]]:
        index = sqlite3.connect(place)
        found = index.execute(words, values).fetchall()
        index.close()
        return found

    one, two = "model-00500", "model-00501"
    return {
        "list_models": lambda: ask("select model, count(*), max(version) from v group by model"),
        "list_versions_of_one_model": lambda: [
            json.loads(said) for (said,) in ask("select said from v where model = ?", one)
        ],
        "compare20": lambda: [
            json.loads(said)["metrics"] for (said,) in ask("select said from v where model in (?, ?)", one, two)
        ],
        "search_metric_top50": lambda: ask(TOP),
    }


def unindexed(root: Path, models: Iterable[str]) -> list[dict[str, dict[str, float]]]:
    """Read and parse the versions of models."""
    return [
        parsed(f"{entry.path}/version.yaml")
        for model in models
        for entry in os.scandir(root / "models" / model / "versions")
    ]


def copy_and_digest(source: Path, target: Path) -> float:
    """Copy a file while a thread computes its sha256; return the seconds."""
    target.unlink(missing_ok=True)
    began = time.perf_counter()
    copying = threading.Thread(target=_copy, args=(source, target))
    copying.start()
    digest, block = hashlib.sha256(), memoryview(bytearray(BLOCK))
    with source.open("rb", buffering=0) as file:
        while size := file.readinto(block):
            digest.update(block[:size])
    digest.hexdigest()
    copying.join()
    return time.perf_counter() - began


def plain_copy(source: Path, target: Path) -> float:
    """Copy a file and check nothing; return the seconds."""
    target.unlink(missing_ok=True)
    began = time.perf_counter()
    _copy(source, target)
    return time.perf_counter() - began


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as one, target.open("xb") as other:
        while os.copy_file_range(one.fileno(), other.fileno(), 1 << 28):
            pass
