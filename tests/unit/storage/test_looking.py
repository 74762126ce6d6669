"""What is looked at grows with the number of models, not of versions."""

from pathlib import Path

import pytest

from signoff.storage.looking import look


@pytest.mark.parametrize("by_names", [True, False])
def test_folders_of_models_are_seen_and_version_folders_are_not(tmp_path: Path, by_names: bool) -> None:
    for folder in ("models/a/versions/1/deep", "models/b/c/d/e/log", "models/b/c/d/e/f/too/deep", ".signoff/trust"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "models/elsewhere").symlink_to("/")
    seen = {path for path, _ in look(str(tmp_path), by_names=by_names).folders()}
    assert {"", ".signoff", ".signoff/trust", "models", "models/a/versions", "models/b/c/d/e/log"} <= seen
    assert not seen & {"models/a/versions/1", "models/b/c/d/e/f/too", "models/elsewhere", "models/elsewhere/etc"}


@pytest.mark.parametrize("by_names", [True, False])
def test_a_new_name_changes_one_folder(tmp_path: Path, by_names: bool) -> None:
    (tmp_path / "models/a/versions").mkdir(parents=True)
    before = look(str(tmp_path), by_names=by_names)
    assert look(str(tmp_path), by_names=by_names) == before
    (tmp_path / "models/a/versions/1").mkdir()
    after = look(str(tmp_path), by_names=by_names)
    assert after.differing(before) == before.differing(after) == {"models/a/versions"}
    assert after.differing(look(str(tmp_path), by_names=by_names)) == set()


def test_folders_that_come_and_go_differ(tmp_path: Path) -> None:
    nothing = look(str(tmp_path / "nowhere"), by_names=True)
    (tmp_path / "models/a/versions").mkdir(parents=True)
    before = look(str(tmp_path), by_names=True)
    assert before.differing(nothing) == nothing.differing(before) == {"", "models", "models/a", "models/a/versions"}
    (tmp_path / "models/b").mkdir()
    (tmp_path / "models/a/versions").rmdir()
    after = look(str(tmp_path), by_names=True)
    assert after.differing(before) == {"models", "models/a", "models/a/versions", "models/b"}
