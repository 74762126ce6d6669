"""Why a signing command cannot be done with what is selected, in words, before anybody is asked."""

from datetime import UTC, datetime

import pytest

from builders import Said, World
from signoff.tui.scene import Scene, scene_of

NOW = datetime(2026, 3, 3, tzinfo=UTC)
RULES: dict[str, dict[str, Said]] = {
    "staging": {"approvals": 0},
    "production": {"after": "staging", "approvals": 1, "break_glass": ["oncall"]},
}


@pytest.fixture
def world() -> World:
    world = World(stages=RULES)
    world.register("1")
    world.register("2", files={"w": b"2"})
    world.write_version("3")
    return world


def scene(world: World, who: str) -> Scene:
    return scene_of(world.registry().snapshot(), now=NOW, person=who)


def why(world: World, who: str, command: str, version: str = "1") -> str:
    found = scene(world, who)
    return found.refusals(found.snapshot.need(f"fraud:{version}")).get(command, "")


@pytest.mark.parametrize(
    ("who", "command", "version", "words"),
    [
        ("ana", "register", "1", "fraud:1 is registered already"),
        ("ana", "register", "3", ""),
        ("ben", "register", "3", "register is for publisher, which ben is not"),
        ("ben", "approve", "3", "fraud:3 is not registered: R registers it"),
        ("eve", "comment", "3", "fraud:3 is not registered: R registers it"),
        ("eve", "comment", "1", ""),
        ("ana", "approve", "1", "production is approved by approver"),
        ("ben", "approve", "1", ""),
        ("ben", "reject", "1", ""),
        ("ana", "reject", "1", "production is decided by approver; staging is decided by approver"),
        ("ana", "request", "1", ""),
        ("ben", "request", "1", "request is for publisher, which ben is not"),
        ("pam", "promote", "1", ""),
        ("ana", "promote", "1", "production is promoted by promoter; staging is promoted by promoter"),
        ("oli", "break_glass", "1", ""),
        (
            "pam",
            "break_glass",
            "1",
            "glass is broken for production by oncall; the rule of staging lets nobody break glass",
        ),
        ("pam", "rollback", "1", "production of fraud points at nothing yet; staging of fraud points at nothing yet"),
        ("ana", "restore", "1", "fraud:1 is not deprecated"),
        ("ana", "withdraw", "1", "no open request, approval or rejection of fraud:1 is ana's"),
        ("ben", "review", "1", "no break-glass of fraud waits for a review"),
        ("dan", "deploy", "1", ""),
        ("ana", "deploy", "1", "deploy is for deployer, which ana is not"),
        ("pam", "alias", "1", ""),
        ("dan", "alias", "1", "alias is for publisher or promoter, which dan is not"),
        ("dan", "pull", "1", ""),
        ("", "deploy", "1", ""),
        ("", "approve", "1", ""),
        ("", "withdraw", "1", ""),
    ],
)
def test_each_command_says_why_it_cannot_be_done(
    world: World, who: str, command: str, version: str, words: str
) -> None:
    assert why(world, who, command, version) == words


def test_a_stage_that_points_at_it_already_or_lacks_approvals_is_said(world: World) -> None:
    world.do("pam", "promote", "1", stage="staging")
    assert why(world, "pam", "promote") == (
        "production needs 1 more approval from: approver; staging points at fraud:1 already"
    )


def test_a_builder_is_told_that_others_are_asked_for() -> None:
    world = World(stages={"production": {"approvals": 1}}, roles={"approver": ("ana", "ben")})
    world.register("1")
    assert why(world, "ana", "approve") == "ana registered or built fraud:1, and production asks for others"


def test_a_rollback_needs_a_version_before(world: World) -> None:
    world.do("pam", "promote", "1", stage="staging")
    assert why(world, "pam", "rollback") == (
        "production of fraud points at nothing yet; no version of fraud held staging before 1"
    )
    world.do("pam", "promote", "2", stage="staging")
    assert why(world, "pam", "rollback") == ""
    assert why(world, "pam", "rollback", "2") == ""
    assert "staging is rolled back by promoter or oncall" in why(world, "ana", "rollback")


def test_what_is_deprecated_can_be_restored(world: World) -> None:
    world.do("ana", "deprecate", "1", reason="old")
    assert why(world, "ana", "restore") == ""


def test_ones_own_open_record_can_be_withdrawn_and_nobody_elses(world: World) -> None:
    world.do("ana", "request", "1", stage="production")
    assert why(world, "ana", "withdraw") == ""
    assert why(world, "ben", "withdraw") == "no open request, approval or rejection of fraud:1 is ben's"


def test_a_broken_glass_is_reviewed_by_somebody_else() -> None:
    world = World(stages=RULES, roles={"approver": ("ben", "oli")})
    world.register("1")
    world.do("oli", "break_glass", "1", stage="production", reason="fire")
    assert why(world, "ben", "review") == ""
    assert why(world, "oli", "review") == "oli broke the glass: somebody else reviews it"


def test_a_revoked_version_is_commented_and_rolled_back_from_but_never_approved(world: World) -> None:
    world.do("pam", "promote", "1", stage="staging")
    world.do("pam", "promote", "2", stage="staging")
    world.do("oli", "revoke", "2", reason="leak")
    for command in ("approve", "reject", "request", "promote", "break_glass", "deprecate", "pull"):
        assert "fraud:2 is revoked" in why(world, "", command, "2"), command
    for command in ("comment", "annotate", "rollback", "withdraw", "deploy"):
        assert why(world, "", command, "2") == "", command


def test_in_a_log_that_is_not_sound_nothing_can_be_signed(world: World) -> None:
    world.put("models/fraud/log/00000002.rec", b"broken\n")
    words = "the log of fraud is not sound: press ! to see why"
    assert why(world, "ana", "comment") == words
    assert scene(world, "ana").refusals_of_model("fraud") == {"comment": words, "annotate": words}
