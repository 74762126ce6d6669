"""From paths that changed to what is looked at again."""

import pytest

from signoff.registry.touched import Touched, may_move_models, touched_in, touched_models

NAMES = ("fraud", "risk/fraud", "risk/theft")


@pytest.mark.parametrize(
    ("path", "touched"),
    [
        ("models/fraud/log/00000001.rec", ("fraud",)),
        ("models/fraud", ("fraud",)),
        ("models/risk/fraud/versions/7/version.yaml", ("risk/fraud",)),
        ("models/risk", ("risk/fraud", "risk/theft")),
        ("models", ()),
        ("models/fraudulent/log", ()),
        (".signoff/trust/00000002.rec", ()),
        ("registry.yaml", ()),
    ],
)
def test_a_path_touches_the_model_it_is_in_or_above(path: str, touched: tuple[str, ...]) -> None:
    assert touched_models([path], NAMES) == touched


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("models/fraud/log/00000001.rec", False),
        ("models/fraud/versions/7", False),
        ("models/fraud/versions", True),
        ("models/fraud/model.yaml", True),
        ("models/fraud", True),
        ("models/new/log/00000001.rec", True),
        ("models/risk/new/versions/1", True),
        ("models", True),
        (".signoff/trust/00000002.rec", False),
    ],
)
def test_models_are_looked_for_again_where_one_may_have_come_or_gone(path: str, may: bool) -> None:
    assert may_move_models(path, set(NAMES)) is may


@pytest.mark.parametrize(
    ("path", "versions", "slots"),
    [
        ("models/fraud/versions/7/version.yaml", {"7"}, set()),
        ("models/fraud/versions/7", {"7"}, set()),
        ("models/fraud/log/00000001.rec", set(), {1}),
        ("models/fraud/log/00000001.rec/x", set(), None),
        ("models/fraud/log/junk", set(), None),
        ("models/fraud/log", set(), None),
        ("models/fraud/model.yaml", set(), set()),
        ("models/other/versions/3", set(), set()),
        ("models/other/log/junk", set(), set()),
    ],
)
def test_a_path_touches_its_version_or_its_slot_alone(path: str, versions: set[str], slots: set[int] | None) -> None:
    assert touched_in([path], "fraud") == Touched(frozenset(versions), None if slots is None else frozenset(slots))


@pytest.mark.parametrize("path", ["models/fraud/versions", "models/fraud", "models"])
def test_a_path_above_may_touch_anything(path: str) -> None:
    assert touched_in([path, "models/fraud/versions/7"], "fraud") is None
