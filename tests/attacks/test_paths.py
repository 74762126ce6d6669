"""Somebody with write access puts links, pipes and devices where files and folders are expected."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.errors import AlreadyExistsError, StorageError
from signoff.storage.base import Entry
from signoff.storage.delivery import Delivery
from signoff.storage.intake import bring_in
from signoff.storage.local import LocalStorage

SECRET = b"root:x:0:0"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/passwd").write_bytes(SECRET)
    return tmp_path / "outside"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "registry/models/fraud").mkdir(parents=True)
    return tmp_path / "registry"


def reads(storage: LocalStorage, path: str) -> tuple[Callable[[], object], ...]:
    return (
        lambda: storage.read(path, most=99),
        lambda: storage.open(path),
        lambda: storage.info(path),
        lambda: next(iter([found for found in storage.read_many([path], most=99) if raise_it(found)])),
    )


def raise_it(found: bytes | StorageError) -> bool:
    if isinstance(found, StorageError):
        raise found
    return True


def make_socket(place: Path) -> None:
    before = Path.cwd()
    os.chdir(place.parent)  # a socket's path may be short only
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
    finally:
        os.chdir(before)


def make_device(place: Path) -> None:
    try:
        os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero: reading it never ends
    except PermissionError:
        pytest.skip("needs root: makes a device")


PLANTS: dict[str, Callable[[Path], None]] = {
    "a symlink": lambda place: place.symlink_to("/etc/passwd"),
    "a FIFO": os.mkfifo,
    "a socket": make_socket,
    "a device": make_device,
}


@pytest.mark.parametrize("kind", PLANTS)
def test_what_is_no_regular_file_is_never_read_and_never_waited_for(root: Path, kind: str) -> None:
    PLANTS[kind](root / "models/fraud/x")
    storage = LocalStorage(root)
    for ask in reads(storage, "models/fraud/x"):
        with pytest.raises(StorageError, match=rf"'models/fraud/x' is {kind}, not a regular file"):
            ask()
    assert storage.entries("models/fraud") == (Entry("x", "other"),)


@pytest.mark.parametrize("kind", PLANTS)
def test_one_special_file_refuses_a_whole_walk_and_is_named(root: Path, kind: str) -> None:
    (root / "models/fraud/deep/er").mkdir(parents=True)
    PLANTS[kind](root / "models/fraud/deep/er/x")
    with pytest.raises(StorageError, match=rf"'models/fraud/deep/er/x' is {kind}"):
        LocalStorage(root).walk("models")


@pytest.mark.parametrize("kind", PLANTS)
def test_nothing_is_published_onto_or_through_a_special_file(root: Path, kind: str) -> None:
    PLANTS[kind](root / "models/fraud/x")
    storage = LocalStorage(root)
    for write in (
        lambda: storage.put_new("models/fraud/x", SECRET),
        lambda: storage.put_new("models/fraud/x/y", SECRET),
        lambda: storage.replace("models/fraud/x", b"new", expected=SECRET),
        lambda: storage.remove("models/fraud/x"),
    ):
        with pytest.raises(StorageError, match=r"'models/fraud/x'"):
            write()
    assert not stat.S_ISREG((root / "models/fraud/x").lstat().st_mode)


@pytest.mark.parametrize("link", ["models", "models/fraud", "models/fraud/log"])
def test_a_folder_that_is_a_symlink_leads_nowhere(root: Path, outside: Path, link: str) -> None:
    if (root / link).exists():
        (root / link).rename(root / "away")
    (root / link).symlink_to(outside)
    (outside / "fraud/log").mkdir(parents=True)
    storage = LocalStorage(root)
    asks: tuple[Callable[[], object], ...] = (
        *reads(storage, f"{link}/passwd"),
        lambda: storage.entries(link),
        lambda: storage.walk(link),
        lambda: storage.put_new(f"{link}/new", b""),
        lambda: storage.put_new(f"{link}/fraud/new", b""),
        lambda: storage.replace(f"{link}/passwd", b"", expected=SECRET),
        lambda: storage.remove(f"{link}/passwd"),
    )
    for ask in asks:
        with pytest.raises(StorageError, match=rf"'{link}' is a symlink"):
            ask()
    assert (outside / "passwd").read_bytes() == SECRET
    assert not (outside / "new").exists()


def test_a_symlink_is_moved_itself_and_never_through(root: Path, outside: Path) -> None:
    (root / "models/link").symlink_to(outside)
    storage = LocalStorage(root)
    with pytest.raises(StorageError, match=r"'models/link' is a symlink"):
        storage.move("models/link/passwd", "away")
    with pytest.raises(StorageError, match=r"'models/link' is a symlink"):
        storage.move("models/fraud", "models/link/fraud")
    storage.move("models/link", ".signoff/quarantine/link")
    assert (root / ".signoff/quarantine/link").is_symlink()
    assert (outside / "passwd").read_bytes() == SECRET


@pytest.mark.parametrize("link", [".signoff", ".signoff/tmp"])
def test_private_files_are_never_written_through_a_symlink(root: Path, outside: Path, link: str) -> None:
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(outside)
    assert LocalStorage(root).put_new("models/fraud/x", b"one")
    assert sorted(path.name for path in outside.iterdir()) == ["passwd"]


def test_a_folder_nested_too_deep_is_refused_not_walked_for_ever(root: Path) -> None:
    place = root / "models/fraud"
    for _ in range(80):
        place /= "d"
    place.mkdir(parents=True)
    with pytest.raises(StorageError, match=r"is deeper than 64 folders"):
        LocalStorage(root).walk("models")


def test_a_file_that_grows_above_its_cap_is_refused(root: Path) -> None:
    (root / "x").write_bytes(b"." * 100)
    os.truncate(root / "x", 1 << 40)  # sparse: reading it whole would end the memory
    with pytest.raises(StorageError, match=r"'x' is too large: 1099511627776 bytes, where 99 are allowed"):
        LocalStorage(root).read("x", most=99)


def test_names_that_are_not_text_are_listed_and_can_be_named(root: Path) -> None:
    name = os.fsdecode(b"bad\xff\xfename")
    (root / "models" / name).write_bytes(b"one")
    storage = LocalStorage(root)
    assert [entry.name for entry in storage.entries("models")] == [name, "fraud"]
    assert storage.read(f"models/{name}", most=9) == b"one"


def test_a_name_too_long_for_the_filesystem_is_refused(root: Path) -> None:
    with pytest.raises(StorageError, match=r"File name too long"):
        LocalStorage(root).put_new("a" * 300, b"")


@pytest.mark.parametrize("kind", PLANTS)
def test_a_special_file_in_a_source_refuses_the_intake(root: Path, outside: Path, kind: str) -> None:
    PLANTS[kind](outside / "odd")
    with pytest.raises(StorageError, match=rf"cannot bring in .*'odd' is {kind}"):
        bring_in(LocalStorage(root), str(outside), "models/fraud/versions/7")
    with pytest.raises(StorageError, match=rf"odd' is {kind}"):
        bring_in(LocalStorage(root), str(outside / "odd"), "models/fraud/versions/7")
    assert not (root / "models/fraud/versions/7").exists()


def test_a_staging_folder_that_somebody_laid_out_is_not_used(outside: Path, tmp_path: Path) -> None:
    delivery = Delivery(str(tmp_path / "delivered"), identity="0123456789abcdef")
    delivery.staging.symlink_to(outside)
    with (outside / "passwd").open("rb") as stream, pytest.raises(StorageError, match=r"is not this user's own"):
        delivery.deliver("new", stream, size=10, sha256="0" * 64)
    assert sorted(path.name for path in outside.iterdir()) == ["passwd"]


def test_a_symlink_inside_the_staging_folder_is_not_followed(outside: Path, tmp_path: Path) -> None:
    delivery = Delivery(str(tmp_path / "delivered"), identity="0123456789abcdef")
    delivery.staging.mkdir()
    (delivery.staging / "sub").symlink_to(outside)
    with (outside / "passwd").open("rb") as stream, pytest.raises(StorageError, match=r"'sub' is a symlink"):
        delivery.deliver("sub/new", stream, size=10, sha256="0" * 64)
    assert sorted(path.name for path in outside.iterdir()) == ["passwd"]


def test_a_destination_that_is_a_symlink_is_not_replaced(outside: Path, tmp_path: Path) -> None:
    (tmp_path / "delivered").symlink_to(outside)
    delivery = Delivery(str(tmp_path / "delivered"), identity="0123456789abcdef")
    with pytest.raises(AlreadyExistsError, match=r"it holds other files"):
        delivery.commit()
    assert (tmp_path / "delivered").is_symlink()
    assert (outside / "passwd").read_bytes() == SECRET


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", ""])
def test_a_delivered_path_that_leads_elsewhere_is_refused(tmp_path: Path, outside: Path, path: str) -> None:
    delivery = Delivery(str(tmp_path / "delivered"), identity="0123456789abcdef")
    with (outside / "passwd").open("rb") as stream, pytest.raises(StorageError, match=r"below the registry"):
        delivery.deliver(path, stream, size=10, sha256="0" * 64)
