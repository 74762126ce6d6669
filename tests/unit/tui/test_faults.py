"""What Problems lists: what stages and aliases point at that nobody should use, and what serves that nobody decided."""

import shutil
from collections.abc import Iterator

import pytest

from signoff.registry.problems import Problem
from signoff.registry.snapshot import Snapshot
from signoff.tui.amiss import amiss
from signoff.tui.faults import faults_of
from signoff.tui.findings import Checked, standing
from stories import Story


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with Story(tmp_path_factory.mktemp("faults")) as story:
        story.serve("fraud:1")
        yield story


def read(story: Story) -> Snapshot:
    with story.opened() as registry:
        return registry.snapshot()


def alarms(story: Story) -> dict[str, str]:
    """Return what is said in alarms, and what to do."""
    found = (one.problem for one in faults_of(read(story)))
    return {one.what: one.hint for one in found if one.severity == "alarm"}


def test_a_registry_where_nothing_is_amiss_has_no_faults(story: Story) -> None:
    assert faults_of(read(story)) == ()


def test_a_stage_that_points_at_a_revoked_version_is_an_alarm_with_the_way_back(story: Story) -> None:
    story.serve("fraud:2")
    story.sign("alias", "fraud:2", by="ana", alias="champion")
    story.sign("revoke", "fraud:2", by="cy", reason="leaked labels")
    found = alarms(story)
    assert found["production of fraud points at 2, which is revoked"] == "B goes back to 1"
    assert found["@champion of fraud points at 2, which is revoked"] == ":alias points it at another version"
    concerned = {(one.model, one.version, one.problem.place) for one in faults_of(read(story))}
    assert concerned == {("fraud", "2", "fraud:2")}
    view = read(story).need("fraud:2")
    assert amiss(view) == "revoked by cy: leaked labels"


def test_a_stage_goes_back_to_nothing_that_should_not_be_used_either(story: Story) -> None:
    story.serve("fraud:2")
    story.sign("revoke", "fraud:1", by="cy", reason="leaked labels")
    story.sign("revoke", "fraud:2", by="cy", reason="leaked labels")
    hint = alarms(story)["production of fraud points at 2, which is revoked"]
    assert hint == "no version before it can be used: promote another one"


def test_a_stage_whose_version_has_no_folder_any_more_is_an_alarm(story: Story) -> None:
    shutil.rmtree(story.path / "models/fraud/versions/1")
    assert "production of fraud points at 1, which has no folder any more" in alarms(story)
    assert amiss(read(story).need("fraud:1")) == "its folder is missing"


def test_a_stage_whose_version_has_faults_is_an_alarm_that_says_the_worst(story: Story) -> None:
    (story.path / "models/fraud/versions/1/SHA256SUMS").write_text("other\n")
    view = read(story).need("fraud:1")
    worst = next(one for one in view.problems if one.severity != "note")
    assert f"production of fraud points at 1, which should not be used: {worst.what}" in alarms(story)


def test_an_environment_that_serves_another_version_is_a_fault_of_what_it_serves(story: Story) -> None:
    story.serve("fraud:2")
    story.sign("deploy", "fraud:1", by="cy", environment="production", status="serving")
    (found,) = faults_of(read(story))
    assert found.problem == Problem(
        place="fraud:1",
        what="production serves 1, production is 2",
        hint="deploy what was decided, or report what serves now with :deploy",
    )
    assert (found.model, found.version) == ("fraud", "1")


def test_what_verifications_found_comes_first_and_nothing_is_said_twice(story: Story) -> None:
    (story.path / "models/fraud/versions/1/SHA256SUMS").write_text("other\n")
    snapshot = read(story)
    fault = snapshot.need("fraud:1").problems[0]
    found = Checked(model="fraud", version="1", problems=(fault,))
    first, *others = faults_of(snapshot, standing([found]))
    assert (first.problem.what, first.problem.severity) == (fault.what, "alarm")
    assert not any((one.problem.place, one.problem.what) == (fault.place, fault.what) for one in others)
