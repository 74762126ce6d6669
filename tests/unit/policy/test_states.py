"""The states of versions: a value that grows without a copy, in the order of registration."""

import pytest
from msgspec.structs import replace

from builders import World
from signoff.policy.history import VersionState
from signoff.policy.states import States, as_registered
from signoff.records.record import LogRecord
from signoff.records.series import Series


@pytest.fixture
def records(world: World) -> tuple[LogRecord, ...]:
    for version in ("RC-2", "3"):  # 1 is there
        world.register(version)
    return world.log("fraud").records[:]


@pytest.fixture
def each(records: tuple[LogRecord, ...]) -> list[VersionState]:
    return [as_registered(record) for record in records]


def with_all(each: list[VersionState]) -> States:
    states = States()
    for state in each:
        states.add(state)
    return states


def test_the_fold_makes_of_a_registration_what_its_record_says(world: World, each: list[VersionState]) -> None:
    assert list(world.history("fraud").versions.values()) == each


def test_versions_stand_in_the_order_of_registration(each: list[VersionState]) -> None:
    states = with_all(each)
    assert (list(states), len(states), states.newest) == (["1", "RC-2", "3"], 3, "3")
    assert [states.place_of(name) for name in ("1", "RC-2", "3", "4")] == [0, 1, 2, None]
    assert (States().newest, list(States())) == (None, [])


def test_what_is_added_or_changed_later_is_not_seen_by_who_came_before(each: list[VersionState]) -> None:
    before = with_all(each[:2])
    after = States.of(before)
    after.add(each[2])
    after.put(replace(each[0], replaced_by="3"))
    assert (list(before), before["1"].replaced_by, before.get("3"), "3" in before) == (["1", "RC-2"], "", None, False)
    assert (after["1"].replaced_by, after["3"]) == ("3", each[2])
    assert [state.version for state in after.spoken()] == ["1"]
    assert (before.same_at("RC-2", after), before.same_at("1", after)) == (True, False)
    with pytest.raises(KeyError):
        before["3"]


def test_two_may_go_on_differently_from_one_beginning(each: list[VersionState]) -> None:
    before = with_all(each[:1])
    one, other = States.of(before), States.of(before)
    one.add(each[1])
    other.add(each[2])
    assert (list(one), list(other)) == (["1", "RC-2"], ["1", "3"])
    assert (one.spelled("rc-2"), other.spelled("rc-2")) == ("RC-2", None)


def test_a_name_is_found_however_it_is_spelled(each: list[VersionState]) -> None:
    states = with_all(each)
    assert [states.spelled(name) for name in ("RC-2", "rc-2", "Rc-2", "3", "x")] == ["RC-2", "RC-2", "RC-2", "3", None]


def test_what_nobody_spoke_of_is_made_again_from_its_record(
    records: tuple[LogRecord, ...], each: list[VersionState]
) -> None:
    states = with_all(each)
    changed = replace(each[1], replaced_by="3")
    states.put(changed)
    states.put_aside(Series(records), since=1)
    assert states.shared.held == {0: each[0]}
    assert list(states.values()) == [each[0], changed, each[2]]


def test_states_are_equal_where_every_version_is_and_in_the_same_order(each: list[VersionState]) -> None:
    assert with_all(each) == with_all(each) == {state.version: state for state in each}
    assert with_all(each) != with_all(each[:2])
    assert with_all(each) != with_all([each[1], each[0], each[2]])
