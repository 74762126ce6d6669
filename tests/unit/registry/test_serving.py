"""What serves is held against what the stages say, whoever reports it and in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from signoff.policy.history import (
    AliasState,
    Decision,
    DeploymentState,
    History,
    Mark,
    StageState,
    VersionState,
)
from signoff.registry.serving import Pointer, environments_of, held_before, pointers_of

START = datetime(2026, 3, 2, tzinfo=UTC)
ORDER = ("staging", "production")


def report(environment: str, version: str, status: str = "serving", *, hours: int = 0) -> DeploymentState:
    return DeploymentState(
        environment=environment,
        version=version,
        status=status,
        endpoint="",
        instances=None,
        record=f"{environment}{version}",
        person="dee",
        moment=START + timedelta(hours=hours),
    )


def points(stage: str, version: str, *held: str) -> StageState:
    return StageState(
        stage=stage,
        version=version,
        replaced=held[-1] if held else None,
        record="r",
        seq=1,
        how="promote",
        person="ben",
        moment=START,
        held=(*held, version),
    )


def registered(version: str) -> VersionState:
    return VersionState(
        version=version,
        digest="d",
        record="r",
        seq=1,
        registrant="ana",
        builders=frozenset({"ana"}),
        moment=START,
        card=None,
    )


def model(*reports: DeploymentState, stages: tuple[StageState, ...] = (), aliases: tuple[str, ...] = ()) -> History:
    return History(
        model="fraud",
        stages={one.stage: one for one in stages},
        aliases={name: AliasState(alias=name, version="1", record="r", person="ana", moment=START) for name in aliases},
        deployments={(one.environment, one.version): one for one in reports},
    )


def by_name(history: History) -> dict[str, Pointer]:
    return {one.name: one for one in pointers_of(history, ORDER)}


def test_an_environment_that_serves_what_its_stage_points_at_does_not_drift() -> None:
    found = by_name(model(report("eu", "2"), stages=(points("production", "2", "1"),)))
    assert [one.name for one in found["production"].environments] == ["eu"]
    assert found["production"].drift == ()
    assert found["staging"].version == ""


def test_an_environment_that_serves_the_version_before_drifts_from_the_stage_that_it_held() -> None:
    found = by_name(model(report("eu", "1"), stages=(points("production", "2", "1"), points("staging", "3"))))
    assert [(one.name, one.serves) for one in found["production"].drift] == [("eu", "1")]
    assert found["staging"].environments == ()


def test_the_newest_report_of_serving_says_what_an_environment_serves() -> None:
    history = model(report("eu", "2", hours=5), report("eu", "1", hours=1), stages=(points("production", "2", "1"),))
    assert [one.serves for one in environments_of(history)] == ["2"]
    assert by_name(history)["production"].drift == ()
    gone_back = model(report("eu", "2", hours=1), report("eu", "1", hours=5), stages=(points("production", "2", "1"),))
    assert [one.serves for one in by_name(gone_back)["production"].drift] == ["1"]


@pytest.mark.parametrize("status", ["deploying", "failed", "stopped"])
def test_what_does_not_serve_does_not_drift(status: str) -> None:
    history = model(report("eu", "1", status), stages=(points("production", "2", "1"),))
    assert by_name(history)["production"].drift == ()
    assert [one.serves for one in by_name(history)["production"].environments] == [""]


def test_an_environment_follows_the_stage_of_its_own_name() -> None:
    history = model(report("staging", "2"), stages=(points("production", "2"), points("staging", "3")))
    assert [one.name for one in by_name(history)["staging"].drift] == ["staging"]
    assert by_name(history)["production"].environments == ()


def test_an_environment_that_follows_no_stage_is_told_and_drifts_until_it_stops() -> None:
    history = model(report("lab", "9"), stages=(points("production", "2"),))
    assert [one.serves for one in by_name(history)[""].drift] == ["9"]
    assert "" not in by_name(model(report("lab", "9", "stopped")))


def test_an_alias_tells_where_its_version_serves_and_never_drifts() -> None:
    history = model(
        report("eu", "1"), report("us", "2"), stages=(points("production", "2", "1"),), aliases=("champion",)
    )
    champion = by_name(history)["champion"]
    assert champion.is_alias
    assert [one.name for one in champion.environments] == ["eu"]
    assert champion.drift == ()
    assert champion.key == ("fraud", True, "champion")


def test_a_stage_goes_back_past_versions_that_cannot_be_used() -> None:
    state = replace(points("production", "3", "1", "2", "4"), replaced="4")
    gone = Mark(record="r", seq=9, person="ben", moment=START, reason="leak")
    known = {name: registered(name) for name in ("1", "2", "3", "4")}
    assert held_before(replace(model(stages=(state,)), versions=known), state) == "4"
    revoked = {**known, "4": replace(known["4"], revoked=gone)}
    assert held_before(replace(model(stages=(state,)), versions=revoked), state) == "2"
    none_left = {name: replace(one, revoked=gone) for name, one in known.items()}
    assert held_before(replace(model(stages=(state,)), versions=none_left), state) == "4"
    assert held_before(model(), points("production", "1")) == ""


def test_who_approved_what_was_rolled_back_to_is_told() -> None:
    yes, no = (
        Decision(
            record=name,
            seq=seq,
            person=name,
            stage="production",
            approves=name != "eve",
            card=None,
            touched=False,
            moment=START,
            comment="",
            key="",
        )
        for seq, name in enumerate(("ana", "eve"))
    )
    version = replace(registered("1"), decisions=(yes, no, replace(yes, person="cy", stage="staging")))
    state = replace(points("production", "1"), how="rollback")
    assert by_name(replace(model(stages=(state,)), versions={"1": version}))["production"].approvers == ("ana",)
