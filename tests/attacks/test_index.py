"""Whoever forges, stales or breaks the shared index changes a picture until somebody opens it, no decision, and it heals."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import TestSigner, World
from indexes import NAME, NEWEST, STAGES, VERSIONS, forge, index, journal, multiply, packed, put_bytes, put_index, said
from signoff.errors import NotFoundError, RefusedError
from signoff.registry.asks import Ask
from signoff.registry.collecting import Collecting
from signoff.registry.doctor import Doctor
from signoff.registry.glance import Glance, take_glance
from signoff.registry.inbox import all_waiting
from signoff.registry.indexwriting import KEPT, NotReadError, write_index
from signoff.registry.journal import Journal
from signoff.registry.registry import Registry
from signoff.registry.serving import pointers_of
from signoff.schema import layout
from signoff.storage.memory import MemoryStorage

MANY = 1200


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a registry in something like a bucket: fraud:1 serves, fraud:2 is registered and no more."""
    monkeypatch.setattr(MemoryStorage, "paged", True)
    world = World(stages={"staging": {"approvals": 0}, "production": {"approvals": 1}})
    world.register("1")
    world.register("2")
    world.register("1", model="churn")
    world.do("ben", "approve")
    world.do("pam", "promote")
    journal(world, "fraud", "churn")
    return world


@pytest.fixture
def path(world: World) -> str:
    """Return the path of a true index, but that it names enough versions of churn to be worth opening."""
    path = index(world)
    multiply(world.storage, path, MANY)
    return path


def glanced(world: World) -> tuple[Registry, Glance]:
    registry = world.registry()
    found = take_glance(registry)
    assert found is not None
    return registry, found


def of(name: str, change: Callable[[Any], object]) -> Callable[[Any], None]:
    """Return a change of one model alone."""

    def changed(model: Any) -> None:  # noqa: ANN401
        if model[NAME] == name:
            change(model)

    return changed


def serve_another(model: Any) -> None:  # noqa: ANN401
    model[STAGES]["production"]["version"] = "2"
    model[NEWEST] = "1"


def test_a_forged_index_shows_another_version_in_production_until_the_model_is_opened(world: World, path: str) -> None:
    forge(world.storage, path, of("fraud", serve_another))
    registry, glance = glanced(world)
    shown = glance.snapshot.need_model("fraud")
    assert shown.stages["production"].version == "2", "the attack itself must work, or the test shows nothing"
    assert shown.source is not None
    assert shown.source.place == path
    after = registry.snapshot(changed={layout.model_folder("fraud")})
    assert after.need("fraud@production").version == "1"
    assert after.need_model("fraud").source is None
    assert after.need_model("churn").source is not None
    assert [(one.place, one.severity) for one in after.problems] == [(path, "note")]
    again = registry.snapshot(changed={layout.model_folder("churn")})
    assert len(again.problems) == 1, "it is said once"


def test_a_forged_index_decides_nothing(world: World, path: str, tmp_path: Path) -> None:
    forge(world.storage, path, of("fraud", serve_another))
    registry, glance = glanced(world)
    assert glance.snapshot.need("fraud@production").version == "2"
    with pytest.raises(RefusedError):
        registry.sign(
            Ask(action="promote", model="fraud", version="2", fields={"stage": "production"}),
            world.me("pam"),
            TestSigner("pam"),
        )
    prepared = registry.prepare(
        Ask(action="rollback", model="fraud", version="1", fields={"stage": "production", "reason": "x"}),
        world.me("pam"),
    )
    assert prepared.replaces == "1"
    assert registry.find("fraud@production").version == "1"
    history = registry.reader.log("fraud").history
    assert [one.version for one in pointers_of(history, ("production",))] == ["1"], "which is what `status` prints"
    pulled = registry.pull("fraud@production", str(tmp_path / "out"))
    assert pulled.pull.version == "1"


def test_a_forged_approval_in_an_index_promotes_nothing(world: World, path: str) -> None:
    def approve_all(model: Any) -> None:  # noqa: ANN401
        for line in model[VERSIONS]:
            line[-1] = 0

    forge(world.storage, path, of("fraud", approve_all))
    registry, glance = glanced(world)
    assert glance.snapshot.need("fraud:2").approval == "Approved", "the attack itself must work"
    with pytest.raises(RefusedError, match="rule not met"):
        registry.sign(
            Ask(action="promote", model="fraud", version="2", fields={"stage": "production"}),
            world.me("pam"),
            TestSigner("pam"),
        )


