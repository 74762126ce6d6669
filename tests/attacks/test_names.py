"""Attacks through names and metadata files: one bad name or file hides nothing else, and nothing reaches the terminal."""

import json
import os
import time

import pytest

from attackers import FAILED, NOT_FOUND, Client
from builders import World

COMMANDS = (("ls",), ("status",), ("verify",), ("show", "fraud:1"), ("ls", "fraud"), ("doctor",))
ODD = (
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "a\nb",
    "bidi\u202eedoc",
    "\u200bzero",
    "[@click=app.quit]x",
    "[red]",
    " ",
    "..x",
    "-rf",
    "$(id)",
    "a;b",
    "a b",
    "%s%n",
    "é",
    "x" * 200,
    "\udcff",
)


def believes(client: Client) -> None:
    """Say that the registry is as it was, whatever stands beside it."""
    for words in COMMANDS:
        assert client.run(*words).code in {0, 1, FAILED}, words
    assert client.status() == {"fraud@production": "1"}
    assert client.pull() == 0


def put_folder(world: World, path: str) -> None:
    assert world.folder is not None
    os.makedirs(os.fsencode(world.folder) + b"/" + path.encode("utf-8", "surrogateescape"), exist_ok=True)  # noqa: PTH103


@pytest.mark.parametrize("name", ODD)
def test_a_model_has_a_hostile_name(name: str, world: World, client: Client) -> None:
    put_folder(world, f"models/{name}/versions/1")
    put_folder(world, f"models/risk/{name}/log")
    believes(client)


@pytest.mark.parametrize("name", [*ODD, "1\u00b2"])
def test_a_version_has_a_hostile_name(name: str, world: World, client: Client) -> None:
    put_folder(world, f"models/fraud/versions/{name}")
    believes(client)
    said = json.loads(client.run("verify", "--json").out)
    assert said["ok"] is True


@pytest.mark.parametrize("name", ODD)
def test_a_file_has_a_hostile_name(name: str, world: World, client: Client) -> None:
    assert world.folder is not None
    base = os.fsencode(world.folder)
    for path in (f"models/fraud/log/{name}", f"models/fraud/versions/2/{name}", f".signoff/{name}"):
        put_folder(world, os.path.dirname(path))  # noqa: PTH120
        with open(base + b"/" + path.encode("utf-8", "surrogateescape"), "wb") as file:  # noqa: PTH123
            file.write(b"x")
    believes(client)


@pytest.mark.parametrize("twin", ["Fraud", "FRAUD"])
def test_a_model_has_a_twin_in_another_case(twin: str, world: World, client: Client) -> None:
    if os.path.exists(os.fspath(world.folder or "") + f"/models/{twin}"):  # noqa: PTH110
        pytest.skip("this filesystem does not tell case")
    world.put(f"models/{twin}/versions/1/w", b"poisoned")
    world.put(f"models/{twin}/log/00000001.rec", b"junk")
    believes(client)
    assert "differs from 'fraud' only in case" in client.run("doctor").out


def test_a_version_has_a_twin_in_another_case(world: World, client: Client) -> None:
    world.register("1a", files={"w": b"x"})
    world.put("models/fraud/versions/1A/w", b"poisoned")
    believes(client)
    assert "differs from '1a' only in case" in client.run("doctor").out


@pytest.mark.parametrize("name", ["log", "packs", "cards", "versions"])
def test_a_model_takes_a_reserved_name(name: str, world: World, client: Client) -> None:
    world.put(f"models/risk/{name}/versions/1/w", b"x")
    believes(client)


def test_models_stand_too_deep(world: World, client: Client) -> None:
    world.put("models/a/b/c/d/e/versions/1/w", b"x")
    put_folder(world, "models/" + "/".join("d" * 60))
    believes(client)


