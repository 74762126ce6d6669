"""What the question says, from what was decided: cards, rules, comparisons, outcomes."""

from pathlib import Path

from builders import Said, World
from signoff.errors import RefusedError, SigningError
from signoff.registry.asks import Ask
from signoff.tui.asked import Asked, Choice
from signoff.tui.asking import Question, failed_text, question_text, refused_text
from signoff.tui.options import choice_of
from signoff.tui.pages import Text
from signoff.tui.scene import scene_of
from signoff.tui.written import written_text

BOUND: dict[str, dict[str, Said]] = {"production": {"approvals": 1, "bind_card": True}}
WORSE = {"weights.onnx": b"more", "version.yaml": b"metrics: {accuracy: 0.91}\n"}


def plain(text: Text) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in text)


def asked(world: World, who: str, action: str, version: str | None = "1", **fields: Said) -> str:
    registry = world.registry()
    prepared = registry.prepare(Ask(action=action, model="fraud", version=version, fields=fields), world.me(who))
    scene = scene_of(registry.snapshot(), now=world.now(), person=who)
    return plain(question_text(Question(prepared=prepared, scene=scene)))


def test_a_card_that_changed_since_somebody_approved_is_said_and_why_that_no_longer_counts() -> None:
    world = World(stages=BOUND)
    world.register("1", card=b"# Fraud\n")
    world.do("ben", "approve", "1", stage="production")
    said = asked(world, "pam", "promote", stage="production")
    assert "changed since" not in said
    world.put("models/fraud/versions/1/README.md", b"# Other\n")
    said = asked(world, "pam", "promote", stage="production")
    assert "changed since it was registered; changed since ben decided" in said
    assert "does not count: the model card changed" in said
    assert "It would have no effect" in said


def test_the_metrics_stand_beside_those_of_what_is_replaced() -> None:
    world = World()
    world.register("1")
    world.register("2", files=WORSE)
    world.do("pam", "promote", "1", stage="staging")
    said = asked(world, "pam", "promote", "2", stage="staging")
    assert "replaces 1 (by pam" in said
    assert "accuracy 0.91 (-0.02 worse)   beside 1" in said
    assert "\nMetrics · measured on: nobody says\n                  this     1      Δ" in said


def test_the_metrics_of_groups_stand_under_what_they_were_told_apart_by() -> None:
    groups = b"metrics:\n- {name: recall, value: 0.9, slice: {race: black}}\n- {name: recall, value: 0.7, slice: {race: white}}\n"
    world = World()
    world.register("1", files={"weights.onnx": b"x", "version.yaml": groups})
    said = asked(world, "pam", "promote", stage="staging").split("Rules")[1]
    assert "recall by race · measured on: nobody says" in said
    assert "\nblack" in said
    assert "\nwhite" in said


def test_a_deprecated_version_says_so_with_its_reason_and_what_to_use_instead() -> None:
    world = World()
    world.register("1")
    world.register("2", files=WORSE)
    world.do("ana", "deprecate", "1", reason="it is old", replaced_by="2")
    assert "! deprecated by ana: it is old; use 2" in asked(world, "pam", "promote", stage="staging")
    assert "! deprecated" not in asked(world, "pam", "promote", "2", stage="staging")


def test_what_points_at_a_version_is_said_before_it_is_revoked() -> None:
    world = World()
    world.register("1")
    world.do("pam", "promote", "1", stage="staging")
    assert "! staging points here" in asked(world, "pam", "revoke", reason="poisoned")
    world.do("pam", "alias", "1", alias="champion")
    said = asked(world, "pam", "revoke", reason="poisoned")
    assert "! staging, @champion point here" in said
    assert "until B rolls it back" in said
    assert "point here" not in asked(world, "pam", "comment", comment="fine")


def choice_of_returns(world: World) -> Choice:
    scene = scene_of(world.registry().snapshot(), now=world.now(), person="pam")
    return choice_of("return", Asked(action="rollback", model="fraud", version="2", fields={}), scene)


