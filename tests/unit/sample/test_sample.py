"""The shipped sample: its records verify, its story comes out the same, and a newcomer can decide in a demo."""

import shutil
from pathlib import Path

import pytest

from signoff.errors import AlreadyExistsError, RefusedError
from signoff.registry.asks import Ask
from signoff.registry.opening import open_registry
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.sample.demo import Demo, make_demo
from signoff.sample.place import copy_sample, find_sample, strip_records
from signoff.sample.story import tell
from signoff.signing.files import read_identity

END = {
    "credit-approval:1": ("deprecated", "none", ()),
    "credit-approval:2": ("registered", "Approved", ()),
    "credit-approval:3": ("registered", "Approved", ("production",)),
    "credit-approval:4": ("revoked", "Stale", ()),
    "credit-approval:5": ("registered", "Rejected", ()),
    "credit-approval:6": ("registered", "PendingManualApproval", ("staging",)),
    "credit-approval:7": ("unregistered", "none", ()),
    "silero-vad:5.1.2": ("deprecated", "Approved", ()),
    "silero-vad:6.2.3": ("registered", "Approved", ("release",)),
    "akiki-vad:0.0.6": ("registered", "Approved", ("release",)),
}


def states(registry: Registry) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {one.ref: (one.status, one.approval, one.stages) for one in registry.snapshot().versions() if one.ref in END}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("demo")
        patch.setenv("SIGNOFF_STATE_DIR", str(folder / "state"))
        patch.setenv("SIGNOFF_CACHE_DIR", str(folder / "cache"))
        return make_demo(folder / "here")


def newcomer(registry: Registry, demo: Demo) -> Me:
    return Me(person=demo.person, identity=read_identity(Path(demo.key)))


def test_the_shipped_sample_verifies_to_the_last_byte() -> None:
    report = open_registry(str(find_sample()), read_only=True).verify(deep=True)
    assert report.ok, report.problems
    assert report.records > 100
    assert all(not chain.ineffective for chain in report.chains)


def test_the_shipped_sample_ends_as_its_story_says() -> None:
    assert states(open_registry(str(find_sample()), read_only=True)) == END


def test_telling_the_story_anew_ends_the_same(tmp_path: Path) -> None:
    copy_sample(tmp_path / "copy")
    assert states(tell(tmp_path / "copy")) == END


def test_the_better_version_is_refused_for_its_gap_alone(tmp_path: Path) -> None:
    registry = open_registry(str(find_sample()), read_only=True)
    unmet = [one for one in registry.check(registry.find("credit-approval:5"), "production") if one.outcome == "unmet"]
    gaps = [one.detail for one in unmet if one.check == "metrics"]
    assert len(gaps) == 1
    assert gaps[0].startswith("true_positive_rate by race: gap 0.199")
    assert {one.check for one in unmet} == {"metrics", "approvals"}


def test_the_students_teacher_is_proven_by_digest() -> None:
    registry = open_registry(str(find_sample()), read_only=True)
    graph = registry.lineage(registry.snapshot().versions())
    node = graph.find("akiki-vad", "0.0.6")
    assert node is not None
    proven = {
        (one.edge.parent.name, one.edge.parent.version, one.edge.relation) for one in graph.up(node) if one.edge.proven
    }
    assert ("silero-vad", "6.2.3", "distill") in proven
    assert ("silero-vad", "6.2.3", "teacher") in proven


def test_the_newcomer_of_a_demo_approves_and_promotes(demo: Demo) -> None:
    registry = open_registry(demo.path)
    me = newcomer(registry, demo)
    registry.approve("credit-approval:6", stage="production", comment="Fine with me", me=me)
    registry.promote("credit-approval:6", stage="production", me=me)
    assert registry.find("credit-approval@production").version == "6"
    assert registry.verify(deep=True).ok


def test_the_newcomer_cannot_promote_what_the_rules_refuse(demo: Demo) -> None:
    registry = open_registry(demo.path)
    ask = Ask(action="promote", model="credit-approval", version="5", fields={"stage": "production"})
    with pytest.raises(RefusedError, match="true_positive_rate by race"):
        registry.sign(ask, newcomer(registry, demo))


def test_a_demo_does_not_touch_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "mine").write_text("here", encoding="utf-8")
    with pytest.raises(AlreadyExistsError, match="not empty"):
        make_demo(tmp_path)


def test_stripping_leaves_files_and_no_records(tmp_path: Path) -> None:
    shutil.copytree(find_sample(), tmp_path / "copy")
    strip_records(tmp_path / "copy")
    left = {path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")}
    assert "models/credit-approval/versions/6/version.yaml" in left
    assert not [path for path in left if path.endswith((".rec", "SHA256SUMS")) or path.startswith(".signoff")]
