"""What is sent of an update makes the same screen as all of it would."""

import pyte
import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from signoff.tui.wire import encoded, wired

STYLES = ("bold #ffffff on #123456", "#ffffff on #123456", "#00ff00 on #123456", "underline red", "on blue", "", "bold")
WIDTH, HEIGHT = 40, 3


def strip(words: str, start: int = 0) -> Strip:
    """Return a strip whose words have other styles each."""
    found = [
        Segment(f"{word} ", Style.parse(STYLES[(start + at) % len(STYLES)])) for at, word in enumerate(words.split())
    ]
    return Strip([*found, Segment("plain")]).adjust_cell_length(WIDTH)


def whole() -> LayoutUpdate:
    """Return an update of every line."""
    lines = [[strip("a bc déf 世界 g h i", start)] for start in range(HEIGHT)]
    return LayoutUpdate([*lines], Region(0, 0, WIDTH, HEIGHT))


def parts(*spans: tuple[int, int, int]) -> ChopsUpdate:
    """Return an update of some spans of lines that two widgets share."""
    left, right = strip("one two three", 1).crop(0, 20), strip("four five six", 3).crop(0, 20)
    chops = [{0: left, 20: right} for _ in range(HEIGHT)]
    return ChopsUpdate(chops, list(spans), [[20, WIDTH]] * HEIGHT)


def screen(*updates: CompositorUpdate) -> pyte.Screen:
    """Return what a terminal shows after some updates."""
    console = Console(color_system="truecolor", force_terminal=True)
    shown = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(shown)
    for update in updates:
        stream.feed(update.render_segments(console))
    return shown


def cells(shown: pyte.Screen) -> list[list[pyte.screens.Char]]:
    """Return every cell."""
    return [[shown.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


@pytest.mark.parametrize("update", [whole(), parts((0, 0, 40), (1, 0, 20), (2, 20, 40)), parts((1, 0, 7))])
def test_the_screen_is_the_one_that_all_of_it_makes(update: CompositorUpdate) -> None:
    assert cells(screen(wired(update))) == cells(screen(update))


def test_it_is_sent_in_fewer_bytes() -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    assert len(wired(whole()).render_segments(console)) < len(whole().render_segments(console))


def test_of_a_span_nothing_before_it_and_nothing_behind_it_is_sent() -> None:
    text = wired(parts((1, 4, 7))).render_segments(Console(color_system="truecolor", force_terminal=True))
    assert text.startswith("\x1b[2;5H")
    shown = screen(whole(), wired(parts((1, 4, 7))))
    before = screen(whole())
    assert shown.display[0] == before.display[0]
    assert shown.display[1] == before.display[1][:4] + "two" + before.display[1][7:]


@pytest.mark.parametrize(
    ("styles", "wanted"),
    [
        (("red", "green"), "\x1b[1;1H\x1b[31mx\x1b[32mx\x1b[0m"),
        (("red on blue", "green on blue"), "\x1b[1;1H\x1b[31;44mx\x1b[32mx\x1b[0m"),
        (("bold red", "red"), "\x1b[1;1H\x1b[1;31mx\x1b[0;31mx\x1b[0m"),
        (("red on blue", "red"), "\x1b[1;1H\x1b[31;44mx\x1b[0;31mx\x1b[0m"),
        (("red", ""), "\x1b[1;1H\x1b[31mx\x1b[0mx"),
        (("", ""), "\x1b[1;1Hxx"),
    ],
)
def test_of_a_style_only_what_differs_is_sent(styles: tuple[str, str], wanted: str) -> None:
    segments = [Segment("x", Style.parse(style)) for style in styles]
    assert encoded([(0, 0, segments)], ColorSystem.STANDARD) == wanted


def test_another_kind_of_update_stays_as_it_is() -> None:
    other = CompositorUpdate()
    assert wired(other) is other
