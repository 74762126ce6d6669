"""Keys that people ask for instead: as they write them, and what is wrong with them."""

import pytest

from signoff.registry.settings import Settings
from signoff.tui.commands import need_command
from signoff.tui.keymap import gives_way, is_key, keymap_faults, keys_of, label_under, spelled, usable
from signoff.tui.wishes import told, wish_faults


@pytest.mark.parametrize(
    ("written", "key"),
    [("ctrl-d", "ctrl+d"), ("Ctrl+x", "ctrl+x"), ("esc", "escape"), ("pgdn", "pagedown"), ("-", "-"), ("A", "A")],
)
def test_keys_are_understood_as_people_write_them(written: str, key: str) -> None:
    assert spelled(written) == key


def test_keys_that_no_keyboard_has_are_told() -> None:
    assert [is_key(key) for key in ("f5", "ctrl+x", "question_mark", "?", "shift+f2", "é")] == [True] * 6
    assert not any(is_key(key) for key in ("foo", "ctl+x", "ctrl+", ""))
    assert keymap_faults({"filter": "crtl+f"}) == (
        "no key is called 'crtl+f'; write for example x, ctrl+x, f5, escape",
    )


def test_a_command_may_lose_its_key_and_keeps_its_word() -> None:
    approve = need_command("approve")
    assert keys_of(approve, {"approve": ""}) == ()
    assert label_under(approve, {"approve": ""}) == ":approve"
    assert keymap_faults({"approve": ""}) == ()


def test_what_is_wrong_with_a_keymap_is_left_out_and_the_rest_is_used() -> None:
    assert usable({"aprove": "b", "filter": "s", "help": "f1, ctrl-h"}) == {"help": "f1,ctrl+h"}


def test_two_commands_may_swap_their_keys() -> None:
    assert keymap_faults({"filter": "s", "sort": "/"}) == ()


def test_every_clash_is_told_even_where_a_third_command_is_elsewhere() -> None:
    assert keymap_faults({"tab.overview": "x", "mark": "x", "quit": "x"}) == (
        "key 'x' is asked for by 'tab.overview' and by 'quit'",
        "key 'x' is asked for by 'mark' and by 'quit'",
    )


def test_everything_wrong_with_wishes_is_told_with_its_setting_and_key() -> None:
    settings = Settings(
        theme="lihgt",
        keymap={"aprove": "b"},
        columns=("version", "stge", "metrics.f1", "accuracy", "metric.f1"),
        views={"bad": "accuracy>", "good": "stage:production metrics.f1>0.5"},
    )
    found = [(fault.setting, fault.key, fault.what) for fault in wish_faults(settings)]
    assert [(setting, key) for setting, key, _ in found] == [
        ("theme", ""),
        ("keymap", "aprove"),
        ("columns", "stge"),
        ("columns", "metric.f1"),
        ("views", "bad"),
    ]
    assert found[2][2] == "no column is called 'stge'; the nearest is 'stage'"
    assert found[3][2] == "no column is called 'metric.f1'; the nearest is 'metrics.f1'"
    assert told(settings).startswith("configuration: no theme is called 'lihgt'; the nearest is 'light' (and 4 more")


def test_wishes_without_fault_are_not_talked_about() -> None:
    assert told(Settings(theme="dark", keymap={"filter": "f"}, columns=("version", "age"))) == ""


def test_of_two_commands_with_one_key_the_one_of_the_screen_has_it() -> None:
    assert gives_way(need_command("tab.next"), "trend", {})
    assert not gives_way(need_command("metric.next"), "trend", {})
    assert gives_way(need_command("metric.next"), "version", {})
    assert not gives_way(need_command("tab.next"), "models", {})
    assert not gives_way(need_command("tab.next"), "trend", {"metric.next": "f5"})
