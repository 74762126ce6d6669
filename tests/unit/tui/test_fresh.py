"""The header's words for how fresh a screen is change with the state, and with nothing else."""

import pytest

from signoff.registry.watching import Standing
from signoff.tui.fresh import fresh, stale
from signoff.tui.widgets.chrome import Freshness

READING = Freshness("reading")
ASKED = Standing("it is asked", 2.0)


def after(was: Freshness, standing: Standing, *, complete: bool = True, changed: bool = False) -> Freshness:
    return fresh(was, standing, complete=complete, changed=changed, at="14:03")


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(), "● live 14:03"),
        (ASKED, "◌ polling 2s"),
        (Standing("it is asked", 15.0), "◌ polling 15s"),
        (Standing("many versions"), "◌ polling 14:03"),
        (Standing("it is asked", 2.0, "no route"), "⚠ stale since 14:03"),
    ],
)
def test_how_changes_are_learnt_of_is_said_in_few_words(standing: Standing, words: str) -> None:
    assert "".join(text for text, _ in after(READING, standing).pieces()) == words


def test_the_time_of_the_last_change_stays_while_nothing_changes() -> None:
    was = Freshness("live", "13:00")
    assert after(was, Standing()) == was
    assert after(was, Standing(), changed=True) == Freshness("live", "14:03")


def test_what_is_not_complete_is_being_read() -> None:
    assert after(READING, ASKED, complete=False).kind == "reading"


def test_it_is_stale_since_the_first_time_and_why_is_said() -> None:
    first = stale(Freshness("live", "13:00"), "no route", at="13:59")
    assert first == Freshness("stale", "since 13:59", "no route")
    assert after(first, Standing("it is asked", 2.0, "no route")) == first
    assert after(first, ASKED) == Freshness("polling", "2s")
