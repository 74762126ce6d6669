"""How long lists cost; run with -m benchmark."""

import json
import statistics
import sys
import time

import pytest

from tui.widget_app import WidgetApp, keys, row_of

pytestmark = pytest.mark.benchmark
MANY = 100_000


def report(case: str, milliseconds: list[float], limit: float) -> None:
    middle = statistics.median(milliseconds)
    sys.stdout.write(json.dumps({"peer": "signoff", "case": case, "ms": round(middle, 2), "limit_ms": limit}) + "\n")
    assert middle <= limit


def milliseconds_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


async def test_a_hundred_thousand_rows_stand_in_sixty_milliseconds() -> None:
    rows = keys(MANY)
    took = []
    for _ in range(5):
        app = WidgetApp(())
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            began = time.perf_counter()
            app.table.show(rows, row_of)
            app.table.render_line(1)
            took.append(milliseconds_since(began))
    report("table_show_100000", took, 60)


async def test_a_refresh_that_moves_every_row_follows_the_cursor_in_time() -> None:
    app = WidgetApp(keys(MANY))
    took = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.table.move_to(f"fraud:{MANY // 2}")
        for turn in range(6):
            rows = tuple(f"fraud:{MANY + turn * 10 + n}" for n in range(10)) + keys(MANY)
            began = time.perf_counter()
            app.table.show(rows, row_of)
            took.append(milliseconds_since(began))
            assert app.table.cursor == f"fraud:{MANY // 2}"
    report("table_refresh_100000", took, 60)


async def test_a_key_is_on_the_screen_in_time() -> None:
    app = WidgetApp(keys(MANY))
    took = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for _ in range(100):
            began = time.perf_counter()
            app.table.move_by(1)
            for y in range(app.table.size.height):
                app.table.render_line(y)
            took.append(milliseconds_since(began))
    report("table_key_and_every_line", took, 16)
