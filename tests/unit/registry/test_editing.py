"""Working files are replaced only as they were opened, and only with what means something."""

import pytest

from builders import World
from signoff.errors import AlreadyExistsError, InvalidValueError, NotFoundError, SchemaError, StorageError
from signoff.registry.editing import open_working, replace_working
from signoff.registry.registry import Registry
from signoff.storage.memory import MemoryStorage

BOUND = {"staging": {"approvals": 0}, "production": {"approvals": 1, "bind_card": True}}
CARD = "models/fraud/versions/1/README.md"


def test_a_card_is_replaced_and_the_approvals_bound_to_it_are_said_to_lapse() -> None:
    world = World(stages=BOUND)
    world.register(card=b"# One\n")
    world.do("ben", "approve")
    registry = world.registry()
    working = open_working(registry, "fraud", "1")
    assert (working.path, working.file, working.before) == (CARD, "README.md", b"# One\n")
    assert replace_working(registry, working, b"# Two\n") == ("production",)
    assert world.get(CARD) == b"# Two\n"


def test_nothing_lapses_where_no_rule_binds_the_card_or_nobody_approved_that_one() -> None:
    for stages, approves in ((None, True), (BOUND, False)):
        world = World(stages=stages) if stages else World()
        world.register(card=b"# One\n")
        if approves:
            world.do("ben", "approve")
        registry = world.registry()
        assert replace_working(registry, open_working(registry, "fraud", "1"), b"# Two\n") == ()


def test_what_somebody_else_changed_meanwhile_stays() -> None:
    world = World()
    world.register(card=b"# One\n")
    registry = world.registry()
    working = open_working(registry, "fraud", "1")
    world.put(CARD, b"# Theirs\n")
    with pytest.raises(AlreadyExistsError, match="changed meanwhile"):
        replace_working(registry, working, b"# Mine\n")
    assert world.get(CARD) == b"# Theirs\n"


def test_a_file_that_was_not_there_is_begun() -> None:
    world = World()
    world.register()
    registry = world.registry()
    working = open_working(registry, "fraud")
    assert working.before is None
    assert replace_working(registry, working, b"title: Fraud\n") == ()
    assert world.get("models/fraud/model.yaml") == b"title: Fraud\n"


def test_what_means_nothing_is_not_written() -> None:
    world = World()
    world.register()
    registry = world.registry()
    with pytest.raises(SchemaError, match=r"model\.yaml"):
        replace_working(registry, open_working(registry, "fraud"), b"title: [oops\n")
    with pytest.raises(SchemaError, match="UTF-8"):
        replace_working(registry, open_working(registry, "fraud", "1"), b"\xff")


def test_nothing_is_opened_where_nothing_can_be_written_or_a_name_is_none() -> None:
    world = World()
    world.register()
    assert isinstance(world.storage, MemoryStorage)
    closed = Registry(world.storage.opened_read_only(), surroundings=world.surroundings)
    with pytest.raises(StorageError, match="read-only"):
        open_working(closed, "fraud", "1")
    with pytest.raises(InvalidValueError):
        open_working(world.registry(), "../fraud", "1")
    with pytest.raises(NotFoundError):
        open_working(world.registry(), "fraud", "9")
