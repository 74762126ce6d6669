"""What a terminal is told and may tell: its traits, its input, and its state when we leave.

The rule it keeps: whatever ends the program (a signal, a crash, a terminal that is gone), the terminal is as it was
and the exit code is not 0; what a terminal answers never becomes a key; input that is no text ends nothing.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from signoff.errors import SignoffError
from signoff.tui.present import cells, clip, shown
from signoff.values.display import displayable

SMALLEST_WIDTH, SMALLEST_HEIGHT = 60, 15
HIGHEST_CODE = 0x10FFFF
MANY_COLOURS = ("256", "direct", "kitty")
PATIENCE = 0.1
STRING_PATIENCE = 1.0
LONGEST_STRING = 3.0
INTRODUCERS = frozenset("]P_^X")
C1_INTRODUCERS = frozenset("\x90\x98\x9d\x9e\x9f")
STRING_ENDS = frozenset("\x07\x18\x1a\x9c")
REPLACEMENT = "\ufffd"
NUMBER = re.compile(r"[0-9]+")
CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
CSI_BEGUN = re.compile(r"\x1b\[[0-?]*[ -/]*")


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a terminal before it is used.

    Attributes:
        refusal: Why nothing can be shown on it, or "".
        plain: Whether it has no UTF-8, or nothing but ASCII is wanted.
        colour: Whether colours are wanted.
        few: Whether it has no more than 16 colours.
        mouse: Whether the mouse is on.
    """

    refusal: str = ""
    plain: bool = False
    colour: bool = True
    few: bool = False
    mouse: bool = True


def terminal_of(environ: Mapping[str, str], *, mouse: bool | None = None) -> Terminal:
    """Return what the environment says of the terminal.

    Args:
        environ: The process's environment.
        mouse: What was asked for on the command line; None leaves it off over SSH.
    """
    kind = environ.get("TERM", "")
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
    return Terminal(
        refusal=_refusal(kind),
        plain="utf8" not in locale.lower().replace("-", "") or environ.get("SIGNOFF_ASCII", "") not in {"", "0"},
        colour=not environ.get("NO_COLOR"),
        few=not any(word in kind for word in MANY_COLOURS)
        and environ.get("COLORTERM", "").lower() not in {"truecolor", "24bit"},
        mouse=not environ.get("SSH_CONNECTION") if mouse is None else mouse,
    )


def need_terminal(*, mouse: bool | None = None) -> Terminal:
    """Return what is known of this process's terminal.

    Raises:
        SignoffError: Nothing can be shown on it, or there is none.
    """
    terminal = terminal_of(os.environ, mouse=mouse)
    if terminal.refusal or not sys.stdin.isatty() or not sys.stdout.isatty():
        reason = terminal.refusal or "screens need a terminal on standard input and output"
        raise SignoffError(reason, hint="see: signoff help")
    return terminal


@contextmanager
def saying(words: str, *, plain: bool) -> Iterator[None]:
    """Show words in the line of the cursor while something goes on that shows nothing; they are gone afterwards."""
    said = clip(shown(words, plain=plain), shutil.get_terminal_size().columns - 1)
    sys.stdout.write(said)
    sys.stdout.flush()
    try:
        yield
    finally:
        sys.stdout.write(f"\r{' ' * cells(said)}\r")
        sys.stdout.flush()


def _refusal(kind: str) -> str:
    if kind not in {"", "dumb", "unknown"}:
        return ""
    words = "signoff ls, signoff show, signoff status, signoff compare, signoff approve and signoff promote"
    return f"TERM={kind or 'unset'} cannot show screens; the same is done by {words}"


def size_notice(width: int, height: int) -> str:
    """Return what to say on a terminal that is too small, or ""."""
    if width >= SMALLEST_WIDTH and height >= SMALLEST_HEIGHT:
        return ""
    return f"signoff needs {SMALLEST_WIDTH}x{SMALLEST_HEIGHT}, this is {width}x{height}"


