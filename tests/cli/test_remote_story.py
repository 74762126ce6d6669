"""The whole story of a registry on every kind of server, through the command line only: as on a folder."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from crew import Crew
from faulty import faulty
from servers import HONEST, SLOW, Server
from signoff.errors import AlreadyExistsError
from signoff.registry.editing import open_working, replace_working
from signoff.registry.opening import open_registry
from signoff.registry.settings import Place
from signoff.schema.text import dump_yaml, load_yaml
from signoff.storage.base import Storage
from signoff.storage.local import LocalStorage
from signoff.storage.places import open_place

Start = Callable[[str], Server]


def config_of(url: str, options: Mapping[str, object]) -> str:
    """Return a configuration that calls a registry "lab"."""
    return dump_yaml({"registries": {"lab": {"url": url, "storage_options": dict(options)}}})  # type: ignore[arg-type]


def url_on(server: Server) -> str:
    return f"{server.base.rstrip('/')}/s{secrets.token_hex(6)}/registry"


@pytest.fixture(params=[*HONEST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def crew(request: pytest.FixtureRequest, server: Start, tmp_path: Path) -> Iterator[Crew]:
    found = server(request.param)
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.url = url_on(found)
        crew.config = config_of(crew.url, found.options)
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


def live_through(crew: Crew, folder: Path) -> None:
    """Take a version from a training job's folder to production and to a machine that serves it."""
    crew.found(threshold=2)
    source = trained(folder / "out")
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
    place = folder / "serving"
    crew.need("", "pull", "fraud@production", str(place))
    for name in ("weights.bin", "tokenizer/vocab.txt", "README.md"):
        assert (place / name).read_bytes() == (source / name).read_bytes()
    crew.need("cy", "checkpoint")
    assert crew.run("", "doctor").code == 0


def test_a_version_goes_from_a_folder_to_production_and_back_to_a_machine(crew: Crew, tmp_path: Path) -> None:
    live_through(crew, tmp_path)


def test_a_draft_that_stands_there_is_registered_in_place(crew: Crew) -> None:
    crew.found(threshold=1)
    storage = opened(crew)
    storage.put_new("models/spam/versions/1/weights.bin", b"weights")
    storage.put_new("models/spam/versions/1/version.yaml", b"license: mit\n")
    assert "unregistered" in crew.need("", "ls", "spam")
    said = json.loads(crew.need("ana", "register", "spam", "--json"))
    digest = hashlib.sha256(storage.read("models/spam/versions/1/SHA256SUMS", most=9999)).hexdigest()
    assert (said["ref"], said["digest"]) == ("spam:1", digest)


def test_working_files_are_replaced_without_a_condition_that_some_servers_ignore(server: Start, tmp_path: Path) -> None:
    found = server("localbucket")  # it ignores `If-Match`
    with faulty(found.port) as proxy, Crew(tmp_path, "ana", "ben") as crew:
        crew.url = url_on(found.through(proxy.port))
        crew.config = config_of(crew.url, found.through(proxy.port).options)
        crew.found(threshold=1)
        storage = opened(crew)
        storage.put_new("models/spam/versions/1/weights.bin", b"weights")
        storage.put_new("models/spam/versions/1/version.yaml", b"license: mit\n")
        crew.need("ana", "register", "spam", "--set", "license=apache-2.0")
        with open_registry(crew.url, storage_options=found.through(proxy.port).options) as registry:
            working = open_working(registry, "spam", "1")
            storage.replace(working.path, b"# Theirs\n", expected=None)
            with pytest.raises(AlreadyExistsError):
                replace_working(registry, working, b"# Mine\n")
            replace_working(registry, open_working(registry, "spam", "1"), b"# Mine\n")
        assert storage.read("models/spam/versions/1/README.md", most=99) == b"# Mine\n"
    assert "if-none-match: *" in proxy.conditions
    assert not [line for line in proxy.conditions if line.startswith("if-match")]


def test_nothing_but_a_working_file_is_ever_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced, replace = list[str](), LocalStorage.replace

    def noted(storage: LocalStorage, path: str, content: bytes, *, expected: bytes | None) -> None:
        replaced.append(path)
        replace(storage, path, content, expected=expected)

    monkeypatch.setattr(LocalStorage, "replace", noted)
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.config = config_of(crew.url, {})
        live_through(crew, tmp_path)
        crew.write("spam:1", weights__bin="weights", version__yaml="license: mit\n")
        crew.need("ana", "register", "spam", "--set", "license=apache-2.0")
        with open_registry(crew.url) as registry:
            replace_working(registry, open_working(registry, "spam"), b"title: Spam\n")
            replace_working(registry, open_working(registry, "spam", "1"), b"# Spam\n")
    assert {path.rpartition("/")[2] for path in replaced} == {
        "allowed_signers",
        "version.yaml",
        "model.yaml",
        "README.md",
    }
