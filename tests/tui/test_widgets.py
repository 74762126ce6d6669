"""The widgets under a pilot: keys in, lines of the screen out."""

from collections.abc import Callable, Sequence

import pytest
from textual.pilot import Pilot

from signoff.tui.present import Pieces, width_of
from signoff.tui.widgets.chrome import Footer, Freshness, Header, Key, fitting_keys, last_steps
from signoff.tui.widgets.lines import LineView
from signoff.tui.widgets.table import Column, Row, Table, chosen_columns
from signoff.tui.widgets.text import TextView
from tui.widget_app import WidgetApp, keys, row_of

SIZE = (120, 40)
HOSTILE = (
    "\x1b[2J\x1b]52;c;UFA=\x07",
    "\x9b31m\x9d0;x\x9c",
    "a\u202eb\u2066c",
    "zero\u200b\ufeffwidth\U000e0041",
    "line\nbreak\rreturn\ttab\x0b",
    "[bold red]markup[/] [@click=app.quit]click[/]",
    "\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "模型" * 40,
    "\ud800\u2028\ue000\u0378",
    "x" * 5000,
)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(200):
        if condition():
            return
        await pilot.pause(0.01)
    assert condition()


def screen_text(view: LineView) -> list[str]:
    """Return the lines that a view shows."""
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def on(app: WidgetApp, pilot: Pilot[None]) -> Table:
    """Wait until the table stands."""
    await until(pilot, lambda: bool(app.table.on_screen))
    return app.table


