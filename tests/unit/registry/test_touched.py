"""From paths that changed to what is looked at again."""

import pytest

from signoff.registry.touched import may_move_models, touched_models, touched_versions

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
    ("path", "versions"),
    [
        ("models/fraud/versions/7/version.yaml", {"7"}),
        ("models/fraud/versions/7", {"7"}),
        ("models/fraud/log/00000001.rec", set()),
        ("models/fraud/versions", None),
        ("models/fraud", None),
        ("models", None),
        ("models/other/versions/3", set()),
    ],
)
def test_a_path_touches_its_version_alone(path: str, versions: set[str] | None) -> None:
    assert touched_versions([path], "fraud") == versions
