"""Values look right in cells."""

import pytest
from rich.cells import cell_len

from signoff.tui.present import (
    PLAIN_GLYPHS,
    STATES,
    Pieces,
    clip,
    clip_left,
    clip_middle,
    clip_pieces,
    count,
    fit,
    glyph,
    hang_of,
    or_unknown,
    shown,
    state,
    width_of,
    wrap,
)


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [
        ("fraud", 5, "fraud"),
        ("fraud-detector", 6, "fraud…"),
        ("模型模型", 8, "模型模型"),
        ("模型模型", 7, "模型模…"),
        ("模型模型", 6, "模型 …"),
        ("fraud", 1, "…"),
        ("fraud", 0, ""),
    ],
)
def test_text_is_clipped_by_cells_and_says_so(text: str, width: int, clipped: str) -> None:
    assert clip(text, width) == clipped
    assert cell_len(clip(text, width)) <= width


def test_a_place_is_clipped_at_its_beginning() -> None:
    assert clip_left("/mnt/storage/models", 8) == "…/models"
    assert clip_left("/mnt", 8) == "/mnt"
    assert clip_left("/mnt", 0) == ""


@pytest.mark.parametrize(
    ("text", "width", "clipped"),
    [
        ("true_positive_rate_gap_race", 16, "true_pos…ap_race"),
        ("accuracy", 8, "accuracy"),
        ("accuracy", 3, "ac…"),
        ("模型模型模型", 7, "模型…型"),
        ("accuracy", 1, "…"),
    ],
)
def test_a_name_keeps_both_ends(text: str, width: int, clipped: str) -> None:
    assert clip_middle(text, width) == clipped
    assert cell_len(clip_middle(text, width)) <= width


@pytest.mark.parametrize("text", ["7", "0.931", "模型", "a much longer text than fits"])
@pytest.mark.parametrize("right", [False, True])
def test_a_cell_has_exactly_its_width(text: str, right: bool) -> None:
    assert cell_len(fit(text, 6, right=right)) == 6


def test_numbers_stand_at_the_right() -> None:
    assert fit("12ms", 6, right=True) == "  12ms"


def test_each_state_is_a_glyph_and_a_word_with_an_ascii_form() -> None:
    for word in STATES:
        text, _ = state(word)
        mark, _ = glyph(word)
        assert text == f"{mark} {word}"
        assert cell_len(mark) == 1
        assert shown(text, plain=True).isascii()


def test_a_state_nobody_thought_of_is_shown_by_its_word() -> None:
    assert state("canary") == ("· canary", "plain")


def test_every_glyph_keeps_its_width_without_utf_8() -> None:
    for code, replacement in PLAIN_GLYPHS.items():
        assert cell_len(chr(code)) == cell_len(str(replacement)) == 1


def test_without_utf_8_names_are_escaped_rather_than_garbled() -> None:
    assert shown("çağla ●", plain=True) == "\\xe7a\\u011fla @"
    assert shown("\x1b]0;title\x07", plain=True) == "\\x1b]0;title\\x07"


def test_a_long_line_breaks_at_spaces() -> None:
    line: Pieces = (("needs ", "plain"), ("1 more approval", "strong"), (" from: risk", "plain"))
    assert wrap(line, 14) == (
        (("needs ", "plain"), ("1 more ", "strong")),
        (("approval", "strong"), (" from:", "plain")),
        (("risk", "plain"),),
    )


def test_a_word_longer_than_a_line_is_chopped_and_nothing_is_lost() -> None:
    lines = wrap((("a" * 25, "plain"),), 10)
    assert ["".join(text for text, _ in line) for line in lines] == ["a" * 10, "a" * 10, "a" * 5]


def test_a_line_that_fits_stays_one() -> None:
    assert wrap((("short", "plain"),), 10) == ((("short", "plain"),),)
    assert wrap((), 10) == ((),)


def test_pieces_are_clipped_as_one_line() -> None:
    assert clip_pieces((("live", "good"), (" 14:03", "dim"), ("never", "plain")), 7) == (
        ("live", "good"),
        (" 1…", "dim"),
    )
    assert width_of((("模型", "plain"), ("7", "dim"))) == 5


def test_counts_carry_their_noun() -> None:
    assert count(1, "version") == "1 version"
    assert count(100_000, "version") == "100,000 versions"
    assert count(2, "entry", "entries") == "2 entries"


def test_what_is_missing_is_a_dash_and_never_zero() -> None:
    assert or_unknown(None) == or_unknown("") == "-"
    assert or_unknown("0") == "0"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (
            (("  ", "plain"), ("· ", "dim"), ("one two three four five six", "plain")),
            ("  · one two", "    three four", "    five six"),
        ),
        ((("one two three four", "plain"),), ("one two three", "four")),
        (
            (("  ", "plain"), ("a-name-at-most ", "plain"), ("one two", "plain")),
            ("  a-name-at-mo", "  st one two"),
        ),
        ((("a label that is long: ", "dim"), ("one two", "plain")), ("a label that ", "is long: one ", "two")),
    ],
)
def test_a_wrapped_line_goes_on_below_its_text(pieces: Pieces, expected: tuple[str, ...]) -> None:
    lines = wrap(pieces, 14, indent=hang_of(pieces, 14))
    assert tuple("".join(text for text, _ in line).rstrip() for line in lines) == tuple(
        one.rstrip() for one in expected
    )
    assert all(width_of(line) <= 14 for line in lines)
