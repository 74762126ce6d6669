"""Makes a registry of many versions in seconds: folders nobody registered, and a few logs that are signed.

Run it by hand: `python tests/benchmarks/many.py FOLDER [MODELS [VERSIONS]]`.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agents import Agent
from signoff.storage.local import LocalStorage
from tui.story import MODEL, Story, metadata

SIGNED_MODELS = 3
SIGNED_VERSIONS = 20


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
            (place / "version.yaml").write_text(
                metadata(f"0.{700 + (model * 7 + version * 13) % 300}", str(version % 40))
            )
            (place / "model.onnx").write_bytes(bytes(1000 + version))
            (place / "README.md").write_text(f"# {version}\n")
        if model < SIGNED_MODELS:
            _sign_some(story, f"group{model % 10}/model-{model:03}", min(SIGNED_VERSIONS, versions))
    return story


def _sign_some(story: Story, model: str, versions: int) -> None:
    for version in range(1, versions + 1):
        story.registry.register_sealed(story.registry.seal(model, str(version)), story.everybody["ana"])
        story.sign("promote", f"{model}:{version}", "ben", stage="staging")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:4]]
    with Agent() as own_agent, tempfile.TemporaryDirectory() as own_home:
        shape = dict(zip(("models", "versions"), numbers, strict=False))
        make_many(Path(sys.argv[1]), own_agent, Path(own_home), **shape)
