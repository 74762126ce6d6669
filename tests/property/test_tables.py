"""What columns answer is what each row answers, whatever it says and however often it is asked."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.policy.history import History
from signoff.policy.query import parse_query
from signoff.policy.query_ranges import as_double, ranges_of
from signoff.policy.query_terms import Comparison, Span, as_number, compiled
from signoff.registry import columns
from signoff.registry.columns import key_of
from signoff.registry.rows import natural
from signoff.registry.snapshot import ModelView
from signoff.registry.tables import Said as Saying
from signoff.registry.tables import Table
from signoff.registry.views import Said, VersionView
from signoff.schema.cards import ModelMetadata, VersionMetadata
from signoff.schema.scalars import Real
from signoff.values.metrics import Metric, read_number

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITTEN = (
    "1518.70 +/- 568.14",
    "85%",
    "0,912",
    "NA",
    "0.930",
    "0.93",
    "93",
    "1e-05",
    "0.00001",
    "0.1",
    "0.1000000000000000055511151231257827",
    "9007199254740993",
    "-0",
    "1e300",
    "true",
    "",
    "nan",
    "sNaN",
    "inf",
    "1_000",
)
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", ":", "~")
BOUNDS = ("0.93", "0.930", "93", "0.1", "1e-05", "9007199254740992", "9007199254740993", "0", "-1", "1e400", "85")
WORDS = ("NA", "true", "*", "9*", "?3", "'0.930'", "'93'", "fraud", "qa,NA", "0.93,85", "'%'", "nan")


def metric(name: str, text: str, group: str) -> Metric:
    number, spread, unit = read_number(text)
    slices = (("region", group),) if group else ()
    return Metric(name=name, text=text, number=number, spread=spread, unit=unit, slice=slices)


metrics = st.lists(
    st.builds(
        metric, st.sampled_from(["acc", "test.acc", "loss"]), st.sampled_from(WRITTEN), st.sampled_from(["", "", "eu"])
    ),
    max_size=3,
)
parameters = st.lists(
    st.tuples(
        st.sampled_from(["depth", "lr"]), st.sampled_from([6, True, Real("1e-5"), Real("0.930"), "6", "NA", "deep"])
    ),
    max_size=2,
)
tags = st.lists(st.tuples(st.sampled_from(["team", "old"]), st.sampled_from([None, "qa", "93", "Fraud"])), max_size=2)
metadata = st.builds(
    VersionMetadata,
    hyperparameters=parameters.map(tuple),
    tags=tags.map(tuple),
    description=st.sampled_from([None, "finds fraud", "93"]),
    license=st.sampled_from([None, "mit"]),
    created_at=st.sampled_from([None, "2026-03-01", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z", "once"]),
)
said = st.builds(Said, metadata=st.none() | metadata, metrics=metrics.map(tuple))

named = st.sampled_from(
    ["metrics.acc", "metrics.test.acc", "metrics.loss", "params.depth", "params.lr", "tags.team", "tags.old"]
)
numbered = st.builds("{}{}{}".format, named, st.sampled_from(OPERATORS), st.sampled_from(BOUNDS))
worded = st.builds("{}{}{}".format, named, st.sampled_from(["=", "!=", ":", "~"]), st.sampled_from(WORDS))
plain = st.sampled_from(
    [
        "fraud",
        "'m:1'",
        "93",
        "tag:qa",
        "tag:team=qa",
        "license:mit",
        "created:2026-03",
        "created>=2026-03-01",
        "status:registered",
        "version>2",
        "-description:*",
        "age<7d",
    ]
)
queries = st.recursive(
    numbered | worded | plain,
    lambda inner: st.one_of(
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
    ),
    max_leaves=5,
)


def model_of(each: list[Said], name: str = "m") -> ModelView:
    versions = tuple(
        VersionView(model=name, version=str(at), status="registered", said=one) for at, one in enumerate(each)
    )
    return ModelView(name=name, metadata=ModelMetadata(), history=History(model=name), versions=versions)


@pytest.fixture(params=[(1024, 2 << 20), (1, 2 << 20), (2, 500)], ids=str)
def roomy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have numbers kept as doubles from so many on, and room for so many bytes."""
    few, room = request.param
    monkeypatch.setattr(columns, "FEW", few)
    monkeypatch.setattr(columns, "ROOM", room)


@pytest.mark.usefixtures("roomy")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.lists(said, max_size=8), two=st.lists(said, max_size=3), texts=st.lists(queries, min_size=1, max_size=3))
def test_a_table_answers_what_each_row_answers(one: list[Said], two: list[Said], texts: list[str]) -> None:
    table = Table((model_of(one), model_of(two, "n")))
    for text in (*texts, *texts):
        query = parse_query(text, now=NOW)
        fits = table.fits(query)
        assert [fits(at) for at in range(len(table))] == [query.matches(row) for row in table.rows()]


@pytest.mark.usefixtures("roomy")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    each=st.lists(said, min_size=1, max_size=6),
    news=st.lists(said, max_size=2),
    changed=st.integers(min_value=0, max_value=5),
    text=queries,
)
def test_what_is_taken_over_answers_as_before(each: list[Said], news: list[Said], changed: int, text: str) -> None:
    before, query = model_of(each), parse_query(text, now=NOW)
    other = model_of(each, "n")
    table = Table((before, other))
    fits = table.fits(query)
    assert [fits(at) for at in range(0, len(table), 2)]
    views = [*before.versions, *model_of([*each, *news]).versions[len(each) :]]
    views[changed % len(each)] = VersionView(model="m", version="x", status="missing")
    after = ModelView(name="m", metadata=ModelMetadata(), history=History(model="m"), versions=tuple(views))
    again = Table((model_of(news, "a"), after, other), table)
    fits = again.fits(query)
    assert [fits(at) for at in range(len(again))] == [query.matches(row) for row in again.rows()]


@pytest.mark.usefixtures("roomy")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    each=st.lists(said, min_size=2, max_size=8),
    field=st.sampled_from(["metrics.acc", "params.lr", "tags.team", "created", "license", "version"]),
    downward=st.booleans(),
)
def test_what_was_asked_is_sorted_as_what_was_not(each: list[Said], field: str, downward: bool) -> None:
    table = Table((model_of(each),))
    first, again = (table.ordered(range(len(table)), field, downward=downward) for _ in range(2))
    keys = [key_of(table.row(at).values(field), open="." in field) for at in first]
    known = [key for key in keys if isinstance(key, float)]
    words = [key for key in keys if isinstance(key, str)]
    assert first == again == list(table.order(field, downward=downward))
    assert known == sorted(known, reverse=downward)
    assert words == sorted(words, key=natural, reverse=downward)
    assert keys == [*known, *words, *[None] * (len(keys) - len(known) - len(words))]


numbers = st.one_of(
    st.sampled_from(WRITTEN).filter(lambda text: as_number(text) is not None).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda one: Decimal(repr(one))),
)


@given(
    bound=numbers,
    width=st.sampled_from([Decimal(0), Decimal(1), Decimal("Infinity")]),
    value=numbers,
    operator=st.sampled_from(["=", "<", "<=", ">", ">="]),
)
def test_a_range_has_a_double_in_it_where_the_comparison_holds(
    bound: Decimal, width: Decimal, value: Decimal, operator: str
) -> None:
    for number in (value, bound):
        double = as_double(number)
        term = Comparison("metrics.acc", operator, (Span(bound, bound + width),))  # type: ignore[arg-type]  # drawn
        ranges = ranges_of(term)
        assert ranges is not None
        if double is not None:
            assert any(low <= double <= high for low, high in ranges) == compiled(term)(Saying((number,)))
