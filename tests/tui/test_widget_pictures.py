"""Pictures of the widgets; look at each one when it changes."""

from collections.abc import Callable

import pytest

from signoff.tui.present import Pieces, state
from tui.widget_app import WidgetApp, keys

SIZES = [(80, 24), (120, 40)]
Compare = Callable[..., bool]
TEXT: tuple[Pieces, ...] = (
    (("fraud:38  ", "strong"), state("candidate")),
    (),
    (("base      ", "dim"), ("llama-3-8b @ v1.0.0 ", "plain"), ("√", "good")),
    (("digest    ", "dim"), ("sha256:9f2c…41aa", "plain")),
    (),
    (("needs ", "plain"), ("1 more approval", "strong"), (" from: risk; ", "plain"), ("word " * 60, "dim")),
    (("a\x1b[2Jb\u202ec", "bad"),),
)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_table(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(WidgetApp(keys(120)), terminal_size=size, press=["j", "j", "j"])


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_table_in_the_middle(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(WidgetApp(keys(120)), terminal_size=size, press=["pagedown", "pagedown", "k"])


def test_picture_of_the_table_without_utf_8(snap_compare: Compare) -> None:
    assert snap_compare(WidgetApp(keys(120), plain=True), terminal_size=(80, 24), press=["j"])


def test_picture_of_an_empty_table(snap_compare: Compare) -> None:
    assert snap_compare(WidgetApp(()), terminal_size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_a_text(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(WidgetApp((), text=TEXT), terminal_size=size)
