from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from hypothesis import assume, example, given
from hypothesis import strategies as st

from signoff.policy import query as language
from signoff.policy.query import QueryError, Value, parse_query

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = ("stage", "model", "author", "digest", "size", "created", "age", "accuracy", "params.depth", "sagte", "tag")
WORDS = (
    "a",
    "b",
    "qa",
    "7",
    "0.5",
    "2G",
    "7d",
    "2026",
    "2026-03-01",
    "al@",
    "a*",
    "?",
    "don't",
    "and",
    "OR",
    "not",
    "a,b",
)


class Seen:
    """A row of a few drawn facts."""

    def __init__(self, words: list[str], stages: list[str], accuracy: Decimal | None) -> None:
        self.said = tuple(words)
        self.stages = tuple(stages)
        self.accuracy = () if accuracy is None else (accuracy,)

    def values(self, field: str) -> tuple[Value, ...]:
        return {"stage": self.stages, "metrics.accuracy": self.accuracy}.get(field, ())

    def words(self) -> tuple[str, ...]:
        return self.said


rows = st.builds(
    Seen,
    st.lists(st.sampled_from("abc"), max_size=3),
    st.lists(st.sampled_from(["qa", "production"]), max_size=2),
    st.none() | st.decimals(min_value=0, max_value=1, places=1),
)
atoms = st.sampled_from(
    ["a", "b", "c", "stage:qa", "stage:production", "accuracy>0.5", "stage!=qa", "accuracy<=0.2", "'c'"]
)
pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["(", ")", "-", '"', "'", "OR", "AND", "NOT", "in (", "like '"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(NAMES),
        st.sampled_from([":", "=", "!=", "<", ">=", "~", ":>"]),
        st.sampled_from(WORDS),
    ),
    st.text(max_size=4),
)
texts = st.builds(str.join, st.sampled_from(["", " ", "  ", "\u2028"]), st.lists(pieces, max_size=8)) | st.text(
    max_size=40
)

bare = st.from_regex(
    r"-?(?:(?:stage|Author|digest|size|created|age|accuracy|params\.x|sagte|x):)?[\w.*?@/+-]{1,4}(?:,\w)?",
    fullmatch=True,
)
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
        st.builds("-({})".format, inner),
    ),
    max_leaves=6,
)


def read(parse: Callable[[], T]) -> T | QueryError:
    """Return what the text is, or why it is nothing."""
    try:
        return parse()
    except QueryError as error:
        return error


def ask(text: str, row: Seen) -> bool:
    return parse_query(text, now=NOW).matches(row)


@given(text=texts, row=rows)
@example(text="-" * 3000 + "a", row=Seen([], [], None))
@example(text="(" * 4000, row=Seen([], [], None))
@example(text="created:0000-00-00", row=Seen([], [], None))
def test_any_text_is_a_query_or_a_query_error_that_marks_a_word(text: str, row: Seen) -> None:
    outcome = read(lambda: parse_query(text, now=NOW))
    if isinstance(outcome, QueryError):
        assert 0 <= outcome.start < outcome.end <= len(text)
        assert outcome.hint
        assert "\n" not in outcome.message
    else:
        assert outcome.matches(row) in (True, False)


@given(text=st.builds(" ".join, st.lists(bare, min_size=1, max_size=4)))
def test_the_quick_way_and_the_grammar_agree(text: str) -> None:
    scope = language._Scope(NOW, None)
    plain = read(lambda: language._plain(text, scope))
    assume(plain is not None)
    full = read(lambda: language._full(text, scope))
    if isinstance(plain, QueryError):
        assert isinstance(full, QueryError)
        assert (full.start, full.end, full.message, full.hint) == (plain.start, plain.end, plain.message, plain.hint)
    else:
        assert plain == full


@given(one=atoms, two=atoms, three=atoms, row=rows)
def test_juxtaposition_binds_closer_than_or(one: str, two: str, three: str, row: Seen) -> None:
    expected = ask(one, row) or (ask(two, row) and ask(three, row))
    assert ask(f"{one} OR {two} {three}", row) == expected
    assert ask(f"{two} and {three} or {one}", row) == expected


@given(one=atoms, two=atoms, row=rows)
def test_not_binds_closest(one: str, two: str, row: Seen) -> None:
    expected = (not ask(one, row)) and ask(two, row)
    assert ask(f"NOT {one} {two}", row) == expected
    assert ask(f"-{one} AND {two}", row) == expected


@given(one=atoms, two=atoms, row=rows)
def test_parentheses_group(one: str, two: str, row: Seen) -> None:
    assert ask(f"-({one} OR {two})", row) == (not ask(one, row) and not ask(two, row))


@given(text=expressions, row=rows)
def test_not_not_x_is_x(text: str, row: Seen) -> None:
    assert ask(f"NOT NOT {text}", row) == ask(f"--{text}", row) == ask(text, row)
    assert ask(f"NOT {text}", row) != ask(text, row)
