"""One table of commands, without contradictions."""

import msgspec
import pytest

from signoff.tui.commands import (
    COMMANDS,
    GROUPS,
    NARROWEST,
    Command,
    Situation,
    applies,
    belongs_words,
    commands_on,
    key_label,
    label_of,
    need_command,
    why_not,
)
from signoff.tui.doing import DOINGS
from signoff.tui.keymap import keymap_faults, keys_of

ON_A_VERSION = Situation(screen="versions", selected="fraud:7")


def test_ids_are_unique_and_every_command_has_a_title_and_a_group() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.title and command.group in GROUPS for command in COMMANDS)


def test_a_command_without_a_key_is_reached_by_its_word() -> None:
    assert label_of(need_command("alias")) == ":alias"
    assert label_of(need_command("filter")) == "/"


def test_what_belongs_to_no_screen_is_a_command() -> None:
    assert {command.id for command in COMMANDS} >= set(DOINGS)


def test_no_two_commands_share_a_key_on_one_screen() -> None:
    assert keymap_faults({}) == ()


def test_capital_letters_alone_sign_and_no_lower_case_twin_does() -> None:
    signing = [command for command in COMMANDS if command.signs]
    assert signing
    for command in signing:
        assert all(len(key) == 1 and key.isupper() for key in command.keys)
    assert not any(key in command.keys for command in signing for key in (k.lower() for c in signing for k in c.keys))


def test_a_key_that_cannot_sign_says_why() -> None:
    approve = need_command("approve")
    assert why_not(approve, ON_A_VERSION) == ""
    assert why_not(approve, Situation(screen="versions")) == "nothing is selected"
    locked = msgspec.structs.replace(ON_A_VERSION, unwritable="opened read-only: restart without --read-only")
    assert why_not(approve, locked) == "opened read-only: restart without --read-only"
    refused = msgspec.structs.replace(ON_A_VERSION, refusals={"approve": "needs the role reviewer"})
    assert why_not(approve, refused) == "needs the role reviewer"
    assert why_not(need_command("open"), locked) == ""


def test_a_key_of_another_screen_names_that_screen() -> None:
    assert why_not(need_command("approve"), Situation(screen="models", selected="fraud")) == (
        "Approve belongs to: inbox, serving, version, versions"
    )
    assert not applies(need_command("approve"), "models")


def test_what_a_screen_offers_is_what_applies_to_it() -> None:
    offered = {command.id for command in commands_on("models")}
    assert {"open", "filter", "help"} <= offered
    assert not {"approve", "promote", "tab.metrics"} & offered


def test_a_keymap_moves_a_command_to_other_keys() -> None:
    assert keys_of(need_command("filter"), {"filter": "f,ctrl+f"}) == ("f", "ctrl+f")
    assert keys_of(need_command("filter"), {}) == ("/",)


def test_an_unknown_id_in_a_keymap_is_told_with_the_nearest() -> None:
    assert keymap_faults({"aprove": "A"}) == ("no command is called 'aprove'; the nearest is 'approve'",)
    assert keymap_faults({"versions": "A"}) == ("no command is called 'versions'",)


def test_a_clash_in_a_keymap_names_both_commands() -> None:
    assert keymap_faults({"filter": "s"}) == ("key 's' is asked for by 'filter' and by 'sort'",)


def test_keys_are_labelled_as_people_write_them() -> None:
    assert [key_label(key) for key in ("ctrl+d", "escape", "?", "pagedown")] == ["ctrl-d", "esc", "?", "pgdn"]


def test_a_key_is_written_without_anything_but_ascii() -> None:
    assert all(key_label(key).isascii() for command in COMMANDS for key in command.keys)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.screens], ids=lambda command: command.id)
def test_where_a_command_belongs_is_said_whole_on_a_narrow_screen(command: Command) -> None:
    words = belongs_words(command)
    assert words.startswith(f"{command.title} belongs to: {min(command.screens)}")
    assert len(words) <= NARROWEST
    named = words.rpartition(" belongs to: ")[2].partition(" and ")[0].split(", ")
    more = len(command.screens) - len(named)
    assert set(named) <= command.screens
    assert words.endswith(f" and {more} more") == bool(more)
