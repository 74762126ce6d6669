"""A dict keeps the contract of storages, and holds what attackers leave."""

import pytest

from conformance.storage_contract import StorageContract, Vandal
from signoff.errors import StorageError
from signoff.storage.base import Entry
from signoff.storage.memory import MemoryStorage


class MemoryVandal:
    def __init__(self, storage: MemoryStorage) -> None:
        self.file = storage.plant_file
        self.folder = storage.plant_folder


class TestMemoryStorage(StorageContract):
    @pytest.fixture
    def storage(self) -> MemoryStorage:
        return MemoryStorage()

    @pytest.fixture
    def vandal(self, storage: MemoryStorage) -> Vandal:
        return MemoryVandal(storage)

    @pytest.fixture
    def read_only(self, storage: MemoryStorage) -> MemoryStorage:
        return storage.opened_read_only()


@pytest.mark.parametrize(("plant", "kind"), [("plant_symlink", "a symlink"), ("plant_fifo", "a FIFO")])
def test_what_is_no_file_is_listed_as_other_and_refused(plant: str, kind: str) -> None:
    storage = MemoryStorage()
    getattr(storage, plant)("a/odd")
    assert storage.entries("a") == (Entry("odd", "other"),)
    for ask in (storage.walk, storage.info, storage.open, storage.entries):
        with pytest.raises(StorageError, match=rf"'a/odd' is {kind}"):
            ask("a" if ask == storage.walk else "a/odd")
    with pytest.raises(StorageError, match=rf"'a/odd' is {kind}"):
        storage.put_new("a/odd/x", b"")
