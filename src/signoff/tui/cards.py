"""Model cards: Markdown as lines of pieces.

The rules it keeps: the text has been through the shield before it is read as Markdown, so that widths are true and
nothing hides; HTML is text; a link is its words and its address; code is not parsed. A card is rendered in parts of a
bounded size, so that whoever has them rendered can do other things in between.
"""

import io
import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.errors import MissingStyle
from rich.markdown import Heading, ImageItem, Markdown, TextElement
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme

from signoff.errors import SchemaError
from signoff.schema.frontmatter import split_front_matter
from signoff.tui.highlight import yaml_line
from signoff.tui.present import Piece, Pieces, Tone, count
from signoff.values.display import displayable_lines

LARGEST = 512 * 1024
PART = 4 * 1024
LONGEST_LINE = 4 * 1024
MOST_COLUMNS = 24
SHORT_FRONT = 12
FENCE = re.compile(r" {0,3}(```+|~~~+)")
DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*\S")
KEY = re.compile(r"([A-Za-z_][\w-]*):")
CODE: Tone = "warn"
MARKS: dict[str, Tone] = {"red": "accent", "green": "good", "yellow": CODE, "cyan": "dim"}
THEME = Theme(
    {
        "markdown.h1": "bold red",
        "markdown.h2": "bold red",
        "markdown.h3": "bold",
        "markdown.h4": "bold",
        "markdown.h5": "bold",
        "markdown.h6": "bold",
        "markdown.code": "yellow",
        "markdown.code_block": "yellow",
        "markdown.block_quote": "cyan",
        "markdown.list": "none",
        "markdown.item.bullet": "red",
        "markdown.item.number": "red",
        "markdown.hr": "cyan",
        "markdown.em": "none",
        "markdown.strong": "bold",
        "markdown.s": "cyan",
        "markdown.link": "bold",
        "markdown.link_url": "cyan",
        "markdown.table.border": "cyan",
        "markdown.table.header": "bold",
    }
)
"""The colours are names of tones, see `MARKS`; nothing of them reaches a terminal."""


class _LeftHeading(Heading):
    """A heading that stands at the left, in one line."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _Code(TextElement):
    """Code as it is written, a step in."""

    style_name = "markdown.code_block"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.plain.rstrip("\n").split("\n"):
            yield Text(f"  {line}", style=console.get_style(self.style_name), overflow="fold")


class _Picture(ImageItem):
    """A picture: its words and its address."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(f"[picture: {self.text.plain} ({self.destination})] ", end="")


class _Card(Markdown):
    """Markdown whose parser takes HTML for text."""

    elements = {  # noqa: RUF012  (Rich's own word)
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _Code,
        "code_block": _Code,
        "image": _Picture,
    }

    def __init__(self, text: str) -> None:
        """Parse."""
        super().__init__("", hyperlinks=False)
        parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
        self.parsed = parser.parse(text)


def card_parts(text: str) -> tuple[str, ...]:
    """Return the body of a card in parts that can be rendered one by one, each displayable."""
    body, _ = _taken_apart(text)
    lines = displayable_lines(body[:LARGEST])
    parts = tuple(_parts(lines))
    if len(parts) == 1:
        return parts
    definitions = "\n".join(line for line in lines if DEFINITION.match(line))[:PART]
    return tuple(f"{part}\n\n{definitions}" for part in parts) if definitions else parts


def _parts(lines: Iterable[str]) -> Iterator[str]:
    """Yield parts that end at an empty line, once they are large enough; a code block is not broken for long."""
    part: list[str] = []
    size, fence = 0, ""
    for line in lines:
        found = FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and line.strip().startswith(fence) and line.strip() == found[1]:
            fence = ""
        part += _broken(line)
        size += len(line) + 1
        full = size > PART and (size > 2 * PART or (not line.strip() and not fence))
        if full:
            closing, opening = ([fence], [fence]) if fence else ([], [])
            yield "\n".join([*part, *closing])
            part, size = opening, 0
    if part:
        yield "\n".join(part)


def _broken(line: str) -> Iterator[str]:
    """Yield a line in bounded ones, broken at a space where there is one."""
    while len(line) > LONGEST_LINE:
        at = line.rfind(" ", 1, LONGEST_LINE) + 1 or LONGEST_LINE
        yield line[:at]
        line = line[at:]
    yield line


def render_part(part: str, width: int) -> tuple[Pieces, ...]:
    """Return a part of a card as lines of at most `width` cells; what cannot be laid out stands as it is written."""
    console = Console(
        file=io.StringIO(), width=max(20, width), theme=THEME, color_system="standard", force_terminal=True, emoji=False,
        markup=False, highlight=False, legacy_windows=False,
    )  # fmt: skip
    if _is_too_wide(part):
        return tuple(((line, "plain"),) for line in part.split("\n"))
    try:
        lines = console.render_lines(_Card(part), console.options, pad=False)
    except (RecursionError, MissingStyle):
        return tuple(((line, "plain"),) for line in part.split("\n"))
    rendered = [_pieces(line) for line in lines]
    return (*_without_ends(rendered), ())


def _is_too_wide(part: str) -> bool:
    return any(line.count("|") > MOST_COLUMNS for line in part.split("\n"))


def _without_ends(lines: list[Pieces]) -> list[Pieces]:
    """Return the lines without empty ones at the ends, and without two empty ones in a row."""
    filled = [at for at, line in enumerate(lines) if line]
    kept = lines[filled[0] : filled[-1] + 1] if filled else []
    return [line for at, line in enumerate(kept) if line or kept[at - 1]]


def _pieces(segments: Iterable[Segment]) -> Pieces:
    pieces: list[Piece] = []
    for text, style, control in segments:
        if control or not text:
            continue
        tone: Tone = "plain"
        if style is not None:
            name = style.color.name if style.color else ""
            tone = MARKS.get(name, "strong" if style.bold else "plain")
        pieces.append((text, tone))
    while pieces and not pieces[-1][0].strip() and pieces[-1][1] != CODE:
        pieces.pop()
    return tuple(pieces)


def front_text(text: str) -> tuple[tuple[Pieces, ...], tuple[Pieces, ...]]:
    """Return the front matter for above the body and for below it: a long one is summed up above."""
    _, block = _taken_apart(text)
    if block is None:
        return (), ()
    lines = displayable_lines(block)
    dressed = tuple(yaml_line(line) for line in lines)
    rule: Pieces = (("front matter", "dim"),)
    if len(lines) <= SHORT_FRONT:
        return (rule, *dressed, ()), ()
    keys = [found[1] for line in lines if (found := KEY.match(line))]
    summary: Pieces = (
        (f"front matter, {count(len(lines), 'line')}, below the card: ", "dim"),
        (", ".join(keys), "plain"),
    )
    return (summary, ()), ((), rule, *dressed)


def _taken_apart(text: str) -> tuple[str, str | None]:
    """Return the body and the front matter, None where there is none that can be taken out."""
    try:
        found = split_front_matter(text.encode(errors="replace"), most=len(text) * 4)
    except SchemaError:
        return text, None
    return found.body, found.block.decode() if found.block else None


def left_out(text: str) -> str:
    """Return what of a card is not rendered, in words, or ""."""
    more = len(_taken_apart(text)[0]) - LARGEST
    return f"{more:,} more characters are not shown here; README.md has all of them" if more > 0 else ""
