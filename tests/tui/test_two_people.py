"""Two people, each in a terminal and with an ssh-agent of their own, decide in one registry at the same time."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crew import Crew
from tui.pty_session import PtySession

pytestmark = pytest.mark.alone

VERSIONS = ("1", "2", "3")
NEXT, BACK, ENTER, ESCAPE = b"\t", b"\x1b[Z", b"\r", b"\x1b"
UNSIGNED, WRITTEN = "nothing is signed yet", "signed and written"
AGAIN = "look again and sign if you still want to"
SEEN_WITHIN = 0.5


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    """Return people with a model whose versions are in staging and lack one approval."""
    with Crew(tmp_path, "ana", "ben", "cy") as crew:
        crew.found()
        for version in VERSIONS:
            crew.write(
                f"fraud:{version}", model__onnx=version * 40, version__yaml=f"metrics: {{accuracy: 0.9{version}}}\n"
            )
            crew.need("cy", "register", f"fraud:{version}")
            crew.need("cy", "promote", f"fraud:{version}", "staging")
            crew.need("ana", "approve", f"fraud:{version}", "production")
        yield crew


def records(crew: Crew) -> int:
    return len(list((crew.path / "models/fraud/log").glob("*.rec")))


def holder(crew: Crew) -> tuple[str, str]:
    """Return the version that production points at, and who said so."""
    [stage] = [one for one in json.loads(crew.need("", "status", "--json")) if one["stage"] == "production"]
    return stage["version"], stage["by"]


def sat_down(crew: Crew, person: str) -> PtySession:
    session = PtySession("-m", "signoff", str(crew.path), environ=crew.environ(person))
    session.until(lambda shown: "fraud" in shown and "● live" in shown and f"{person} key ok" in shown)
    return session


def visit(session: PtySession, ref: str) -> None:
    session.write(f":{ref}".encode() + ENTER)
    session.until(lambda shown: "[1 Overview]" in shown and f"\n {ref}  " in shown)


def open_dialog(session: PtySession, key: bytes, title: str) -> None:
    session.write(key)
    session.until(lambda shown: title in shown and UNSIGNED in shown)


def open_promotion(session: PtySession, ref: str) -> None:
    visit(session, ref)
    session.write(b"P")
    asked = f"Promote {ref} to production"
    shown = session.until(lambda shown: "1 production" in shown or (asked in shown and UNSIGNED in shown))
    if asked not in shown:
        session.write(b"1")
    session.until(lambda shown: asked in shown and UNSIGNED in shown)


def reach_button(session: PtySession, *, typed: str = "") -> None:
    """Go to the button that signs, from Cancel: back, or on by way of the version's name where that is asked for."""
    for key in (NEXT, NEXT, typed.encode(), NEXT, NEXT, NEXT) if typed else (BACK,):
        session.write(key)
        session.read_until(b"\x1b[")
        session.read_quiet(0.03)


def sign(session: PtySession, *, typed: str = "") -> None:
    reach_button(session, typed=typed)
    session.write(ENTER)


def end(session: PtySession) -> None:
    """Read what was written, and close the dialog."""
    session.until(lambda shown: WRITTEN in shown and "Close" in shown)
    session.write(ESCAPE)
    session.until(lambda shown: "Close" not in shown)


def dialog_words(session: PtySession) -> str:
    """Return what a dialog says, without its borders and where its lines end."""
    lines = [line.split("│") for line in session.screen.display if line.count("│") == 2]
    return " ".join(" ".join(between.strip("▐ ") for _, between, _ in lines).split())


def request(crew: Crew, asking: PtySession, deciding: PtySession, ref: str) -> float:
    """Have a request signed; return the seconds from its record's file until it is in somebody else's inbox."""
    visit(asking, ref)
    open_dialog(asking, b"Q", f"Ask for production of {ref}")
    before, begun = records(crew), time.monotonic()
    assert ref not in deciding.text()
    sign(asking)
    written = time.monotonic()
    while ref not in deciding.text():
        if records(crew) == before:
            written = time.monotonic()  # not before this: the file may come, and show, between two looks
        for session in (deciding, asking):
            session._read(0.002, bool, need=False)
        assert time.monotonic() < begun + 20, deciding.text()
    assert records(crew) > before
    took = time.monotonic() - written
    end(asking)
    return took


def test_what_one_person_asks_another_sees_at_once_and_decides(crew: Crew) -> None:
    with sat_down(crew, "ana") as ana, sat_down(crew, "ben") as ben:
        ben.write(b"i")
        ben.until(lambda shown: "nothing waits for ben" in shown)
        waits = [request(crew, ana, ben, "fraud:1")]
        open_dialog(ben, b"A", "Approve fraud:1 for production")
        sign(ben)
        end(ben)
        ben.until(lambda shown: "nothing waits for ben" in shown)
        waits += [request(crew, ana, ben, f"fraud:{version}") for version in VERSIONS[1:]]
        sys.stdout.write(f"requests seen after {[round(wait * 1e3) for wait in waits]} ms\n")
        assert min(waits) <= SEEN_WITHIN

        open_promotion(ana, "fraud:1")
        sign(ana, typed="1")
        end(ana)
    assert holder(crew) == ("1", "ana")
    assert crew.need("", "verify").startswith("ok:")


def test_of_two_who_promote_at_once_one_is_told_of_the_other_and_nothing_is_lost(crew: Crew) -> None:
    for version in VERSIONS:
        crew.need("ben", "approve", f"fraud:{version}", "production")
    crew.need("ana", "promote", "fraud:1", "production")
    with sat_down(crew, "ana") as ana, sat_down(crew, "ben") as ben:
        people = {"ana": (ana, "2"), "ben": (ben, "3")}
        for session, version in people.values():
            open_promotion(session, f"fraud:{version}")
            reach_button(session, typed=version)
        before = records(crew)
        for session, _ in people.values():
            session.write(ENTER)
        for session, _ in people.values():
            session.until(lambda shown: WRITTEN in shown or AGAIN in shown)
        [winner] = [person for person, (session, _) in people.items() if WRITTEN in session.text()]
        [loser] = set(people) - {winner}
        version = people[winner][1]
        told = dialog_words(people[loser][0])
        assert (
            f"{winner} wrote record {before + 1} (promote); production pointed at 1 and points at {version} now" in told
        )
        assert records(crew) == before + 1
        assert holder(crew) == (version, winner)

        session, version = people[loser]
        session.write(ENTER)
        end(session)
        assert holder(crew) == (version, loser)
    assert crew.need("", "verify").startswith(f"ok: {before + 2 + 1} records")
