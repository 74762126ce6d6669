"""Nothing that comes from outside can act on a terminal."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.values.display import (
    age,
    aligned,
    ascii_only,
    displayable,
    displayable_lines,
    long_size,
    short_digest,
    short_size,
    utc_minute,
)

NOW = datetime(2026, 11, 23, 14, 3, 22, tzinfo=UTC)
ACTING = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fraud", "fraud"),
        ("çağla 模型 Ωμ", "çağla 模型 Ωμ"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\x7fb\x00", "a\\x7fb\\x00"),
        ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"),
        ("safe\u202etxt.exe", "safe<U+202E>txt.exe"),
        ("\u2066isolated\u2069", "<U+2066>isolated<U+2069>"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("two\u2028lines\u2029", "two<U+2028>lines<U+2029>"),
        ("private\ue000", "private<U+E000>"),
        ("lone\ud800", "lone<U+D800>"),
        ("unassigned\u0378", "unassigned<U+0378>"),
        ("filler\u3164", "filler<U+3164>"),
        ("selected\ufe0f", "selected<U+FE0F>"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_what_could_act_or_hide_is_written_out(text: str, shown: str) -> None:
    assert displayable(text) == shown


def test_a_pile_of_combining_marks_is_cut_where_it_would_leave_its_line() -> None:
    assert displayable("x" + "\u0336" * 9).count("\u0336") == 4


def test_a_combining_mark_cannot_change_what_stands_before_it_in_another_cell() -> None:
    assert displayable("\u0338=") == "<U+0338>="
    assert displayable("\u202e\u0338") == "<U+202E><U+0338>"


@given(st.text(st.characters(codec=None)))
def test_no_character_that_acts_is_left_in_any_text(text: str) -> None:
    assert not [c for c in displayable(text) if unicodedata.category(c) in ACTING]


@given(st.text(st.characters(codec=None)))
def test_making_displayable_twice_changes_nothing(text: str) -> None:
    assert displayable(displayable(text)) == displayable(text)


def test_lines_end_at_line_feeds_and_tabs_become_room() -> None:
    assert displayable_lines("a\tb\r\nc\x1b\nd\x0be\n") == ("a   b", "c\\x1b", "d\\x0be")
    assert displayable_lines("") == ("",)
    assert displayable_lines("a\n\n") == ("a", "")


def test_without_utf_8_other_characters_are_escaped() -> None:
    assert ascii_only("çağla") == "\\xe7a\\u011fla"
    assert ascii_only("plain") == "plain"


@pytest.mark.parametrize(
    ("size", "short", "long"),
    [
        (None, "-", "-"),
        (0, "0B", "0 B"),
        (999, "999B", "999 B"),
        (1000, "0.98K", "0.98 KiB"),
        (1024, "1.00K", "1.00 KiB"),
        (10229, "9.99K", "9.99 KiB"),
        (10239, "10.0K", "10.0 KiB"),
        (176_000_000, "168M", "168 MiB"),
        (16_106_127_360, "15.0G", "15.0 GiB"),
        (1023 * 1024, "1.00M", "1.00 MiB"),
        (5 * 1024**7, "5120E", "5120 EiB"),
    ],
)
def test_sizes_have_three_digits_and_a_binary_unit(size: int | None, short: str, long: str) -> None:
    assert (short_size(size), long_size(size)) == (short, long)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "now"),
        (-1, "now"),
        (3, "3s ago"),
        (60, "1m ago"),
        (3599, "59m ago"),
        (7200, "2h ago"),
        (6 * 86400, "6d ago"),
        (30 * 86400, "4w ago"),
        (800 * 86400, "2y ago"),
        (-7300, "in 2h"),
    ],
)
def test_ages_are_told_in_one_unit(seconds: int, shown: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), now=NOW) == shown


def test_what_nobody_knows_is_a_dash() -> None:
    assert age(None, now=NOW) == utc_minute(None) == short_digest(None) == short_digest("") == "-"


def test_a_time_says_its_zone() -> None:
    assert utc_minute(NOW) == "2026-11-23 14:03 UTC"


def test_a_digest_keeps_both_ends() -> None:
    digest = "9f2c" + "0" * 56 + "41aa"
    assert short_digest(digest) == short_digest("sha256:" + digest) == "sha256:9f2c…41aa"
    assert short_digest("9f2c41aa") == "sha256:9f2c41aa"


def test_decimal_points_stand_below_each_other() -> None:
    assert aligned(("0.931", "12", "-", "1518.7")) == ("   0.931", "  12    ", "   -    ", "1518.7  ")
    assert aligned(()) == ()
