"""What a pipe gets of a table: whole values between tabs, and nothing that could act."""

import pytest

from signoff.cli.layout import Cell
from signoff.cli.output import Output


def test_a_pipe_gets_whole_displayable_values_between_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        [Cell("fraud"), Cell("9 h ago", whole="2026-11-23T08:00:00Z"), Cell("-", whole="")],
        [Cell("a\tb\nc"), Cell("é\x1b[2J"), Cell("plain")],
    ]
    Output().table((), rows)
    assert capsys.readouterr().out == "fraud\t2026-11-23T08:00:00Z\t\na\\tb\\nc\té\\x1b[2J\tplain\n"


def test_no_rows_are_told_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table((), [], nothing="no version is like that")
    assert capsys.readouterr() == ("", "no version is like that\n")
