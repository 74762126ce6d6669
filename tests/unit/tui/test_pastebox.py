"""What is pasted keeps its lines and nothing that acts."""

import pytest

from signoff.tui.widgets.pastebox import kept_lines


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\x1b]52;c;x\x07b", "a]52;c;xb"),
        ("a\u202eb\u200bc\x9b", "abc"),
        ("", ""),
    ],
)
def test_a_paste_keeps_its_lines_and_nothing_that_acts_or_hides(pasted: str, kept: str) -> None:
    assert kept_lines(pasted) == kept
