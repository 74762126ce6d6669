"""Makes large registries in seconds: folders nobody registered, or versions whose every registration is signed.

Run it by hand: `python tests/benchmarks/many.py [--registered] FOLDER [MODELS [VERSIONS]]`.
"""

import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agents import Agent
from builders import TestSigner, World
from signoff.records.statement import RECORD_NAMESPACE
from signoff.storage.local import LocalStorage
from tui.story import MODEL, Story, metadata

Said = Callable[[int, int], bytes]
SIGNED_MODELS = 3
SIGNED_VERSIONS = 20
NAMES = (
    "mmlu",
    "gsm8k",
    "arc_c",
    "hellaswag",
    "truthfulqa",
    "humaneval",
    "bbh",
    "loss",
    "toxicity_rate",
    "refusal_rate",
    "jailbreak_rate",
    "human_elo",
)


def measured(number: int) -> bytes:
    """Return a version.yaml of 12 metrics, 15 hyperparameters and 6 tags, as the peers get."""
    metrics = "".join(
        f"  {name}: 0.{(number * 7919 + place * 104729) % 10**6:06}\n" for place, name in enumerate(NAMES)
    )
    parameters = "".join(f"  parameter_{place}: {number * 31 + place}\n" for place in range(15))
    tags = "".join(f"  tag_{place}: value-{(number + place) % 9}\n" for place in range(6))
    return f"license: apache-2.0\nmetrics:\n{metrics}hyperparameters:\n{parameters}tags:\n{tags}".encode()


def make_many(root: Path, agent: Agent, home: Path, *, models: int = 100, versions: int = 100) -> Story:
    """Fill a folder with `models` models of `versions` versions each; the first few have signed versions."""
    root.mkdir(parents=True, exist_ok=True)
    story = Story(LocalStorage(root), agent, home)
    for model in range(models):
        folder = root / "models" / f"group{model % 10}" / f"model-{model:03}"
        (folder / "versions").mkdir(parents=True)
        (folder / "model.yaml").write_text(MODEL)
        for version in range(1, versions + 1):
            place = folder / "versions" / str(version)
            place.mkdir()
            _write_version(place, model, version)
            (place / "README.md").write_text(f"# {version}\n")
        if model < SIGNED_MODELS:
            _sign_some(story, f"group{model % 10}/model-{model:03}", min(SIGNED_VERSIONS, versions))
    return story


def _usual(model: int, version: int) -> bytes:
    return metadata(f"0.{700 + (model * 7 + version * 13) % 300}", str(version % 40)).encode()


def as_peers_get(model: int, version: int) -> bytes:
    """Return the version.yaml of a version with as much in it as the peers get."""
    return measured(model * 1000 + version)


def _write_version(place: Path, model: int, version: int, said: Said = _usual) -> dict[str, bytes]:
    files = {"model.onnx": bytes(100 + version % 1000), "version.yaml": said(model, version)}
    for name, content in files.items():
        (place / name).write_bytes(content)
    return files


def _sign_some(story: Story, model: str, versions: int) -> None:
    for version in range(1, versions + 1):
        story.registry.register_sealed(story.registry.seal(model, str(version)), story.everybody["ana"])
        story.sign("promote", f"{model}:{version}", "ben", stage="staging")


def make_registered(root: Path, *, models: int, versions: int, said: Said = _usual) -> World:
    """Fill a folder with models whose every version is registered, with a true signature: what writing costs is not measured."""
    root.mkdir(parents=True, exist_ok=True)
    world = World(folder=root)
    signer, policy = TestSigner("ana"), world.policy(1)
    for number in range(models):
        model = f"model-{number:05}"
        folder = root / "models" / model
        for name in ("versions", "log"):
            (folder / name).mkdir(parents=True)
        (folder / "model.yaml").write_text(MODEL)
        prev = "0" * 64
        for version in range(1, versions + 1):
            place = folder / "versions" / str(version)
            place.mkdir()
            files = _write_version(place, number, version, said)
            sums = "".join(
                f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
            ).encode()
            (place / "SHA256SUMS").write_bytes(sums)
            line = (
                f'{{"_type":"https://in-toto.io/Statement/v1","predicate":{{"action":"register","author":"ana","built_by":["ana"],'
                f'"card":null,"chain":"models/{model}","key":"{signer.fingerprint}","nonce":"{version:032x}",'
                f'"policy":{{"seq":1,"sha256":"{policy["sha256"]}"}},"prev":"{prev}","registry":"{world.id}","seq":{version},'
                f'"time":"2026-11-23T08:00:02Z","version":"{version}"}},"predicateType":"urn:signoff:record:v1",'
                f'"subject":[{{"digest":{{"sha256":"{hashlib.sha256(sums).hexdigest()}"}},"name":"{model}:{version}"}}]}}\n'
            ).encode()
            prev = hashlib.sha256(line).hexdigest()
            record = line + signer.sign(line, namespace=RECORD_NAMESPACE)
            (folder / "log" / f"{version:08d}.rec").write_bytes(record)
    return world


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--registered"]
    shape = dict(zip(("models", "versions"), map(int, words[1:3]), strict=False))
    if "--registered" in sys.argv:
        make_registered(Path(words[0]), models=shape.get("models", 100), versions=shape.get("versions", 100))
    else:
        with Agent() as own_agent, tempfile.TemporaryDirectory() as own_home:
            make_many(Path(words[0]), own_agent, Path(own_home), **shape)
