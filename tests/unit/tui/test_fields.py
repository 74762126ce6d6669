"""How a list is ordered: numbers, then words, then what nobody knows, whichever way."""

import pytest

from signoff.tui.widgets.fields import Field, Word, ordered
from signoff.tui.widgets.table import Column, Sort

ORDERS = {"a": Word("n/a"), "b": 2, "c": None, "d": 10.5, "e": Word("NA"), "f": 2}
FIELD = Field(column=Column(id="depth", title="DEPTH", width=5), cell=lambda name: (name, "plain"), order=ORDERS.get)


@pytest.mark.parametrize(("descending", "wanted"), [(False, "bfdeac"), (True, "dbfaec")])
def test_numbers_come_before_words_and_what_is_unknown_is_last_whichever_way(descending: bool, wanted: str) -> None:
    assert ordered(ORDERS, [FIELD], Sort("depth", descending=descending)) == list(wanted)
