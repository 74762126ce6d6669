"""Numbers as lengths."""

from decimal import Decimal

import pytest

from signoff.tui.bars import Scale, bar, bar_lines, bar_scale, gap, interval, interval_scale
from signoff.tui.present import Pieces
from signoff.values.metrics import Metric


def measured(
    value: str, group: str = "", *, unit: str | None = "fraction", bounds: tuple[str, str] = ("", "")
) -> Metric:
    number = Decimal(value) if value[-1].isdigit() else None
    low, high = (Decimal(one) if one else None for one in bounds)
    about = (("gender", group),) if group else ()
    return Metric(name="recall", text=value, number=number, unit=unit, slice=about, low=low, high=high)


def texts(lines: tuple[Pieces, ...]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_groups_have_bars_values_below_each_other_and_their_gap() -> None:
    groups = [measured("0.5", "female"), measured("0.25", "male"), measured("1.0", "other")]
    lines = texts(bar_lines(groups, width=30, plain=True))
    assert [line.split() for line in lines] == [
        ["female", "=" * 8, "0.5"],
        ["male", "=" * 4, "0.25"],
        ["other", "=" * 16, "1.0"],
        ["gap", "0.75"],
    ]
    assert len({line.index(".") for line in lines}) == 1


def test_a_bar_is_as_long_as_its_share() -> None:
    scale = bar_scale([measured("0.5")])
    assert scale == Scale(Decimal(0), Decimal(1))
    assert bar(Decimal("0.5"), scale, 20).count("━") == 10
    assert bar(Decimal(1), scale, 20).count("━") == 20
    assert bar(Decimal(0), scale, 20).strip() == ""
    assert bar(Decimal("0.001"), scale, 20).count("━") == 1


@pytest.mark.parametrize(("unit", "whole"), [("%", 100), ("fraction", 1), ("ms", 80), (None, 80)])
def test_the_scale_of_a_share_is_the_whole(unit: str | None, whole: int) -> None:
    value = "0.8" if unit == "fraction" else "80"
    assert bar_scale([measured(value, unit=unit)]).high == whole


def test_negative_numbers_go_to_the_left_of_zero() -> None:
    scale = bar_scale([measured("-2", unit="ms"), measured("2", unit="ms")])
    assert bar(Decimal(-2), scale, 20) == "━" * 10 + " " * 10
    assert bar(Decimal(2), scale, 20) == " " * 10 + "━" * 10


def test_a_value_without_number_is_told_and_has_no_bar() -> None:
    lines = texts(bar_lines([measured("NA", "female"), measured("0.5", "male")], width=40))
    assert "no number" in lines[0]
    assert "NA" in lines[0]
    assert lines[2].split() == ["gap", "-"]


def test_without_room_for_bars_the_values_stay() -> None:
    lines = texts(bar_lines([measured("0.5", "female"), measured("0.25", "male")], width=18))
    assert [line.split() for line in lines] == [["female", "0.5"], ["male", "0.25"], ["gap", "0.25"]]


def test_one_group_has_no_gap() -> None:
    assert len(bar_lines([measured("0.5", "female")], width=40)) == 1


def test_no_groups_are_no_lines() -> None:
    assert bar_lines([], width=40) == ()


def test_a_gap_is_told_only_between_comparable_values() -> None:
    assert gap([measured("0.5"), measured("0.9"), measured("0.7")]) == Decimal("0.4")
    assert gap([measured("0.5"), measured("90", unit="%")]) is None
    assert gap([measured("0.5")]) is None
    assert gap([]) is None


def test_an_interval_shows_its_bounds_and_its_value() -> None:
    metric = measured("0.5", bounds=("0.0", "1.0"))
    scale = Scale(Decimal(0), Decimal(1))
    assert interval(metric, scale, 9) == "├───●───┤"
    assert interval(metric, scale, 9, plain=True) == "|---@---|"
    inner = measured("0.5", bounds=("0.25", "0.75"))
    assert interval(inner, scale, 9) == "  ├─●─┤  "


def test_bounds_in_the_wrong_order_and_values_outside_are_drawn() -> None:
    scale = Scale(Decimal(0), Decimal(1))
    assert interval(measured("1.0", bounds=("0.5", "0.0")), scale, 9) == "├───┤   ●"


def test_an_interval_of_no_width_is_its_value() -> None:
    metric = measured("0.5", bounds=("0.5", "0.5"))
    scale = interval_scale([metric])
    assert scale is not None
    assert interval(metric, scale, 9).strip() == "●"


def test_without_bounds_no_interval_is_drawn() -> None:
    assert interval(measured("0.5"), Scale(Decimal(0), Decimal(1)), 12) == "no interval "
    assert interval_scale([]) is None
