"""The end of a row of numbered files is found with few questions."""

from hypothesis import given
from hypothesis import strategies as st

from signoff.storage.following import last_number


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_the_last_of_a_row_without_gaps_is_found_in_few_questions(last: int, known: int) -> None:
    asked: list[int] = []

    def exists(number: int) -> bool:
        asked.append(number)
        return number <= last

    assert last_number(exists, at_least=min(known, last)) == last
    assert len(asked) <= 40
