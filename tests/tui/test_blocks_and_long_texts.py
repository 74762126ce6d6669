"""Lists of things with several lines, and long texts, under a pilot."""

from collections.abc import Hashable

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from signoff.tui.highlight import yaml_line
from signoff.tui.present import Pieces
from signoff.tui.themes import dress
from signoff.tui.widgets.blocks import Block, Blocks
from signoff.tui.widgets.lines import LineView
from signoff.tui.widgets.longtext import LONGEST, LongText, long_lines
from signoff.tui.widgets.text import TextView
from tui.tabs_app import until


class OneView(App[None]):
    """One view and nothing else."""

    def __init__(self, view: LineView, *, plain: bool = False) -> None:
        super().__init__()
        dress(self, "dark", colour=True)
        self.view, self.plain, self.moves = view, plain, 0

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def on_blocks_moved(self) -> None:
        self.moves += 1


def blocks(*names: str, lines: int = 3) -> tuple[Block[str], ...]:
    return tuple(
        Block(name, (((f"{name} head", "strong"),), *(((f"{name} {n}", "dim"),) for n in range(1, lines))))
        for name in names
    )


def cursor_of(view: Blocks) -> Hashable | None:
    return view.cursor


def text_of(view: LineView) -> list[str]:
    return [view.render_line(y).text.rstrip(" ▐") for y in range(view.size.height)]


async def ready(pilot: Pilot[None], view: LineView) -> None:
    await until(pilot, lambda: bool(view.on_screen))


async def test_the_cursor_goes_from_thing_to_thing_and_pages_by_lines() -> None:
    view = Blocks(empty="nothing")
    async with OneView(view).run_test(size=(40, 9)) as pilot:
        await ready(pilot, view)
        view.show(blocks(*"abcdefgh"))
        assert text_of(view)[:4] == ["▌ a head", "▌ a 1", "▌ a 2", "  b head"]
        for key, place in [
            ("j", "b"),
            ("down", "c"),
            ("k", "b"),
            ("G", "h"),
            ("g", "a"),
            ("pagedown", "d"),
            ("G", "h"),
        ]:
            await pilot.press(key)
            assert cursor_of(view) == place, key
            assert f"▌ {place} head" in text_of(view)
            assert f"▌ {place} 2" in text_of(view)
        await pilot.press("j", "j")
        assert cursor_of(view) == "h"


async def test_the_cursor_follows_its_thing_and_falls_to_what_took_its_place() -> None:
    view = Blocks(empty="nothing")
    app = OneView(view)
    async with app.run_test(size=(40, 9)) as pilot:
        await ready(pilot, view)
        view.show(blocks(*"abc"))
        await pilot.press("j")
        await until(pilot, lambda: app.moves == 2)
        view.show(blocks(*"xyabc"))
        assert cursor_of(view) == "b"
        view.show(blocks(*"ac"))
        assert cursor_of(view) == "c"
        view.show(())
        assert (cursor_of(view), text_of(view)[0]) == (None, "  nothing")
        await pilot.press("j", "G")
        assert cursor_of(view) is None


async def test_a_thing_that_is_higher_than_the_screen_begins_in_sight() -> None:
    view = Blocks(empty="nothing")
    async with OneView(view).run_test(size=(40, 6)) as pilot:
        await ready(pilot, view)
        view.show(blocks("a", "b", lines=20))
        await pilot.press("j")
        assert text_of(view)[0] == "▌ b head"


async def test_wrapped_lines_hang_and_hostile_text_stays_text() -> None:
    view = Blocks(empty="nothing")
    async with OneView(view).run_test(size=(30, 9)) as pilot:
        await ready(pilot, view)
        view.show((Block(1, ((("one two three four five six \x1b[2J seven", "plain"),),), 4),))
        lines = text_of(view)
        assert lines[0].startswith("▌ one two")
        assert lines[1].startswith("▌     ")
        assert "\\x1b[2J" in " ".join(lines)


async def test_only_lines_that_are_seen_are_dressed() -> None:
    dressed: list[str] = []

    def dress(line: str) -> Pieces:
        dressed.append(line)
        return yaml_line(line)

    view = LongText()
    async with OneView(view).run_test(size=(60, 20)) as pilot:
        await ready(pilot, view)
        lines = long_lines("".join(f"key{number}: {number}\n" for number in range(50_000)))
        view.show_lines(((("title", "strong"),),), lines, dress)
        assert text_of(view)[:2] == ["title", "key0: 0"]
        await pilot.press("G")
        assert text_of(view)[-1] == "key49999: 49999"
        assert len(dressed) < 100
        view.show(((("short", "plain"),),))
        assert (view.total(), text_of(view)[0]) == (1, "short")


async def test_wrapped_lines_are_counted_as_they_are_drawn() -> None:
    for plain in (False, True):
        view = LongText()
        async with OneView(view, plain=plain).run_test(size=(24, 12)) as pilot:
            await ready(pilot, view)
            text = "a: 1\nlong: " + "word " * 40 + "\n模型: " + "模" * 50 + "\n\x1b[2J\n- " + "x" * 100 + "\nend: ü\n"
            view.show_lines((), long_lines(text), yaml_line)
            drawn = [view.line_at(index, 23).pieces for index in range(view.total())]
            joined = "".join(piece for line in drawn for piece, _ in line)
            assert joined.count("word") == 40
            assert "x" * 10 in joined
            assert drawn[-1][0] == ("end", "strong")
            assert not plain or joined.isascii()


async def test_a_line_that_nobody_reads_to_its_end_says_how_much_more_there_is() -> None:
    (line,) = long_lines("x" * (LONGEST + 5))
    assert line.endswith(" … and 5 more characters")


async def test_a_text_that_grew_is_laid_out_from_where_it_grew() -> None:
    view = TextView()
    async with OneView(view).run_test(size=(20, 8)) as pilot:
        await ready(pilot, view)
        lines: list[Pieces] = [((f"line {number} " + "word " * (number % 7), "plain"),) for number in range(100)]
        for end in (10, 50, 49, 100, 3):
            view.show((*lines[:end], (("end", "dim"),)))
            grown = view.wrapped
            view.wrapped_for = (0, ())
            assert view.total() == len(grown)
            assert view.wrapped == grown
