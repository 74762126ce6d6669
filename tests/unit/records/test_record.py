"""A record's bytes: what can stand in a chain, what is authentic and has no effect, what is neither."""

from collections.abc import Callable

import pytest

from builders import TestSigner, World, sha256
from signoff.errors import SchemaError, VerificationError
from signoff.records.record import (
    compose_line,
    join_record,
    named,
    need_canonical,
    parse_record,
    read_line,
    record_id,
    split_record,
)
from signoff.records.statement import ACTIONS, Approve, Cited, Comment
from signoff.schema import layout
from signoff.schema.canonical import canonical, parse_canonical

Change = Callable[[dict[str, object]], None]


def approve_line(changes: Change = lambda _: None) -> bytes:
    """Return the line of an approval, said otherwise by `changes`."""
    world = World()
    world.register()
    return world.do("ben", "approve", changes=changes).line


def predicate(**said: object) -> Change:
    def change(statement: dict[str, object]) -> None:
        part = statement["predicate"]
        assert isinstance(part, dict)
        part.update(said)

    return change


def without(*keys: str) -> Change:
    def change(statement: dict[str, object]) -> None:
        part = statement["predicate"]
        assert isinstance(part, dict)
        for key in keys:
            del part[key]

    return change


def statement(**said: object) -> Change:
    return lambda whole: whole.update({"_type" if key == "type_" else key: value for key, value in said.items()})


def test_a_record_is_its_line_and_its_signature() -> None:
    world = World()
    world.register()
    put = world.do("ben", "approve", comment="fine")
    record = parse_record(put.content)
    assert (record.line + record.armor, record.id) == (put.content, put.id)
    assert (record.seq, record.author, record.subject.name, record.fault) == (2, "ben", "fraud:1", "")
    assert isinstance(record.action, Approve)
    assert record.action.comment == "fine"


def test_the_id_is_the_digest_of_the_line_with_its_end() -> None:
    assert record_id(b"{}\n") == sha256(b"{}\n")


def test_there_are_eighteen_actions() -> None:
    assert len(ACTIONS) == len(set(ACTIONS)) == 18
    assert {"register", "break_glass", "withdraw"} <= set(ACTIONS)


@pytest.mark.parametrize("content", [b"", b"{}", b"{}\n", b"\n"])
def test_a_line_without_a_signature_is_no_record(content: bytes) -> None:
    with pytest.raises(VerificationError, match="followed by a signature"):
        split_record(content)


def test_a_record_is_at_most_64_kib() -> None:
    assert split_record(b"{}\n".ljust(layout.LARGEST_RECORD, b"x"))
    with pytest.raises(VerificationError, match="larger than 65536 bytes"):
        split_record(b"{}\n".ljust(layout.LARGEST_RECORD + 1, b"x"))
    with pytest.raises(SchemaError, match="at most 65536") as refused:
        join_record(b"{}\n", [b"x" * layout.LARGEST_RECORD])
    assert "shorter comment" in refused.value.hint
    assert join_record(b"{}\n", [b"a", b"b"]) == b"{}\nab"


def test_a_line_that_is_not_canonical_is_no_record() -> None:
    line = approve_line()
    with pytest.raises(VerificationError, match="not canonical"):
        parse_record(line.replace(b'"nonce":', b'"nonce": ') + b"x")
    for text in (b"{}", b"", b"{} "):
        with pytest.raises(VerificationError, match="does not end"):
            need_canonical(text)


def test_what_was_found_canonical_before_is_not_looked_at_again() -> None:
    line = approve_line().replace(b'"nonce":', b'"nonce": ')
    assert parse_record(line + b"x", vouched=True).author == "ben"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (statement(type_="https://in-toto.io/Statement/v0.1"), "no statement about a model"),
        (statement(predicateType="urn:signoff:trust:v1"), "its predicateType is 'urn:signoff:trust:v1'"),
        (statement(predicate=[]), "no statement about a model"),
        (without("registry"), "registry"),
        (without("chain"), "chain"),
        (without("seq"), "seq"),
        (without("prev"), "prev"),
        (without("policy"), "policy"),
        (without("author"), "author"),
        (without("key"), "key"),
        (predicate(seq="2"), "seq"),
        (predicate(prev="0"), "prev"),
        (predicate(policy={"seq": 1}), "policy"),
    ],
)
def test_what_cannot_be_placed_in_a_chain_is_no_record(change: Change, fault: str) -> None:
    with pytest.raises(VerificationError, match=fault):
        read_line(approve_line(change))


