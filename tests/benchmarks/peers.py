"""Other registries and terminal programs, where they are installed: on PATH, or in the folder SIGNOFF_BENCHMARK_PEERS names.

The rule it keeps: a peer is asked for the same thing, through its own command or client, with telemetry off; one that is
missing is said to be.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = os.environ.get("SIGNOFF_BENCHMARK_PEERS", "")
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "DVC_NO_ANALYTICS": "1",
    "ITERATIVE_DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "BENTOML_DO_NOT_TRACK": "True",
    "GIT_PYTHON_REFRESH": "quiet",
}
WHO = "bench <bench@example.invalid> 1700000000 +0000"
GIT = ("-c", "user.email=bench@example.invalid", "-c", "user.name=bench", "-c", "commit.gpgsign=false")
MLFLOW_SEED = """import sys
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1], sys.argv[1])
for number in range(int(sys.argv[2])):
    client.create_registered_model(f"model-{number:05}")
"""
MLFLOW_LIST = """import sys
from mlflow import MlflowClient
for one in MlflowClient(sys.argv[1], sys.argv[1]).search_registered_models(max_results=1000):
    print(one.name)
"""


def find(name: str) -> str | None:
    """Return a peer's program, or None."""
    return shutil.which(name, path=os.pathsep.join([FOLDER, os.environ.get("PATH", "")]))


def environment(home: Path) -> Mapping[str, str]:
    """Return the environment for peers: a home of their own, no telemetry."""
    home.mkdir(exist_ok=True)
    return {**os.environ, **QUIET, "HOME": str(home), "HF_HOME": str(home / "hf"), "XDG_CONFIG_HOME": str(home / "xdg")}


def mlflow_listing(folder: Path, models: int, environ: Mapping[str, str]) -> Sequence[str] | None:
    """Return the command with which MLflow lists so many models, which have no versions, of an sqlite file."""
    program = find("mlflow")
    if program is None:
        return None
    python = str(Path(program).with_name("python"))
    if not Path(python).exists():
        python = sys.executable
    where = f"sqlite:///{folder}/mlflow.db"
    seed = [python, "-c", MLFLOW_SEED, where, str(models)]
    done = subprocess.run(seed, env=dict(environ), check=False, capture_output=True, cwd=folder)
    return None if done.returncode else [python, "-c", MLFLOW_LIST, where]


def hf_listing(models: int, environ: Mapping[str, str]) -> Sequence[str] | None:
    """Return the command with which Hugging Face lists a cache of so many repositories of one revision."""
    program = find("hf")
    if program is None:
        return None
    for number in range(models):
        repository = Path(environ["HF_HOME"]) / "hub" / f"models--org--model-{number:05}"
        snapshot = repository / "snapshots" / f"{number:040x}"
        for place in (repository / "blobs", repository / "refs", snapshot):
            place.mkdir(parents=True)
        (repository / "blobs" / f"{number:040x}").write_bytes(b"weights")
        (repository / "refs" / "main").write_text(f"{number:040x}")
        (snapshot / "model.onnx").symlink_to(repository / "blobs" / f"{number:040x}")
    return [program, "cache", "ls"]


def gto_showing(folder: Path, tags: int) -> Sequence[str] | None:
    """Return the command with which gto tells what stands in a stage, in a repository of so many tags."""
    program = find("gto")
    if program is None:
        return None
    history(folder, tags - 1, tagged=True)
    return [program, "show", "m#prod", "--ref", "--repo", str(folder)]


def git(folder: Path, *words: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *GIT, *words], cwd=folder, check=True, capture_output=True)


def history(folder: Path, commits: int, *, tagged: bool = False) -> None:
    """Make a repository of so many commits; tagged as gto tags versions, and the last one as a stage."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    lines = []
    for number in range(1, commits + 1):
        lines.append(f"commit refs/heads/main\nmark :{number}\ncommitter {WHO}\ndata 11\nmodel-{number:05}\n")
        if tagged:
            lines.append(f"tag m@v0.0.{number}\nfrom :{number}\ntagger {WHO}\ndata 1\nx\n")
    if tagged:
        lines.append(f"tag m#prod#1\nfrom :{commits}\ntagger {WHO}\ndata 1\nx\n")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input="".join(lines).encode(), check=True)