def test_a_true_index_shows_what_reading_shows(world: World) -> None:
    world.do("ana", "request", "2", stage="production", comment="please")
    index(world)
    glance = take_glance(world.registry(), fewest=1)
    assert glance is not None
    read = world.registry().snapshot()
    for model in read.models:
        kept = glance.snapshot.need_model(model.name)
        assert {name: one.version for name, one in kept.stages.items()} == {
            name: one.version for name, one in model.stages.items()
        }
        for view in model.versions:
            shown = kept.find(view.version)
            assert shown is not None
            assert (shown.approval, shown.status, shown.digest, shown.stages, shown.size) == (
                view.approval,
                view.status,
                view.digest,
                view.stages,
                view.size,
            )
    assert all_waiting(glance.snapshot) == all_waiting(read)


def test_an_index_is_a_bomb_of_gzip(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LARGEST_UNPACKED_INDEX", 1 << 20)
    put_bytes(world.storage, path, packed(b" " * (1 << 20) + b"[]"))
    registry = world.registry()
    assert take_glance(registry) is None
    assert [one.path for one in Collecting(registry).find()] == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b",
        b"no gzip",
        packed(b""),
        packed(b"{"),
        packed(b"[" * 1_000_000),
        packed(b'{"form":1,"journal":2,"models":' + b"[" * 100_000),
        packed(b"[]"),
        packed(b'{"form":"x"}'),
        packed(b"\xff\xfe"),
        packed(b"{}") + b"more",
    ],
)
def test_garbage_in_an_index_is_left_out_and_the_next_one_is_used(world: World, path: str, content: bytes) -> None:
    journal(world, "churn")
    newer = layout.index_path(3)
    world.storage.put_new(newer, content or b"\0")
    _, glance = glanced(world)
    assert {model.source.place for model in glance.snapshot.models if model.source} == {path}
    assert [one.place for one in glance.snapshot.problems] == [newer]


def test_an_index_claims_an_entry_that_the_journal_does_not_have(world: World, path: str) -> None:
    content = said(world.storage, path)
    content["journal"] = 99
    put_index(world.storage, layout.index_path(99), content)
    _, glance = glanced(world)
    assert glance.journal == 2
    assert "not there" in glance.snapshot.problems[0].what


@pytest.mark.parametrize(("key", "value"), [("registry", "f" * 64), ("trust", "f" * 64), ("form", 2), ("journal", 1)])
def test_an_index_of_something_else_is_left_out(world: World, path: str, key: str, value: object) -> None:
    content = said(world.storage, path)
    content[key] = value
    put_index(world.storage, path, content)
    assert take_glance(world.registry()) is None


def hostile(**changes: object) -> Callable[[Any], None]:
    """Return a change of the first version of a model, by what stands where in a line."""
    places = {"version": 0, "digest": 1, "status": 2, "size": 3, "moment": 5, "figures": 6}

    def change(model: Any) -> None:  # noqa: ANN401
        for name, value in changes.items():
            model[VERSIONS][0][places[name]] = value

    return change


def named(name: object) -> Callable[[Any], None]:
    def change(model: Any) -> None:  # noqa: ANN401
        model[NAME] = name

    return change


def pointing(stage: str, version: object) -> Callable[[Any], None]:
    def change(model: Any) -> None:  # noqa: ANN401
        model[STAGES][stage] = {**model[STAGES]["production"], "stage": stage, "version": version}

    return change


@pytest.mark.parametrize(
    "change",
    [
        named("../../etc"),
        named("\x1b[2J"),
        named("CHURN"),
        named(7),
        named("x" * 10_000),
        hostile(version="../1"),
        hostile(version="\x1b]0;x\x07"),
        hostile(version="2"),
        hostile(digest="zz"),
        hostile(status="splendid"),
        hostile(status="unread"),
        hostile(size=-1),
        hostile(size="many"),
        hostile(moment="yesterday"),
        hostile(figures=[["accuracy", "1", {}, None]]),
        pointing("\x1b[31m", "1"),
        pointing("production", "../2"),
        pointing("latest", "1"),
    ],
)
def test_a_hostile_model_in_an_index_is_left_out_and_said(
    world: World, path: str, change: Callable[[Any], None]
) -> None:
    forge(world.storage, path, of("fraud", change))
    registry, glance = glanced(world)
    assert [model.name for model in glance.snapshot.models] == ["churn"]
    [problem] = glance.snapshot.problems
    assert problem.place == path
    assert registry.snapshot().need("fraud@production").version == "1"


