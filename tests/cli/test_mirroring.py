"""A registry mirrored between folders and servers is the same registry, again and again, and never a mixture."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import World
from longlogs import put_comments
from servers import Server
from signoff.registry.mirroring import Mirroring
from signoff.registry.opening import open_registry, open_storage
from signoff.schema.text import dump_yaml
from signoff.storage.local import LocalStorage
from stories import Story

Start = Callable[[str], Server]


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file that a mirror copies, by its path."""
    own = folder / ".signoff/journal"  # each place keeps its own
    kept = (path for path in folder.rglob("*") if path.is_file() and own not in path.parents)
    found = {str(path.relative_to(folder)): path.read_bytes() for path in kept}
    return {path: content for path, content in found.items() if "/tmp/" not in path}


def test_a_mirror_has_every_byte_and_goes_on_where_it_was(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        first = json.loads(story.run("mirror", str(story.path), str(copy), "--json").out)
        assert tree(copy) == tree(story.path)
        again = json.loads(story.run("mirror", str(story.path), str(copy), "--json").out)
        assert (again["records"], again["files"]) == (0, 0)
        story.register("fraud:2")
        story.registry.checkpoint(story.me("cy"))
        more = json.loads(story.run("mirror", str(story.path), str(copy), "--json").out)
        assert 0 < more["records"] < first["records"]
        assert tree(copy) == tree(story.path)
        with open_registry(str(copy), demanded=story.registry.id) as registry:
            assert registry.verify(deep=True).ok
            assert registry.find("fraud@production").version == "1"


def test_a_mirror_has_packs_of_its_own(tmp_path: Path) -> None:
    world = World(folder=tmp_path / "from")
    put_comments(world, 300)
    (tmp_path / "to").mkdir()
    with open_registry(str(tmp_path / "from")) as registry:
        done = Mirroring(registry, LocalStorage(tmp_path / "to")).run()
    assert (done.records, done.notes) == (301, ())
    assert [path.name for path in (tmp_path / "to/models/fraud/packs").iterdir()] == ["00000001-00000256.pack"]
    with open_registry(str(tmp_path / "to")) as registry:
        assert registry.reader.log("fraud").packed == 256
        assert registry.verify(deep=True).ok


def test_a_destination_that_went_its_own_way_is_refused_and_untouched(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with Story(tmp_path) as story:
        story.register("fraud:1")
        assert story.run("mirror", str(story.path), str(copy)).code == 0
        story.register("fraud:2")
        fork = copy / "models/fraud/log/00000002.rec"
        fork.write_bytes((copy / "models/fraud/log/00000001.rec").read_bytes())
        before = tree(copy)
        done = story.run("mirror", str(story.path), str(copy))
        assert done.code == 4
        assert "record 2 differs (a fork)" in done.err
        assert tree(copy) == before
        fork.rename(copy / "models/fraud/log/00000003.rec")
        assert "is not the beginning" in story.run("mirror", str(story.path), str(copy)).err


def test_a_longer_destination_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "old"
    with Story(tmp_path) as story:
        story.register("fraud:1")
        assert story.run("mirror", str(story.path), str(old)).code == 0
        story.register("fraud:2")
        with open_registry(str(old), demanded=story.registry.id):
            done = story.run("mirror", str(old), str(story.path))
        assert done.code == 4
        assert "it has 2 records, here are 1" in done.err


def test_another_registry_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Story(tmp_path / "one") as one, Story(tmp_path / "two") as two:
        done = one.run("mirror", str(one.path), str(two.path))
        assert done.code == 4
        assert "record 1 differs" in done.err


def test_a_file_of_the_same_name_and_another_content_is_never_replaced(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with Story(tmp_path) as story:
        story.register("fraud:1")
        place = next(path for path in tree(story.path) if path.endswith("weights.bin"))
        (copy / place).parent.mkdir(parents=True)
        (copy / place).write_bytes(b"other")
        done = story.run("mirror", str(story.path), str(copy))
        assert done.code == 4
        assert "another file than the registered one" in done.err
        assert (copy / place).read_bytes() == b"other"
        (copy / place).unlink()
        assert story.run("mirror", str(story.path), str(copy)).code == 0
        assert tree(copy) == tree(story.path)


def test_bytes_that_are_not_what_was_registered_are_not_copied(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with Story(tmp_path) as story:
        story.register("fraud:1")
        place = next(path for path in tree(story.path) if path.endswith("weights.bin"))
        (story.path / place).write_bytes(b"tampered")
        done = story.run("mirror", str(story.path), str(copy))
        assert done.code == 4
        assert place in done.err
        assert not (copy / place).exists()
        assert not (copy / "models/fraud/log/00000001.rec").exists()


@pytest.mark.parametrize("name", ["moto", "sshd", "fake-gcs", "azurite"])
def test_a_registry_goes_to_a_server_and_comes_back_byte_for_byte(name: str, server: Start, tmp_path: Path) -> None:
    found = server(name)
    url = f"{found.base.rstrip('/')}/m{secrets.token_hex(6)}/registry"
    config = tmp_path / "config.yaml"
    config.write_text(
        dump_yaml({"registries": {"far": {"url": url, "storage_options": dict(found.options)}}})  # type: ignore[arg-type]
    )
    back = tmp_path / "back"
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        assert story.run("mirror", str(story.path), "far", SIGNOFF_CONFIG=str(config)).code == 0
        assert story.run("mirror", "far", str(back), SIGNOFF_CONFIG=str(config)).code == 0
        assert tree(back) == tree(story.path)
        assert open_storage(str(back)).entries("models")
