"""Programs of the person's own: pager, editor, tmux.

The rule it keeps: they are found by the environment, run in front while the screens are away, and get files that only
this person can read; what was typed is never lost.
"""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from signoff.errors import SignoffError
from signoff.tui.present import Pieces, shown

PAGERS = ("less -R", "more")
EDITORS = ("vi", "nano")
PATIENCE = 1.0


def pager_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of the pager: $PAGER, else less, else more; () where there is none."""
    return _first((environ.get("PAGER", ""), *PAGERS), environ)


def editor_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words of the editor: $VISUAL, else $EDITOR, else vi or nano; () where there is none."""
    return _first((environ.get("VISUAL", ""), environ.get("EDITOR", ""), *EDITORS), environ)


def _first(wanted: Iterable[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    for one in wanted:
        words = _words(one)
        if words and shutil.which(words[0], path=environ.get("PATH")):
            return words
    return ()


def _words(text: str) -> tuple[str, ...]:
    with suppress(ValueError):
        return tuple(shlex.split(text))
    return ()


def run_in_front(words: Sequence[str], file: Path) -> None:
    """Run a program with a file, on the terminal that it is given; ctrl-c is its own affair.

    Raises:
        SignoffError: It cannot be run, or it gave up.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        done = subprocess.run([*words, str(file)], check=False)
    except OSError as error:
        message = f"{Path(words[0]).name!r} cannot be run: {error.strerror}"
        raise SignoffError(message) from error
    finally:
        signal.signal(signal.SIGINT, before)
    if done.returncode:
        message = f"{Path(words[0]).name!r} ended with {done.returncode}"
        raise SignoffError(message)


def page_out(words: Sequence[str], text: Iterable[Pieces], *, plain: bool) -> None:
    """Show lines in a pager; raises as `run_in_front` does."""
    lines = ("".join(shown(piece, plain=plain) for piece, _ in line).rstrip() for line in text)
    with tempfile.TemporaryDirectory(prefix="signoff-") as folder:
        file = Path(folder, "page.txt")
        file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
        run_in_front(words, file)


def edited(words: Sequence[str], name: str, content: bytes) -> bytes:
    """Return a file as a person's editor left it; raises as `run_in_front` does."""
    with tempfile.TemporaryDirectory(prefix="signoff-") as folder:
        file = Path(folder, name)
        file.write_bytes(content)
        run_in_front(words, file)
        try:
            return file.read_bytes()
        except OSError as error:
            message = f"the editor took {name} away: nothing is changed"
            raise SignoffError(message) from error


def keep(name: str, content: bytes) -> Path:
    """Keep a text in a file of its own, which only this user can read, and return where."""
    stem, dot, suffix = name.rpartition(".")
    descriptor, path = tempfile.mkstemp(prefix=f"signoff-{stem}-", suffix=dot + suffix)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    return Path(path)


def copied_by_tmux(text: str, environ: Mapping[str, str]) -> bool:
    """Hand a text to tmux, which hands it on to its terminal; return False where there is no tmux or it refuses."""
    if not environ.get("TMUX") or not shutil.which("tmux", path=environ.get("PATH")):
        return False
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
