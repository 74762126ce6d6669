"""Trees, hanging lines, progress: what the tabs are drawn with."""

from datetime import UTC, datetime, timedelta

import pytest

from signoff.errors import SignoffError
from signoff.registry.problems import Problem
from signoff.registry.verifying import ChainReport, Report
from signoff.tui.ancestors import rails
from signoff.tui.doing_here import verified
from signoff.tui.present import Pieces, hang_of, shown, width_of, wrap
from signoff.tui.screens.page import Subject
from signoff.tui.screens.tasks import progress_words, task_block
from signoff.tui.tasks import Outcome, Task, task_words, went_well

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_tree_is_drawn_from_the_depths_of_a_walk() -> None:
    assert rails([1, 2, 3, 2, 1, 2]) == ("├─ ", "│  ├─ ", "│  │  └─ ", "│  └─ ", "└─ ", "   └─ ")
    assert rails([1, 1]) == ("├─ ", "└─ ")
    assert rails([]) == ()


def test_a_tree_has_an_ascii_form() -> None:
    assert [shown(rail, plain=True) for rail in rails([1, 2, 1])] == ["|- ", "|  `- ", "`- "]


@pytest.mark.parametrize("width", [10, 20, 40])
def test_wrapped_lines_hang_below_the_first_and_lose_no_word(width: int) -> None:
    pieces: Pieces = (("label   ", "dim"), ("one two three four five six seven eight", "plain"))
    hang = 8
    assert hang_of(pieces, 40) == hang
    lines = wrap(pieces, width, indent=hang)
    assert all(width_of(line) <= width for line in lines)
    if hang < width // 2:
        assert all(line[0][0].startswith(" " * hang) for line in lines[1:])
    words = " ".join(text for line in lines for text, _ in line).split()
    assert words == ["label", "one", "two", "three", "four", "five", "six", "seven", "eight"]


def task(total: int | None = None) -> Task:
    return Task(1, "verify fraud:7", NOW, total=total)


def test_progress_says_bytes_of_all_bytes_where_they_are_known() -> None:
    known = task(total=4096)
    known.progress(1024)
    assert progress_words(known) == "1.00 KiB of 4.00 KiB 25 %"
    assert progress_words(task()) == "-"
    assert progress_words(task(total=0)) == "0 B of 0 B"


def test_a_task_that_was_asked_to_stop_stops_at_its_next_progress_but_counting_never_raises() -> None:
    stopping = task()
    stopping.asked_to_stop = True
    stopping.count(7)
    with pytest.raises(SignoffError, match="you asked"):
        stopping.progress(1)
    assert stopping.bytes == 7


def test_how_a_task_ended_is_said_in_words_and_tone() -> None:
    done, failed = task(), task()
    done.answer = Outcome(words="fraud:7: 12 files, all as registered", details=("more",))
    assert task_words(task()) == ""
    done.end("done", NOW + timedelta(seconds=2))
    assert (task_words(done), went_well(done)) == ("fraud:7: 12 files, all as registered", True)
    failed.error = SignoffError("the disk is gone", hint="mount it")
    failed.end("failed", NOW)
    assert (task_words(failed), went_well(failed)) == ("verify fraud:7: the disk is gone", False)
    closed = task_block(done, "now", "", opened=False)
    opened = task_block(done, "now", "", opened=True)
    assert len(opened.lines) > len(closed.lines)
    assert (("            ", "plain"), ("more", "plain")) in opened.lines
    assert any("mount it" in piece for line in task_block(failed, "now", "", opened=True).lines for piece, _ in line)


def test_what_a_verification_found_is_said_with_the_first_fault() -> None:
    chain = ChainReport(chain="models/fraud", records=3, ineffective=(), head="a" * 64)
    note = Problem(place="x", what="worth knowing", severity="note")
    fault = Problem(place="models/fraud/versions/7/m", what="changed", hint="restore it")
    good = Report(chains=(chain,), versions=1, files=12, size=2048, problems=(note,))
    bad = Report(chains=(chain,), versions=2, files=12, size=2048, problems=(note, fault))
    said = verified(Subject("fraud", "7"), good)
    assert (said.words, said.good) == ("fraud:7: 12 files, all as registered", True)
    assert said.details[0] == "2.00 KiB hashed"
    said = verified(Subject("fraud"), bad)
    assert said.words == "m changed in fraud:7: 1 problem in 2 versions, 12 files"
    assert said.checked is not None
    assert said.checked.problems == (fault,)


def test_a_verification_that_found_problems_is_not_shown_as_well_done() -> None:
    done = task()
    done.answer = Outcome(words="m changed in fraud:7", good=False)
    done.end("done", NOW)
    first, *_, last = task_block(done, "now", "", opened=False).lines
    assert first[0] == ("✗ problems  ", "bad")
    assert last[-1] == ("m changed in fraud:7", "bad")