@pytest.mark.parametrize(
    "path", ["models/link", "models/risk/link", "models/fraud/versions/link", "models/fraud/cards"]
)
def test_a_folder_is_a_link_or_a_fifo(path: str, world: World, client: Client) -> None:
    for put in (world.put_symlink, world.put_fifo)[: 1 if path.endswith("cards") else 2]:
        if path.endswith("cards"):
            world.delete(f"{path}/{world.card('1')}.md")
            (client.registry / path).rmdir()
        put(path)
        for words in COMMANDS:
            assert client.run(*words).code in {0, 1, FAILED}
        assert client.status() == {"fraud@production": "1"}


BOMBS = {
    "deep": b"a: " + b"[" * 200_000,
    "aliases": b"a: &a [x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
    "merge keys": b"a: &a {x: 1}\nb:\n  <<: [*a, *a]\n",
    "a tag that runs code": b"!!python/object/apply:os.system ['touch /tmp/owned']\n",
    "a duplicate key": b"license: mit\nlicense: gpl\n",
    "not UTF-8": b"license: \xff\xfe\n",
    "escapes": b'description: "\\e]0;owned\\a\\x9b31m\\u202e"\n',
    "markup": b"description: '[@click=app.quit]free[/] [red]'\n",
    "a list": b"- 1\n- 2\n",
    "a number": b"42\n",
    "nothing": b"",
    "NUL": b"a: \x00\n",
    "other types": b"metrics: 7\ndatasets: {a: b}\ntags: 1\nbase_model: [[[]]]\nsignature: []\nartifacts: yes\n",
    "a huge number": b"metrics: {accuracy: 1e999999999}\n",
    "many digits": b"metrics: {accuracy: " + b"9" * 5000 + b"}\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "large": b"x: " + b"y" * (1024 * 1024),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_metadata_is_hostile(bomb: str, world: World, client: Client) -> None:
    started = time.monotonic()
    for path in (
        "registry.yaml",
        "models/fraud/model.yaml",
        "models/churn/model.yaml",
        "models/fraud/versions/2/version.yaml",
        "models/fraud/versions/2/evaluations/safety.yaml",
        "models/fraud/versions/1/evaluations/extra.yaml",
    ):
        world.put(path, BOMBS[bomb])
    for path in ("models/fraud/versions/2/README.md", "models/fraud/versions/1/README.md"):
        world.put(path, b"---\n" + BOMBS[bomb] + b"\n---\n# Card\n")
    believes(client)
    assert client.run("show", "fraud:2").code == 0
    assert {f"{one['model']}:{one['version']}" for one in json.loads(client.run("ls", "fraud", "--json").out)} >= {
        "fraud:1",
        "fraud:2",
    }
    assert not os.path.exists("/tmp/owned")  # noqa: PTH110
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("bomb", BOMBS)
def test_registered_metadata_is_hostile(bomb: str, world: World, client: Client) -> None:
    world.register("2", files={"version.yaml": BOMBS[bomb], "w": b"x"})
    world.evaluate("safety", version="2", text=BOMBS[bomb] or b" ")
    assert client.verify("--deep") == 0
    believes(client)
    assert client.run("show", "fraud:2").code == 0
    assert client.run("check", "fraud:2", "production").code in {0, 1}
    assert client.pull("fraud:2", "--allow-unapproved") == 0


@pytest.mark.parametrize(
    "path",
    ["registry.yaml", "models/fraud/model.yaml", "models/fraud/versions/1/README.md", "models/fraud/versions/2/version.yaml",
     "models/fraud/versions/2/evaluations/a.yaml"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["symlink", "fifo"])
def test_a_metadata_file_is_a_link_or_a_fifo(path: str, kind: str, world: World, client: Client) -> None:
    (world.put_symlink if kind == "symlink" else world.put_fifo)(path)
    for words in COMMANDS:
        assert client.run(*words).code in {0, 1, FAILED}
    assert client.status() == {"fraud@production": "1"}


@pytest.mark.parametrize(
    "ref", ["../../etc:1", "fraud:../1", "fraud@\x1b[2J", "fraud:1\n", "-:1", "fraud@sha256:zz", ":", "@"]
)
def test_a_reference_is_hostile(ref: str, world: World, client: Client) -> None:
    assert client.pull(ref) in {2, NOT_FOUND}
