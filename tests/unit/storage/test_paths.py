"""Paths taken apart: the quick look at a name never takes what the whole one refuses; order is that of bytes."""

import pytest

from signoff.errors import StorageError
from signoff.storage.base import Entry
from signoff.storage.paths import are_plain, in_order, split_file


@pytest.mark.parametrize("name", ["00000001.rec", ".tmp-1", "...", " ", "a\nb"])
def test_a_plain_name_is_the_last_part_of_its_path(name: str) -> None:
    assert are_plain(["a", name])
    assert split_file(f"models/{name}") == (["models"], name)


@pytest.mark.parametrize("name", ["", ".", "..", "a\0b", "\ud800"])
def test_what_is_refused_is_not_plain(name: str) -> None:
    assert not are_plain(["a", name])
    with pytest.raises(StorageError):
        split_file(f"models/{name}")


@pytest.mark.parametrize("names", [["a", "B", "a-", "_"], ["z", "\u00e9", "\ud7ff", "\udc80", "\ue000", "\U0001f600"]])
def test_entries_stand_in_the_order_of_bytes(names: list[str]) -> None:
    entries = [Entry(name=name, kind="file") for name in names]
    ordered = [entry.name for entry in in_order(entries)]
    assert ordered == sorted(names, key=lambda name: name.encode("utf-8", "surrogateescape"))
    assert [entry.name for entry in in_order(entries, after=ordered[0], most=1)] == ordered[1:2]
