"""Laws of the trust core: revocations never help, order of independent facts never matters, any bytes are survived."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Said, World, sha256
from signoff.errors import InvalidValueError, SchemaError, VerificationError
from signoff.policy.approvals import standing
from signoff.policy.fold import fold
from signoff.policy.history import History
from signoff.policy.log import VerifiedLog, verify_log
from signoff.policy.trust import verify_trust
from signoff.records.record import LogRecord, parse_record
from signoff.registry.facts import StoredFacts
from signoff.schema.canonical import LARGEST, Value, canonical, parse_canonical
from signoff.schema.manifest import load_manifest, make_manifest, path_fault

Step = tuple[str, str, str, str]
STAGES: dict[str, dict[str, Said]] = {
    "staging": {"approvals": 0},
    "production": {"approvals": 2, "after": "staging", "break_glass": ["oncall"]},
    "canary": {"approvals": 1},
}
POSITIVE = (
    ("ana", "request"),
    ("ben", "approve"),
    ("cy", "approve"),
    ("dan", "approve"),
    ("pam", "promote"),
    ("oli", "promote"),
)
OTHER = (
    ("cy", "reject"),
    ("ben", "reject"),
    ("oli", "rollback"),
    ("oli", "break_glass"),
    ("ana", "deprecate"),
    ("ana", "restore"),
    ("eve", "comment"),
    ("pam", "sanctify"),
)


def steps(*kinds: tuple[str, str]) -> st.SearchStrategy[list[Step]]:
    """Draw what people do with two versions and three stages."""
    one = st.tuples(st.sampled_from(kinds), st.sampled_from("12"), st.sampled_from(sorted(STAGES)))
    return st.lists(one.map(lambda drawn: (*drawn[0], drawn[1], drawn[2])), max_size=14)


def world_of(story: Sequence[Step]) -> World:
    """Write a story down; two versions are registered first, and everybody may do a little more than usual."""
    world = World(stages=STAGES, roles={"approver": ["ben", "cy", "dan"], "promoter": ["pam", "oli"]})
    world.register("1")
    world.register("2", files={"w": b"2"})
    for who, action, version, stage in story:
        staged: dict[str, Said] = (
            {"stage": stage} if action in {"request", "approve", "reject", "promote", "rollback", "break_glass"} else {}
        )
        world.do(who, action, version, **staged)
    return world


def held(history: History) -> set[tuple[str, str]]:
    return {(state.stage, version) for state in history.stages.values() for version in state.held}


def counted(world: World, history: History) -> set[tuple[str, str, str]]:
    trust = world.trust().newest.document
    return {
        (stage, version.version, decision.person)
        for stage in STAGES
        for version in history.versions.values()
        for decision in standing(version, stage, trust=trust, card=None).counted
    }


def moves(history: History) -> list[bool]:
    return [one.effective for one in history.entries if one.record.envelope.action != "revoke"]


@given(story=steps(*POSITIVE, *OTHER), at=st.integers(0, 14), version=st.sampled_from("12"))
@settings(max_examples=120)
def test_revoking_a_version_never_makes_anything_effective(story: list[Step], at: int, version: str) -> None:
    before = world_of(story).history()
    after = world_of([*story[:at], ("oli", "revoke", version, ""), *story[at:]]).history()
    assert all(one or not other for one, other in zip(moves(before), moves(after), strict=True))
    assert held(after) <= held(before)


@given(
    story=steps(*POSITIVE),
    who=st.sampled_from(("ana", "ben", "cy", "dan", "pam", "oli")),
    last=st.integers(0, 16),
    default=st.sampled_from(("cut", "start", "named")),
)
@settings(max_examples=120)
def test_revoking_a_key_never_makes_a_stage_point_or_a_person_count(
    story: list[Step], who: str, last: int, default: str
) -> None:
    world = world_of(story)
    before = world.history()
    points, people = held(before), counted(world, before)
    more: dict[str, Said] = {"fraud": last} if default == "named" else {}
    world.revoke_key(world.keys[who][0], default="cut" if default == "named" else default, **more)
    after = world.history()
    assert held(after) <= points
    assert counted(world, after) <= people
    assert set(after.versions) <= set(before.versions)


@given(story=steps(*POSITIVE, *OTHER))
@settings(max_examples=40)
def test_records_after_a_keys_revocation_change_nothing(story: list[Step]) -> None:
    world = world_of(story)
    world.revoke_key(world.keys["ben"][0])
    before = world.history()
    for action in ("approve", "reject", "revoke"):
        world.do("ben", action, policy=world.policy(2))
    after = world.history()
    assert (after.versions, after.stages) == (before.versions, before.stages)


@given(data=st.permutations(range(6)))
@settings(max_examples=40)
def test_the_order_of_independent_facts_never_matters(data: list[int]) -> None:
    def told(order: Sequence[int]) -> tuple[object, ...]:
        world = World(stages=STAGES)
        world.register("1")
        facts = (
            lambda: world.do("ben", "approve"),
            lambda: world.do("cy", "approve"),
            lambda: world.evaluate("safety"),
            lambda: world.evaluate("human", outcome="fail"),
            lambda: world.do("dan", "deploy", environment="eu", status="serving"),
            lambda: world.do("pam", "promote", stage="staging"),
        )
        for number in order:
            facts[number]()
        world.do("pam", "promote")
        history = world.history()
        state = history.versions["1"]
        return (
            held(history),
            set(history.stages["production"].approvers),
            {(one.kind, one.name, one.outcome, one.digest) for one in state.evaluations},
            {key: one.status for key, one in history.deployments.items()},
            all(one.effective for one in history.entries),
        )

    assert told(data) == told(range(6))


@given(story=steps(*POSITIVE, *OTHER), cut=st.integers(0, 16))
@settings(max_examples=40)
def test_folding_in_two_steps_is_folding_at_once(story: list[Step], cut: int) -> None:
    world = world_of(story)
    records, trust, facts = world.log().records, world.trust(), StoredFacts(world.storage, "fraud")
    first = fold(records[:cut], trust, facts, start=History(model="fraud"))
    assert fold(records[cut:], trust, facts, start=first) == world.history()


@given(content=st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b'{"_type":"' + tail))
def test_any_bytes_are_a_record_or_none(content: bytes) -> None:
    with suppress(VerificationError):
        assert isinstance(parse_record(content), LogRecord)


SOUND = world_of([("ben", "approve", "1", "production")])
CONTENTS = [SOUND.get(f"models/fraud/log/{seq:08d}.rec") for seq in (1, 2, 3)]
TRUST = SOUND.trust()


@given(which=st.integers(0, 2), at=st.integers(0, 2000), drop=st.integers(0, 3), put=st.binary(max_size=3))
@settings(max_examples=300)
def test_any_change_of_a_record_ends_the_log_there(which: int, at: int, drop: int, put: bytes) -> None:
    content = CONTENTS[which]
    changed = content[: at % len(content)] + put + content[at % len(content) + drop :]
    contents = [*CONTENTS[:which], changed, *CONTENTS[which + 1 :]]
    log = verify_log(contents, TRUST, start=VerifiedLog(chain="models/fraud"))
    assert len(log.records) == (3 if changed == content else which)
    assert bool(log.fault) is (changed != content)


@given(at=st.integers(0, 5000), drop=st.integers(0, 3), put=st.binary(max_size=3))
@settings(max_examples=100)
def test_any_change_of_a_trust_record_ends_the_chain_there(at: int, drop: int, put: bytes) -> None:
    first = SOUND.trust_files()[0]
    changed = first[: at % len(first)] + put + first[at % len(first) + drop :]
    if changed == first:
        return
    with pytest.raises(VerificationError, match="trust record 1 is not valid"):
        verify_trust([changed])


VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=st.dictionaries(st.text(st.characters(max_codepoint=127)), VALUES, max_size=5))
def test_canonical_json_is_read_as_it_was_written(value: dict[str, Value]) -> None:
    line = canonical(value)
    assert parse_canonical(line) == value
    assert canonical(parse_canonical(line)) == line


@given(content=st.binary(max_size=200))
def test_any_bytes_are_canonical_json_or_refused(content: bytes) -> None:
    with suppress(SchemaError):
        assert canonical(parse_canonical(content)) == content


@given(paths=st.dictionaries(st.text(min_size=1, max_size=20), st.binary().map(sha256), min_size=1, max_size=6))
def test_a_manifest_is_read_as_it_was_written(paths: dict[str, str]) -> None:
    good = {path: digest for path, digest in paths.items() if not path_fault(path)}
    if good:
        manifest = load_manifest(make_manifest(good))
        assert dict(manifest.files) == good
        assert [path.encode() for path, _ in manifest.files] == sorted(path.encode() for path in good)
    if good != paths:
        with pytest.raises(InvalidValueError) as refused:
            make_manifest(paths)
        assert all(repr(path) in refused.value.message for path in paths if path not in good)


@given(content=st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"0" * 64 + b"  " + tail + b"\n"))
def test_any_bytes_are_a_manifest_or_refused(content: bytes) -> None:
    with suppress(SchemaError):
        assert make_manifest(dict(load_manifest(content).files)) == content
