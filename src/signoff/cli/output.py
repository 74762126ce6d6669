"""Where commands print: tables for people, rows for pipes, JSON for programs; talk goes to stderr.

The rules it keeps: nothing from a registry reaches a terminal but as displayable text; what was shortened or left out
says so; a pipe gets whole values, no colour and no progress.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import msgspec

from signoff.cli.layout import Cell, Column, Row, cells, laid_out
from signoff.cli.options import Options
from signoff.cli.telling import reader_gone, tell_line, unwritten
from signoff.values.display import ascii_only, displayable

COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "dim": "2", "bold": "1"}


def _plain_text(value: object) -> str:
    """Return a name or digest, which msgspec does not know to be a text, as one."""
    if isinstance(value, str):
        return str(value)
    message = f"{type(value).__name__} is no JSON"
    raise TypeError(message)


ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic", enc_hook=_plain_text)


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how one command prints.

    Attributes:
        as_json: Whether data is JSON.
        quiet: Whether talk is left out.
        terminal: Whether stdout is a terminal.
        colored: Whether colours are wanted.
        width: Cells of a line on the terminal.
    """

    as_json: bool = False
    quiet: bool = False
    terminal: bool = False
    colored: bool = False
    width: int = 80

    @classmethod
    def of(cls, options: Options) -> "Output":
        """Return the output that options and this process's streams ask for."""
        terminal = sys.stdout.isatty()
        plain = bool(options.no_color) or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return cls(
            as_json=bool(options.as_json),
            quiet=bool(options.quiet),
            terminal=terminal,
            colored=terminal and not plain,
            width=_columns() if terminal else 0,
        )

    def document(self, value: object) -> None:
        """Print one JSON document; on a terminal with line breaks."""
        encoded = ENCODER.encode(value)
        if self.terminal:
            text = msgspec.json.format(encoded, indent=2).decode()
            _print("".join(c if c == "\n" or displayable(c) == c else _escaped(c) for c in text))
            return
        _print(encoded.decode())

    def event(self, value: object) -> None:
        """Print one JSON object on one line of a stream, at once."""
        _print(ENCODER.encode(value).decode())
        sys.stdout.flush()

    def table(self, columns: Sequence[Column], rows: Sequence[Row], *, nothing: str = "nothing to list") -> None:
        """Print rows: a table on a terminal, tab-separated whole values in a pipe.

        Args:
            columns: The columns, each with a title.
            rows: For each row one cell a column.
            nothing: What is told on stderr where there are no rows.
        """
        if not rows or not self.terminal:
            self.rows([[cell.full for cell in row] for row in rows], nothing=nothing)
            return
        table = laid_out(columns, rows, width=self.width)
        for line in table.lines:
            _print("".join(self.paint(text, style) for text, style in line).rstrip())
        if table.dropped:
            self.say(f"not shown for lack of room: {', '.join(table.dropped)}")

    def rows(self, rows: Sequence[Sequence[str]], *, nothing: str = "nothing to list") -> None:
        """Print rows of whole values with tabs between them, as pipes get them; `nothing` where there are none."""
        if not rows:
            self.say(nothing)
            return
        whole = "".join(map("".join, rows))
        plain = whole.isascii() and whole.isprintable()  # then each of them is displayable as it is
        _print("\n".join(map("\t".join, rows if plain else map(_displayable, rows))))

    def section(self, title: str, columns: Sequence[Column], rows: Sequence[Row], *, name: str = "") -> None:
        """Print a titled table; in a pipe, rows that begin with the section's name, which may be the title."""
        if not self.terminal:
            self.table(columns, [(Cell(name or title.lower()), *row) for row in rows])
            return
        _print("\n" + self.paint(displayable(title), "bold"))
        self.table(columns, rows)

    def pairs(self, rows: Sequence[tuple[Cell, Cell]]) -> None:
        """Print names and texts, one pair a line; texts are never cut."""
        if not self.terminal:
            self.table((), rows)
            return
        width = max(cells(key.text) for key, _ in rows) + 2
        for key, text in rows:
            room = " " * (width - cells(key.text))
            _print(self.paint(key.text, key.style) + room + self.paint(displayable(text.text), text.style))

    def line(self, text: str, style: str = "") -> None:
        """Print one line of data."""
        _print(self.paint(displayable(text), style))

    def say(self, text: str) -> None:
        """Tell something on stderr, unless it is to be quiet."""
        if not self.quiet:
            self._tell("notice", text)

    def warn(self, text: str) -> None:
        """Tell something on stderr that even a quiet command tells."""
        self._tell("warning", text)

    def _tell(self, kind: str, text: str) -> None:
        if self.as_json:
            tell_line(ENCODER.encode({kind: text}).decode())
            return
        tell_line(("warning: " if kind == "warning" else "") + displayable(text))

    def paint(self, text: str, style: str) -> str:
        """Return displayable text in a colour, where colours are wanted."""
        return f"\x1b[{COLOURS[style]}m{text}\x1b[0m" if self.colored and style in COLOURS else text

    @contextmanager
    def progress(self, doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show how many bytes of `total` are done, on a terminal; yields what to tell each number of bytes to."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield _ignored
            return
        from rich.console import Console  # noqa: PLC0415  (only on a terminal)
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415

        console = Console(stderr=True, no_color=not self.colored)
        columns: tuple[Any, ...] = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
        with Progress(*columns, console=console, transient=True) as bars:
            task = bars.add_task(displayable(doing), total=total)
            yield lambda size: bars.advance(task, size)


def _displayable(texts: Sequence[str]) -> list[str]:
    return [displayable(text) for text in texts]


def _columns() -> int:
    import shutil  # noqa: PLC0415  (only on a terminal)

    return shutil.get_terminal_size().columns


def _ignored(size: int) -> None:
    del size


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def _print(text: str) -> None:
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    try:
        sys.stdout.write((text if encoding.startswith("utf") else ascii_only(text)) + "\n")
    except BrokenPipeError:
        raise click.exceptions.Exit(reader_gone()) from None
    except OSError as error:
        raise unwritten(error) from error
