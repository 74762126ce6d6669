"""`ls` of a large registry in a bucket is from its index, says so, and reads everything where it is told to."""

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crew import Crew
from indexes import NAME, NEWEST, forge, multiply
from servers import Server
from signoff.schema import layout
from signoff.schema.text import dump_yaml
from signoff.storage.base import Storage
from signoff.storage.places import open_place

MANY = 1200


@pytest.fixture
def server_of_s3(server: Callable[[str], Server]) -> Server:
    return server("moto")


@pytest.fixture
def crew(server_of_s3: Server, tmp_path: Path) -> Iterator[Crew]:
    """Return a crew with a registry in a bucket, of two versions."""
    options = dict(server_of_s3.options)
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.url = f"{server_of_s3.base.rstrip('/')}/s{secrets.token_hex(6)}/registry"
        crew.config = dump_yaml({"registries": {"lab": {"url": crew.url, "storage_options": options}}})  # type: ignore[dict-item]
        crew.found(threshold=2)
        source = tmp_path / "out"
        source.mkdir()
        (source / "weights.bin").write_bytes(b"weights")
        crew.need("ana", "register", "fraud", str(source), "--copy")
        crew.need("ana", "register", "fraud", str(source), "--copy")
        yield crew


def bucket_of(crew: Crew, server: Server) -> Storage:
    return open_place(crew.url, options=server.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))


def call_it(version: str) -> Callable[[Any], None]:
    def change(model: Any) -> None:  # noqa: ANN401
        assert model[NAME] == "fraud"
        model[NEWEST] = version

    return change


def test_ls_is_from_the_index_says_so_and_can_read_everything(crew: Crew, server_of_s3: Server) -> None:
    path = crew.need("ana", "doctor", "--index").strip()
    assert path.startswith(layout.INDEX)
    storage = bucket_of(crew, server_of_s3)
    multiply(storage, path, MANY)
    forge(storage, path, call_it("1"))

    listed = crew.run("ben", "ls")
    assert listed.out.split("\t")[:2] == ["fraud", "1"]
    assert "from the index of" in listed.err
    assert "ls --complete" in listed.err

    complete = crew.run("ben", "ls", "--complete")
    assert complete.out.split("\t")[:2] == ["fraud", "2"]
    assert complete.err == ""
    assert [one["version"] for one in json.loads(crew.need("ben", "ls", "--json"))] == ["2"]
    assert len(crew.need("ben", "ls", "fraud").splitlines()) == 2, "one model is read"


def test_doctor_mends_an_index_and_gc_removes_old_ones(crew: Crew, server_of_s3: Server) -> None:
    path = json.loads(crew.need("ana", "doctor", "--index", "--json"))["path"]
    assert json.loads(crew.need("ana", "doctor", "--index", "--json")) == {"path": None}
    storage = bucket_of(crew, server_of_s3)
    forge(storage, path, call_it("1"))
    assert json.loads(crew.need("ana", "doctor", "--index", "--json")) == {"path": path}
    for _ in range(2):
        crew.need("ana", "comment", "fraud", "-m", "seen")
        crew.need("ana", "doctor", "--index")
    removed = json.loads(crew.need("ana", "gc", "--yes", "--json"))["files"]
    assert [one["path"] for one in removed] == [path]
    assert len(storage.entries(layout.INDEX)) == 2
