"""Chosen columns of the list of versions: which, in which order, and what had to be looked for only once."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from signoff.registry.opening import open_registry
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.columnnames import OWN
from signoff.tui.columns import version_fields
from signoff.tui.measured import Measured
from signoff.tui.scene import Scene, scene_of
from signoff.tui.widgets.fields import Field, ordered
from signoff.tui.widgets.table import Sort

NOW = datetime(2026, 11, 23, 14, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def scene(pytestconfig: pytest.Config) -> Scene:
    snapshot = open_registry(str(pytestconfig.rootpath / "sample_registry"), read_only=True).snapshot()
    return scene_of(snapshot, now=NOW, person="")


@pytest.fixture(scope="module")
def model(scene: Scene) -> ModelView:
    return scene.snapshot.need_model("credit-approval")


def ids(fields: tuple[Field[VersionView], ...]) -> list[str]:
    return [field.column.id for field in fields]


def texts(field: Field[VersionView], model: ModelView) -> dict[str, str]:
    return {view.version: field.cell(view)[0] for view in model.versions}


def test_without_a_wish_the_usual_columns_are_shown(scene: Scene, model: ModelView) -> None:
    assert ids(version_fields(scene, model)) == ["version", "stage", "signoff", "metric.roc_auc", "size", "by", "age"]


def test_a_wish_is_shown_in_its_order_and_each_column_once(scene: Scene, model: ModelView) -> None:
    wished = ("age", "version", "metrics", "roc_auc", "params.algorithm", "age")
    assert ids(version_fields(scene, model, wished)) == ["age", "version", "metric.roc_auc", "params.algorithm"]


def test_what_no_version_of_the_model_has_is_left_out(scene: Scene, model: ModelView) -> None:
    assert ids(version_fields(scene, model, ("version", "metrics.nothing", "f1"))) == ["version"]


def test_every_name_that_can_be_wished_is_a_column(scene: Scene, model: ModelView) -> None:
    fields = version_fields(scene, model, OWN)
    assert ids(fields) == list(OWN)
    for field in fields:
        assert all(field.cell(view)[0] for view in model.versions)
        assert len(ordered(model.versions, fields, Sort(field.column.id))) == len(model.versions)


def test_the_first_wished_columns_stay_longest_and_the_version_always(scene: Scene, model: ModelView) -> None:
    fields = version_fields(scene, model, ("size", "age", "version", "by"))
    priorities = {field.column.id: field.column.priority for field in fields}
    assert sorted(priorities, key=lambda name: -priorities[name]) == ["version", "size", "age", "by"]


def test_numbers_of_a_column_have_their_points_below_each_other(scene: Scene, model: ModelView) -> None:
    (field,) = version_fields(scene, model, ("metrics.roc_auc",))
    found = texts(field, model)
    assert len({text.index(".") for text in found.values()}) == 1
    assert len({len(text) for text in found.values()}) == 1


def test_what_nobody_says_is_a_dash_and_sorts_last_either_way(scene: Scene, model: ModelView) -> None:
    fields = version_fields(scene, model, ("params.max_depth",))
    silent = {version for version, text in texts(fields[0], model).items() if text.strip() == "-"}
    assert 0 < len(silent) < len(model.versions)
    for descending in (False, True):
        last = ordered(model.versions, fields, Sort("params.max_depth", descending=descending))[-len(silent) :]
        assert {view.version for view in last} == silent


def test_stages_sort_by_their_order_and_sign_offs_by_how_far_they_are(scene: Scene, model: ModelView) -> None:
    fields = version_fields(scene, model, ("stage", "signoff"))
    by_stage = ordered(model.versions, fields, Sort("stage", descending=True))
    assert [one.stages for one in by_stage if one.stages] == [("production",), ("staging",)]
    assert all(one.stages for one in by_stage[:2])
    words = [texts(fields[0], model)[one.version].split()[-1] for one in by_stage[2:]]
    assert words == sorted(words, key=["registered", "unregistered", "deprecated", "revoked"].index)
    texts_of = texts(fields[1], model)
    for descending in (False, True):
        said = [
            texts_of[one.version] for one in ordered(model.versions, fields, Sort("signoff", descending=descending))
        ]
        known = [one for one in said if one != "-"]
        assert said[len(known) :] == ["-"] * (len(said) - len(known))
        assert [one.split()[-1] == "rejected" for one in known].index(True) == (len(known) - 1 if descending else 0)
        counts = [int(one.split()[1]) for one in known if " of " in one]
        assert counts == sorted(counts, reverse=descending)


def test_tags_say_their_value_or_that_they_are_there(scene: Scene, model: ModelView) -> None:
    names = Measured()
    names.look_at(model)
    tags = sorted(name for name in names.names() if name.startswith("tags."))
    (field,) = version_fields(scene, model, (tags[0],))
    assert {text for text in texts(field, model).values() if text != "-"}


def test_the_same_state_of_a_model_is_looked_through_once(scene: Scene, model: ModelView) -> None:
    measured = Measured()
    wished = ("version", "metrics.roc_auc")
    first, again = (version_fields(scene, model, wished, measured)[1] for _ in range(2))
    other: Any = msgspec.structs.replace(model, versions=model.versions[:1])
    assert first is again
    assert version_fields(scene, other, wished, measured)[1] is not first
