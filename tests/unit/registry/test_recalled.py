"""What was kept is painted, and gone as soon as nobody needs it."""

import gc
import weakref
from collections.abc import Callable
from itertools import islice

import pytest

from builders import World
from signoff.registry import recalled
from signoff.registry.kept import Line
from signoff.registry.recalled import RecalledStates
from signoff.registry.remembered import paint, picture_of
from signoff.registry.snapshot import Snapshot
from signoff.registry.views import VersionView
from signoff.storage.spool import Spool


def kept() -> tuple[Snapshot, Snapshot]:
    """Return a registry as it was read, and as it is painted from what was kept."""
    world = World()
    world.register("1", card=b"# Card\n")
    world.register("2")
    world.register("1", model="other")
    world.do("ana", "request", version="2", stage="production")
    snapshot = world.registry().snapshot()
    picture = paint(picture_of(snapshot), url=snapshot.url, trust=snapshot.trust)
    assert picture is not None
    return snapshot, picture.snapshot


def test_what_was_kept_has_the_models_and_their_versions() -> None:
    read, painted = kept()
    assert [model.name for model in painted.models] == ["fraud", "other"]
    for one, other in zip(read.models, painted.models, strict=True):
        assert [view.version for view in other.versions] == [view.version for view in one.versions]
        assert [view.digest for view in other.versions] == [view.digest for view in one.versions]
        assert other.newest is not None
        assert list(other.history.versions) == list(one.history.versions)
        assert (other.stages, other.history.emergencies, other.figures) == (one.stages, {}, {})


def put_aside_as_ever(_: pytest.MonkeyPatch) -> None:
    """Leave all as it is."""


def one_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalled, "HELD", 1)


def every_model_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalled, "FEW", 0)


def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(spool: Spool, _: bytes) -> None:
        assert isinstance(spool, Spool)

    monkeypatch.setattr(Spool, "put", full)


@pytest.mark.parametrize("way", [put_aside_as_ever, one_at_hand, every_model_is_large, no_room])
def test_versions_are_the_same_however_they_are_held(
    way: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    way(monkeypatch)
    read, painted = kept()
    for _ in range(2):
        for one, other in zip(read.models, painted.models, strict=True):
            views = list(other.versions)
            assert [view.digest for view in views] == [view.digest for view in one.versions]
            assert (
                [other.find(view.version) for view in views]
                == views
                == [other.versions[at] for at in range(len(views))]
            )
            assert [view.stages for view in views] == [view.stages for view in one.versions]
    assert painted.models[0].find("nobody") is None


def test_what_was_kept_goes_without_a_collection() -> None:
    """The garbage collector does not look at it any more once a screen has read: see the feed."""
    painted = kept()[1]
    looked_at, left_alone = weakref.ref(painted.models[0].versions), weakref.ref(painted.models[1].versions)
    assert len(list(painted.models[0].versions)) == 2
    gc.disable()
    try:
        del painted
        assert (looked_at(), left_alone()) == (None, None)
    finally:
        gc.enable()


def test_looking_at_some_versions_makes_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    _, painted = kept()
    fraud = painted.need_model("fraud")
    made: list[str] = []
    make = recalled._view

    def counted(
        model: recalled._Lines, line: Line, states: RecalledStates, *, stages: tuple[str, ...], aliases: tuple[str, ...]
    ) -> VersionView:
        made.append(line.version)
        return make(model, line, states, stages=stages, aliases=aliases)

    monkeypatch.setattr(recalled, "_view", counted)
    assert [view.version for view in islice(reversed(fraud.versions), 1)] == ["2"]
    assert fraud.versions[0].version == "1"
    assert made == ["2", "1"]
