"""Every action: who may, what it is about, what it does, and each reason why it does nothing (format.md §4 and §7)."""

from collections.abc import Mapping

import pytest

from builders import FidoSigner, Put, Said, TestSigner, World, sha256
from signoff.policy.history import History, VersionState

ALLOWED: Mapping[str, frozenset[str]] = {
    "evaluate": frozenset({"ana", "eve"}),
    "request": frozenset({"ana"}),
    "approve": frozenset({"ben", "cy"}),
    "reject": frozenset({"ben", "cy"}),
    "promote": frozenset({"pam"}),
    "rollback": frozenset({"pam", "oli"}),
    "alias": frozenset({"ana", "pam"}),
    "deploy": frozenset({"dan"}),
    "deprecate": frozenset({"ana"}),
    "restore": frozenset({"ana"}),
    "revoke": frozenset({"ben", "cy", "oli"}),
    "purge": frozenset({"oli"}),
    "break_glass": frozenset({"oli"}),
    "review": frozenset({"ben", "cy"}),
    "annotate": frozenset({"ana", "ben", "cy", "pam", "eve", "dan", "oli", "wit"}),
    "comment": frozenset({"ana", "ben", "cy", "pam", "eve", "dan", "oli", "wit"}),
}
EVIDENCE = [{"name": "evaluations/safety.yaml", "digest": {"sha256": "0" * 64}}]
SEEN: Mapping[str, Said] = {"from": "9"}
EXTRA: Mapping[str, Mapping[str, Said]] = {
    "evaluate": {"kind": "safety", "outcome": "pass", "evidence": EVIDENCE},
    "promote": {"stage": "staging"},
    "alias": {"alias": "champion"},
    "deploy": {"environment": "eu-1", "status": "serving"},
    "annotate": {"set": {"description": "fine"}},
}


def ready_for(action: str) -> tuple[World, dict[str, Said], str | None]:
    """Return a world in which the action is possible, its keys, and the version that it is about."""
    world = World(stages={"staging": {"approvals": 0}, "production": {"break_glass": ["oncall"]}})
    world.register()
    fields = dict(EXTRA.get(action, {}))
    match action:
        case "rollback":
            world.register("2", files={"w": b"2"})
            for version in ("1", "2"):
                world.do("pam", "promote", version, stage="staging")
            fields["stage"] = "staging"
        case "restore":
            world.do("ana", "deprecate")
        case "review":
            put = world.do("oli", "break_glass")
            return world, {"record": put.id, "outcome": "fine"}, None
        case _:
            pass
    return world, fields, "1"


@pytest.mark.parametrize("action", sorted(ALLOWED))
def test_only_who_holds_the_role_may(action: str) -> None:
    for person in sorted(ALLOWED["comment"]):
        world, fields, version = ready_for(action)
        reasons = world.reasons(world.do(person, action, version, **fields))
        assert (reasons == "") is (person in ALLOWED[action]), (person, reasons)
        assert not reasons or "role missing" in reasons


def test_only_a_publisher_registers() -> None:
    for person in sorted(ALLOWED["comment"]):
        world = World()
        assert (world.reasons(world.register(who=person)) == "") is (person == "ana")


@pytest.mark.parametrize("action", sorted(set(ALLOWED) - {"review"}))
def test_the_subject_is_the_registered_digest_of_the_version(action: str) -> None:
    world, fields, version = ready_for(action)
    who = min(ALLOWED[action])
    for subject in (("fraud:1", "0" * 64), ("fraud:2", world.digest("1")), ("fraud", world.id)):
        put = world.do(who, action, version, subject=subject, **fields)
        assert "not the registered digest of fraud:1" in world.reasons(put)


@pytest.mark.parametrize("action", sorted(set(ALLOWED) - {"review"}))
def test_nothing_can_be_done_with_a_version_that_is_not_registered(action: str) -> None:
    world, fields, _ = ready_for(action)
    world.write_version("9")
    assert "fraud:9 is not registered" in world.reasons(world.do(min(ALLOWED[action]), action, "9", **fields))


