"""Versions are listed by their folders before their log is read; what a long scan tells on its way is whole."""

from pathlib import Path

import pytest

from builders import World
from signoff.registry.listed import Listed
from signoff.registry.snapshot import Snapshot
from signoff.registry.views import VersionView


def test_versions_are_made_when_somebody_looks_at_one_and_found_by_their_names() -> None:
    listed = Listed("fraud", ("3", "1", "20", "01"))
    assert [view.version for view in listed] == ["01", "1", "3", "20"]
    assert len(listed) == 4
    assert listed.find("20") == listed[3] == VersionView(model="fraud", version="20", status="unread")
    assert [view.version for view in listed[2:]] == ["3", "20"]
    assert [listed.find(name) for name in ("01", "1")] == [listed[0], listed[1]]
    assert listed.find("2") is listed.find("4") is None
    assert listed[0].unread
    assert not listed[0].registered
    assert listed[0].state is None


@pytest.mark.parametrize("complete", [True, False])
def test_a_first_scan_tells_every_version_once_from_its_first_word_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complete: bool
) -> None:
    monkeypatch.setattr("signoff.registry.pulse.FIRST_PULSE", 0.0)
    monkeypatch.setattr("signoff.registry.pulse.LONGEST_PULSE", 0.0)
    world = World(folder=tmp_path / "registry")
    for version in ("10", "9", "b", "a"):
        world.register(version)
    world.put("models/fraud/versions/draft/weights.bin", b"w")
    world.put("models/fraud/versions/not a version/weights.bin", b"w")
    world.put("models/fraud/versions/file", b"w")
    told: list[Snapshot] = []
    registry = world.registry()
    whole = registry.snapshot(complete=complete, so_far=told.append)
    names = [[view.version for view in one.need_model("fraud").versions] for one in told]
    first = told[0].need_model("fraud")
    assert first.unread
    assert {view.status for view in first.versions} == {"unread"}
    assert names[0] == ["9", "10", "a", "b", "draft"]
    assert all(sorted(one) == sorted(names[0]) for one in names)
    assert len(names) == 1 + len(names[0]) + 1
    assert names[2][:2] == ["10", "9"]
    assert [view.version for view in whole.need_model("fraud").versions] == ["10", "9", "b", "a", "draft"]
    assert world.registry().snapshot(complete=complete) == whole
