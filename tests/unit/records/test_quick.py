"""What is read quickly is what is read slowly: every value of every action, said otherwise."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from signoff.errors import VerificationError
from signoff.records.quick import read_quickly
from signoff.records.record import read_line
from signoff.records.statement import ACTIONS
from signoff.schema.canonical import canonical, parse_canonical

GOLDEN = Path(__file__).parents[2] / "golden"


def line_of(action: str) -> bytes:
    return (GOLDEN / f"record-{action}.json").read_bytes()


def otherwise(value: object) -> tuple[object, ...]:
    """Return other values in place of one: nearly the same, of another kind, none."""
    near: tuple[object, ...] = ()
    if isinstance(value, str):
        near = (
            value.upper(),
            value[:-1],
            f"{value}0",
            f"{value} ",
            f" {value[1:]}",
            f"{value[:-1]}\u00e9",
            f"{value}\n",
        )
        near += (value[:30] + " " + value[31:], value[:10] + " " + value[11:], f"{value[:-2]}..", f"{value[:-1]}\u0661")
    return (*near, "", "x", "a" * 64, 0, -1, 2**53, True, None, [], {})


def changed(value: object) -> Iterator[object]:
    """Yield a value with one thing in it said otherwise, or left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield {name: one for name, one in value.items() if name != key}
            yield from ({**value, key: other} for other in changed(item))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in changed(item))
    yield from otherwise(value)


def said(line: bytes, *, many: bool) -> tuple[object, ...]:
    """Return all that a line says, or why it is none."""
    try:
        record = read_line(line, many=many)
    except VerificationError as error:
        return (str(error),)
    parts = (record.envelope, record.subject, record.action)
    return record.id, record.moment, record.fault, *(msgspec.json.encode(part) for part in parts)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_read_quickly_is_what_is_read_slowly(action: str) -> None:
    line = line_of(action)
    assert read_quickly(line) is not None
    lines = {canonical(statement) + b"\n" for statement in changed(parse_canonical(line[:-1]))} | {line}
    slow = {one: said(one, many=False) for one in lines}
    assert {one: said(one, many=True) for one in lines} == slow
    assert sum(len(what) == 1 for what in slow.values()) > 50
    assert sum(len(what) > 1 and not what[2] for what in slow.values()) >= 5
    refused = [one for one, what in slow.items() if len(what) == 1 or str(what[2]).startswith("malformed: ")]
    assert len(refused) > 100
    times = [one for one in refused if len(slow[one]) > 1 and "is no time" in str(slow[one][2])]
    assert [one for one in refused if read_quickly(one) and one not in times] == []


def test_a_line_that_was_read_before_is_read_without_a_look_at_its_spelling() -> None:
    line = line_of("approve").replace(b'"nonce":"', b'"nonce":"not hex ')
    assert read_quickly(line) is None
    assert read_quickly(line, spelled=True) is not None
    assert read_quickly(line.replace(b'"subject":[{', b'"subject":[7,{'), spelled=True) is None