@pytest.mark.parametrize(("action", "fields"), [("annotate", {"set": {}}), ("comment", {}), ("alias", {"alias": "a"})])
def test_a_record_about_the_model_names_the_model_and_the_registry(action: str, fields: Mapping[str, Said]) -> None:
    world = World()
    world.register()
    world.do("ana", "alias", "1", alias="a")
    for subject in (("fraud", "0" * 64), ("churn", world.id), ("fraud:1", world.digest("1"))):
        put = world.do("ana", action, None, subject=subject, **fields)
        assert "is not the model 'fraud' of this registry" in world.reasons(put)
    assert world.reasons(world.do("ana", action, None, **fields)) == ""


class TestRegister:
    def test_the_version_exists_and_its_bytes_are_fixed(self) -> None:
        world = World()
        base = [{"name": "base:1", "digest": {"sha256": "0" * 64}}]
        put = world.register("1", card=b"# hi", built_by=["eve"], materials=base)
        state = world.version()
        assert (state.digest, state.record, state.registrant) == (world.digest("1"), put.id, "ana")
        assert (state.builders, state.card) == (frozenset({"ana", "eve"}), sha256(b"# hi"))
        assert state.materials[0].name == "base:1"
        assert world.history().newest_version == "1"

    def test_the_first_one_wins(self, world: World) -> None:
        first = world.digest("1")
        put = world.register(files={"other": b"bytes"})
        assert "version immutable: fraud:1 is registered already" in world.reasons(put)
        assert world.version().digest == first

    def test_names_that_differ_only_in_case_are_one_name(self) -> None:
        world = World()
        world.register("1a")
        assert "version immutable: fraud:1a is registered already" in world.reasons(world.register("1A"))

    def test_a_name_taken_in_the_same_fold_is_taken_in_every_case(self) -> None:
        world = World()
        puts = [world.register(version) for version in ("1a", "2b", "2B", "3", "1A")]
        assert [world.reasons(put) == "" for put in puts] == [True, True, False, True, False]

    def test_the_subject_is_the_version_that_it_names(self) -> None:
        world = World()
        world.write_version("1")
        put = world.do("ana", "register", subject=("churn:1", world.digest("1")))
        assert "its subject is not fraud:1" in world.reasons(put)


class TestReservedNames:
    def test_a_fallen_registration_keeps_its_name_for_the_same_digest(self) -> None:
        world = World(roles={"publisher": ["ana", "eve"]})
        world.register()
        digest = world.digest("1")
        world.revoke_key(world.keys["ana"][0], default="start")
        history = world.history()
        assert (dict(history.versions), dict(history.reserved)) == ({}, {"1": digest})
        other = world.register(who="eve", files={"other": b"bytes"})
        assert "reserved for another digest" in world.reasons(other)
        again = world.register(who="eve")
        assert world.reasons(again) == ""
        assert world.version().registrant == "eve"

    def test_the_name_is_reserved_in_every_case(self) -> None:
        world = World(roles={"publisher": ["ana", "eve"]})
        world.register("1a")
        world.revoke_key(world.keys["ana"][0], default="start")
        assert "reserved" in world.reasons(world.register("1A", who="eve"))
        assert dict(world.history().reserved) == {"1a": world.digest("1a")}

    @pytest.mark.parametrize("part", ["people", "roles"])
    def test_a_registrant_who_was_removed_before_it_leaves_the_name_reserved(self, part: str) -> None:
        world = World(roles={"publisher": ["ana", "eve"]})
        put = world.register()
        if part == "people":
            world.keys["ana"] = [TestSigner("ana", 2)]
            world.change_trust(people=world.people_part(), cut={})
        else:
            world.change_roles(publisher=["eve"], cut={})
        assert world.reasons(put)
        assert dict(world.history().reserved) == {"1": world.digest("1")}

    def test_who_was_never_a_publisher_reserves_nothing(self) -> None:
        world = World()
        world.register(who="eve")
        assert dict(world.history().reserved) == {}

    def test_what_was_never_well_formed_reserves_nothing(self) -> None:
        world = World()
        world.write_version("1")
        world.do("ana", "register", subject=("churn:1", world.digest("1")))
        assert dict(world.history().reserved) == {}


