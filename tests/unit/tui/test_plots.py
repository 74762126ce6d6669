"""A line of numbers as characters."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest

from signoff.tui.plots import Mark, axis, draw, plot_lines, tick_texts
from signoff.tui.present import shown

NUMBERS = tuple(Decimal(text) for text in ("0.8287", "0.834", "0.8687", "0.9405", "0.886", "0.8674", "0.8424"))
PRODUCTION = Mark(index=2, glyph="●", label="3 production", tone="good")
CURSOR = Mark(index=6, glyph="◆", label="7")


def picture(
    numbers: Sequence[Decimal | None],
    *,
    width: int = 60,
    height: int = 12,
    plain: bool = False,
    marks: Sequence[Mark] = (),
) -> list[str]:
    canvas = draw(numbers, width=width, height=height, unit="fraction", plain=plain)
    assert canvas is not None
    lines = plot_lines(canvas, ends=("first", "last"), marks=marks)
    return ["".join(text for text, _ in line) for line in lines]


def body(lines: list[str]) -> list[str]:
    return [line.split("|", 1)[1] for line in lines if "|" in line]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(("width", "height"), [(20, 5), (60, 12), (118, 30)])
def test_a_plot_has_the_size_that_was_asked_for(width: int, height: int, plain: bool) -> None:
    lines = picture(NUMBERS, width=width, height=height, plain=plain, marks=(PRODUCTION, CURSOR))
    assert len(lines) == height
    assert all(len(line) <= width for line in lines)


def test_ends_marks_unit_and_round_ticks_are_told() -> None:
    lines = picture(NUMBERS, marks=(CURSOR, PRODUCTION))
    assert lines[0].strip() == "fraction"
    assert [line.split("┤")[0].strip() for line in lines if "┤" in line] == ["0.95", "0.90", "0.85", "0.80"]
    assert lines[-1].split() == ["first", "3", "production", "7"]
    assert sum(line.count("●") for line in lines[:-2]) == 1
    assert lines[-2].index("●") == next(line.index("●") for line in lines[:-2] if "●" in line)
    assert lines[-2].endswith("◆")


def test_the_higher_number_stands_higher() -> None:
    plain = body(picture((Decimal(1), Decimal(3), Decimal(2)), plain=True))
    rows = {line.index("*") // 10: at for at, line in enumerate(plain) if "*" in line}
    first, second, third = (rows[place] for place in sorted(rows))
    assert second < third < first


def test_without_utf_8_a_plot_is_ascii() -> None:
    lines = picture(NUMBERS, plain=True, marks=(CURSOR, PRODUCTION))
    assert all(line.isascii() for line in lines)
    assert any("@" in line for line in lines)
    assert any("X" in line for line in lines)


def test_every_character_of_a_plot_may_be_shown_as_it_is() -> None:
    for line in picture([Decimal(n * n % 17) for n in range(500)], marks=(CURSOR,)):
        assert shown(line) == line


@pytest.mark.parametrize("numbers", [(), (None,), (None, None)])
def test_without_a_number_there_is_no_plot(numbers: Sequence[None]) -> None:
    assert draw(numbers, width=60, height=12) is None


@pytest.mark.parametrize(("width", "height"), [(19, 12), (60, 4)])
def test_without_room_there_is_no_plot(width: int, height: int) -> None:
    assert draw(NUMBERS, width=width, height=height) is None


def test_a_missing_number_leaves_its_place_open_and_is_not_zero() -> None:
    lines = body(picture((Decimal(5), Decimal(6), None, Decimal(5), Decimal(6)), plain=True))
    middle = len(lines[0]) // 2
    assert all(line[middle : middle + 1].strip() == "" for line in lines)
    assert sum(line.count("*") for line in lines) == 4
    ticks = [line.split("|")[0].strip() for line in picture((Decimal(5), Decimal(6), None), plain=True) if "|" in line]
    assert "0" not in ticks


def test_a_mark_on_a_missing_number_stands_on_the_axis_alone() -> None:
    lines = picture((Decimal(5), None, Decimal(6)), marks=(Mark(index=1, glyph="◆", label="2"),))
    assert sum(line.count("◆") for line in lines) == 1
    assert "◆" in lines[-2]


@pytest.mark.parametrize("number", ["0", "5", "-5", "0.9", "1e-300", "1e300"])
def test_equal_numbers_are_a_level_line_within_the_axis(number: str) -> None:
    lines = body(picture([Decimal(number)] * 3, plain=True))
    found = [at for at, line in enumerate(lines) if "*" in line]
    assert len(found) == 1
    assert 0 < found[0] < len(lines) - 1


@pytest.mark.parametrize(
    ("low", "high"),
    [("0", "1"), ("-1000", "5"), ("0.82", "0.94"), ("1e-400", "1e400"), ("7", "7"), ("123456.7", "123456.8")],
)
def test_an_axis_goes_around_its_numbers_in_equal_steps(low: str, high: str) -> None:
    ticks = axis(Decimal(low), Decimal(high), 5)
    assert ticks[0] <= Decimal(low)
    assert ticks[-1] >= Decimal(high)
    assert 2 <= len(ticks) <= 7
    assert len({float(two - one) for one, two in pairwise(ticks)}) == 1
    assert len(set(tick_texts(ticks))) == len(ticks)
    assert all(len(text) <= 16 for text in tick_texts(ticks))


def test_of_a_hundred_thousand_numbers_a_single_peak_is_seen() -> None:
    numbers: list[Decimal | None] = [Decimal(1)] * 100_000
    numbers[70_000] = Decimal(9)
    lines = picture(numbers, width=100, height=14)
    assert "each column: lowest to highest of up to 1,0" in lines[0]
    peak = next(line for line in lines[1:] if line.lstrip("0123456789 ┤│"))
    assert 65 < len(peak.rstrip()) < 75


def test_names_below_the_axis_do_not_run_into_each_other() -> None:
    marks = tuple(Mark(index=at, glyph="●", label=f"version {at}") for at in range(7))
    last = picture(NUMBERS, marks=marks)[-1]
    assert last.split() == ["version", "0", "version", "2", "version", "4", "version", "6"]
