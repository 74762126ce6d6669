"""Every storage is followed, and a wish for the seconds between two looks is kept."""

from pathlib import Path

import pytest

from builders import World
from signoff.registry.watching import watch


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("every", [None, 7.0])
def test_every_storage_is_followed_at_the_wished_pace(tmp_path: Path, local: bool, every: float | None) -> None:
    world = World(folder=tmp_path / "registry" if local else None)
    watching = watch(world.registry(), lambda _: None, every=every)
    try:
        standing = watching.standing
    finally:
        watching.close()
    assert standing.fault == ""
    assert standing.every == (0.0 if local else every or 2.0)
    assert bool(standing.note) is not local