class TestEvaluate:
    def test_the_last_one_of_a_kind_and_name_counts(self, world: World) -> None:
        world.evaluate("safety", outcome="fail")
        world.evaluate("safety", outcome="pass", text=b"outcome: pass # again\n")
        world.evaluate("safety", outcome="fail", name="other")
        found = {one.name: (one.person, one.outcome) for one in world.version().evaluations}
        assert found == {"evaluations/safety.yaml": ("eve", "pass"), "evaluations/other.yaml": ("eve", "fail")}

    @pytest.mark.parametrize(
        "name", ["safety.yaml", "evaluations/a/b.yaml", "evaluations/../x.yaml", "evaluations/a.yml"]
    )
    def test_the_evidence_is_an_evaluation_file(self, world: World, name: str) -> None:
        evidence = [{"name": name, "digest": {"sha256": "0" * 64}}]
        put = world.do("eve", "evaluate", kind="safety", outcome="pass", evidence=evidence)
        assert "is not an evaluation's file" in world.reasons(put)

    @pytest.mark.parametrize("evidence", [[], EVIDENCE * 2])
    def test_there_is_one_piece_of_evidence(self, world: World, evidence: list[object]) -> None:
        assert "malformed" in world.reasons(world.do("eve", "evaluate", kind="a", outcome="pass", evidence=evidence))


class TestStages:
    @pytest.mark.parametrize("action", ["request", "approve", "reject", "promote", "rollback", "break_glass"])
    def test_a_stage_that_no_rule_names_cannot_be_asked_for(self, world: World, action: str) -> None:
        for person in world.keys:
            put = world.do(person, action, stage="nowhere")
            assert "no rule names the stage 'nowhere'" in world.reasons(put)

    @pytest.mark.parametrize(
        ("action", "key"),
        [("approve", "approvers"), ("reject", "approvers"), ("promote", "promoters"), ("rollback", "rollback")],
    )
    def test_the_stages_rule_says_whose_role_counts(self, action: str, key: str) -> None:
        world = World(stages={"production": {"approvals": 0, key: ["special"]}}, roles={"special": ["dan"]})
        world.register()
        world.register("2", files={"w": b"2"})
        if action == "rollback":
            world.do("pam", "promote", "1")
            world.do("pam", "promote", "2")
        for person in world.keys:
            missing = "role missing" in world.reasons(world.do(person, action))
            assert missing is (person != "dan")

    def test_nobody_breaks_the_glass_where_the_rule_does_not_say_who(self) -> None:
        world = World()
        world.register()
        assert "oli is not allowed to by any role" in world.reasons(world.do("oli", "break_glass"))


