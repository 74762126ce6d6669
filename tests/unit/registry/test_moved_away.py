"""Bringing a folder in again after a try that was stopped says where the files went."""

from pathlib import Path

import pytest

from builders import World
from signoff.errors import StorageError
from signoff.registry.intake import Source, bring_version


def test_a_source_that_an_earlier_try_emptied_names_the_version_that_stands_there(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "source").mkdir()
    world = World(folder=tmp_path / "registry")
    source = Source(path=str(tmp_path / "source"), how="move")
    with world.registry() as registry:
        with pytest.raises(StorageError, match="it holds no file") as nowhere:
            bring_version(registry.registration, "fraud", "7", source)
        world.put("models/fraud/versions/7/model.onnx", b"moved by the try before")
        with pytest.raises(StorageError, match="it holds no file") as there:
            bring_version(registry.registration, "fraud", "7", source)
    assert nowhere.value.hint == ""
    assert "signoff register fraud:7" in there.value.hint
