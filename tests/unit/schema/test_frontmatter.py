"""The YAML block of a model card is taken out, and its text is never lost."""

import pytest

from signoff.errors import SchemaError
from signoff.schema.frontmatter import split_front_matter


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_block_and_the_body_know_their_lines(ends: str) -> None:
    card = ends.join(["---", "license: mit", "---", "# Title", ""]).encode()
    parts = split_front_matter(card)
    assert parts.block == f"license: mit{ends}".encode()
    assert parts.body == f"# Title{ends}"
    assert (parts.line, parts.body_line, parts.fault) == (2, 4, None)


def test_blank_lines_and_a_byte_order_mark_may_come_first() -> None:
    parts = split_front_matter(b"\xef\xbb\xbf\n\n---  \na: 1\n--- \nbody")
    assert (parts.block, parts.body, parts.line, parts.body_line) == (b"a: 1\n", "body", 4, 6)


@pytest.mark.parametrize("card", [b"", b"# Title\n\n---\n\ntext\n---\n", b"----\na\n---\n"])
def test_a_card_without_front_matter_is_all_body(card: bytes) -> None:
    parts = split_front_matter(card)
    assert (parts.block, parts.body, parts.body_line, parts.fault) == (None, card.decode(), 1, None)


def test_a_line_inside_the_block_that_only_begins_with_dashes_does_not_end_it() -> None:
    assert split_front_matter(b"---\na: |\n  ---\nb: 1\n---").block == b"a: |\n  ---\nb: 1\n"


def test_a_block_that_is_not_closed_is_a_fault_and_the_text_is_still_there() -> None:
    parts = split_front_matter(b"---\na: 1\n", file="README.md")
    assert parts.body == "---\na: 1\n"
    assert str(parts.fault) == "README.md:1: the front matter is not closed"


def test_an_empty_block_is_a_block() -> None:
    assert split_front_matter(b"---\n---\nx").block == b""


def test_a_card_must_be_utf_8_and_not_too_large() -> None:
    with pytest.raises(SchemaError, match=r"README.md:2: not UTF-8"):
        split_front_matter(b"a\n\xff", file="README.md")
    with pytest.raises(SchemaError, match="too large"):
        split_front_matter(b"abc", most=2)