class TestApprove:
    @pytest.mark.parametrize("who", ["ana", "ben"])
    def test_who_registered_or_built_it_cannot_approve_it(self, who: str) -> None:
        world = World(roles={"approver": ["ana", "ben", "cy"]})
        world.register(built_by=["ben"])
        assert "own version" in world.reasons(world.do(who, "approve"))
        assert world.reasons(world.do("cy", "approve")) == ""

    def test_a_second_key_is_the_same_person(self) -> None:
        keys = [TestSigner("ana"), TestSigner("ana", 2)]
        world = World(roles={"approver": ["ana"]}, keys={"ana": keys})
        world.register()
        assert "own version" in world.reasons(world.do("ana", "approve", by=keys[1]))

    def test_a_rule_may_let_builders_approve(self) -> None:
        world = World(stages={"production": {"separation": False}}, roles={"approver": ["ana"]})
        world.register()
        assert world.reasons(world.do("ana", "approve")) == ""

    def test_builders_may_reject(self) -> None:
        world = World(roles={"approver": ["ana"]})
        world.register()
        assert world.reasons(world.do("ana", "reject")) == ""

    def test_a_rule_may_ask_for_touch(self) -> None:
        touched, untouched = FidoSigner("ben"), FidoSigner("cy", touched=False)
        world = World(
            stages={"production": {"touch": True}}, keys={"ben": [touched, TestSigner("ben")], "cy": [untouched]}
        )
        world.register()
        assert "touch missing" in world.reasons(world.do("cy", "approve"))
        assert "touch missing" in world.reasons(world.do("ben", "approve", by=world.keys["ben"][1]))
        assert world.reasons(world.do("ben", "approve")) == ""
        assert world.reasons(world.do("cy", "reject")) == ""


class TestMoves:
    def test_a_promote_moves_the_pointer_and_says_on_what(self, world: World) -> None:
        approval = world.do("ben", "approve")
        put = world.do("pam", "promote", approvals=["0" * 64])
        state = world.history().stages["production"]
        assert (state.version, state.replaced, state.record, state.how) == ("1", None, put.id, "promote")
        assert (state.approvals, state.approvers, state.held) == ((approval.id,), ("ben",), ("1",))
        assert state.reviewed

    def test_what_was_replaced_is_computed(self, world: World) -> None:
        world.register("2", files={"w": b"2"})
        world.do("pam", "promote", "1", stage="staging")
        world.do("pam", "promote", "2", stage="staging", **SEEN)
        state = world.history().stages["staging"]
        assert (state.version, state.replaced, state.held) == ("2", "1", ("1", "2"))

    def test_a_stage_is_not_moved_to_where_it_points(self, world: World) -> None:
        world.do("pam", "promote", stage="staging")
        assert "staging points at fraud:1 already" in world.reasons(world.do("pam", "promote", stage="staging"))

    def test_a_promote_without_its_quorum_does_nothing(self, world: World) -> None:
        put = world.do("pam", "promote")
        assert "rule not met: approvals: 0 of 1 approval from approver" in world.reasons(put)
        assert world.holder() is None

    def test_a_rollback_goes_back_to_a_version_that_held_the_stage(self, world: World) -> None:
        world.register("2", files={"w": b"2"})
        world.register("3", files={"w": b"3"})
        for version in ("1", "2"):
            world.do("pam", "promote", version, stage="staging")
        assert "fraud:3 never held staging" in world.reasons(world.do("oli", "rollback", "3", stage="staging"))
        assert "never held production" in world.reasons(world.do("oli", "rollback"))
        assert world.reasons(world.do("oli", "rollback", "1", stage="staging")) == ""
        state = world.history().stages["staging"]
        assert (state.version, state.how, state.held, state.approvals) == ("1", "rollback", ("1", "2"), ())

    def test_a_rollback_asks_for_no_approval(self, world: World) -> None:
        world.register("2", files={"w": b"2"})
        approval = world.do("ben", "approve", "1")
        world.do("pam", "promote", "1")
        world.do("ben", "approve", "2")
        world.do("pam", "promote", "2")
        world.do("ben", "withdraw", None, record=approval.id)
        assert world.reasons(world.do("pam", "rollback", "1")) == ""

    def test_a_break_glass_promotes_without_quorum_until_it_is_reviewed(self, world: World) -> None:
        put = world.do("oli", "break_glass")
        history = world.history()
        assert (history.stages["production"].version, history.stages["production"].reviewed) == ("1", False)
        assert dict(history.emergencies) == {put.id: "oli"}


