"""Any bytes become a value or a SchemaError; what is written is read again."""

import contextlib
import math

from hypothesis import example, given
from hypothesis import strategies as st

from signoff.errors import SchemaError
from signoff.schema.cards import load_card, load_evaluation, load_model, load_registry, load_version
from signoff.schema.scalars import Real, Value
from signoff.schema.text import dump_yaml, load_json, load_yaml
from signoff.values.metrics import Metric, comparable, delta, direction, read_number

LOADERS = (load_yaml, load_json, load_version, load_model, load_registry, load_evaluation, load_card)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ODD_WORDS = st.sampled_from(
    ["no", "012", "1e3", "<<", "~", "- a", "# c", "a: b", " x", "x ", "\n", "|", "%a", "---", "\x85"]
)
REALS = st.floats(allow_nan=False).map(lambda number: Real(repr(number)) if math.isfinite(number) else number)
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | REALS | TEXTS | ODD_WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | ODD_WORDS, inner, max_size=4),
    max_leaves=12,
)
KEY_WORDS = (
    "name value text type unit dataset slice split confidence_interval lower_bound metrics results model-index tags"
    " base_model model version sha256 datasets artifacts path uri hyperparameters training source signature kind outcome"
    " links url title primary direction owners display suite test license language co2_eq_emissions"
)
KEYS = st.sampled_from(KEY_WORDS.split())
DOCUMENTS: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.just("0.931"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
PIECES = [
    "a",
    ":",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    '"',
    "|",
    ">",
    "&x",
    "*x",
    "!t",
    "<<",
    "#",
    "%",
    "-",
    "---",
    "...",
    "1",
    ".",
    "e",
    "é",
    "\x00",
    "\ufeff",
    "\\x00",
    "~",
]
YAML_PIECES = st.lists(st.sampled_from([*PIECES, " ", "\n", "- ", "? ", "\t", "\r"]), max_size=60).map("".join)


@given(st.binary(max_size=200) | YAML_PIECES.map(str.encode))
@example(b"---\n- \n...\n---")
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@example(b"%YAML 9.9\n---\n")
@example(b"\x00\x01\x00\x00\x00")
@example(b"\x01\x00\x00\x00\x00")
def test_any_bytes_are_a_value_or_a_schema_error(content: bytes) -> None:
    for load in LOADERS:
        with contextlib.suppress(SchemaError):
            load(content, file="x")


@given(VALUES)
def test_what_is_written_is_read_again(value: Value) -> None:
    assert load_yaml(dump_yaml(value).encode()) == value


@given(DOCUMENTS)
def test_what_is_set_aside_is_kept_with_its_reason(document: Value) -> None:
    content = dump_yaml(dict.fromkeys(["metrics", "tags", "datasets", "model-index", "links", "artifacts"], document))
    for load in (load_version, load_model, load_evaluation):
        metadata = load(content.encode())
        kept = [path for path, _ in metadata.extra]
        for fault in metadata.faults:
            assert any(fault.path.startswith(path) for path in kept)


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_is_a_metric_and_any_two_can_be_asked_about(text: str, name: str) -> None:
    number, spread, unit = read_number(text)
    metric = Metric(name=name, text=text, number=number, spread=spread, unit=unit)
    assert comparable(metric, metric) is (number is not None)
    assert delta(metric, metric) == (None if number is None else 0)
    assert direction(name) in {"higher", "lower", None}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_decimal_reads_back_exactly(number: object) -> None:
    assert read_number(str(number)) == (number, None, None) or "E" in str(number)