def test_numbers_that_would_take_all_time_to_print_are_no_numbers(world: World, path: str) -> None:
    forge(
        world.storage,
        path,
        of("fraud", hostile(figures=[["accuracy", "1", "1E+999999999", None], ["f1", "1", "NaN", None]])),
    )
    _, glance = glanced(world)
    assert [one.number for one in glance.snapshot.need("fraud:1").metrics] == [None, None]


def test_a_count_that_is_not_true_is_counted(world: World, path: str) -> None:
    def boast(model: Any) -> None:  # noqa: ANN401
        model[7] = 10**12

    forge(world.storage, path, of("fraud", boast))
    _, glance = glanced(world)
    assert len(glance.snapshot.need_model("fraud").versions) == MANY


@pytest.mark.usefixtures("path")
def test_a_stale_index_has_a_longer_tail(world: World) -> None:
    world.register("3")
    world.register("1", model="new")
    journal(world, "fraud", "new")
    registry, glance = glanced(world)
    assert glance.journal == 4
    after = registry.snapshot(changed=glance.changed)
    assert after.find("fraud:3") is not None
    assert after.find("new:1") is not None
    assert after.need_model("churn").source is not None
    assert after.problems == (), "that it is older is no lie"


@pytest.mark.usefixtures("path")
def test_a_false_journal_entry_makes_no_model(world: World) -> None:
    Journal(world.storage).tell("models/ghost", 1, "f" * 64)
    Journal(world.storage).tell("models/../../x", 1, "e" * 64)
    registry, glance = glanced(world)
    after = registry.snapshot(changed=glance.changed)
    assert [model.name for model in after.models] == ["churn", "fraud"]


def test_an_index_leaves_out_a_model_that_this_client_has_seen(world: World, path: str) -> None:
    with world.registry() as registry:
        registry.snapshot()
    content = said(world.storage, path)
    content["models"] = [model for model in content["models"] if model[NAME] != "fraud"]
    put_index(world.storage, path, content)
    registry, glance = glanced(world)
    assert registry.snapshot(changed=glance.changed).need("fraud@production").version == "1"


@pytest.mark.usefixtures("path")
def test_an_index_older_than_what_this_client_has_seen_is_not_believed_for_that_model(world: World) -> None:
    world.do("ben", "approve", "2")
    with world.registry() as registry:
        registry.model("fraud")
    registry, glance = glanced(world)
    assert glance.snapshot.need("fraud:2").approval == "none"
    assert registry.snapshot(changed=glance.changed).need("fraud:2").approval == "Approved"


@pytest.mark.usefixtures("path")
def test_nothing_is_copied_from_one_index_into_another(world: World) -> None:
    registry, glance = glanced(world)
    snapshot = registry.snapshot(changed={layout.model_folder("fraud")})
    for one in (glance.snapshot, snapshot):
        with pytest.raises(NotReadError):
            write_index(world.storage, one, journal=2, now=world.surroundings.now())


def test_a_deleted_or_forged_index_is_made_anew_and_old_ones_go(world: World, path: str) -> None:
    forge(world.storage, path, of("fraud", serve_another))
    assert Doctor(world.registry()).index() == path
    assert Doctor(world.registry()).index() is None
    world.storage.remove(path)
    assert Doctor(world.registry()).index() == path
    for _ in range(3):
        journal(world, "fraud")
        Doctor(world.registry()).index()
    collecting = Collecting(world.registry())
    found = collecting.find()
    assert [one.path for one in found] == [layout.index_path(2), layout.index_path(3)]
    collecting.remove(found)
    assert len(world.storage.entries(layout.INDEX)) == KEPT


def test_looking_writes_no_index(world: World) -> None:
    before = world.storage.walk("")
    registry = world.registry()
    take_glance(registry)
    registry.snapshot()
    registry.close()
    assert world.storage.walk("") == before


def test_where_names_cost_nothing_no_index_is_opened(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryStorage, "paged", False)
    forge(world.storage, path, of("fraud", serve_another))
    assert take_glance(world.registry()) is None


def test_a_model_that_an_index_invents_is_gone_when_it_is_opened(world: World, path: str) -> None:
    content = said(world.storage, path)
    ghost = next(model for model in content["models"] if model[NAME] == "fraud")
    content["models"].append(["ghost", *ghost[1:]])
    put_index(world.storage, path, content)
    registry, glance = glanced(world)
    assert glance.snapshot.need("ghost@production").version == "1", "the attack itself must work"
    after = registry.snapshot(changed={layout.model_folder("ghost")})
    assert after.find_model("ghost") is None
    assert [one.place for one in after.problems] == [path]
    with pytest.raises(NotFoundError):
        registry.find("ghost@production")
