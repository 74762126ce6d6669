"""Of a line that changed, only the cells that look otherwise are painted."""

import pytest

from signoff.tui.present import Piece
from signoff.tui.widgets.lines import Line, changed_cells


def line(*pieces: Piece, base: str = "") -> Line:
    """Return a line."""
    return Line(pieces, base)


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        (line(("accuracy 0.91", "plain")), line(("accuracy 0.93", "plain")), range(12, 13)),
        (line(("abc", "plain")), line(("abcdef", "plain")), range(3, 6)),
        (line(("abc", "plain"), (" def", "dim")), line(("abc", "plain"), (" def", "bad")), range(4, 7)),
        (line(("a", "plain")), line(("a   ", "dim")), range(1)),
        (line(("a", "plain")), line(("a   ", "plain")), range(0)),
        (line(("a", "plain")), line(("a", "plain"), base="line--cursor"), range(20)),
        (line(("世a", "plain")), line(("世b", "plain")), range(20)),
        (line(("a\x07b", "plain")), line(("a\x07c", "plain")), range(20)),
        (line(("e\u0301b", "plain")), line(("e\u0301c", "plain")), range(20)),
    ],
)
def test_what_differs_is_painted(before: Line, after: Line, cells: range) -> None:
    assert changed_cells(before, after, 20) == cells
    assert changed_cells(after, before, 20) == cells
