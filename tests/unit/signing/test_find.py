"""Finding keys: the agent's first, every key once, and a reason when there is none."""

from pathlib import Path

import pytest

from agents import Agent, make_key
from signoff.errors import SigningError
from signoff.signing.agent import AgentSigner
from signoff.signing.base import Identity
from signoff.signing.files import read_identity
from signoff.signing.find import find_identities, need_identities, signer_for
from signoff.signing.keygen import KeygenSigner


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".ssh").mkdir(parents=True)
    return tmp_path / "home"


def test_the_agents_keys_come_first_and_each_key_once(agent: Agent, home: Path) -> None:
    in_both = make_key(home / ".ssh", name="id_both")
    in_file = make_key(home / ".ssh", name="id_a_file")
    agent.add_key(in_both)
    found = find_identities({"SSH_AUTH_SOCK": agent.socket}, home)
    assert [identity.key for identity in found] == [read_identity(in_both).key, read_identity(in_file).key]
    assert [(identity.source, identity.path) for identity in found] == [
        ("agent", agent.socket),
        ("file", f"{in_file}.pub"),
    ]
    assert need_identities({"SSH_AUTH_SOCK": agent.socket}, home) == found


def test_files_are_found_without_an_agent(home: Path, tmp_path: Path) -> None:
    key = make_key(home / ".ssh")
    for environ in ({}, {"SSH_AUTH_SOCK": str(tmp_path / "gone")}):
        assert [identity.key for identity in find_identities(environ, home)] == [read_identity(key).key]
        assert need_identities(environ, home) == find_identities(environ, home)


def test_nothing_found_is_an_error_that_says_what_is_wrong_with_the_agent(agent: Agent, home: Path) -> None:
    cases = {"": "SSH_AUTH_SOCK is not set", agent.socket: "holds no keys", str(home / "gone"): "does not exist"}
    for path, reason in cases.items():
        environ = {"SSH_AUTH_SOCK": path}
        assert find_identities(environ, home) == ()
        with pytest.raises(SigningError, match=f"no key to sign with: .*{reason}.* is in '.*/home/.ssh'") as caught:
            need_identities(environ, home)
        assert "ssh-keygen -t ed25519" in caught.value.hint


def test_an_identity_leads_to_its_own_way_of_signing(agent: Agent, home: Path) -> None:
    agent.add_key(make_key(home / ".ssh", name="id_a"))
    make_key(home / ".ssh", name="id_b")
    first, second = (signer_for(one) for one in find_identities({"SSH_AUTH_SOCK": agent.socket}, home))
    assert isinstance(first, AgentSigner)
    assert isinstance(second, KeygenSigner)
    for signer in (first, second):
        assert signer.sign(b"x\n", namespace="signoff-record-v1").startswith(b"-----BEGIN SSH SIGNATURE-----\n")


def test_an_agents_identity_without_a_socket_leads_nowhere(key: Path) -> None:
    identity = Identity(key=read_identity(key).key, comment="", source="agent", path=None)
    with pytest.raises(SigningError, match="it is not known which one's"):
        signer_for(identity)
