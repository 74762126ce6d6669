"""The colours of the themes, as values.

The rule it keeps: pure, so that contrast can be proven and names told without a terminal library; every tone can be
read on every ground that it stands on.
"""

from difflib import get_close_matches

import msgspec

ANSI = "ansi"
DARKEST, LINEAR = 0.03928, 12.92
WEIGHTS = (0.2126, 0.7152, 0.0722)


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of one theme, as `#rrggbb`.

    Attributes:
        dark: Whether it is light on dark.
        ground: Behind lists and texts.
        surface: Behind dialogs.
        panel: Behind header, footer and titles.
        text: What is read.
        muted: What is less important.
        good: Met, approved, serving.
        warn: Waits.
        bad: Refused, broken.
        accent: Keys, what is chosen.
        cursor: Behind the line with the cursor.
        cursor_text: On it.
        blurred: Behind that line while something else has the keys.
    """

    dark: bool = True
    ground: str
    surface: str
    panel: str
    text: str
    muted: str
    good: str
    warn: str
    bad: str
    accent: str
    cursor: str
    cursor_text: str
    blurred: str

    @property
    def tones(self) -> tuple[str, ...]:
        """Every colour that text has."""
        return (self.text, self.muted, self.good, self.warn, self.bad, self.accent)

    @property
    def grounds(self) -> tuple[str, ...]:
        """Every colour that such text stands on."""
        return (self.ground, self.surface, self.panel)


PALETTES: dict[str, Palette] = {
    "dark": Palette(
        ground="#12161c",
        surface="#1a2028",
        panel="#242c37",
        text="#e4e8ee",
        muted="#a3afbf",
        good="#7fd88f",
        warn="#f2b84b",
        bad="#ff8f85",
        accent="#82c4ff",
        cursor="#2b66a5",
        cursor_text="#ffffff",
        blurred="#2c3a4a",
    ),
    "light": Palette(
        dark=False,
        ground="#fbfbf9",
        surface="#f1f2f0",
        panel="#e3e7eb",
        text="#1b1f24",
        muted="#515a65",
        good="#14611e",
        warn="#734600",
        bad="#a31519",
        accent="#0b4d99",
        cursor="#1f5fa8",
        cursor_text="#ffffff",
        blurred="#cfdcea",
    ),
    "high-contrast": Palette(
        ground="#000000",
        surface="#000000",
        panel="#1c1c1c",
        text="#ffffff",
        muted="#d6d6d6",
        good="#62ff83",
        warn="#ffdc40",
        bad="#ffa8a0",
        accent="#7cdcff",
        cursor="#ffff00",
        cursor_text="#000000",
        blurred="#404040",
    ),
    "colour-blind": Palette(
        ground="#12161c",
        surface="#1a2028",
        panel="#242c37",
        text="#e8eaee",
        muted="#a7b1bf",
        good="#62b8f0",
        warn="#f0e08a",
        bad="#ff9a3d",
        accent="#c5ccff",
        cursor="#1f5fa8",
        cursor_text="#ffffff",
        blurred="#2c3a4a",
    ),
}
"""Theme -> its colours; `colour-blind` says good and bad in blue and orange."""

NAMES = (*PALETTES, ANSI)
"""Every theme; `ansi` has the terminal's own 16 colours."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return how light a colour is (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / LINEAR if part <= DARKEST else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip(WEIGHTS, linear, strict=True))


def find_theme(name: str) -> str | None:
    """Return the theme that a person names; None where there is none."""
    plain = name.strip().lower().replace("color", "colour").replace("_", "-")
    return plain if plain in NAMES else None


def no_theme(name: str) -> str:
    """Return what to say of a name that no theme has."""
    near = get_close_matches(name, NAMES, n=1, cutoff=0)
    return f"no theme is called {name!r}; the nearest is {near[0]!r}"
