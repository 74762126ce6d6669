"""Every command of the table is obeyed somewhere, and footer, help and palette offer the table's commands, no others."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from importlib import import_module

import pytest

from signoff.tui.choices import LEFT_OUT, command_choices
from signoff.tui.commands import COMMANDS, Command, Situation, applies, commands_on, label_of
from signoff.tui.doingtyped import ALL_DOINGS
from signoff.tui.navigation import NavigatingApp
from signoff.tui.screens.help import help_text
from signoff.tui.screens.page import Page
from signoff.tui.screens.table import PAGES
from signoff.tui.widgets.lines import LineView
from signoff.tui.widgets.listing import Listing


def words_of(function: Callable[..., object]) -> frozenset[str]:
    """Return the texts that stand in a function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return frozenset(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def page_class(page_id: str) -> type[Page]:
    module, kind = PAGES[page_id]
    found: type[Page] = getattr(import_module(f"signoff.tui.screens.{module}"), kind)
    return found


def obeyed_by(page_id: str) -> frozenset[str]:
    """Return the ids, and the beginnings of ids, that a page obeys itself or has its list obey."""
    obey = page_class(page_id).obey
    own = words_of(obey)
    return own | words_of(Listing.obey) if ".obey(" in inspect.getsource(obey) else own


def is_obeyed(command: Command, page_id: str) -> bool:
    words = obeyed_by(page_id)
    return command.id in words or f"{command.id.partition('.')[0]}." in words


OWN = words_of(NavigatingApp.action_command)
PLACED = [one for one in COMMANDS if one.group != "move" and one.id not in OWN and one.id not in ALL_DOINGS]


def test_what_is_obeyed_by_no_page_is_obeyed_by_the_app_or_the_view_that_moves() -> None:
    assert {"back", "up", "rescan", "quit", "suspend"} <= OWN
    assert {"mark", "sort", "differences", "tab.next", "open"} <= {command.id for command in PLACED}
    moving = inspect.getsource(LineView)
    assert [one.id for one in COMMANDS if one.group == "move" and f'"{one.id}"' not in moving] == []


@pytest.mark.parametrize("command", PLACED, ids=lambda command: command.id)
def test_a_command_of_some_screens_is_obeyed_by_each_of_them(command: Command) -> None:
    assert command.screens, f"{command.id} belongs to every screen and nothing obeys it"
    assert [page for page in sorted(command.screens) if not is_obeyed(command, page)] == []


def test_every_screen_that_the_table_names_is_a_page_and_every_page_bears_its_name() -> None:
    assert frozenset().union(*(command.screens for command in COMMANDS)) <= set(PAGES)
    assert {page_id: page_class(page_id).page_id for page_id in PAGES} == {page_id: page_id for page_id in PAGES}


@pytest.mark.parametrize("page_id", PAGES)
def test_help_and_palette_offer_the_commands_of_a_page(page_id: str) -> None:
    situation = Situation(screen=page_id, selected="fraud:4")
    here = commands_on(page_id)
    text = ["".join(part for part, _ in line) for line in help_text(situation, {})]
    elsewhere = text.index("On other screens")
    for command in COMMANDS:
        where = text[:elsewhere] if applies(command, page_id) else text[elsewhere:]
        assert [line for line in where if label_of(command) in line and line.endswith(command.title)], command.id
    offered = [choice.id.removeprefix("do ") for choice in command_choices(situation, {}) if choice.here]
    assert offered == [command.id for command in here if command.group != "move" and command.id not in LEFT_OUT]
