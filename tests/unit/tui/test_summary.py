"""The line above a list."""

import pytest

from signoff.tui.widgets.summary import Summary, marked_words, summary_pieces

WHOLE = Summary(
    numbers="4 of 12 versions", text="stage:staging", marked="2 marked", order="sort age ▲", other="s sorts by size"
)


@pytest.mark.parametrize(
    ("shown", "hidden", "words"),
    [
        (0, 0, ""),
        (2, 0, "2 marked"),
        (1, 1, "1 marked, 1 hidden"),
        (0, 3, "0 marked, 3 hidden"),
        (1200, 0, "1,200 marked"),
    ],
)
def test_marks_are_counted_and_those_that_a_filter_hides_too(shown: int, hidden: int, words: str) -> None:
    assert marked_words(shown, hidden) == words


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (80, " stage:staging  4 of 12 versions · sort age ▲ · s sorts by size · 2 marked"),
        (60, " stage:staging  4 of 12 versions · sort age ▲ · 2 marked"),
        (50, " stage:staging  4 of 12 versions · 2 marked"),
        (40, " stage:stag… 4 of 12 versions · 2 marked"),
        (30, " stage:stagi… 4 of 12 versions"),
        (24, " 4 of 12 versions"),
        (10, " 4 of 12 …"),
    ],
)
def test_what_has_no_room_goes_the_order_first_and_numbers_stay(width: int, line: str) -> None:
    assert "".join(text for text, _ in summary_pieces(WHOLE, width)) == line


def test_without_marks_nothing_is_said_of_them() -> None:
    plain = Summary(numbers="12 versions", order="sort age ▲")
    assert "".join(text for text, _ in summary_pieces(plain, 40)) == " 12 versions · sort age ▲"
