"""Files of a folder that was entered once are read as their storage reads them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.errors import NotFoundError, StorageError
from signoff.storage.base import Readable
from signoff.storage.glancing import Glances, mark_of
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage

FOLDER = "models/fraud/versions"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    place = tmp_path / FOLDER / "1"
    (place / "evaluations").mkdir(parents=True)
    for name in ("version.yaml", "evaluations/one.yaml", "../secret", "large"):
        (place / name).write_bytes(name.encode())
    (place / "link").symlink_to("version.yaml")
    os.mkfifo(place / "fifo")
    (tmp_path / FOLDER / "2").symlink_to("1")
    return LocalStorage(tmp_path)


def outcome(ask: Callable[[], object]) -> object:
    """Return what a question gives, or the kind and words of its error."""
    try:
        return ask()
    except StorageError as error:
        return type(error), str(error)


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize(
    "name", ["version.yaml", "evaluations/one.yaml", "link", "fifo", "evaluations", "gone", "large", "..", ".", "\0"]
)
def test_each_file_gives_what_the_storage_gives(storage: LocalStorage, version: str, name: str) -> None:
    path = f"{FOLDER}/{version}/{name}"

    def read(around: Readable) -> object:
        return outcome(lambda: around.read(path, most=20 if name != "large" else 2))

    with Glances(storage, FOLDER) as glances, glances.near(version) as near:
        assert read(near) == read(storage)
        assert outcome(lambda: near.info(path)) == outcome(lambda: storage.info(path))


def test_a_path_outside_of_the_folder_is_asked_of_the_storage(storage: LocalStorage) -> None:
    with Glances(storage, FOLDER) as glances, glances.near("1") as near:
        assert near.read(f"{FOLDER}/secret", most=100) == b"../secret"
        with pytest.raises(StorageError, match=r"'\.\.' part"):
            near.read(f"{FOLDER}/1/../secret", most=100)


def test_a_storage_that_is_no_folder_of_this_machine_is_asked_itself() -> None:
    storage = MemoryStorage()
    storage.put_new(f"{FOLDER}/1/version.yaml", b"said")
    with Glances(storage, FOLDER) as glances, glances.near("1") as near:
        assert near.read(f"{FOLDER}/1/version.yaml", most=100) == b"said"
        with pytest.raises(NotFoundError):
            near.info(f"{FOLDER}/1/gone")


def test_a_link_that_leads_nowhere_is_seen_where_nothing_was_before(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    folder = os.open(tmp_path, os.O_RDONLY)
    before = mark_of(folder, "1", ["README.md"], absent="README.md")
    (tmp_path / "1/README.md").symlink_to("nowhere")
    after = mark_of(folder, "1", ["README.md"], absent="README.md")
    os.close(folder)
    assert before != after