class InputShield:
    """Takes out of a terminal's input what is no key, mouse, paste or report that was asked for.

    OSC, DCS, APC, PM and SOS strings are dropped whole, also when they come in several reads; so are device answers,
    impossible code points and bytes that were no UTF-8. A lone escape is held until it is sure that nothing follows.
    """

    def __init__(self) -> None:
        """Begin between sequences."""
        self.held = ""
        self.in_string = False
        self.since = self.begun = 0.0

    def feed(self, text: str, now: float) -> str:
        """Return what of `text` may be parsed; `now` is any steady clock's seconds."""
        pending, self.held = self.held + text.replace(REPLACEMENT, ""), ""
        if self.in_string:
            self._give_up_string(now)
        self.since = now
        kept: list[str] = []
        while pending:
            pending = self._step(pending, kept, now)
        return "".join(kept)

    def tick(self, now: float) -> str:
        """Return a held escape once nothing followed it in time; a held beginning of anything else is dropped."""
        if self.in_string:
            self._give_up_string(now)
        if not self.held or self.in_string or now - self.since < PATIENCE:
            return ""
        held, self.held = self.held, ""
        return held if held == "\x1b" else ""

    def _give_up_string(self, now: float) -> None:
        """End a string that no terminal would leave unfinished: somebody pressed alt and its first key."""
        if now - self.since > STRING_PATIENCE or now - self.begun > LONGEST_STRING:
            self.in_string = False

    def _step(self, pending: str, kept: list[str], now: float) -> str:
        """Deal with the beginning of `pending` and return the rest."""
        if self.in_string:
            return self._skip_string(pending)
        first = pending[0]
        if first in C1_INTRODUCERS:
            return self._begin_string(pending[1:], now)
        if first != "\x1b":
            end = next((i for i, c in enumerate(pending) if c == "\x1b" or c in C1_INTRODUCERS), len(pending))
            kept.append(pending[:end])
            return pending[end:]
        if len(pending) == 1:
            return self._hold(pending)
        if pending[1] in INTRODUCERS:
            return self._begin_string(pending[2:], now)
        if pending[1] == "[":
            return self._control(pending, kept)
        kept.append(pending[:1])
        return self._after_escape(pending[1:], kept)

    @staticmethod
    def _after_escape(pending: str, kept: list[str]) -> str:
        if pending[0] == "\x1b":
            return pending
        kept.append(pending[0])
        return pending[1:]

    def _hold(self, beginning: str) -> str:
        self.held = beginning
        return ""

    def _begin_string(self, rest: str, now: float) -> str:
        self.in_string, self.begun = True, now
        return rest

    def _skip_string(self, pending: str) -> str:
        for i, character in enumerate(pending):
            if character in STRING_ENDS:
                self.in_string = False
                return pending[i + 1 :]
            if character == "\x1b":
                if i + 1 == len(pending):
                    return self._hold(pending[i:])
                self.in_string = False
                return pending[i + 2 :] if pending[i + 1] == "\\" else pending[i:]
        return ""

    def _control(self, pending: str, kept: list[str]) -> str:
        match = CSI.match(pending)
        if match:
            sequence = match.group()
            if not is_answer(sequence):
                kept.append(sequence)
            return pending[match.end() :]
        begun = CSI_BEGUN.match(pending)
        end = begun.end() if begun else len(pending)
        return self._hold(pending) if end == len(pending) else pending[end:]


def is_answer(sequence: str) -> bool:
    """Return whether a control sequence is an answer nobody waits for, or one that no keyboard sends."""
    return _is_report(sequence[2:]) or any(int(number[:9]) > HIGHEST_CODE for number in NUMBER.findall(sequence))


def _is_report(body: str) -> bool:
    match body[0], body[-1]:
        case "?", final:
            return final != "y"
        case "<", final:
            return final not in "Mm"
        case ((">" | "="), _):
            return True
        case _, "t":
            return not body.startswith("48;")
        case _, final:
            return final in "cnxy"


def show_lines(lines: Iterable[str]) -> None:
    """Write lines on a terminal that the screens gave away, each unbroken, and wait for enter."""
    sys.stdout.writelines(f"{displayable(line)}\n" for line in lines)
    sys.stdout.write("\nenter goes back ")
    sys.stdout.flush()
    sys.stdin.readline()
