"""Worlds that several tests of the rules begin with."""

import pytest

from builders import World


@pytest.fixture
def world() -> World:
    """Return a registry whose only version is registered."""
    world = World(stages={"staging": {"approvals": 0}, "production": {"approvals": 1, "break_glass": ["oncall"]}})
    world.register()
    return world
