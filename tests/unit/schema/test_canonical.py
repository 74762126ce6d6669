"""Canonical JSON: one value, one text."""

from typing import Any

import pytest
import rfc8785

from signoff.errors import SchemaError
from signoff.schema.canonical import LARGEST, canonical, digest_of, parse_canonical

STRINGS = "".join(map(chr, range(0x80))) + "\u0080\u2028\u2029é日\U0001f600\ufeff"


def test_it_is_what_rfc_8785_says() -> None:
    value: dict[str, Any] = {
        "b": [1, -1, 0, LARGEST - 1, 1 - LARGEST, True, False, None],
        "a": STRINGS,
        "": {},
        "A": [],
        "a!": {"z": "", "y": []},
    }
    assert canonical(value) == rfc8785.dumps(value)
    assert parse_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1} ', b' {"a":1}', b'{"a":1}\r', b'{"a":1,"a":1}', b'{"a":1,"a":2}',
        b'{"a":"\\u0061"}', b'{"a":"\\/"}', b'{"a":"\\u000A"}', b'{"a":-0}', b'{"a":1,}', b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_another_spelling_of_the_same_value_is_refused(line: bytes) -> None:
    with pytest.raises(SchemaError):
        parse_canonical(line)


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"1", b"null", b'"a"', b'{"a":1.0}', b'{"a":1e3}', b'{"a":NaN}', b'{"a":9007199254740993}',
     b'{"a":-9007199254740993}', b'{"a":99999999999999999999999}', b'{"\xc3\xa9":1}', b'{"a":"\xff"}', b'{"a":"\\ud800"}',
     b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", b'{"a":' + b"[" * 200_000, b'{"a":' * 100_000],
)  # fmt: skip
def test_what_is_no_restricted_object_is_refused(line: bytes) -> None:
    with pytest.raises(SchemaError):
        parse_canonical(line)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"a": 0.5}, "fraction"),
        ({"a": LARGEST + 1}, "2\\^53"),
        ({"é": 1}, "ASCII"),
        ({"a": "\ud800"}, "surrogate"),
    ],
)
def test_what_cannot_be_written_is_refused(value: object, fault: str) -> None:
    with pytest.raises(SchemaError, match=fault):
        canonical(value)


def test_nesting_is_bounded() -> None:
    value: object = "x"
    for _ in range(70):
        value = [value]
    with pytest.raises(SchemaError, match="too deep"):
        canonical(value)


def test_tuples_are_lists() -> None:
    assert canonical((1, ("a",))) == b'[1,["a"]]'


def test_a_digest_is_of_the_text_without_its_line_end() -> None:
    assert digest_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_two_to_the_53_is_the_largest_number() -> None:
    assert parse_canonical(b'{"a":9007199254740992,"b":-9007199254740992}') == {"a": LARGEST, "b": -LARGEST}
