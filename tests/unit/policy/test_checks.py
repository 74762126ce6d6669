"""Every key of a stage's rule (format.md §6): met, not met, and unknown where the bytes are missing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

import pytest

from builders import FILES, START, Put, Said, World
from signoff.policy.checks import Case, Finding, Present
from signoff.policy.order import stage_order
from signoff.policy.stage import CHECKS, EMERGENCY, PULL, RETURN, run_checks
from signoff.registry.facts import StoredFacts
from signoff.schema import layout
from signoff.values.times import stamp

Rule = Mapping[str, Said]
SHA = "0" * 64


def world_with(rule: Rule, **more: Rule) -> World:
    return World(stages={"staging": {"approvals": 0}, "production": {"approvals": 0, **rule}, **more})


def version_yaml(text: str, **files: bytes) -> dict[str, bytes]:
    return {"weights.onnx": b"w", "version.yaml": text.encode(), **files}


def case_of(
    world: World, *, at: datetime | None = None, present: Present | None = None, card: str | None = None
) -> Case:
    history = world.history()
    return Case(
        version=history.versions["1"],
        stage="production",
        trust=world.trust().newest.document,
        stages=history.stages,
        versions=history.versions,
        card=card,
        at=at,
        facts=StoredFacts(world.storage, "fraud"),
        present=present,
    )


def said(world: World, check: str, **more: Said) -> list[tuple[str, str]]:
    return [(one.outcome, one.detail) for one in run_checks(case_of(world, **more)) if one.check == check]


def only(world: World, check: str, **more: Said) -> tuple[str, str]:
    (found,) = said(world, check, **more)
    return found


class TestRule:
    def test_a_rule_with_unknown_keys_is_not_met_and_says_so(self) -> None:
        world = world_with({"sorcery": True, "metrics": [{"name": "a", "median": "1"}]})
        world.register()
        assert only(world, "rule") == ("unmet", "made by a newer signoff: metrics[0].median, sorcery")
        assert "rule not met: rule: made by a newer signoff" in world.reasons(world.do("pam", "promote"))

    def test_a_rule_whose_keys_are_known_needs_no_finding(self) -> None:
        world = world_with({})
        world.register()
        assert said(world, "rule") == []

    def test_an_empty_rule_says_only_that_nothing_is_revoked(self) -> None:
        world = world_with({})
        world.register()
        assert run_checks(case_of(world)) == (Finding(check="revocation", outcome="met", detail="not revoked"),)


class TestRevocationAndPurge:
    def test_a_revoked_version_is_not_let_through(self) -> None:
        world = world_with({})
        world.register()
        world.do("oli", "revoke", reason="poisoned")
        assert only(world, "revocation") == ("unmet", "revoked by oli: poisoned")

    def test_a_purged_version_is_not_let_through(self) -> None:
        world = world_with({})
        world.register()
        assert said(world, "purge") == []
        world.do("oli", "purge", reason="too large")
        assert only(world, "purge") == ("unmet", "purged by oli: too large")


class TestAfter:
    def test_the_version_held_the_stage_before(self) -> None:
        world = world_with({"after": "staging"})
        world.register()
        assert only(world, "after") == ("unmet", "never held staging")
        assert "after: never held staging" in world.reasons(world.do("pam", "promote"))
        world.do("pam", "promote", stage="staging")
        assert only(world, "after") == ("met", "held staging")
        assert world.reasons(world.do("pam", "promote")) == ""

    def test_it_need_not_hold_it_still_but_another_versions_holding_is_not_enough(self) -> None:
        world = world_with({"after": "staging"})
        world.register()
        world.register("2", files={"w": b"2"})
        world.do("pam", "promote", "2", stage="staging")
        assert only(world, "after")[0] == "unmet"
        world.do("pam", "promote", "1", stage="staging")
        world.do("pam", "promote", "2", stage="staging")
        assert only(world, "after")[0] == "met"


class TestApprovals:
    def test_every_line_says_how_far_it_is(self) -> None:
        world = world_with({"approvals": 2, "also": [{"role": "risk"}]})
        world.register()
        world.do("ben", "approve")
        found = said(world, "approvals")
        assert found == [
            ("unmet", "1 of 2 approvals from approver: ben"),
            ("unmet", "0 of 1 approval from risk"),
        ]

    def test_no_line_is_asked_where_none_is_needed(self) -> None:
        world = world_with({"approvals": 0})
        world.register()
        assert said(world, "approvals") == []

    def test_a_rejection_says_by_whom_and_why(self) -> None:
        world = world_with({"approvals": 0})
        world.register()
        world.do("ben", "reject")
        assert only(world, "approvals") == ("unmet", "rejected by ben")
        world.do("ben", "reject", comment="too slow")
        assert only(world, "approvals") == ("unmet", "rejected by ben: too slow")

    def test_a_stale_approval_says_why_it_does_not_count(self) -> None:
        world = world_with({"approvals": 1, "expires_days": 30})
        world.register()
        world.do("ben", "approve", time=stamp(START))
        late = START + timedelta(days=31)
        assert only(world, "approvals", at=late) == (
            "unmet",
            "0 of 1 approval from approver; ben's does not count: older than 30 days",
        )
        assert only(world, "approvals", at=START + timedelta(days=30))[0] == "met"

    @pytest.mark.parametrize(("days", "counts"), [(89, True), (91, False)])
    def test_an_approvals_age_is_judged_by_the_latest_time_in_the_chain(self, days: int, counts: bool) -> None:
        """format.md §6: "an approval's age at a promote: max(its time, every earlier time in the chain)"."""
        world = world_with({"approvals": 1, "expires_days": 90})
        world.register(time=stamp(START))
        world.do("ben", "approve", time=stamp(START))
        world.do("dan", "comment", time=stamp(START + timedelta(days=days)))
        assert (world.reasons(world.do("pam", "promote", time=stamp(START))) == "") is counts

    def test_an_approval_binds_the_card_that_the_promote_names(self) -> None:
        world = world_with({"approvals": 1, "bind_card": True})
        world.register(card=b"# one")
        world.do("ben", "approve")
        world.put("models/fraud/versions/1/README.md", b"# two")
        assert "the model card changed" in world.reasons(world.do("pam", "promote"))
        world.do("cy", "approve")
        assert world.reasons(world.do("pam", "promote")) == ""

    def test_a_promote_that_names_no_card_counts_approvals_that_saw_none(self) -> None:
        world = world_with({"approvals": 1, "bind_card": True})
        world.register()
        world.do("ben", "approve")
        assert world.reasons(world.do("pam", "promote", without=["card"])) == ""


class TestFormats:
    @pytest.mark.parametrize(
        ("files", "formats", "met"),
        [
            (("model.safetensors", "config.json", "README.txt", "a.PNG"), ("safetensors",), True),
            (("model.SAFETENSORS",), ("safetensors",), True),
            (("model.onnx", "model.gguf"), ("onnx", "gguf"), True),
            (("model.pkl",), ("onnx",), False),
            (("sub/model.pt",), ("pickle",), True),
            (("model.xyz",), ("xyz",), True),
            (("LICENSE", "model.onnx"), ("onnx",), True),
            (("weights",), ("onnx",), False),
            ((".onnx",), ("onnx",), False),
            (("model.onnx.exe",), ("onnx",), False),
        ],
    )
    def test_formats_are_told_by_extension(self, files: tuple[str, ...], formats: tuple[str, ...], met: bool) -> None:
        world = world_with({"formats": list(formats)})
        world.register(files=dict.fromkeys(files, b"x"))
        assert only(world, "formats")[0] == ("met" if met else "unmet")

    def test_the_wrong_files_are_named(self) -> None:
        world = world_with({"formats": ["onnx"]})
        world.register(files={"a.pkl": b"", "sub/b": b"", "c.onnx": b""})
        assert only(world, "formats") == ("unmet", "not onnx: a.pkl, sub/b")

    def test_without_the_manifest_nobody_can_tell(self) -> None:
        world = world_with({"formats": ["onnx"]})
        world.register()
        world.delete("models/fraud/versions/1/SHA256SUMS")
        assert only(world, "formats") == ("unknown", "the manifest is missing")


class TestFields:
    def test_version_yaml_says_what_must_be_said(self) -> None:
        world = world_with({"fields": ["license", "source.commit", "datasets"]})
        world.register(files=version_yaml("license: mit\nsource: {commit: ''}\n"))
        assert only(world, "fields") == ("unmet", "version.yaml lacks source.commit, datasets")

    def test_it_does(self) -> None:
        world = world_with({"fields": ["license", "source.commit"]})
        world.register(files=version_yaml("license: mit\nsource: {commit: abc}\n"))
        assert only(world, "fields") == ("met", "has license, source.commit")

    def test_a_version_without_version_yaml_says_nothing(self) -> None:
        world = world_with({"fields": ["license"]})
        world.register(files={"w": b""})
        assert only(world, "fields")[0] == "unmet"

    @pytest.mark.parametrize("text", [b"a: &a [*a]\n", b"{" * 10_000, b"\xff\xfe", b"license: mit\nlicense: mit\n"])
    def test_a_registered_file_that_cannot_be_read_says_nothing(self, text: bytes) -> None:
        world = world_with({"fields": ["license"], "metrics": [{"name": "accuracy", "min": "0.9"}]})
        world.register(files={"version.yaml": text})
        assert only(world, "fields")[0] == "unmet"
        assert "rule not met: metrics: accuracy: no value was given" in world.reasons(world.do("pam", "promote"))

    @pytest.mark.parametrize("bytes_now", [None, b"license: apache-2.0\n"])
    def test_missing_or_changed_bytes_leave_it_unknown(self, bytes_now: bytes | None) -> None:
        world = world_with({"fields": ["license"]})
        world.register()
        path = "models/fraud/versions/1/version.yaml"
        world.delete(path)
        if bytes_now is not None:
            world.put(path, bytes_now)
        assert only(world, "fields") == ("unknown", "version.yaml is missing")


class TestEvaluations:
    RULE: ClassVar[Rule] = {"evaluations": [{"kind": "safety", "outcome": "pass", "independent": True}]}

    def test_there_must_be_one(self) -> None:
        world = world_with(self.RULE)
        world.register()
        needs = "needs an independent safety evaluation with outcome pass"
        assert only(world, "evaluations") == ("unmet", needs)
        world.evaluate("benchmark")
        assert only(world, "evaluations") == ("unmet", needs)
        world.evaluate("safety")
        assert only(world, "evaluations")[0] == "met"
        assert "safety signed by eve" in only(world, "evaluations")[1]

    def test_who_built_it_is_not_independent(self) -> None:
        world = world_with(self.RULE)
        world.register(built_by=["eve"])
        world.evaluate("safety")
        world.evaluate("safety", who="ana", name="other")
        assert only(world, "evaluations")[0] == "unmet"

    def test_one_that_says_otherwise_is_enough_against_it(self) -> None:
        world = world_with(self.RULE)
        world.register()
        world.evaluate("safety")
        world.evaluate("safety", name="second", outcome="fail")
        outcome, detail = only(world, "evaluations")
        assert (outcome, "second says fail" in detail) == ("unmet", True)
        world.evaluate("safety", name="second")
        assert only(world, "evaluations")[0] == "met"

    def test_a_rule_may_ask_for_a_name(self) -> None:
        world = world_with({"evaluations": [{"kind": "human", "name": "panel"}]})
        world.register()
        world.evaluate("human", outcome="fail")
        assert only(world, "evaluations") == ("unmet", "needs a human evaluation 'panel'")
        world.evaluate("human", name="panel", outcome="inconclusive")
        assert only(world, "evaluations")[0] == "met"


class TestMetrics:
    def judge(self, metric: Rule, text: str) -> list[tuple[str, str]]:
        world = world_with({"metrics": [metric]})
        world.register(files=version_yaml(text))
        return said(world, "metrics")

    @pytest.mark.parametrize(
        ("metric", "value", "outcome"),
        [
            ({"min": "0.90"}, "0.90", "met"),
            ({"min": "0.90"}, "0.899", "unmet"),
            ({"min": "0.90"}, "'93%'", "met"),
            ({"max": "20"}, "20", "met"),
            ({"max": "20"}, "20.5", "unmet"),
            ({"min": "0.90"}, "NA", "unmet"),
            ({"min": "0.90"}, "about right", "unmet"),
        ],
    )
    def test_a_value_has_bounds(self, metric: Rule, value: str, outcome: str) -> None:
        found = self.judge({"name": "accuracy", **metric}, f"metrics: {{accuracy: {value}}}\n")
        assert [one for one, _ in found] == [outcome]

    def test_both_bounds_are_two_findings(self) -> None:
        found = self.judge({"name": "accuracy", "min": "0.5", "max": "0.9"}, "metrics: {accuracy: 0.93}\n")
        assert found == [("met", "accuracy 0.93 (at least 0.5)"), ("unmet", "accuracy 0.93 (at most 0.9)")]

    def test_a_metric_that_nobody_gave_is_not_met(self) -> None:
        assert self.judge({"name": "recall", "min": "0"}, "metrics: {accuracy: 1}\n") == [
            ("unmet", "recall: no value was given")
        ]

    FULL = """metrics:
  - {name: accuracy, value: 0.80, dataset: {name: holdout, split: test}}
  - {name: accuracy, value: 0.95, dataset: {name: train}}
  - {name: accuracy, value: 0.50, slice: {gender: female}}
