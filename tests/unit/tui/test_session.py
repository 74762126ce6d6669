"""Who signs, in the header."""

import pytest

from builders import World
from signoff.errors import InvalidValueError, SigningError
from signoff.tui.present import Piece
from signoff.tui.session import Session


@pytest.fixture
def session() -> Session:
    world = World()
    return Session(world.registry, world.surroundings, read_only=False, who="", key="")


def test_what_is_wrong_with_the_key_is_said_in_short(session: Session) -> None:
    assert session.signer() == ("looking for keys", "dim")
    session.fail(SigningError("there is no ssh-agent: …", short="no ssh-agent"))
    assert session.signer() == ("no ssh-agent", "dim")
    session.fail(InvalidValueError("keys of several people are here"))
    assert session.signer() == ("whose key?", "dim")


@pytest.mark.parametrize(("touch", "said"), [(False, ("ana key ok", "plain")), (True, ("ana key: touch", "plain"))])
def test_a_key_that_is_here_is_ok_or_wants_to_be_touched(session: Session, touch: bool, said: Piece) -> None:
    session.person, session.must_touch, session.trouble = "ana", touch, ""
    assert session.signer() == said
    session.fail(SigningError("it refused", short="agent refused"))
    assert session.signer() == ("ana agent refused", "warn")


def test_where_nothing_can_be_written_that_is_said_instead(session: Session) -> None:
    session.person, session.trouble = "ana", ""
    assert session.signer("the disk is read-only") == ("read-only", "warn")
