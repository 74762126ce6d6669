"""Goals 13, 14 and 15 beside the least that a Textual program costs, and beside other terminal programs that are here.

Run with `-m benchmark -s`. Every program runs in a real terminal of 120 x 40; the floor is a bare list of lines.
"""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from benchmarks import peers
from benchmarks.goals import absent, ahead_of, milliseconds, need, ratio_of, tell
from benchmarks.many import make_registered
from benchmarks.probing import Pressed, cpu_seconds, press, pss_mib, rss_mib, settle
from tui.pty_session import PtySession

pytestmark = pytest.mark.benchmark
HERE = Path(__file__).parent
ROUNDS = 9
KEYS = 60
SESSIONS = 8
FIRST = "model-00000"


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal program.

    Attributes:
        words: What starts it.
        wanted: What its first screen says.
        first: Keys that bring its list into reach.
        below: The key that moves its cursor down.
        own: What is its own in the environment.
    """

    words: Sequence[str]
    wanted: str = FIRST
    first: bytes = b""
    below: bytes = b"j"
    own: Mapping[str, str] = {}


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Path]]:
    """Give registries of 1,000 and 10,000 models of one version, and of 1,000 models of 10."""
    folder = tmp_path_factory.mktemp("terminals")
    shapes = {"1000": (1000, 1), "10000": (10_000, 1), "1000x10": (1000, 10)}
    for name, (models, versions) in shapes.items():
        make_registered(folder / name, models=models, versions=versions)
    yield {name: folder / name for name in shapes}
    shutil.rmtree(folder)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    found = {**os.environ, **peers.environment(tmp_path / "home")}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def signoff(place: Path) -> Program:
    """Return our program with a memory of its own: all registries here have one id, and what was seen in one is missed in another."""
    own = {f"SIGNOFF_{kind}_DIR": f"{place}-{kind.lower()}" for kind in ("STATE", "CACHE")}
    return Program(words=(sys.executable, "-m", "signoff", str(place)), own=own)


def floor(*words: str) -> Program:
    return Program(words=(sys.executable, str(HERE / "floor_screens.py"), *words))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Program | None]:
    """Give the terminal programs of other people, each with a list to show; None for one that shows none here."""
    folder = tmp_path_factory.mktemp("others")
    listed = folder / "list.csv"
    listed.write_text("name,a,b\n" + "".join(f"model-{number:05},{number},2\n" for number in range(10_000)))
    peers.history(folder / "repository", 5000)
    visidata = peers.find("vd") or peers.find("visidata")
    programs = {
        "tig, 5,000 commits": [peers.find("tig"), "-C", str(folder / "repository")],
        "lazygit, 5,000 commits": [peers.find("lazygit"), "-p", str(folder / "repository")],
        "visidata, 10,000 rows": [visidata, str(listed)],
        "posting": [peers.find("posting"), "--collection", str(_collection(folder))],
    }
    wanted = {"posting": "model-0", "tig, 5,000 commits": "model-05000", "lazygit, 5,000 commits": "model-05000"}
    first = {"posting": b"\x0f", "lazygit, 5,000 commits": b"4"}
    return {
        name: _working(
            Program(words=[str(one) for one in words], wanted=wanted.get(name, FIRST), first=first.get(name, b"")),
            peers.environment(folder / "home"),
        )
        if words[0]
        else None
        for name, words in programs.items()
    }


def _working(program: Program, environ: Mapping[str, str]) -> Program | None:
    """Return a program that shows its list within a while, else None."""
    try:
        session, _, _ = start(program, environ, patience=12)
    except AssertionError:
        return None
    with session:
        return program


def _collection(tmp_path: Path) -> Path:
    folder = tmp_path / "collection"
    folder.mkdir()
    for number in range(40):
        said = f"name: model-{number}\nmethod: GET\nurl: http://127.0.0.1/{number}\n"
        (folder / f"model-{number}.posting.yaml").write_text(said)
    return folder


def start(program: Program, environ: Mapping[str, str], *, patience: float = 60.0) -> tuple[PtySession, float, float]:
    """Start a program; return it with wall and CPU milliseconds until its first screen."""
    began = time.perf_counter()
    session = PtySession(*program.words[1:], environ={**environ, **program.own}, program=program.words[0])
    while program.wanted not in session.text():
        session._read(0.01, bool, need=False)
        if time.perf_counter() - began > patience:
            with session:
                raise AssertionError(session.text())
    return session, (time.perf_counter() - began) * 1e3, cpu_seconds(session.pid) * 1e3


def first_screens(
    programs: Mapping[str, Program], environ: Mapping[str, str], *, rounds: int = ROUNDS
) -> dict[str, tuple[list[float], list[float]]]:
    """Start programs in turns; return wall and CPU milliseconds of every round but the first."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in programs}
    for number in range(rounds + 1):
        for name, program in programs.items():
            session, wall, used = start(program, environ)
            with session:
                if not number:
                    settle(session, quiet=1.0)
            if number:
                found[name][0].append(wall)
                found[name][1].append(used)
    return found


