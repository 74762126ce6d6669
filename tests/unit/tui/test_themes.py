"""Every tone can be read on every ground, and without colour nothing but attributes is left."""

from itertools import product

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from signoff.tui.palettes import NAMES, PALETTES, Palette, contrast, find_theme, no_theme
from signoff.tui.starting import first_theme
from signoff.tui.terminal import Terminal
from signoff.tui.themes import Colourless, ansi_theme, theme_of

READABLE, STRONG = 4.5, 7.0


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#777777", 1)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio)
    assert contrast(other, one) == pytest.approx(ratio)


def test_the_grey_that_wcag_calls_just_readable_is_just_readable() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
def test_every_tone_can_be_read_on_every_ground(name: str) -> None:
    palette = PALETTES[name]
    least = STRONG if name == "high-contrast" else READABLE
    pairs = [*product(palette.tones, palette.grounds), *on_cursor(palette)]
    assert {(tone, ground) for tone, ground in pairs if contrast(tone, ground) < least} == set()


def on_cursor(palette: Palette) -> list[tuple[str, str]]:
    return [(palette.cursor_text, palette.cursor), (palette.text, palette.blurred)]


@pytest.mark.parametrize("name", PALETTES)
def test_the_cursor_stands_out_from_the_other_lines(name: str) -> None:
    palette = PALETTES[name]
    assert contrast(palette.cursor, palette.ground) >= 1.5
    assert contrast(palette.blurred, palette.ground) >= 1.25


def test_good_and_bad_differ_in_more_than_red_and_green_for_the_colour_blind() -> None:
    palette = PALETTES["colour-blind"]
    good, bad = Color.parse(palette.good), Color.parse(palette.bad)
    assert good.b - good.r > 100
    assert bad.r - bad.b > 100


def test_a_theme_sets_every_variable_that_our_styles_use() -> None:
    wanted = {"text-success", "text-warning", "text-error", "text-accent", "text-muted", "panel", "surface", "boost"}
    wanted |= {f"block-cursor-{blurred}{part}" for blurred in ("", "blurred-") for part in ("background", "text-style")}
    for theme in (*(theme_of(name, palette) for name, palette in PALETTES.items()), ansi_theme()):
        assert wanted <= set(theme.to_color_system().generate())


def test_themes_are_found_by_either_spelling_and_the_nearest_is_named() -> None:
    assert [find_theme(name) for name in ("dark", "Color_Blind", "ansi", "drak")] == [
        "dark",
        "colour-blind",
        "ansi",
        None,
    ]
    assert no_theme("drak") == "no theme is called 'drak'; the nearest is 'dark'"
    assert set(NAMES) == {"dark", "light", "high-contrast", "colour-blind", "ansi"}


def test_the_first_theme_is_the_wished_one_else_what_the_terminal_can_show() -> None:
    assert first_theme("", Terminal()) == "dark"
    assert first_theme("light", Terminal(few=True)) == "light"
    assert first_theme("no such", Terminal()) == "dark"
    assert first_theme("", Terminal(few=True)) == "ansi"
    assert first_theme("", Terminal(colour=False)) == "ansi"


def test_without_colour_only_attributes_are_left() -> None:
    style = Style(color="red", bgcolor="#102030", bold=True, reverse=True)
    (segment,) = Colourless().apply([Segment("x", style)], Color.parse("black"))
    assert segment.style is not None
    assert (segment.style.color, segment.style.bgcolor) == (None, None)
    assert (segment.style.bold, segment.style.reverse) == (True, True)