class TestReview:
    def test_somebody_else_closes_a_break_glass(self, world: World) -> None:
        put = world.do("oli", "break_glass")
        assert world.reasons(world.do("ben", "review", None, record=put.id, outcome="fine")) == ""
        history = world.history()
        assert (history.stages["production"].reviewed, dict(history.emergencies)) == (True, {})

    def test_not_its_author(self) -> None:
        world = World(stages={"production": {"break_glass": ["oncall"]}}, roles={"approver": ["oli", "ben"]})
        world.register()
        put = world.do("oli", "break_glass")
        assert "not by its author" in world.reasons(world.do("oli", "review", None, record=put.id, outcome="fine"))

    def test_only_once_and_only_a_break_glass(self, world: World) -> None:
        put = world.do("oli", "break_glass")
        world.do("ben", "review", None, record=put.id, outcome="fine")
        for record in (put.id, "0" * 64):
            again = world.do("cy", "review", None, record=record, outcome="fine")
            assert "no break_glass that waits" in world.reasons(again)

    def test_it_is_closed_after_the_stage_moved_on(self, world: World) -> None:
        put = world.do("oli", "break_glass")
        world.register("2", files={"w": b"2"})
        world.do("ben", "approve", "2")
        world.do("pam", "promote", "2")
        assert world.reasons(world.do("ben", "review", None, record=put.id, outcome="fine")) == ""
        assert dict(world.history().emergencies) == {}

    def test_its_subject_may_be_the_version(self, world: World) -> None:
        put = world.do("oli", "break_glass")
        about = ("fraud:1", world.digest("1"))
        assert world.reasons(world.do("ben", "review", None, subject=about, record=put.id, outcome="fine")) == ""

    @pytest.mark.parametrize("subject", [("churn:1", "0" * 64), ("fraud:1", "0" * 64), ("fraud:9", "0" * 64)])
    def test_its_subject_is_nothing_else(self, world: World, subject: tuple[str, str]) -> None:
        put = world.do("oli", "break_glass")
        assert world.reasons(world.do("ben", "review", None, subject=subject, record=put.id, outcome="fine"))


class TestWithdraw:
    def test_only_the_author_takes_back(self, world: World) -> None:
        put = world.do("ben", "approve")
        assert "only ben can withdraw" in world.reasons(world.do("cy", "withdraw", None, record=put.id))
        assert world.reasons(world.do("ben", "withdraw", None, record=put.id)) == ""

    def test_a_request_is_taken_back(self, world: World) -> None:
        put = world.do("ana", "request")
        assert "only ana can withdraw" in world.reasons(world.do("ben", "withdraw", None, record=put.id))
        world.do("ana", "withdraw", None, record=put.id)
        assert world.version().requests == ()

    def test_other_records_are_not_taken_back(self, world: World) -> None:
        put = world.do("oli", "revoke")
        for record in (put.id, "0" * 64):
            found = world.reasons(world.do("oli", "withdraw", None, record=record))
            assert "no request, approval or rejection" in found

    def test_its_subject_is_the_model_or_a_version_of_it(self, world: World) -> None:
        put = world.do("ben", "approve")
        assert "not the model" in world.reasons(
            world.do("ben", "withdraw", None, subject=("x", "0" * 64), record=put.id)
        )

    def test_what_a_promote_counted_stays_counted(self, world: World) -> None:
        put = world.do("ben", "approve")
        world.do("pam", "promote")
        world.do("ben", "withdraw", None, record=put.id)
        assert world.holder() == "1"