def test_no_stage_goes_back_to_a_version_that_nobody_may_use_and_that_is_said() -> None:
    world = World()
    world.register("1")
    world.register("2", files=WORSE)
    world.do("pam", "promote", "1", stage="staging")
    world.do("pam", "promote", "2", stage="staging")
    [one] = choice_of_returns(world).options
    assert one.pieces[1][0].startswith("back to 1, which held it before")
    world.do("oli", "revoke", "1", reason="poisoned")
    choice = choice_of_returns(world)
    assert choice.options == ()
    assert choice.nothing == "what held a stage of fraud before is revoked or purged: promote another version"


def test_a_version_whose_folder_is_gone_says_so_before_a_stage_goes_back_to_it(
    tmp_path: Path,
) -> None:
    world = World(folder=tmp_path / "registry")
    world.register("1")
    world.register("2", files=WORSE)
    world.do("pam", "promote", "1", stage="staging")
    world.do("pam", "promote", "2", stage="staging")
    world.delete("models/fraud/versions/1")
    [one] = choice_of_returns(world).options
    assert one.pieces[1][0].startswith("! its folder is missing: back to 1")
    assert "missing" in asked(world, "pam", "rollback", "1", stage="staging", reason="bad").split("Stage")[0]


def test_where_nothing_is_replaced_that_is_said() -> None:
    world = World()
    world.register("1")
    said = asked(world, "pam", "promote", stage="staging")
    assert "replaces nothing: the stage is empty" in said
    assert "nothing to compare with" in said
    assert "needs no approval" in said


def test_a_version_without_metrics_says_so() -> None:
    world = World()
    world.register("1", files={"w": b"w"})
    assert "no metric is written down" in asked(world, "ben", "approve", stage="production")


def test_a_record_about_the_model_names_no_version() -> None:
    world = World()
    world.register("1")
    said = asked(world, "ben", "comment", None, comment="hello")
    assert said.splitlines()[0] == "Model       fraud"
    assert "Digest" not in said


def test_every_reason_of_a_refusal_is_a_line() -> None:
    said = plain(
        refused_text(RefusedError("promote fraud:1", ["one", "two"], hint="do this; or that"), "Promote fraud:1")
    )
    assert said.splitlines() == ["Cannot: Promote fraud:1", "", "✗ one", "✗ two", "", "do this", "or that"]


def test_a_failure_stands_above_the_question_with_every_way_on() -> None:
    said = plain(failed_text(SigningError("the agent refused", hint="say yes; or sign elsewhere")))
    assert said.splitlines() == ["! not signed: the agent refused", "  say yes", "  or sign elsewhere"]


def test_what_was_written_names_record_file_signer_and_the_way_back() -> None:
    world = World()
    world.register("1")
    registry = world.registry()
    ask = Ask(action="request", model="fraud", version="1", fields={"stage": "production"})
    written = registry.sign(ask, world.me("ana"), world.keys["ana"][0])
    said = plain(written_text(written))
    for piece in (
        "2 of models/fraud",
        written.id[:12],
        "models/fraud/log/00000002.rec",
        "ana  ed25519",
        f"signoff withdraw {written.id[:12]}",
    ):
        assert piece in said, piece


def test_an_approval_says_what_it_makes_of_the_quorum() -> None:
    world = World(stages={"production": {"approvals": 2}}, roles={"approver": ["ben", "pam"]})
    world.register("1")
    assert "with yours: 1 of 2, not met yet" in asked(world, "ben", "approve", stage="production")
    world.do("ben", "approve", "1", stage="production")
    assert "with yours: 2 of 2, met" in asked(world, "pam", "approve", stage="production")
    assert "with yours: 1 of 2, not met yet" in asked(world, "ben", "approve", stage="production")
    assert asked(world, "pam", "approve", stage="production").count("Quorum") == 1
    assert "with yours" not in asked(world, "pam", "reject", stage="production")
