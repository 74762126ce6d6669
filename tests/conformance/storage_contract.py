"""What every storage promises, as tests that each backend's test class inherits."""

import hashlib
import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

import pytest

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError, VerificationError
from signoff.storage.base import Entry, Storage

BAD_PATHS = ("/etc/passwd", "../x", "a/../x", "a//x", "a/./x", "a/", "a\0b", "a/\ud800", "/".join(["d"] * 65))


class Vandal(Protocol):
    """Someone who changes the storage without signoff."""

    def file(self, path: str, content: bytes) -> None: ...

    def folder(self, path: str) -> None: ...


def emptied(storage: Storage, path: str) -> bool:
    """Tell whether a folder whose files all went is empty, or, in a bucket, gone with them."""
    try:
        return storage.entries(path) == () and storage.walk(path) == ()
    except NotFoundError:
        return True


class StorageContract:
    """Inherit, and give the fixtures `storage`, `vandal` and `read_only` (the same place, opened to read only)."""

    def test_what_was_put_is_read_back(self, storage: Storage) -> None:
        assert storage.put_new("models/fraud/log/00000001.rec", b"one")
        assert storage.read("models/fraud/log/00000001.rec", most=3) == b"one"

    def test_an_empty_file_can_be_put_and_read(self, storage: Storage) -> None:
        assert storage.put_new("empty", b"")
        assert storage.read("empty", most=0) == b""

    def test_putting_the_same_bytes_again_is_no_conflict(self, storage: Storage) -> None:
        assert storage.put_new("a/x", b"one")
        assert not storage.put_new("a/x", b"one")

    @pytest.mark.parametrize("other", [b"two", b"", b"one and more"])
    def test_putting_other_bytes_never_replaces(self, storage: Storage, other: bytes) -> None:
        storage.put_new("a/x", b"one")
        with pytest.raises(AlreadyExistsError, match=r"'a/x'"):
            storage.put_new("a/x", other)
        assert storage.read("a/x", most=9) == b"one"

    def test_a_file_cannot_be_put_where_a_folder_is(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        with pytest.raises(StorageError, match=r"'a' is a folder"):
            storage.put_new("a", b"one")

    def test_a_file_cannot_be_put_below_a_file(self, storage: Storage) -> None:
        storage.put_new("a", b"one")
        with pytest.raises(StorageError, match=r"'a' is a file, not a folder"):
            storage.put_new("a/x", b"one")

    def test_nothing_private_is_left_behind(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        storage.put_new("a/x", b"one")
        with pytest.raises(AlreadyExistsError):
            storage.put_new("a/x", b"two")
        storage.replace("a/x", b"three", expected=b"one")
        assert [path for path, _ in storage.walk("")] == ["a/x"]

    def test_a_missing_file_is_not_found(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        for path in ("y", "a/y", "b/c/y"):
            for ask in (storage.info, storage.open, lambda path: storage.read(path, most=9)):
                with pytest.raises(NotFoundError, match=r"cannot"):
                    ask(path)

    def test_a_folder_is_not_read_as_a_file(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        for ask in (storage.info, storage.remove):
            with pytest.raises(StorageError, match=r"'a' is a folder"):
                ask("a")
        for read in (storage.open, lambda path: storage.read(path, most=9)):
            with pytest.raises(StorageError, match=r"'a'( is a folder|.*No such file)"):  # a bucket is not asked twice
                read("a")

    def test_a_larger_file_is_refused_not_cut(self, storage: Storage) -> None:
        storage.put_new("x", b"12345")
        with pytest.raises(StorageError, match=r"'x' is too large: 5 bytes, where 4 are allowed"):
            storage.read("x", most=4)

    def test_entries_are_sorted_and_say_their_kind(self, storage: Storage) -> None:
        for path in ("a/b/x", "a/\u00e9", "a/Z", "a/a"):
            storage.put_new(path, b"")
        assert storage.entries("a") == (
            Entry("Z", "file"),
            Entry("a", "file"),
            Entry("b", "folder"),
            Entry("\u00e9", "file"),
        )

    def test_a_part_of_a_folder_is_what_follows_a_name_and_no_more_than_asked(self, storage: Storage) -> None:
        names = ["a", "b", "b1", "c", "d", "\N{LATIN SMALL LETTER E WITH ACUTE}"]
        for name in names:
            storage.put_new("f/c/x" if name == "c" else f"f/{name}", b"x")
        for after in ("", *names):
            wanted = [name for name in names if name > after]
            for most in (0, 1, 2, 9):
                found = [entry.name for entry in storage.entries("f", after=after, most=most)]
                assert found == (wanted[:most] if most else wanted), (after, most)

    def test_nothing_follows_the_last_name(self, storage: Storage) -> None:
        storage.put_new("f/a", b"x")
        assert storage.entries("f", after="z") == ()

    def test_the_root_and_an_empty_folder_have_entries(self, storage: Storage, vandal: Vandal) -> None:
        vandal.folder("empty")
        assert storage.entries("") == (Entry("empty", "folder"),)
        assert storage.entries("empty") == ()
        assert storage.walk("empty") == ()

    def test_a_missing_folder_is_not_found(self, storage: Storage) -> None:
        for ask in (storage.entries, storage.walk):
            with pytest.raises(NotFoundError, match=r"'a'"):
                ask("a")

    def test_a_file_is_not_listed_as_a_folder(self, storage: Storage) -> None:
        storage.put_new("a", b"")
        for ask in (storage.entries, storage.walk):
            with pytest.raises(StorageError, match=r"'a' is a file, not a folder"):
                ask("a")

    def test_a_walk_gives_every_file_below_sorted_bytewise(self, storage: Storage) -> None:
        for path in ("m/a.b", "m/a/x", "m/a0", "m/\u00e9/y", "n"):
            storage.put_new(path, path.encode())
        found = storage.walk("m")
        assert [path for path, _ in found] == ["a.b", "a/x", "a0", "\u00e9/y"]
        assert [info.size for _, info in found] == [5, 5, 4, 6]

    def test_a_stamp_changes_with_the_content(self, storage: Storage, vandal: Vandal) -> None:
        storage.put_new("x", b"one")
        before = storage.info("x")
        assert storage.info("x") == before
        vandal.file("x", b"two!")
        assert storage.info("x").stamp != before.stamp

    def test_a_stream_gives_the_bytes(self, storage: Storage) -> None:
        storage.put_new("x", b"12345")
        with storage.open("x") as stream:
            assert (stream.read(2), stream.read()) == (b"12", b"345")

    def test_many_are_read_in_the_order_asked_and_an_error_stops_nothing(self, storage: Storage) -> None:
        for path in ("a/1", "a/2", "b/1"):
            storage.put_new(path, path.encode())
        found = list(storage.read_many(["b/1", "a/1", "a/gone", "a/2", "none/1", "../x"], most=3))
        assert found[:2] == [b"b/1", b"a/1"]
        assert found[3] == b"a/2"
        assert [type(found[at]) for at in (2, 4, 5)] == [NotFoundError, NotFoundError, StorageError]

    def test_a_working_file_is_replaced_when_it_is_what_was_opened(self, storage: Storage) -> None:
        storage.replace("README.md", b"one", expected=None)
        storage.replace("README.md", b"two", expected=b"one")
        assert storage.read("README.md", most=9) == b"two"

    @pytest.mark.parametrize("expected", [None, b"another", b"", b"one and more"])
    def test_a_working_file_changed_by_others_is_not_replaced(self, storage: Storage, expected: bytes | None) -> None:
        storage.put_new("README.md", b"one")
        with pytest.raises(AlreadyExistsError, match=r"'README.md'"):
            storage.replace("README.md", b"two", expected=expected)
        assert storage.read("README.md", most=9) == b"one"

    def test_a_working_file_removed_by_others_is_not_replaced(self, storage: Storage) -> None:
        with pytest.raises(AlreadyExistsError, match=r"'README.md': it was removed"):
            storage.replace("README.md", b"two", expected=b"one")

    def test_an_empty_folder_can_be_removed_and_a_full_one_stays(self, storage: Storage) -> None:
        storage.put_new("models/fraud/log/1", b"one")
        storage.put_new("models/fraud/cards/1", b"one")
        storage.remove("models/fraud/cards/1")
        for folder in ("models/fraud/cards", "models/fraud/log", "models/fraud/nothing", "models/none/at/all"):
            storage.remove_empty(folder)
        assert [entry.name for entry in storage.entries("models/fraud")] == ["log"]
        assert storage.read("models/fraud/log/1", most=10) == b"one"

    def test_a_file_can_be_removed_and_removing_nothing_is_no_error(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        for path in ("a/x", "a/x", "b/x"):
            storage.remove(path)
        assert emptied(storage, "a")

    @pytest.mark.parametrize("path", BAD_PATHS)
    def test_a_path_that_leads_elsewhere_is_refused(self, storage: Storage, path: str) -> None:
        asks: tuple[Callable[[str], object], ...] = (
            storage.entries,
            storage.walk,
            storage.info,
            storage.open,
            storage.remove,
            lambda path: storage.read(path, most=9),
            lambda path: storage.put_new(path, b""),
            lambda path: storage.replace(path, b"", expected=b""),
        )
        for ask in asks:
            with pytest.raises(StorageError, match=r"is not a path below the registry"):
                ask(path)
        assert storage.entries("") == ()

    def test_the_root_is_no_file(self, storage: Storage) -> None:
        with pytest.raises(StorageError, match=r"names no file"):
            storage.read("", most=9)

    def test_read_only_reads_and_refuses_every_write(self, storage: Storage, read_only: Storage) -> None:
        storage.put_new("x", b"one")
        assert read_only.read("x", most=9) == b"one"
        assert not read_only.capabilities().writable
        assert "read-only" in read_only.capabilities().reason
        for ask in (
            lambda: read_only.put_new("y", b""),
            lambda: read_only.replace("x", b"", expected=b"one"),
            lambda: read_only.remove("x"),
        ):
            with pytest.raises(StorageError, match=r"read-only"):
                ask()
        assert [path for path, _ in storage.walk("")] == ["x"]

    def test_a_writable_storage_gives_no_reason(self, storage: Storage) -> None:
        can = storage.capabilities()
        assert can.writable
        assert can.reason == ""
        assert can.filesystem

    def test_what_was_moved_is_at_the_other_place_only(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        storage.move("a/x", "b/c/y")
        assert storage.read("b/c/y", most=9) == b"one"
        with pytest.raises(NotFoundError):
            storage.info("a/x")

    def test_moving_never_replaces(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        storage.put_new("b/y", b"two")
        with pytest.raises(AlreadyExistsError, match=r"cannot move 'a/x' to 'b/y'"):
            storage.move("a/x", "b/y")
        assert (storage.read("a/x", most=9), storage.read("b/y", most=9)) == (b"one", b"two")

    def test_what_is_not_there_cannot_be_moved(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        for path in ("a/y", "c/y"):
            with pytest.raises(NotFoundError, match=r"cannot (move|open)"):
                storage.move(path, "b/y")

    def test_a_folder_is_moved_with_all_in_it(self, storage: Storage) -> None:
        storage.put_new("a/b/x", b"one")
        storage.move("a/b", "kept/b")
        assert storage.read("kept/b/x", most=9) == b"one"

    def test_nothing_is_moved_where_nothing_may_be_written(self, storage: Storage, read_only: Storage) -> None:
        storage.put_new("a/x", b"one")
        with pytest.raises(StorageError, match="read-only"):
            read_only.move("a/x", "b/y")
        assert storage.read("a/x", most=9) == b"one"

    def test_files_and_folders_move_to_where_nothing_is(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        storage.put_new("b/y", b"two")
        storage.move("a/x", "c/d/x")
        storage.move("b", "c/b")
        assert emptied(storage, "a")
        assert [path for path, _ in storage.walk("c")] == ["b/y", "d/x"]
        with pytest.raises(AlreadyExistsError, match=r"something is there"):
            storage.move("c/b/y", "c/d/x")
        with pytest.raises(NotFoundError, match=r"'gone'"):
            storage.move("gone", "c/gone")
        assert storage.read("c/d/x", most=9) == b"one"

    @pytest.mark.parametrize("size", [0, 1, 3 * 1024 * 1024 + 1])
    def test_a_stream_becomes_a_file_and_its_digest_is_told(self, storage: Storage, size: int) -> None:
        content, done = secrets.token_bytes(size), list[int]()
        found = storage.put_stream("a/b/x", BytesIO(content), size=size, told=done.append)
        assert found == hashlib.sha256(content).hexdigest()
        assert (storage.read("a/b/x", most=size), sum(done)) == (content, size)

    def test_a_stream_never_replaces_nor_stops_at_a_part(self, storage: Storage) -> None:
        storage.put_new("a/x", b"one")
        with pytest.raises(AlreadyExistsError, match=r"'a/x'"):
            storage.put_stream("a/x", BytesIO(b"two"), size=3)
        for size, digest, error in ((4, "", StorageError), (2, "", StorageError), (3, "0" * 64, VerificationError)):
            with pytest.raises(error, match=r"'a/y'"):
                storage.put_stream("a/y", BytesIO(b"two"), size=size, sha256=digest)
        assert [path for path, _ in storage.walk("a")] == ["x"]
        assert storage.read("a/x", most=9) == b"one"

    def test_a_stream_can_be_read_from_any_place(self, storage: Storage) -> None:
        storage.put_new("x", b"12345")
        with storage.open("x") as stream:
            stream.seek(3)
            assert stream.read() == b"45"

    def test_read_only_neither_moves_nor_removes_folders(self, storage: Storage, read_only: Storage) -> None:
        storage.put_new("a/x", b"one")
        with pytest.raises(StorageError, match=r"read-only"):
            read_only.move("a", "b")
        with pytest.raises(StorageError, match=r"read-only"):
            read_only.remove_empty("a")