class TestAlias:
    def test_an_alias_points_moves_and_goes(self, world: World) -> None:
        world.register("2", files={"w": b"2"})
        for version in ("1", "2"):
            world.do("ana", "alias", version, alias="champion")
            assert world.history().aliases["champion"].version == version
        world.do("pam", "alias", None, alias="champion")
        assert dict(world.history().aliases) == {}
        assert "there is no alias 'champion'" in world.reasons(world.do("pam", "alias", None, alias="champion"))

    @pytest.mark.parametrize("name", ["production", "Production"])
    def test_a_stages_name_is_no_alias(self, world: World, name: str) -> None:
        assert "is a stage; it is moved by promote" in world.reasons(world.do("ana", "alias", alias=name))

    @pytest.mark.parametrize("name", ["latest", "Latest", "7", "v7", "V7"])
    def test_what_reads_as_a_version_is_no_alias(self, world: World, name: str) -> None:
        assert "cannot name an alias" in world.reasons(world.do("ana", "alias", alias=name))

    def test_aliases_that_differ_only_in_case_are_one(self, world: World) -> None:
        world.do("ana", "alias", alias="champion")
        assert "differ only in case" in world.reasons(world.do("ana", "alias", alias="Champion"))


class TestMarks:
    def state(self, world: World) -> VersionState:
        return world.version()

    def test_a_deprecation_is_shown_and_taken_back(self, world: World) -> None:
        world.do("ana", "deprecate", reason="old", replaced_by="2")
        state = self.state(world)
        assert state.deprecated is not None
        assert (state.deprecated.reason, state.deprecated.person, state.replaced_by) == ("old", "ana", "2")
        world.do("ana", "restore")
        assert (self.state(world).deprecated, self.state(world).replaced_by) == (None, "")
        assert "fraud:1 is not deprecated" in world.reasons(world.do("ana", "restore"))
        world.do("ana", "deprecate")
        assert self.state(world).replaced_by == ""

    def test_a_revocation_moves_no_pointer_and_stops_every_later_move(self, world: World) -> None:
        world.do("pam", "promote", stage="staging")
        world.register("2", files={"w": b"2"})
        world.do("ben", "approve")
        world.do("oli", "revoke", reason="poisoned", severity="high")
        mark = self.state(world).revoked
        assert mark is not None
        assert (mark.reason, mark.detail, world.holder("staging")) == ("poisoned", "high", "1")
        world.do("pam", "promote", "2", stage="staging")
        for action, who, stage in (
            ("promote", "pam", "production"),
            ("rollback", "oli", "staging"),
            ("break_glass", "oli", "production"),
        ):
            found = world.reasons(world.do(who, action, stage=stage))
            assert found == "rule not met: revocation: revoked by oli: poisoned"

    def test_bytes_are_purged_while_no_stage_holds_them(self, world: World) -> None:
        world.do("pam", "promote", stage="staging")
        assert "staging points at fraud:1" in world.reasons(world.do("oli", "purge"))
        world.register("2", files={"w": b"2"})
        world.do("pam", "promote", "2", stage="staging")
        assert world.reasons(world.do("oli", "purge")) == ""
        assert self.state(world).purged is not None
        for action in ("rollback", "promote"):
            found = world.reasons(world.do("pam", action, stage="staging"))
            assert "rule not met: purge: purged by oli: because" in found


class TestNotes:
    def test_annotations_of_a_version_have_a_last_word(self, world: World) -> None:
        world.do("dan", "annotate", set={"tags": {"a": "1", "b": None}, "description": "first", "notes": "x"})
        world.do("eve", "annotate", set={"tags": {"a": "2"}, "description": "second", "semver": "1.0.0"})
        state = world.version()
        assert dict(state.tags) == {"a": "2", "b": None}
        assert dict(state.notes) == {"description": "second", "notes": "x", "semver": "1.0.0"}

    def test_annotations_and_comments_of_the_model_are_its_own(self, world: World) -> None:
        world.do("dan", "annotate", None, set={"description": "fraud models", "tags": {"team": "risk"}})
        world.do("dan", "comment", None, comment="hello")
        world.do("dan", "comment", comment="about 1")
        history: History = world.history()
        assert (dict(history.notes), dict(history.tags)) == ({"description": "fraud models"}, {"team": "risk"})
        assert [one.comment for one in history.comments] == ["hello"]
        assert [one.comment for one in history.versions["1"].comments] == ["about 1"]


