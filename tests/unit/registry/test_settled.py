"""Views that were put aside are what they were, and what changes is seen as ever."""

import pytest

from builders import World
from signoff.registry import cache, settled
from signoff.registry.settled import Settled
from signoff.registry.snapshot import ModelView

CARD = b"# Card\n"


@pytest.fixture
def world() -> World:
    world = World()
    world.put("models/fraud/model.yaml", b"metrics:\n  - {name: accuracy, primary: true}\n")
    said = b"metrics:\n  - {name: accuracy, value: 0.5}\ntags: {team: risk}\n"
    world.register("1", files={"model.onnx": b"x", "version.yaml": said})
    world.register("2", card=CARD)
    world.register("3")
    world.do("ana", "request", version="2", stage="production")
    world.register("1", model="other")
    world.register("1", model="third")
    return world


def told(world: World) -> tuple[ModelView, ...]:
    return world.registry().snapshot().models


def put_aside_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "FEWEST", 0)
    monkeypatch.setattr(cache, "MOST_HELD", 0)


def test_what_is_given_back_equals_what_was_put_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = told(world)
    put_aside_all(monkeypatch)
    found = told(world)
    assert [type(model.versions) for model in wanted] == [tuple] * 3
    assert [type(model.versions) for model in found] == [Settled] * 3
    assert found == wanted
    assert [model.totals for model in found] == [model.totals for model in wanted]
    for model, other in zip(found, wanted, strict=True):
        assert list(model.versions) == list(other.versions)
        assert model.versions[-1] == other.versions[-1]
        assert model.versions[:2] == other.versions[:2]
        assert [model.find(one.version) for one in other.versions] == list(other.versions)
        assert model.find("nobody") is None
        assert model.newest == other.newest


def test_a_quick_look_is_put_aside_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = world.registry().snapshot(complete=False).models
    put_aside_all(monkeypatch)
    found = world.registry().snapshot(complete=False).models
    assert [type(model.versions) for model in found] == [Settled] * 3
    assert found == wanted
    assert found[0].versions[0].metadata is None


def test_what_tells_two_apart_does_so_when_both_are_put_aside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_aside_all(monkeypatch)
    before, again = told(world), told(world)
    world.put("models/fraud/versions/3/version.yaml", b"author: eve\n")
    world.register("2", model="other")
    after = told(world)
    assert before == again
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False, True]


def test_a_change_of_one_version_shows_and_the_others_stay_put_aside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_aside_all(monkeypatch)
    with world.registry() as registry:
        before = registry.snapshot()
        world.put("models/fraud/versions/3/README.md", CARD)
        world.register("2", model="other")
        after = registry.snapshot()
        assert after.need("fraud:3").card is not None
        assert after.need("other:2").registered
        assert isinstance(after.need_model("other").versions, Settled)
        assert after.need_model("third").versions is before.need_model("third").versions
        assert before.need("fraud:3").card is None
        assert [one.version for one in before.need_model("other").versions] == ["1"]
    assert after == world.registry().snapshot()


def test_what_is_wrong_or_not_registered_stays_a_value(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_aside_all(monkeypatch)
    world.put("models/third/versions/draft/model.onnx", b"x")
    world.storage.remove("models/other/versions/1/SHA256SUMS")
    models = {model.name: model for model in told(world)}
    assert [type(models[name].versions) for name in ("fraud", "other", "third")] == [Settled, tuple, tuple]
    assert models["other"].find("1") is not None
    assert [one.version for one in models["third"].versions] == ["1", "draft"]


def test_what_changes_on_stays_a_value(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_aside_all(monkeypatch)
    with world.registry() as registry:
        kinds = []
        for version in range(4, 10):
            kinds.append(type(registry.snapshot().need_model("fraud").versions))
            world.register(str(version))
        assert kinds == [Settled] * 4 + [tuple] * 2
        assert registry.snapshot() == world.registry().snapshot()


def test_a_full_disk_leaves_them_as_values(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = told(world)
    put_aside_all(monkeypatch)
    registry = world.registry()
    monkeypatch.setattr(registry.reader.spool, "_full", True)
    found = registry.snapshot().models
    assert [type(model.versions) for model in found] == [tuple] * 3
    assert found == wanted