"""

    @pytest.mark.parametrize(
        ("metric", "words", "value"),
        [
            ({}, "accuracy", "0.80"),
            ({"dataset": "train"}, "accuracy on train", "0.95"),
            ({"dataset": "holdout", "split": "test"}, "accuracy on holdout/test", "0.80"),
            ({"slice": {"gender": "female"}}, "accuracy [gender=female]", "0.50"),
        ],
    )
    def test_data_set_split_and_slice_choose_the_value(self, metric: Rule, words: str, value: str) -> None:
        ((outcome, detail),) = self.judge({"name": "accuracy", "min": "0", **metric}, self.FULL)
        assert (outcome, detail) == ("met", f"{words} {value} (at least 0)")

    @pytest.mark.parametrize("metric", [{"dataset": "other"}, {"split": "train"}, {"slice": {"gender": "male"}}])
    def test_another_data_set_split_or_slice_is_no_value(self, metric: Rule) -> None:
        assert self.judge({"name": "accuracy", "min": "0", **metric}, self.FULL)[0][0] == "unmet"

    def test_the_worst_of_several_values_is_judged(self) -> None:
        world = world_with({"metrics": [{"name": "accuracy", "min": "0.9"}, {"name": "loss", "max": "0.3"}]})
        world.register(files=version_yaml("metrics: {accuracy: 0.95, loss: 0.1}\n"))
        world.evaluate("benchmark", text=b"metrics: {accuracy: 0.85, loss: 0.4}\n")
        assert [detail for _, detail in said(world, "metrics")] == [
            "accuracy 0.85 (at least 0.9)",
            "loss 0.4 (at most 0.3)",
        ]

    def test_a_rule_may_say_which_way_is_better(self) -> None:
        world = world_with({"metrics": [{"name": "accuracy", "max": "0.9", "direction": "lower"}]})
        world.register(files=version_yaml("metrics: {accuracy: 0.85}\n"))
        world.evaluate("benchmark", text=b"metrics: {accuracy: 0.95}\n")
        assert only(world, "metrics") == ("unmet", "accuracy 0.95 (at most 0.9)")

    def test_only_signed_evaluations_say_values(self) -> None:
        world = world_with({"metrics": [{"name": "recall", "min": "0.9"}]})
        world.register()
        world.put("models/fraud/versions/1/evaluations/mine.yaml", b"metrics: {recall: 1}\n")
        assert only(world, "metrics")[0] == "unmet"

    def test_missing_bytes_that_could_say_the_value_leave_it_unknown(self) -> None:
        world = world_with({"metrics": [{"name": "recall", "min": "0.9"}]})
        world.register()
        world.evaluate("benchmark", text=b"metrics: {recall: 1}\n")
        world.delete("models/fraud/versions/1/evaluations/benchmark.yaml")
        assert only(world, "metrics") == ("unknown", "recall: missing: evaluations/benchmark.yaml")
        world.delete("models/fraud/versions/1/version.yaml")
        assert only(world, "metrics") == ("unknown", "recall: missing: version.yaml, evaluations/benchmark.yaml")


class TestNoWorseThan:
    RULE: ClassVar[Rule] = {"metrics": [{"name": "accuracy", "no_worse_than": "production", "tolerance": "0.01"}]}

    def world(self, before: str, *, rule: Rule = RULE) -> World:
        world = world_with(rule)
        world.register("0", files=version_yaml(before))
        world.do("pam", "promote", "0")
        return world

    def test_nothing_else_holds_the_stage(self) -> None:
        world = world_with(self.RULE)
        world.register()
        assert only(world, "metrics") == ("met", "accuracy 0.93: nothing else holds production")
        world.do("pam", "promote")
        assert only(world, "metrics")[0] == "met"

    @pytest.mark.parametrize(("value", "outcome"), [("0.93", "met"), ("0.92", "met"), ("0.919", "unmet"), ("1", "met")])
    def test_it_is_compared_with_what_holds_the_stage(self, value: str, outcome: str) -> None:
        world = self.world("metrics: {accuracy: 0.93}\n")
        world.register(files=version_yaml(f"metrics: {{accuracy: {value}}}\n"))
        assert only(world, "metrics") == (outcome, f"accuracy {value}, production (0) has 0.93, tolerance 0.01")

    @pytest.mark.parametrize(("value", "outcome"), [("0.2", "met"), ("0.21", "unmet")])
    def test_lower_may_be_better(self, value: str, outcome: str) -> None:
        rule = {"metrics": [{"name": "loss", "no_worse_than": "production"}]}
        world = self.world("metrics: {loss: 0.2}\n", rule=rule)
        world.register(files=version_yaml(f"metrics: {{loss: {value}}}\n"))
        assert only(world, "metrics")[0] == outcome

    def test_a_holder_without_the_metric_cannot_be_compared_with(self) -> None:
        world = world_with({}, metrics_come_later={})
        world.register("0", files=version_yaml("license: mit\n"))
        world.do("pam", "promote", "0")
        world.change_stages(production={"approvals": 0, **self.RULE})
        world.register()
        assert only(world, "metrics") == ("unmet", "accuracy 0.93, production (0) has no value to compare with")

    def test_a_holder_whose_bytes_are_missing_leaves_it_unknown(self) -> None:
        world = self.world("metrics: {accuracy: 0.93}\n")
        world.register()
        world.delete("models/fraud/versions/0/version.yaml")
        assert only(world, "metrics")[0] == "unknown"


class TestGaps:
    RULE: ClassVar[Rule] = {"metrics": [{"name": "tpr", "slice_by": "gender", "max_gap": "0.05"}]}

    def judge(self, *values: str) -> tuple[str, str]:
        world = world_with(self.RULE)
        world.register(files=version_yaml("metrics:\n" + "".join(f"  - {{name: tpr, {one}}}\n" for one in values)))
        return only(world, "metrics")

    def test_groups_are_compared_with_each_other(self) -> None:
        found = self.judge("value: 0.90, slice: {gender: f}", "value: 0.85, slice: {gender: m}", "value: 0.1")
        assert found == ("met", "tpr by gender: gap 0.05 (at most 0.05): f 0.90, m 0.85")

    def test_a_gap_that_is_too_large(self) -> None:
        found = self.judge("value: 0.90, slice: {gender: f}", "value: 0.80, slice: {gender: m}")
        assert found[0] == "unmet"

    def test_one_group_is_not_compared_with_itself(self) -> None:
        found = self.judge("value: 0.90, slice: {gender: f}", "value: 0.1, slice: {gender: m, age: old}")
        assert found == ("unmet", "tpr by gender: only one group was measured")

    def test_nobody_measured_groups(self) -> None:
        assert self.judge("value: 0.9") == ("unmet", "tpr: no value was given")

    def test_the_farthest_values_of_groups_are_compared(self) -> None:
        found = self.judge(
            "value: 0.90, slice: {gender: f}",
            "value: 0.99, slice: {gender: f}, dataset: {name: other}",
            "value: 0.90, slice: {gender: m}",
        )
        assert found[0] == "unmet"


class TestThePresent:
    def with_base(self, **rule: Said) -> World:
        world = world_with(rule)
        world.register(materials=[{"name": "base:2", "digest": {"sha256": SHA}}])
        return world

    def test_the_log_alone_says_nothing_about_other_logs_or_the_clock(self) -> None:
        world = self.with_base(base_same_stage=True, max_checkpoint_age_days=1)
        assert [one.check for one in run_checks(case_of(world))] == ["revocation"]
        assert world.reasons(world.do("pam", "promote")) == ""

    def test_nothing_it_is_built_on_is_revoked(self) -> None:
        world = self.with_base()
        assert only(world, "lineage", present=Present()) == ("met", "no base is revoked")
        present = Present(revoked=("base:2 is revoked: poisoned",))
        assert only(world, "lineage", present=present) == ("unmet", "base:2 is revoked: poisoned")

    def test_what_is_built_on_nothing_has_no_lineage(self) -> None:
        world = world_with({"base_same_stage": True})
        world.register()
        found = run_checks(case_of(world, present=Present()))
        assert {one.check for one in found} == {"revocation"}

    def test_bases_hold_the_stage_too(self) -> None:
        world = self.with_base(base_same_stage=True)
        present = Present(bases=(("base:2", frozenset({"production"})),))
        assert only(world, "base_same_stage", present=present) == ("met", "every base holds production")
        for bases in ((), (("base:2", frozenset({"staging"})),)):
            found = only(world, "base_same_stage", present=Present(bases=bases))
            assert found == ("unmet", "base:2 does not hold production")

    @pytest.mark.parametrize(
        ("age", "outcome", "words"), [(None, "unmet", "no checkpoint"), (7, "met", "7 days"), (8, "unmet", "8 days")]
    )
    def test_the_newest_checkpoint_is_young_enough(self, age: int | None, outcome: str, words: str) -> None:
        world = self.with_base(max_checkpoint_age_days=7)
        found = only(world, "checkpoint", present=Present(checkpoint_age_days=age))
        assert found[0] == outcome
        assert words in found[1]


class TestWhichChecksBind:
    def test_a_break_glass_skips_quorum_after_evaluations_and_metrics(self) -> None:
        rule = {
            "approvals": 2,
            "after": "staging",
            "evaluations": [{"kind": "safety"}],
            "metrics": [{"name": "recall", "min": "1"}],
            "break_glass": ["oncall"],
        }
        world = world_with(rule)
        world.register()
        assert world.reasons(world.do("pam", "promote")).count("rule not met") == 4
        assert world.reasons(world.do("oli", "break_glass")) == ""

    @pytest.mark.parametrize("rule", [{"formats": ["gguf"]}, {"fields": ["license"]}, {"sorcery": 1}])
    def test_a_break_glass_never_skips_formats_fields_or_unknown_rules(self, rule: Rule) -> None:
        world = world_with({"break_glass": ["oncall"], **rule})
        world.register()
        assert "rule not met" in world.reasons(world.do("oli", "break_glass"))

    def test_a_rollback_asks_only_whether_the_version_may_be_used(self) -> None:
        world = world_with({})
        world.register("1")
        world.register("2", files={"w": b"2"})
        world.do("pam", "promote", "1")
        world.do("pam", "promote", "2")
        world.change_stages(production={"approvals": 5, "formats": ["gguf"], "sorcery": 1})
        assert world.reasons(world.do("pam", "rollback", "1")) == ""

    def test_the_tables_are_parts_of_the_one_table(self) -> None:
        assert set(EMERGENCY) < set(CHECKS)
        assert set(RETURN) < set(CHECKS)
        assert set(PULL) < set(CHECKS)


class TestMissingBytes:
    def promoted(self) -> tuple[World, Put]:
        world = world_with({"fields": ["metrics"], "formats": ["onnx"]})
        world.register(files=FILES)
        return world, world.do("pam", "promote")

    @pytest.mark.parametrize("name", ["version.yaml", "SHA256SUMS"])
    def test_a_promote_stands_when_bytes_go_missing_and_a_problem_says_so(self, name: str) -> None:
        world, put = self.promoted()
        assert world.history().problems == ()
        world.delete(layout.version_file("fraud", "1", name))
        assert world.reasons(put) == ""
        assert world.holder() == "1"
        assert "record 2 (1 to production) stands, but cannot be judged again" in world.history().problems[0]

    def test_a_promote_that_fails_otherwise_leaves_no_problem(self) -> None:
        world, _ = self.promoted()
        world.do("oli", "revoke")
        world.register("2", files={"w.onnx": b""})
        world.delete(layout.version_file("fraud", "1", "version.yaml"))
        before = world.history().problems
        world.do("pam", "promote", stage="production")
        assert world.history().problems == before


@pytest.mark.parametrize(
    ("stages", "order"),
    [
        ({"a": {"after": "c"}, "b": {}, "c": {"after": "b"}}, ("b", "c", "a")),
        ({"b": {}, "a": {}}, ("a", "b")),
        ({"a": {"after": "b"}, "b": {"after": "a"}, "c": {"after": "c"}}, ("c", "a", "b")),
    ],
)
def test_stages_stand_in_the_order_of_promotion(stages: Mapping[str, Rule], order: tuple[str, ...]) -> None:
    assert stage_order(World(stages=stages).trust().newest.document) == order