class TestDeploy:
    def test_the_last_report_of_a_version_and_environment_counts(self, world: World) -> None:
        world.do("dan", "deploy", environment="eu", status="deploying", endpoint="https://eu", instances=3)
        assert world.history().deployments["eu", "1"].instances == 3
        world.do("dan", "deploy", environment="eu", status="serving")
        found = world.history().deployments["eu", "1"]
        assert (found.status, found.endpoint, found.instances) == ("serving", "", None)

    def test_other_words_for_a_status_are_malformed(self, world: World) -> None:
        assert "malformed" in world.reasons(world.do("dan", "deploy", environment="eu", status="up"))


class TestAuthority:
    def test_a_revoked_keys_records_fall_and_what_leaned_on_them(self, world: World) -> None:
        approval = world.do("ben", "approve")
        promote = world.do("pam", "promote")
        world.revoke_key(world.keys["ben"][0], fraud=1)
        assert "revoked key" in world.reasons(approval)
        assert "0 of 1 approval" in world.reasons(promote)
        assert world.holder() is None

    def test_a_revoked_keys_records_up_to_the_cut_stay(self, world: World) -> None:
        world.do("ben", "approve")
        world.do("pam", "promote")
        world.revoke_key(world.keys["ben"][0])
        assert world.holder() == "1"
        assert "revoked key" in world.reasons(world.do("ben", "revoke", policy=world.policy(1)))

    def test_everything_leans_on_a_registration(self, world: World) -> None:
        puts: list[Put] = [world.do("ben", "approve"), world.do("pam", "promote")]
        world.revoke_key(world.keys["ana"][0], default="start")
        assert ["fraud:1 is not registered" in world.reasons(put) for put in puts] == [True, True]

    def test_a_removed_person_cannot_backdate(self, world: World) -> None:
        world.keys["ben"], old = [TestSigner("ben", 2)], world.keys["ben"][0]
        world.change_trust(people=world.people_part())
        put = world.do("ben", "approve", by=old, policy=world.policy(1))
        assert "ben with this key is not in the governing policy (trust record 2)" in world.reasons(put)

    def test_a_key_that_moved_to_another_person_speaks_for_that_person_only(self, world: World) -> None:
        key = world.keys["ben"][0]
        world.keys["ben"], world.keys["cy"] = [TestSigner("ben", 2)], [key]
        world.change_trust(people=world.people_part())
        put = world.do("ben", "approve", by=key, policy=world.policy(1))
        assert "not in the governing policy" in world.reasons(put)

    def test_an_honest_race_with_a_trust_change_costs_nothing(self, world: World) -> None:
        world.change_stages(staging={"approvals": 0})
        assert world.reasons(world.do("ben", "approve", policy=world.policy(1))) == ""

    def test_a_promote_is_judged_by_its_governing_policy(self, world: World) -> None:
        world.do("ben", "approve")
        world.change_stages(production={"approvals": 2})
        put = world.do("pam", "promote", policy=world.policy(1))
        assert "1 of 2 approvals" in world.reasons(put)

    def test_what_stood_when_the_rules_changed_stays(self, world: World) -> None:
        world.do("ben", "approve")
        world.do("pam", "promote")
        world.change_stages(production={"approvals": 2})
        world.change_roles(approver=["cy"], promoter=[])
        assert world.holder() == "1"

    def test_a_record_without_a_meaning_has_no_effect(self, world: World) -> None:
        put = world.do("ben", "sanctify")
        assert world.reasons(put) == "made by a newer signoff: the action 'sanctify' is not known here"
        assert not world.entry(put).effective


def test_records_are_found_by_their_id(world: World) -> None:
    history = world.history()
    record = history.entries[0].record
    assert history.find_record(record.id) == history.entries[0]
    assert history.find_record("0" * 64) is None
    assert History(model="fraud").newest_version is None
