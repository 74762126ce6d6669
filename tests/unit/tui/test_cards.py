"""Cards are rendered whatever is in them, and nothing of them acts."""

import time

import pytest

from signoff.tui.cards import LARGEST, card_parts, front_text, left_out, render_part
from signoff.tui.present import width_of

HOSTILE = (
    "\x1b]8;;https://evil\x07x\x1b]8;;\x07",
    "[click](javascript:alert) ![image](file:///etc/passwd)",
    "<script>alert(1)</script>\n\n<div>\nhidden?\n</div>",
    "[bold red]markup[/] :smile:",
    "a\u202eb\u200bc \U000e0041",
    "`" * 5000,
    "> " * 5000 + "x",
    "[" * 5000,
    "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n",
    "| a | b |\n|---|---|\n| " + "x" * 5000 + " | y |",
    "模型" * 3000,
    "\x00\x07\r\x0b\x85\u2028",
    "",
    "---\nnever: closed",
)


def text_of(part: str, width: int = 60) -> str:
    return "\n".join("".join(text for text, _ in line) for line in render_part(part, width))


@pytest.mark.parametrize("card", HOSTILE)
def test_a_hostile_card_is_rendered_and_nothing_of_it_acts(card: str) -> None:
    for part in card_parts(card):
        rendered = render_part(part, 60)
        texts = [text for line in rendered for text, _ in line]
        assert all(text.isprintable() for text in texts)


def test_links_html_and_pictures_are_text() -> None:
    assert "click" not in text_of("[the terms](https://x.y/z)")
    assert text_of("[the terms](https://x.y/z)").strip() == "the terms (https://x.y/z)"
    assert "<div>hidden</div>" in text_of("<div>hidden</div>")
    assert "<b>bold</b>" in text_of("a <b>bold</b> word")
    assert "[picture: a cat (cat.png)]" in text_of("![a cat](cat.png)")
    assert ":smile:" in text_of(":smile: [red]x[/]")


def test_a_hidden_character_takes_the_room_that_it_is_shown_in() -> None:
    (part,) = card_parts("word \x1b" * 200)
    assert max(width_of(line) for line in render_part(part, 40)) <= 40


def test_no_text_is_lost_between_parts_and_code_stays_code() -> None:
    words = [f"word{number}" for number in range(20_000)]
    parts = card_parts(" ".join(words))
    assert sum(text_of(part).count("word") for part in parts) == len(words)
    code = "```\n" + "\n".join(f"# line{number}" for number in range(3000)) + "\n```\n\n# Heading\n"
    parts = card_parts(code)
    assert len(parts) > 1
    rendered = [line for part in parts for line in render_part(part, 60) if line]
    assert all(line[0][0].startswith("  # line") for line in rendered[:-1])
    assert rendered[-1] == (("Heading", "accent"),)


def test_a_link_is_found_where_its_address_stands_in_another_part() -> None:
    text = "See [the terms][t].\n\n" + "word\n\n" * 3000 + "[t]: https://x.y/z\n"
    assert "the terms (https://x.y/z)" in text_of(card_parts(text)[0])


def test_short_front_matter_stands_above_and_long_below() -> None:
    above, below = front_text("---\nlicense: mit\n---\n# X\n")
    assert [text for text, _ in above[1]] == ["license", ":", " mit"]
    assert below == ()
    long = "---\n" + "".join(f"key{number}: {number}\n" for number in range(30)) + "---\n# X\n"
    above, below = front_text(long)
    assert "30 lines" in above[0][0][0]
    assert len(below) == 32
    assert front_text("# X\n") == ((), ())


def test_what_is_too_long_to_render_says_so() -> None:
    assert left_out("x" * LARGEST) == ""
    assert left_out("x" * (LARGEST + 7)).startswith("7 more characters")


@pytest.mark.parametrize("text", ["# h\n" * 50_000, "1. a\n" * 40_000, "*a " * 60_000, "[a](b" * 40_000])
def test_every_part_of_a_card_is_bounded(text: str) -> None:
    for part in card_parts(text[:200_000])[:3]:
        began = time.process_time()
        render_part(part, 78)
        assert time.process_time() - began < 3
