"""Tables that fit a terminal: what is cut shows it, what is left out is named."""

from hypothesis import given
from hypothesis import strategies as st

from signoff.cli.layout import Cell, Column, cells, laid_out

COLUMNS = (
    Column(title="NAME"),
    Column(title="SAID", elastic=True, priority=1),
    Column(title="SIZE", right=True, priority=2),
    Column(title="NOTE", optional=True, priority=3),
)


def texts(width: int, *rows: tuple[str, ...]) -> list[str]:
    table = laid_out(COLUMNS, [[Cell(text) for text in row] for row in rows], width=width)
    return ["".join(text for text, _ in line) for line in table.lines]


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    assert texts(80, ("fraud", "yes", "7", ""), ("x", "no", "1234", "")) == [
        "NAME   SAID  SIZE",
        "fraud  yes      7",
        "x      no    1234",
    ]


def test_points_stand_below_each_other_with_what_follows_the_numbers_behind() -> None:
    columns = (Column(title="N"), Column(title="CHANGE", right=True, pointed=True))
    rows = [[Cell(name), Cell(text)] for name, text in (("a", "-0.0250 worse"), ("b", "+12 better"), ("c", "-"))]
    lines = ["".join(text for text, _ in line) for line in laid_out(columns, rows, width=40).lines]
    assert [line.rstrip() for line in lines] == [
        "N           CHANGE",
        "a   -0.0250 worse",
        "b  +12      better",
        "c    -",
    ]


def test_where_points_need_more_room_than_there_is_numbers_stand_to_the_right() -> None:
    columns = (Column(title="N"), Column(title="VALUE", right=True, pointed=True))
    rows = [[Cell("a"), Cell("0.12345")], [Cell("b"), Cell("670263")]]
    lines = ["".join(text for text, _ in line) for line in laid_out(columns, rows, width=12).lines]
    assert lines == ["N    VALUE", "a  0.12345", "b   670263"]


def test_words_among_numbers_stay_as_they_are() -> None:
    columns = (Column(title="N"), Column(title="VALUE", right=True, pointed=True))
    rows = [[Cell("a"), Cell("sgd")], [Cell("b"), Cell("0.1")], [Cell("c"), Cell("v1.2")]]
    assert [line[1][0].strip() for line in laid_out(columns, rows, width=40).lines] == ["VALUE", "sgd", "0.1", "v1.2"]


def test_a_cell_that_is_cut_ends_with_an_ellipsis() -> None:
    assert texts(24, ("fraud", "a very long comment", "7", ""))[1] == "fraud  a very lon…     7"


def test_the_least_important_column_is_left_out_and_named() -> None:
    rows = [[Cell("a-name-of-some-length"), Cell("words"), Cell("7"), Cell("!")]]
    assert laid_out(COLUMNS, rows, width=33).dropped == ("SAID",)
    assert laid_out(COLUMNS, rows, width=32).dropped == ("SAID", "SIZE")


def test_an_optional_column_without_words_is_left_out_in_silence() -> None:
    table = laid_out(COLUMNS, [[Cell("a"), Cell("b"), Cell("7"), Cell("-")]], width=80)
    assert table.dropped == ()
    assert "NOTE" not in "".join(text for text, _ in table.lines[0])


def test_a_long_reason_goes_on_in_the_next_line_whole() -> None:
    columns = (Column(title="RULE"), Column(title="BECAUSE", wraps=True))
    reason = "one two three four five six seven eight nine ten"
    table = laid_out(columns, [[Cell("rule"), Cell(reason)]], width=30)
    lines = ["".join(text for text, _ in line) for line in table.lines[1:]]
    assert " ".join(line[6:] for line in lines) == reason
    assert max(map(cells, lines)) <= 30


def test_wide_characters_take_two_cells() -> None:
    assert cells("\u6a21\u578b") == 4
    assert texts(80, ("\u6a21\u578b", "x", "7", ""))[1] == "\u6a21\u578b  x        7"


@given(rows=st.lists(st.tuples(*[st.text(max_size=40)] * 4), min_size=1, max_size=4), width=st.integers(40, 120))
def test_no_line_is_wider_than_the_terminal_where_names_are_short(rows: list[tuple[str, ...]], width: int) -> None:
    short = [("name", *row[1:2], row[2][:1], row[3][:1]) for row in rows]
    table = laid_out(COLUMNS, [[Cell(text) for text in row] for row in short], width=width)
    assert all(sum(cells(text) for text, _ in line) <= width for line in table.lines)