async def test_movement_keys_move_the_cursor_and_the_view() -> None:
    app = WidgetApp(keys(1000))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        page = table.page
        for press, position in [
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("k", 0),
            ("ctrl+d", page // 2),
            ("pagedown", page // 2 + page),
            ("pageup", page // 2),
            ("ctrl+u", 0),
            ("G", 999),
            ("j", 999),
            ("g", 0),
            ("end", 999),
            ("home", 0),
        ]:
            await pilot.press(press)
            assert table.at == position, press
            assert table.top <= position < table.top + page
        assert table.cursor == "fraud:0"


async def test_the_cursor_tells_where_it_moved() -> None:
    app = WidgetApp(keys(10))
    async with app.run_test(size=SIZE) as pilot:
        await on(app, pilot)
        await pilot.press("j", "j", "G")
        await until(pilot, lambda: app.moves[-3:] == ["fraud:1", "fraud:2", "fraud:9"])


async def test_cursor_marks_and_screen_place_follow_the_key_when_rows_come_above() -> None:
    app = WidgetApp(keys(500))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.move_to("fraud:200")
        table.toggle_mark()
        table.move_to("fraud:200")
        place = table.at - table.top
        table.show((*(f"fraud:{n}" for n in range(900, 950)), *keys(500)), row_of)
        assert table.cursor == "fraud:200"
        assert table.at == 250
        assert table.at - table.top == place
        assert table.marks == {"fraud:200"}
        assert f"▌*v2.200.{200 % 3}" in "\n".join(screen_text(table))


async def test_the_cursor_follows_its_key_through_a_new_order() -> None:
    app = WidgetApp(keys(50))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.move_to("fraud:7")
        table.show(tuple(reversed(keys(50))), row_of)
        assert (table.cursor, table.at) == ("fraud:7", 42)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        (("fraud:1", "fraud:5", "fraud:9"), "fraud:9"),
        (("fraud:1", "fraud:5"), "fraud:5"),
        (("other:1",), "other:1"),
        ((), None),
    ],
)
async def test_a_deleted_row_hands_the_cursor_to_its_neighbour(rest: Sequence[str], expected: str | None) -> None:
    app = WidgetApp(keys(10))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.move_to("fraud:7")
        table.show(rest, row_of)
        assert table.cursor == expected


async def test_the_cursor_comes_back_with_the_row_on_which_somebody_put_it() -> None:
    app = WidgetApp(keys(10))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.move_to("fraud:7")
        for rest in (("fraud:1", "fraud:5"), (), ("fraud:2",)):
            table.show(rest, row_of)
            assert table.cursor == (rest[-1] if rest else None)
            table.show(keys(10), row_of)
            assert table.cursor == "fraud:7"
        table.show(("fraud:1", "fraud:5"), row_of)
        await pilot.press("k")
        table.show(keys(10), row_of)
        assert table.cursor == "fraud:1"


async def test_an_empty_table_says_what_to_do() -> None:
    app = WidgetApp(())
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        await pilot.press("j", "k", "G", "g", "pagedown")
        assert table.cursor is None
        assert "no versions yet" in screen_text(table)[1]


async def test_marks_toggle_range_and_clear() -> None:
    app = WidgetApp(keys(10))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.toggle_mark()
        assert table.marks == {"fraud:0"}
        assert table.at == 1
        table.move_to("fraud:3")
        table.mark_range()
        assert table.marks == set(keys(4))
        table.unmark_all()
        assert table.marks == frozenset()


async def test_only_lines_that_changed_are_painted() -> None:
    app = WidgetApp(keys(1000))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        await pilot.pause()
        painted: list[int] = []
        render = table.render_line

        def counted(y: int) -> object:
            painted.append(y)
            return render(y)

        table.render_line = counted  # type: ignore[assignment, method-assign]
        await pilot.press("j")
        await until(pilot, lambda: bool(painted))
        assert sorted(painted) == [1, 2]
        painted.clear()
        table.show(keys(1000), row_of)
        await pilot.pause()
        assert painted == []


async def test_rows_are_made_only_when_they_are_seen() -> None:
    app = WidgetApp(keys(100_000))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        assert len(table.made) <= SIZE[1]
        await pilot.press("G")
        assert table.cursor == "fraud:99999"
        assert len(table.made) <= 2 * SIZE[1]


def test_columns_leave_by_priority_and_are_never_squeezed() -> None:
    columns = (
        Column(id="name", title="NAME", width=10, priority=9, grow=100),
        Column(id="size", title="SIZE", width=5, priority=2),
        Column(id="by", title="BY", width=8, priority=1),
        Column(id="age", title="AGE", width=8, priority=2),
    )
    assert chosen_columns(columns, 40) == ((0, 14), (1, 5), (2, 8), (3, 8))
    assert chosen_columns(columns, 36) == ((0, 10), (1, 5), (2, 8), (3, 8))
    assert chosen_columns(columns, 35) == ((0, 18), (1, 5), (3, 8))
    assert chosen_columns(columns, 26) == ((0, 18), (1, 5))
    assert chosen_columns(columns, 4) == ((0, 10),)


async def test_the_mouse_puts_the_cursor_and_the_wheel_scrolls() -> None:
    app = WidgetApp(keys(1000))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        await pilot.click(table, offset=(5, 4))
        assert table.cursor == "fraud:3"
        await pilot.click(table, offset=(5, 0))
        assert table.cursor == "fraud:3"


async def test_the_head_stays_and_columns_line_up_in_every_row() -> None:
    app = WidgetApp(keys(300))
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        await pilot.press("G")
        lines = screen_text(table)
        assert lines[0].startswith("  VERSION")
        end = lines[0].index("ACCURACY") + len("ACCURACY")
        assert all(line[:end].rstrip()[-4] == "." for line in lines[1:])


@pytest.mark.parametrize("plain", [False, True])
async def test_hostile_texts_reach_no_terminal_through_any_widget(plain: bool) -> None:
    text: tuple[Pieces, ...] = tuple(((line, "plain"), (line, "bad")) for line in HOSTILE)
    app = WidgetApp((), plain=plain)
    async with app.run_test(size=SIZE) as pilot:
        table = await on(app, pilot)
        table.empty = HOSTILE[0]
        hostile_columns = tuple(Column(id=str(i), title=title[:12], width=12) for i, title in enumerate(HOSTILE))
        table.lay_out(hostile_columns)
        table.show(HOSTILE, lambda key: Row(key, tuple((line, "plain") for line in HOSTILE)))
        view = TextView()
        await app.mount(view)
        view.show(text)
        footer = app.query_one(Footer)
        header = app.query_one(Header)
        header.tell(place=HOSTILE, freshness=Freshness("stale", HOSTILE[0]), signer=(HOSTILE[1], "plain"))
        await until(pilot, lambda: bool(view.on_screen))
        lines = screen_text(table) + screen_text(view) + [header.render_line(0).text]
        for message in HOSTILE:
            footer.tell(message)
            lines.append(footer.render_line(0).text)
        footer.tell("")
        footer.offer(Key(hostile, hostile, 1) for hostile in HOSTILE[:3])
        lines.append(footer.render_line(0).text)
        table.show((), row_of)
        lines += screen_text(table)
        assert all(line.isprintable() for line in lines)
        assert not any(character in line for line in lines for character in "\x1b\x9b\x9d\x07\u202e\u200b\u2028")
        assert not plain or all(line.isascii() for line in lines)
        assert any("[bold red]markup[/]" in line for line in lines)


async def test_a_text_wraps_scrolls_and_keeps_its_place_when_it_changes() -> None:
    lines: list[Pieces] = [((f"line {n}", "plain"),) for n in range(200)]
    app = WidgetApp((), text=lines)
    async with app.run_test(size=SIZE) as pilot:
        view = app.query_one(TextView)
        await until(pilot, lambda: bool(view.on_screen))
        await pilot.press("pagedown", "j")
        assert view.top == view.page + 1
        view.show([*lines[:50], (("changed ", "plain"), ("word " * 60, "bad")), *lines[51:]])
        assert view.top == view.page + 1
        assert view.total() == 202
        await pilot.press("G")
        assert screen_text(view)[-1].startswith("line 199")
        view.show(lines[:3])
        assert (view.top, screen_text(view)[0].rstrip("▐ ")) == (0, "line 0")


def test_the_footer_drops_whole_keys_by_priority() -> None:
    offered = (Key("/", "filter", 8), Key("s", "sort", 2), Key("r", "rescan", 2), Key("?", "help", 10))
    assert fitting_keys(offered, 80) == offered
    assert [key.title for key in fitting_keys(offered, 30)] == ["filter", "sort", "help"]
    assert [key.title for key in fitting_keys(offered, 10)] == ["help"]
    assert fitting_keys(offered, 3) == ()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
async def test_the_header_fills_its_line_and_keeps_the_last_step_and_the_freshness(width: int) -> None:
    app = WidgetApp(keys(3))
    async with app.run_test(size=(width, 24)) as pilot:
        await on(app, pilot)
        header = app.query_one(Header)
        header.tell(
            place=("lab:/mnt/storage/of/the/whole/department/models", "risk/fraud", "versions"),
            freshness=Freshness("live", "14:03"),
            signer=("al@hpc key ok", "plain"),
        )
        text = header.render_line(0).text
        assert len(text) == width
        assert width < 40 or ("versions" in text and "live" in text)


@pytest.mark.parametrize(
    ("room", "place", "said"),
    [
        (40, ("credit-approval", "versions"), "credit-approval > versions"),
        (26, ("credit-approval", "versions"), "credit-approval > versions"),
        (25, ("credit-approval", "versions"), "…edit-approval > versions"),
        (17, ("credit-approval", "versions"), "…roval > versions"),
        (16, ("credit-approval", "versions"), "versions"),
        (11, ("pd", "versions", "x"), "…rsions > x"),
        (14, ("pd", "versions"), "pd > versions"),
        (7, ("credit-approval", "versions"), "…rsions"),
        (20, ("credit-approval", "2"), "credit-approval > 2"),
        (30, ("audit", "credit-approval", "at 2026-11-24"), "…edit-approval > at 2026-11-24"),
    ],
)
def test_a_short_header_keeps_the_models_name_as_far_as_it_has_room(
    room: int, place: tuple[str, ...], said: str
) -> None:
    pieces = last_steps(place, (" > ", "dim"), room)
    assert "".join(text for text, _ in pieces) == said
    assert width_of(pieces) <= room


async def test_a_message_takes_the_footers_place_until_it_ends() -> None:
    app = WidgetApp(keys(3))
    async with app.run_test(size=SIZE) as pilot:
        await on(app, pilot)
        footer = app.query_one(Footer)
        footer.tell("needs 1 more approval from: risk")
        assert footer.render_line(0).text.strip() == "needs 1 more approval from: risk"
        footer.tell("")
        assert "filter" in footer.render_line(0).text
