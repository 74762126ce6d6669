"""The whole story of a registry on every kind of server, through the command line only: as on a folder."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crew import Crew
from servers import HONEST, SLOW, Server
from signoff.registry.settings import Place
from signoff.schema.text import dump_yaml, load_yaml
from signoff.storage.base import Storage
from signoff.storage.places import open_place

Start = Callable[[str], Server]


def config_of(server: Server, url: str) -> str:
    return dump_yaml({"registries": {"lab": {"url": url, "storage_options": dict(server.options)}}})  # type: ignore[arg-type]


def url_on(server: Server) -> str:
    return f"{server.base.rstrip('/')}/s{secrets.token_hex(6)}/registry"


@pytest.fixture(params=[*HONEST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def crew(request: pytest.FixtureRequest, server: Start, tmp_path: Path) -> Iterator[Crew]:
    found = server(request.param)
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.url = url_on(found)
        crew.config = config_of(found, crew.url)
        yield crew


def opened(crew: Crew) -> Storage:
    """Return the storage of a crew's registry, as a training job would write there."""
    said = load_yaml(crew.config.encode())
    options = msgspec.convert(said, dict[str, dict[str, Place]])["registries"]["lab"].storage_options
    return open_place(crew.url, options=options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))


def trained(folder: Path) -> Path:
    """Return the folder of a training job, with a file that comes in several ranges."""
    folder.mkdir()
    (folder / "weights.bin").write_bytes(os.urandom(9 * 1024 * 1024 + 7))
    (folder / "tokenizer").mkdir()
    (folder / "tokenizer/vocab.txt").write_text("a b c\n")
    (folder / "README.md").write_text("# Fraud\n")
    (folder / "version.yaml").write_text("license: mit\n")
    return folder


def test_a_version_goes_from_a_folder_to_production_and_back_to_a_machine(crew: Crew, tmp_path: Path) -> None:
    crew.found(threshold=2)
    source = trained(tmp_path / "out")
    said = json.loads(
        crew.need("ana", "register", "fraud", str(source), "--copy", "--set", "metrics.accuracy=0.93", "--json")
    )
    assert (said["ref"], said["how"]) == ("fraud:1", "copy")
    assert "unregistered" not in crew.need("ben", "ls")
    crew.need("ana", "promote", "fraud:1", "staging")
    for person in ("ben", "cy"):
        crew.need(person, "approve", "fraud:1", "production", "-r", "lab")
    crew.need("ben", "promote", "fraud:1", "production")
    assert "0.93" in crew.need("", "show", "fraud@production")
    checked = json.loads(crew.need("", "verify", "--deep", "--json"))
    assert checked["ok"], checked
    place = tmp_path / "serving"
    crew.need("", "pull", "fraud@production", str(place))
    for name in ("weights.bin", "tokenizer/vocab.txt", "README.md"):
        assert (place / name).read_bytes() == (source / name).read_bytes()
    crew.need("cy", "checkpoint")
    assert crew.run("", "doctor").code == 0


def test_a_draft_that_stands_there_is_registered_in_place(crew: Crew) -> None:
    crew.found(threshold=1)
    storage = opened(crew)
    storage.put_new("models/spam/versions/1/weights.bin", b"weights")
    storage.put_new("models/spam/versions/1/version.yaml", b"license: mit\n")
    assert "unregistered" in crew.need("", "ls", "spam")
    said = json.loads(crew.need("ana", "register", "spam", "--json"))
    digest = hashlib.sha256(storage.read("models/spam/versions/1/SHA256SUMS", most=9999)).hexdigest()
    assert (said["ref"], said["digest"]) == ("spam:1", digest)
