"""How a list is ordered: numbers, then words, then what nobody knows, whichever way."""

from datetime import UTC, datetime

import pytest

from signoff.tui.widgets.fields import Field, Word, age_field, ordered
from signoff.tui.widgets.table import Column, Sort

ORDERS = {"a": Word("n/a"), "b": 2, "c": None, "d": 10.5, "e": Word("NA"), "f": 2}
FIELD = Field(column=Column(id="depth", title="DEPTH", width=5), cell=lambda name: (name, "plain"), order=ORDERS.get)


@pytest.mark.parametrize(("descending", "wanted"), [(False, "bfdeac"), (True, "dbfaec")])
def test_numbers_come_before_words_and_what_is_unknown_is_last_whichever_way(descending: bool, wanted: str) -> None:
    assert ordered(ORDERS, [FIELD], Sort("depth", descending=descending)) == list(wanted)


@pytest.mark.parametrize(("descending", "wanted"), [(False, "cadb"), (True, "adcb")])
def test_ages_grow_from_the_youngest_and_of_equals_the_earlier_stays_the_earlier(descending: bool, wanted: str) -> None:
    days = {"a": 3, "c": 7, "d": 3}
    moments = {name: datetime(2026, 11, day, tzinfo=UTC) for name, day in days.items()}
    field = age_field(Column(id="age", title="AGE", width=5), moments.get)
    assert ordered("abcd", [field], Sort("age", descending=descending)) == list(wanted)
