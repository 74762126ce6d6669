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
