"""What a terminal says is judged before it is used, and its answers are no keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.tui.terminal import InputShield, Terminal, size_notice, terminal_of


def whole(text: str) -> str:
    """Return what a shield lets through of one read, and of the waiting after it."""
    shield = InputShield()
    return shield.feed(text, 0.0) + shield.tick(0.5)


@pytest.mark.parametrize(
    "answer",
    [
        "\x1b]11;rgb:0000/0000/0000\x1b\\",
        "\x1b]52;c;UFA=\x07",
        "\x1b]lA window called P\x1b\\",
        "\x1bP>|tmux 3.4\x1b\\",
        "\x1bP1$r0;1m\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstart of string\x1b\\",
        "\x9d0;title\x9c",
        "\x90q\x9c",
        "\x1b[?62;22c",
        "\x1b[>41;354;0c",
        "\x1b[=0c",
        "\x1b[0n",
        "\x1b[8;24;80t",
        "\x1b[?1u",
        "\x1b[99999999999u",
        "\x1b[4;1$y",
        "\ufffd",
    ],
)
def test_answers_of_a_terminal_are_dropped_whole(answer: str) -> None:
    assert whole(f"j{answer}k") == "jk"


@pytest.mark.parametrize(
    "keys",
    [
        "jkP",
        "çağla",
        "\x1b[A",
        "\x1b[1;5C",
        "\x1b[15~",
        "\x1b[27u",
        "\x1bOP",
        "\x1bj",
        "\x1b[<0;10;5M",
        "\x1b[<0;10;5m",
        "\x1b[200~pasted\x1b[201~",
        "\x1b[?2026;2$y",
        "\x1b[48;24;80;0;0t",
        "\x1b[I",
        "\x1b[5;10R",
        "\x1b\x1b[A",
    ],
)
def test_keys_mouse_paste_and_reports_that_were_asked_for_pass(keys: str) -> None:
    assert whole(keys) == keys


@pytest.mark.parametrize("cut", range(1, 26))
def test_an_answer_that_comes_in_two_reads_is_no_key_either(cut: int) -> None:
    text = "\x1b]11;rgb:PPPP/0000/0000\x1b\\"
    shield = InputShield()
    passed = shield.feed(text[:cut], 0.0) + shield.tick(0.05) + shield.feed(text[cut:] + "j", 0.06)
    assert passed == "j"


def test_a_lone_escape_is_a_key_once_nothing_followed() -> None:
    shield = InputShield()
    assert shield.feed("\x1b", 0.0) == ""
    assert shield.tick(0.05) == ""
    assert shield.tick(0.11) == "\x1b"
    assert shield.tick(9.0) == ""


def test_alt_and_a_bracket_does_not_swallow_what_is_typed_afterwards() -> None:
    shield = InputShield()
    assert shield.feed("\x1b]", 0.0) == ""
    assert shield.feed("j", 1.5) == "j"


def test_a_key_held_down_after_alt_and_a_bracket_is_back_after_three_seconds() -> None:
    shield = InputShield()
    shield.feed("\x1bP", 0.0)
    assert [shield.feed("j", second / 10) for second in range(1, 40)].count("j") == 9


def test_a_string_cut_short_by_another_sequence_ends_there() -> None:
    assert whole("\x1b]0;title\x1b[A") == "\x1b[A"
    assert whole("\x1b]0;title\x18j") == "j"


def test_a_control_sequence_that_never_ends_is_dropped() -> None:
    shield = InputShield()
    assert shield.feed("\x1b[12", 0.0) == ""
    assert shield.tick(0.2) == ""
    assert shield.feed("j", 0.3) == "j"


@given(st.text(alphabet=st.sampled_from("\x1b[]P_X^\\jA~0;?u\x07\x18\x9d\x9cé"), max_size=40), st.integers(0, 40))
def test_any_cut_of_any_input_gives_the_same_keys(text: str, cut: int) -> None:
    shield = InputShield()
    assert shield.feed(text[:cut], 0.0) + shield.feed(text[cut:], 0.01) + shield.tick(0.5) == whole(text)


@given(st.text())
def test_no_input_ends_the_shield(text: str) -> None:
    whole(text)


def test_the_environment_says_what_the_terminal_can() -> None:
    assert terminal_of({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}) == Terminal()
    assert terminal_of({"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}).plain
    assert not terminal_of({"TERM": "xterm", "LANG": "C.utf8", "NO_COLOR": "1"}).colour


def test_ascii_is_written_where_it_is_asked_for() -> None:
    modern = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    assert terminal_of({**modern, "SIGNOFF_ASCII": "1"}).plain
    assert not terminal_of({**modern, "SIGNOFF_ASCII": "0"}).plain


@pytest.mark.parametrize(
    ("kind", "colours", "few"),
    [("linux", "", True), ("xterm", "", True), ("xterm", "truecolor", False), ("xterm-kitty", "", False)],
)
def test_a_terminal_of_sixteen_colours_is_known(kind: str, colours: str, few: bool) -> None:
    assert terminal_of({"TERM": kind, "LANG": "C.UTF-8", "COLORTERM": colours}).few == few


def test_the_mouse_is_off_over_ssh_unless_asked_for() -> None:
    remote = {"TERM": "xterm", "LANG": "C.UTF-8", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    assert not terminal_of(remote).mouse
    assert terminal_of(remote, mouse=True).mouse
    assert not terminal_of({"TERM": "xterm"}, mouse=False).mouse


@pytest.mark.parametrize("kind", ["dumb", "", "unknown"])
def test_a_dumb_terminal_is_refused_with_what_works_instead(kind: str) -> None:
    refusal = terminal_of({"TERM": kind}).refusal
    assert refusal.startswith(f"TERM={kind or 'unset'} cannot show screens")
    assert "signoff status" in refusal


def test_a_small_terminal_is_told_the_size_needed() -> None:
    assert size_notice(59, 24) == "signoff needs 60x15, this is 59x24"
    assert size_notice(80, 14) == "signoff needs 60x15, this is 80x14"
    assert size_notice(60, 15) == ""
