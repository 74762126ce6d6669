"""What a paint costs on the wire: screen lines -> the bytes that a terminal needs.

The rule it keeps: a cell that did not change is not sent, and of a style only what differs from the cell before.
Textual alone sends a line from its beginning and every style anew, which is twice as much.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate

RESET = "\x1b[0m"
Looks = tuple[str, str, str]
PLAIN: Looks = ("", "", "")


Part = tuple[int, int, Iterable[Segment]]


class Wired(CompositorUpdate):
    """An update of the screen that is sent sparingly."""

    def __init__(self, parts: Iterable[Part]) -> None:
        """Begin with what is to be painted."""
        self.parts = tuple(parts)

    def render_segments(self, console: Console) -> str:
        """Return the bytes, as text."""
        return encoded(self.parts, COLOR_SYSTEMS[console.color_system or "truecolor"])


def wired(update: CompositorUpdate) -> CompositorUpdate:
    """Return the same update, sent sparingly where it is of a kind that can be."""
    match update:
        case LayoutUpdate():
            return Wired(_whole(update))
        case ChopsUpdate():
            return Wired(_parts(update))
        case _:
            return update


def _whole(update: LayoutUpdate) -> Iterator[Part]:
    for y, strips in enumerate(update.strips, update.region.y):
        yield update.region.x, y, (segment for strip in strips for segment in strip)


def _parts(update: ChopsUpdate) -> Iterator[Part]:
    """Yield what lies in the changed spans, as (x, y, segments)."""
    for y, start, end in update.spans:
        for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            first, last = max(x, start), min(stop, end)
            if strip is not None and first < last:
                yield first, y, strip.crop(first - x, last - x)


def encoded(parts: Iterable[Part], colours: ColorSystem) -> str:
    """Return what paints some parts, each (x, y, segments), on a terminal of so many colours."""
    said: list[str] = []
    now = PLAIN
    for x, y, segments in parts:
        said.append(f"\x1b[{y + 1};{x + 1}H")
        for text, style, control in segments:
            if control or not text:
                continue
            looks = _looks(style, colours) if style else PLAIN
            said += _change(now, looks), text
            now = looks
    if now != PLAIN:
        said.append(RESET)
    return "".join(said)


def _change(before: Looks, after: Looks) -> str:
    """Return what makes one style of another: what differs, or all of it where something has to end."""
    if before == after:
        return ""
    ends = before[0] != after[0] or any(one and not other for one, other in zip(before, after, strict=True))
    codes = [code for was, code in zip(before, after, strict=True) if code and (ends or code != was)]
    return f"\x1b[{';'.join((['0'] if ends and before != PLAIN else []) + codes)}m"


@lru_cache(maxsize=4096)
def _looks(style: Style, colours: ColorSystem) -> Looks:
    """Return the codes of a style: attributes, foreground, background."""
    attributes = style.without_color.render("x", color_system=colours).partition("x")[0]
    return attributes[2:-1], _codes(style.color, colours, front=True), _codes(style.bgcolor, colours, front=False)


def _codes(color: Color | None, colours: ColorSystem, *, front: bool) -> str:
    return ";".join(color.downgrade(colours).get_ansi_codes(foreground=front)) if color else ""
