"""Untrusted YAML and JSON become plain values, or say where and why not."""

import copy
import math
import pickle
import subprocess
import sys

import pytest
import yaml

from signoff.errors import InvalidValueError, SchemaError
from signoff.schema.scalars import Real, Value, text_of
from signoff.schema.text import DEEPEST, dump_yaml, load_json, load_yaml


def fault_of(content: bytes) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        load_yaml(content, file="version.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("012", "012"),
        ("0x1f", "0x1f"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T14:03:22Z", "2026-11-20T14:03:22Z"),
        ("=", "="),
        ("-", [None]),
        ("+", "+"),
        ("1.2.3", "1.2.3"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("~", None),
        ("Null", None),
        ("nUll", "nUll"),
        ("''", ""),
        ("'true'", "true"),
        ('"1"', "1"),
        ("-0", 0),
        ("+12", 12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1.5E-2", -0.015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("1" * 64, int("1" * 64)),
        ("1" * 65, "1" * 65),
    ],
)
def test_a_plain_word_means_what_the_core_schema_of_yaml_1_2_says_and_nothing_more(written: str, meant: Value) -> None:
    read = load_yaml(f"a: {written}\n".encode()) if meant != [None] else {"a": load_yaml(f"{written}\n".encode())}
    assert read == {"a": meant}
    assert isinstance(read, dict)
    assert isinstance(read["a"], type(meant))


def test_a_float_remembers_how_it_was_written() -> None:
    read = load_yaml(b"[0.9310, 12e4567, .nan]")
    assert isinstance(read, list)
    assert [text_of(item) for item in read if isinstance(item, float)] == ["0.9310", "12e4567", ".nan"]
    assert read[0] == 0.931
    assert read[1] == math.inf
    assert isinstance(read[2], float)
    assert math.isnan(read[2])


def test_a_float_keeps_its_text_when_it_is_copied_or_sent_to_another_process() -> None:
    number = Real("0.9310")
    assert repr(copy.deepcopy(number)) == repr(pickle.loads(pickle.dumps(number))) == "0.9310"


def test_keys_are_their_text() -> None:
    assert load_yaml(b"1: a\nnull: b\ntrue: c\n? ''\n: d\n'<<': e\n") == {
        "1": "a",
        "null": "b",
        "true": "c",
        "": "d",
        "<<": "e",
    }


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xef\xbb\xbf", b"---\n...\n", b"~"])
def test_an_empty_document_says_nothing(content: bytes) -> None:
    assert load_yaml(content) is None


def test_a_byte_order_mark_and_windows_line_ends_are_tolerated() -> None:
    assert load_yaml(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n") == {"a": 1, "b": ["x"]}


@pytest.mark.parametrize(
    ("content", "line", "path", "reason"),
    [
        (b"a: 1\nb: [x, {c: &here 2}]\n", 2, "b[1].c", "an anchor (&here) is not allowed"),
        (b"a: &here {}\n", 1, "a", "an anchor (&here) is not allowed"),
        (b"a:\n- *here\n", 2, "a[0]", "an alias (*here) is not allowed"),
        (b"a: !!str 1\n", 1, "a", "a tag (tag:yaml.org,2002:str) is not allowed"),
        (b"a: ! 1\n", 1, "a", "a tag (!) is not allowed"),
        (b"a: !!python/object/apply:os.system ['true']\n", 1, "a", "a tag (tag:yaml.org,2002:python/object/apply"),
        (b"!!str a: 1\n", 1, "", "a tag (tag:yaml.org,2002:str) is not allowed"),
        (b"&k a: 1\n", 1, "", "an anchor (&k) is not allowed"),
        (b"a:\n  <<: {b: 1}\n", 2, "a", "a merge key (<<) is not allowed"),
        (b"a:\n  b: 1\n  b: 2\n", 3, "a", "the key 'b' is there twice"),
        (b"1: a\n'1': b\n", 2, "", "the key '1' is there twice"),
        (b"? [a]\n: b\n", 1, "", "a key must be a single value"),
        (b"a: 1\n---\nb: 2\n", 2, "", "a second document begins here"),
        (b"%TAG ! tag:example.org,2000:\n---\na: 1\n", 0, "", "a %TAG directive is not allowed"),
        (b"a: 1\nb: \x00\n", 2, "", "not YAML: control characters are not allowed"),
        (b"a: 1\nb: \x1b[31m\n", 2, "", "not YAML: control characters are not allowed"),
        (b"a: 1\nb: \xff\n", 2, "", "not UTF-8"),
        ("a: 1".encode("utf-16"), 1, "", "not UTF-8"),
        (b"a: 1\n\tb: 2\n", 2, "", "not YAML: found"),
        (b"a: {b: 1\n", 2, "", "not YAML: "),
        (b"a: b: c\n", 1, "", "not YAML: mapping values are not allowed"),
    ],
)
def test_what_is_refused_is_refused_with_its_place(content: bytes, line: int, path: str, reason: str) -> None:
    fault = fault_of(content)
    assert (fault.file, fault.line, fault.path) == ("version.yaml", line, path)
    assert fault.reason.startswith(reason)
    assert "\n" not in str(fault)


def test_a_line_is_counted_from_where_the_content_stands_in_its_file() -> None:
    with pytest.raises(SchemaError, match=r"^README.md:12:a: an alias"):
        load_yaml(b"b: 1\na: *x\n", file="README.md", first_line=11)


def test_percent_tag_inside_a_text_is_just_text() -> None:
    assert load_yaml(b"a: 100 %TAG\n") == {"a": "100 %TAG"}


def test_what_is_too_large_is_not_even_looked_at() -> None:
    assert fault_of(b"\xff" * 10_000_000).reason == "10,000,000 bytes are too large to read; the limit is 1,048,576"
    with pytest.raises(SchemaError, match="the limit is 3"):
        load_yaml(b"a: 1", most=3)
    with pytest.raises(SchemaError, match="the limit is 3"):
        load_json(b'"ab"', most=3)


def test_thirty_two_levels_are_read_and_one_more_is_refused() -> None:
    assert load_yaml(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    assert fault_of(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1)).reason == "nested more than 32 levels deep"
    assert fault_of(b"".join(b" " * at + b"a:\n" for at in range(40))).reason == "nested more than 32 levels deep"


BOMBS = {
    "flow lists": b"[" * 1_000_000,
    "flow maps": b"{" * 1_000_000,
    "flow maps in keys": b"{a: " * 250_000,
    "block lists": b"- " * 500_000,
    "keys": b"? " * 500_000,
    "merge keys": b"a: &a {x: 1}\n" + b"".join(b"b%d: {<<: [*a, *a, *a]}\n" % at for at in range(30)),
    "aliases": b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (at, at) for at in range(1000)),
    "tag directives": b"".join(b"%%TAG !a%d! x\n" % at for at in range(50_000)) + b"---\n",
    "long number": b"a: " + b"9" * 1_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_neither_crashes_nor_delays_the_process(bomb: str) -> None:
    program = (
        "import sys\n"
        "from signoff.errors import SchemaError\n"
        "from signoff.schema.text import load_json, load_yaml\n"
        "content = sys.stdin.buffer.read()\n"
        "for load in load_yaml, load_json:\n"
        "    try:\n"
        "        load(content)\n"
        "    except SchemaError:\n"
        "        pass\n"
        "print('alive')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=BOMBS[bomb], capture_output=True, timeout=10, check=True
    )
    assert done.stdout == b"alive\n"


def test_importing_the_reader_imports_neither_yaml_nor_json() -> None:
    program = "import sys, signoff.schema.text; print({'yaml', 'json'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"set()\n"


def test_json_is_read_with_the_numbers_as_written() -> None:
    read = load_json(b'\xef\xbb\xbf{"a": [1, -2.50, 1e3, true, null, "x"], "b": {}}')
    assert read == {"a": [1, -2.5, 1000.0, True, None, "x"], "b": {}}
    assert repr(read) == "{'a': [1, -2.50, 1e3, True, None, 'x'], 'b': {}}"


def test_json_of_machine_learning_tools_says_nan_and_infinity() -> None:
    assert repr(load_json(b"[NaN, Infinity, -Infinity]")) == "[NaN, Infinity, -Infinity]"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON: Expecting value"),
        (b"{", "not JSON: "),
        (b"[1]]", "not JSON: Extra data"),
        (b'{"b": {"a": 1, "a": 2}}', "the key 'a' is there twice"),
        (b"[" * 33 + b"]" * 33, "nested more than 32 levels deep"),
        (b'{"a": ' * 33 + b"1" + b"}" * 33, "nested more than 32 levels deep"),
        (b"[" * 500_000, "nested more than 32 levels deep"),
        (b'["\\ud800"]', "'\\ud800' holds half a surrogate pair"),
        (b'{"\\udfff": 1}', "'\\udfff' holds half a surrogate pair"),
        (b'"\xff"', "not UTF-8"),
    ],
)
def test_json_under_the_same_refusals(content: bytes, reason: str) -> None:
    with pytest.raises(SchemaError) as caught:
        load_json(content, file="metrics.json")
    assert caught.value.reason.startswith(reason)
    assert str(caught.value).startswith("metrics.json")


def test_json_may_have_many_lists_and_whole_surrogate_pairs() -> None:
    assert load_json(b"[" + b"[]," * 40 + b'{"a": "\\ud83d\\ude00"}, 1, null]') == [
        *[[]] * 40,
        {"a": "\U0001f600"},
        1,
        None,
    ]


def test_json_keeps_a_number_that_nobody_counts_to_as_text() -> None:
    assert load_json(b"9" * 65) == "9" * 65


def test_what_we_write_is_block_style_with_the_keys_as_given() -> None:
    value: Value = {"b": {"x": [1, {"z": Real("0.9310")}], "empty": [], "none": {}}, "a": None, "t": True}
    written = "b:\n  x:\n  - 1\n  - z: 0.9310\n  empty: []\n  none: {}\na: null\nt: true\n"
    assert dump_yaml(value) == written


@pytest.mark.parametrize(
    "text", ["no", "Yes", "012", "1_000", "1:30", "2026-11-20", "0x1f", "12e4567", "~", "", "<<", "1"]
)
def test_a_text_that_another_parser_reads_as_something_else_is_quoted(text: str) -> None:
    written = dump_yaml({text: [text]})
    assert load_yaml(written.encode()) == {text: [text]}
    assert yaml.load(written, Loader=yaml.CSafeLoader) == {text: [text]}  # noqa: TID251 - the other parser


def test_a_text_of_several_lines_is_written_in_lines() -> None:
    assert dump_yaml({"a": "one\ntwo\n"}) == "a: |\n  one\n  two\n"


def test_numbers_that_are_none_are_written_as_yaml_has_them() -> None:
    assert dump_yaml([math.inf, -math.inf, math.nan, 1e16, 0.5]) == "- .inf\n- -.inf\n- .nan\n- 1e+16\n- 0.5\n"


def test_half_a_surrogate_pair_cannot_be_written() -> None:
    with pytest.raises(InvalidValueError, match="cannot be written as UTF-8"):
        dump_yaml({"a": "\ud800"})


def test_single_values_have_a_text() -> None:
    assert [text_of(value) for value in (None, True, False, 3, "x", Real("1e3"))] == [
        "",
        "true",
        "false",
        "3",
        "x",
        "1e3",
    ]