@pytest.mark.parametrize("text", [b"[]\n", b"1\n", b'{"a":1}\n', b"\xff\n"])
def test_any_other_line_is_no_record(text: bytes) -> None:
    with pytest.raises(VerificationError):
        read_line(text)


@pytest.mark.parametrize(
    "change",
    [
        without("nonce"),
        without("time"),
        without("version"),
        without("stage"),
        without("card"),
        without("action"),
        predicate(action=7),
        predicate(action=None),
        predicate(action=""),
        predicate(nonce="xyz"),
        predicate(time="yesterday"),
        predicate(version=7),
        predicate(version="../7"),
        predicate(version="1..2"),
        predicate(version="7\n"),
        predicate(version="x" * 65),
        predicate(stage="a..b"),
        predicate(stage="production "),
        predicate(card="none"),
        predicate(author="ben example"),
        predicate(evidence=[{"name": "a"}]),
        predicate(comment=None),
        statement(subject=[]),
        statement(subject=None),
        statement(subject=[{"name": "a", "digest": {"sha256": "0" * 64}}] * 2),
        statement(subject=[{"name": "a", "digest": {"sha512": "0" * 64}}]),
    ],
)
def test_what_is_authentic_and_misshapen_is_malformed(change: Change) -> None:
    record = read_line(approve_line(change))
    assert record.fault.startswith("malformed: ")
    assert record.action is None


def test_a_time_that_no_calendar_has_is_malformed() -> None:
    record = read_line(approve_line(predicate(time="2026-02-30T00:00:00Z")))
    assert record.fault == "malformed: '2026-02-30T00:00:00Z' is no time"
    assert (record.action, record.moment) == (None, None)


def test_an_action_that_is_not_known_was_made_by_a_newer_signoff() -> None:
    record = read_line(approve_line(predicate(action="sanctify")))
    assert record.fault == "made by a newer signoff: the action 'sanctify' is not known here"
    assert record.envelope.action == "sanctify"


def test_unknown_keys_are_kept_and_mean_nothing() -> None:
    record = read_line(approve_line(predicate(mood={"good": True})))
    assert record.fault == ""
    assert b'"mood":{"good":true}' in record.line


@pytest.mark.parametrize(
    "said",
    [
        {"comment": "a\x1b[31m"}, {"comment": "tab\there"}, {"comment": "a\x00"}, {"comment": "a\x7f"}, {"comment": "\x9b"},
        {"comment": "ab\u202eba"}, {"comment": "\u2066"}, {"comment": "\u061c"}, {"comment": "\u200f"},
        {"extra": {"deep": ["a", {"b": "line\nfeed"}]}}, {"extra\x07": 1}, {"comment": ["a\x00"], "action": "comment"},
    ],
)  # fmt: skip
def test_control_and_bidi_characters_take_a_records_effect(said: dict[str, object]) -> None:
    assert read_line(approve_line(predicate(**said))).fault


@pytest.mark.parametrize(
    "text", ["two\nlines", 'a "quoted" \\ word', "日本 é \U0001f600", "a\\nb", "zero\u200bwidth", "\u00a0"]
)
def test_comments_may_have_lines_and_any_script(text: str) -> None:
    assert read_line(approve_line(predicate(comment=text))).fault == ""


def test_a_line_feed_belongs_only_into_comments() -> None:
    world = World()
    world.register()
    assert "control" in read_line(world.do("oli", "revoke", reason="two\nlines").line).fault


def test_what_is_composed_reads_the_same() -> None:
    action = Comment(
        registry="a" * 64,
        chain="models/fraud",
        seq=3,
        prev="b" * 64,
        policy=Cited(1, "c" * 64),
        nonce="d" * 32,
        author="al@example.org",
        key=TestSigner("al").fingerprint,
        time="2026-11-23T08:00:02Z",
        version=None,
        comment="fine",
    )
    line = compose_line(action, named("fraud", "a" * 64))
    record = read_line(line)
    assert (record.action, record.subject) == (action, named("fraud", "a" * 64))
    assert line == canonical(parse_canonical(line[:-1])) + b"\n"
    assert b'"version":null' in line
