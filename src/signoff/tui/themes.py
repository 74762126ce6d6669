"""Our palettes as Textual's themes, and a screen without any colour.

The rule it keeps: the variables that our styles use are all set here, so that no colour is mixed by somebody else;
without colour the cursor is told by reversing, and nothing but attributes goes over the wire.
"""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from signoff.tui.palettes import ANSI, PALETTES, Palette

DEFAULT = "ansi_default"


def theme_of(name: str, palette: Palette) -> Theme:
    """Return a palette as a theme."""
    return Theme(
        name=name,
        dark=palette.dark,
        primary=palette.accent,
        secondary=palette.accent,
        accent=palette.accent,
        warning=palette.warn,
        error=palette.bad,
        success=palette.good,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.surface,
        panel=palette.panel,
        boost=palette.panel,
        variables={
            "text": palette.text,
            "text-muted": palette.muted,
            "text-disabled": palette.muted,
            "text-success": palette.good,
            "text-warning": palette.warn,
            "text-error": palette.bad,
            "text-accent": palette.accent,
            "block-cursor-background": palette.cursor,
            "block-cursor-foreground": palette.cursor_text,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": palette.blurred,
            "block-cursor-blurred-foreground": palette.text,
            "block-cursor-blurred-text-style": "bold",
            "input-cursor-background": palette.text,
            "input-cursor-foreground": palette.ground,
            "input-selection-background": palette.blurred,
            "input-selection-foreground": palette.text,
        },
    )


def ansi_theme() -> Theme:
    """Return the theme of the terminal's own colours; the cursor is reversed, whatever they are."""
    return Theme(
        name=ANSI,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        variables={
            "text-muted": DEFAULT,
            "text-disabled": DEFAULT,
            "block-cursor-background": DEFAULT,
            "block-cursor-foreground": DEFAULT,
            "block-cursor-text-style": "bold reverse",
            "block-cursor-blurred-background": DEFAULT,
            "block-cursor-blurred-foreground": DEFAULT,
            "block-cursor-blurred-text-style": "bold underline",
            "ansi-background": DEFAULT,
            "ansi-foreground": DEFAULT,
            "panel": DEFAULT,
            "surface": DEFAULT,
            "boost": DEFAULT,
        },
    )


class Colourless(LineFilter):
    """Takes every colour away and leaves bold, reverse and underline."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  (Textual's)
        """Return the segments without colours."""
        return [
            Segment(text, None if style is None else without_colour(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def without_colour(style: Style) -> Style:
    """Return a style's attributes alone."""
    return Style(bold=style.bold, dim=style.dim, italic=style.italic, underline=style.underline, reverse=style.reverse)


def dress(app: App[None], name: str, *, colour: bool) -> None:
    """Give an app our themes, one of them to begin with, or no colour at all."""
    for one, palette in PALETTES.items():
        app.register_theme(theme_of(one, palette))
    app.register_theme(ansi_theme())
    app.theme = name if colour else ANSI
    if not colour:
        app._filters = [Colourless()]  # noqa: SLF001  (Textual's own filter for NO_COLOR leaves greys on the wire)
