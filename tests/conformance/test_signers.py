"""The ways of signing against the contract, with stock tools at the other end."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents import ALGORITHMS, Agent, make_key, run
from conformance.signer_contract import SignerContract
from signoff.signing.agent import AgentSigner, list_identities
from signoff.signing.files import read_identity
from signoff.signing.keygen import KeygenSigner
from signoff.signing.pasted import PastedSigner

KINDS = [kind for kind in ALGORITHMS if kind not in ("rsa3072", "rsa4096")]


@pytest.fixture(scope="module", params=KINDS)
def key(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_key(tmp_path_factory.mktemp("keys"), request.param)


@pytest.fixture(autouse=True)
def nobodys_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


class TestAgentSigner(SignerContract):
    @pytest.fixture
    def signer(self, key: Path) -> Iterator[AgentSigner]:
        with Agent() as agent:
            agent.add_key(key)
            (identity,) = list_identities(agent.socket)
            yield AgentSigner(identity, agent.socket)


class TestKeygenSigner(SignerContract):
    @pytest.fixture
    def signer(self, key: Path) -> KeygenSigner:
        return KeygenSigner(read_identity(key))


class TestPastedSigner(SignerContract):
    asks_a_person = True

    @pytest.fixture
    def signer(self, key: Path, tmp_path: Path) -> PastedSigner:
        def sign_elsewhere(payload: bytes, command: str) -> str:
            """Do what the screen says: save the payload, run the command, copy the file it writes."""
            (tmp_path / "payload").write_bytes(payload)
            (tmp_path / "payload.sig").unlink(missing_ok=True)
            words = [str(tmp_path / "payload") if word == "payload" else word for word in shlex.split(command)]
            run(*(word.replace("~/.ssh", str(key.parent)) for word in words))
            return (tmp_path / "payload.sig").read_text()

        return PastedSigner(read_identity(key), sign_elsewhere)
