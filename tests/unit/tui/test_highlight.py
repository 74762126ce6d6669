"""A dressed line is the line."""

from hypothesis import given
from hypothesis import strategies as st

from signoff.tui.highlight import json_line, yaml_line


@given(st.text())
def test_the_pieces_joined_are_the_line(line: str) -> None:
    line = line.replace("\n", " ")
    assert "".join(text for text, _ in yaml_line(line)) == line
    assert "".join(text for text, _ in json_line(line)) == line


def test_keys_values_and_comments_are_told_apart() -> None:
    assert yaml_line("  - name: accuracy # of all") == (
        ("  - ", "dim"),
        ("name", "strong"),
        (":", "dim"),
        (" accuracy ", "plain"),
        ("# of all", "dim"),
    )
    assert yaml_line("value: 0.93")[-1] == (" 0.93", "accent")
    assert yaml_line("url: https://x.y/#z")[-1] == (" https://x.y/#z", "plain")
    assert yaml_line("# all of it") == (("# all of it", "dim"),)
    assert json_line('  "a": [1, "x"]')[1:3] == (('"a"', "strong"), (": "[:1], "dim"))
