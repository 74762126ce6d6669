"""Key files: only public halves are read, and strange files never stop anyone."""

import os
from pathlib import Path

import pytest

from agents import make_key
from signoff.errors import SigningError
from signoff.records.keys import parse_public_key
from signoff.signing.files import identities_in, read_identity


def test_a_key_file_is_an_identity_with_its_comment(key: Path) -> None:
    for path in (key, key.with_suffix(".pub")):
        identity = read_identity(path)
        assert identity.key == parse_public_key(key.with_suffix(".pub").read_text())
        assert (identity.comment, identity.source) == ("id_ed25519@example.org", "file")
        assert identity.path == f"{key}.pub"


def test_a_key_file_without_a_comment_has_an_empty_one(key: Path) -> None:
    public = key.with_suffix(".pub")
    public.write_text(" ".join(public.read_text().split()[:2]))
    assert read_identity(public).comment == ""


def test_the_private_half_is_never_opened(key: Path) -> None:
    key.unlink()
    os.mkfifo(key)
    assert read_identity(key).comment == "id_ed25519@example.org"


def test_a_missing_public_half_says_how_to_make_it(key: Path) -> None:
    key.with_suffix(".pub").unlink()
    with pytest.raises(SigningError, match=r"there is no key file '.*id_ed25519\.pub'") as caught:
        read_identity(key)
    assert "ssh-keygen -y" in caught.value.hint


def test_a_private_half_under_the_public_name_is_refused_and_not_repeated(key: Path) -> None:
    secret = key.read_text()
    key.with_suffix(".pub").write_text(secret)
    with pytest.raises(SigningError, match="not an SSH public key") as caught:
        read_identity(key)
    assert not any(line[:16] in str(caught.value) for line in secret.splitlines()[1:-1])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"ssh-dss AAAA al\n", b"x" * 100_000])
def test_a_file_that_is_no_public_key_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "id.pub"
    path.write_bytes(content)
    with pytest.raises(SigningError, match=r"the key file '.*id\.pub'"):
        read_identity(path)


def test_a_fifo_or_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.pub")
    (tmp_path / "folder.pub").mkdir()
    for name in ("fifo.pub", "folder.pub"):
        with pytest.raises(SigningError, match="is not a regular file"):
            read_identity(tmp_path / name)


def test_a_path_that_cannot_be_one_is_an_error_of_ours(tmp_path: Path) -> None:
    loop = tmp_path / "loop.pub"
    loop.symlink_to(loop)
    for path in (Path("a\0b.pub"), loop):
        with pytest.raises(SigningError, match="cannot be read"):
            read_identity(path)


def test_a_folders_keys_are_those_with_a_private_half_first(tmp_path: Path) -> None:
    for name in ("id_b", "id_c", "a_colleague"):
        make_key(tmp_path, name=name)
    (tmp_path / "a_colleague").unlink()
    (tmp_path / "broken.pub").write_text("ssh-ed25519 AAAA\n")
    (tmp_path / "config").write_text("Host *\n")
    names = [Path(identity.path or "").name for identity in identities_in(tmp_path)]
    assert names == ["id_b.pub", "id_c.pub", "a_colleague.pub"]


def test_a_folder_that_is_not_there_has_no_keys(tmp_path: Path) -> None:
    assert identities_in(tmp_path / "none") == ()