def test_the_first_screen_beside_a_bare_list(
    registries: Mapping[str, Path], environ: dict[str, str], here: Mapping[str, Program | None]
) -> None:
    programs = {
        "floor": floor("lines", "1000"),
        "1000": signoff(registries["1000"]),
        "10000": signoff(registries["10000"]),
        **{name: program for name, program in here.items() if program},
    }
    found = first_screens(programs, environ)
    lines = []
    for at, unit in ((1, "CPU"), (0, "wall")):
        spent = {name: times[at] for name, times in found.items()}
        ours, case = spent["1000"], f"first paint of 1,000 models, {unit}"
        bare, figure = spent["floor"], milliseconds(spent["floor"])
        ratio = ratio_of(ours, bare)
        lines.append(
            tell("13", case, milliseconds(ours), beside="1,000 bare lines", figure=figure, ratio=ratio, most=1.6)
        )
        many = spent["10000"]
        case = f"first paint of 10,000 models, {unit}"
        figure = milliseconds(ours)
        ratio = ratio_of(many, ours)
        lines.append(
            tell("13", case, milliseconds(many), beside="of 1,000 models", figure=figure, ratio=ratio, most=1.15)
        )
    for name, program in here.items():
        case, least = "first paint of 1,000 models, CPU", 3.0 if name == "posting" else None
        if program is None:
            absent("13", case, name)
            continue
        ours, theirs = found["1000"][1], found[name][1]
        figure, ratio = milliseconds(theirs), ahead_of(ours, theirs)
        tell("13", case, milliseconds(ours), beside=name, figure=figure, ratio=ratio, least=least)
    need(*lines)


class Keys(msgspec.Struct, frozen=True):
    """What a key costs."""

    pressed: Pressed
    cpu: float


def keys_of(program: Program, environ: Mapping[str, str]) -> Keys:
    """Press the key down in the list of a program that has settled."""
    session, _, _ = start(program, environ)
    with session:
        settle(session)
        if program.first:
            session.write(program.first)
            settle(session, quiet=0.5, most=10)
        press(session, program.below, 3)
        before = cpu_seconds(session.pid)
        pressed = press(session, program.below, KEYS)
        return Keys(pressed, (cpu_seconds(session.pid) - before) * 1e3 / KEYS)


def test_a_key_beside_a_bare_list(
    registries: Mapping[str, Path], environ: dict[str, str], here: Mapping[str, Program | None]
) -> None:
    bare = [keys_of(floor("lines", "10000"), environ)]
    ours = [keys_of(signoff(registries["1000x10"]), environ)]
    bare.append(keys_of(floor("lines", "10000"), environ))
    ours.append(keys_of(signoff(registries["1000x10"]), environ))
    least: Callable[[Sequence[Keys]], Keys] = lambda found: min(found, key=lambda one: one.pressed.median)  # noqa: E731
    one, other = least(ours), least(bare)
    case, beside = "key to first byte", "bare lines"
    figure = f"{other.pressed.median:.1f} ms"
    ratio = one.pressed.median / other.pressed.median
    shown = f"{one.pressed.median:.1f} ms"
    lines = [
        tell("14", case, shown, beside=beside, figure=figure, ratio=ratio, most=2),
        tell("14", "median, ms", shown, ratio=one.pressed.median, most=5, shown=False),
        tell("14", "p95, ms", f"{one.pressed.p95:.1f} ms", ratio=one.pressed.p95, most=16, shown=False),
        tell("14", "bytes of a key", f"{one.pressed.bytes:.0f} B", ratio=one.pressed.bytes, most=600, shown=False),
    ]
    figure = f"{other.cpu:.2f} ms"
    tell("14", "CPU of a key", f"{one.cpu:.2f} ms", beside=beside, figure=figure, ratio=one.cpu / max(other.cpu, 0.01))
    for name, program in here.items():
        if program is None:
            absent("14", "bytes of a key", name)
            continue
        found = keys_of(program, environ)
        shown, figure = f"{one.pressed.bytes:.0f} B", f"{found.pressed.bytes:.0f} B, {found.pressed.median:.1f} ms"
        wanted = 10.0 if name == "posting" else 1.0 if name.startswith("lazygit") else None
        ratio = found.pressed.bytes / max(one.pressed.bytes, 1)
        tell("14", "bytes of a key", shown, beside=name, figure=figure, ratio=ratio, least=wanted)
    need(*lines)


def memory_of(program: Program, environ: Mapping[str, str]) -> float:
    """Return the MiB in use of a program that has settled."""
    session, _, _ = start(program, environ)
    with session:
        settle(session)
        return rss_mib(session.pid)


def test_memory_beside_a_textual_page(
    registries: Mapping[str, Path], environ: dict[str, str], here: Mapping[str, Program | None]
) -> None:
    bare, ours = memory_of(floor("hello"), environ), memory_of(signoff(registries["1000x10"]), environ)
    ours = min(ours, memory_of(signoff(registries["1000x10"]), environ))
    case, shown = "memory at 10,000 versions", f"{ours:.0f} MiB"
    figure = f"{bare:.0f} MiB"
    lines = [tell("15", case, shown, beside="a page of Textual", figure=figure, ratio=ours / bare, most=1.7)]
    for name, program in here.items():
        if program is None:
            absent("15", case, name)
            continue
        theirs = memory_of(program, environ)
        least = 1.3 if name == "posting" else None
        tell("15", case, shown, beside=name, figure=f"{theirs:.0f} MiB", ratio=theirs / ours, least=least)
    with ExitStack() as open_ones:
        sessions = []
        for _ in range(SESSIONS):
            session, _, _ = start(signoff(registries["1000x10"]), environ)
            sessions.append(open_ones.enter_context(session))
        for session in sessions:
            settle(session)
        together = sum(pss_mib(session.pid) for session in sessions)
    most = 2240 / 5
    case = f"{SESSIONS} sessions together, MiB"
    lines.append(tell("15", case, f"{together:.0f} MiB", ratio=together, most=most, shown=False))
    need(*lines)
