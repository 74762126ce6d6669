"""The header's words for how fresh a screen is change with the state, and with nothing else."""

from datetime import UTC, datetime

import pytest

from builders import World
from signoff.policy.history import History
from signoff.registry.snapshot import ModelView, Snapshot, Source
from signoff.registry.watching import Standing
from signoff.schema.cards import ModelMetadata, RegistryMetadata
from signoff.tui.fresh import fresh, fresh_on, stale, unread_words
from signoff.tui.widgets.chrome import Freshness

INDEX = Source(place=".signoff/index/1", moment=datetime(2026, 11, 1, 12, tzinfo=UTC), length=1, head="f" * 64)
OWN = Source(place="", moment=datetime(2026, 11, 2, 12, tzinfo=UTC), length=1, head="f" * 64)
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


def kept(*sources: Source | None) -> Snapshot:
    models = tuple(
        ModelView(name=f"m{number}", metadata=ModelMetadata(), history=History(model=f"m{number}"), source=source)
        for number, source in enumerate(sources)
    )
    return Snapshot(url="x", metadata=RegistryMetadata(), trust=World().trust(), models=models)


@pytest.mark.parametrize(
    ("sources", "model", "words"),
    [
        ((None, None), "", "◌ polling 2s"),
        ((None, INDEX), "", "◌ indexed 2026-11-01, not verified"),
        ((None, INDEX), "m0", "◌ polling 2s"),
        ((None, INDEX), "m1", "◌ indexed 2026-11-01, not verified"),
        ((OWN, None), "", "◌ remembered from 2026-11-02"),
        ((OWN, INDEX), "", "◌ indexed 2026-11-01, not verified"),
        ((None, INDEX), "gone", "◌ indexed 2026-11-01, not verified"),
    ],
)
def test_a_page_says_where_what_it_shows_is_from_if_it_was_not_read(
    sources: tuple[Source | None, ...], model: str, words: str
) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    said = fresh_on(kept(*sources), model, Freshness("polling", "2s"), now=now)
    assert "".join(text for text, _ in said.pieces()) == words


def test_of_today_the_time_is_said() -> None:
    now = OWN.moment.replace(hour=13)
    said = fresh_on(kept(OWN), "", Freshness("polling", "2s"), now=now)
    assert said.detail == f"from {OWN.moment.astimezone():%H:%M}"


@pytest.mark.parametrize("kind", ["stale", "reading"])
def test_what_is_worse_is_said_first(kind: str) -> None:
    assert fresh_on(kept(INDEX), "", Freshness(kind), now=OWN.moment) == Freshness(kind)


def test_how_much_was_not_read_is_said() -> None:
    assert unread_words(None) == unread_words(kept(None, None)) == ""
    assert unread_words(kept(None, INDEX, OWN)).startswith("2 of 3 models were not read")
