"""ssh-agents: real ones in every state, and servers that are none."""

from pathlib import Path

import pytest

from agents import Agent, ScriptedAgent, make_key, run
from fido import ECDSA, ED25519, FidoKey
from signoff.errors import SigningError
from signoff.records.keys import PublicKey, parse_public_key
from signoff.records.sshsig import parse_armor, signed_bytes, verify
from signoff.records.wire import write_bytes
from signoff.signing import agent as module
from signoff.signing.agent import LONGEST_ANSWER, AgentSigner, agent_socket, list_identities
from signoff.signing.base import Identity

NAMESPACE = "signoff-record-v1"
MESSAGE = b"{}\n"


def identity_of(key: PublicKey, socket: str = "", comment: str = "al@example.org") -> Identity:
    return Identity(key=key, comment=comment, source="agent", path=socket)


def public(path: Path) -> PublicKey:
    return parse_public_key(path.with_suffix(".pub").read_text())


def frame(kind: int, *fields: bytes, plain: bytes = b"") -> bytes:
    return write_bytes(bytes([kind]) + plain + write_bytes(*fields))


def test_no_agent_is_named_where_the_variable_is_not_set() -> None:
    for environ in ({}, {"SSH_AUTH_SOCK": ""}):
        with pytest.raises(SigningError, match="SSH_AUTH_SOCK is not set") as caught:
            agent_socket(environ)
        assert "ssh-agent" in caught.value.hint
    assert agent_socket({"SSH_AUTH_SOCK": "/run/agent"}) == "/run/agent"


def test_a_socket_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SigningError, match=r"agent', which does not exist"):
        list_identities(str(tmp_path / "agent"))


def test_a_socket_where_nobody_listens_any_more_is_named(key: Path) -> None:
    with Agent() as agent:
        agent.add_key(key)
        (identity,) = list_identities(agent.socket)
        agent.stop()
        assert Path(agent.socket).exists()
        with pytest.raises(SigningError, match="nobody listens at"):
            list_identities(agent.socket)
        with pytest.raises(SigningError, match="nobody listens at"):
            AgentSigner(identity, agent.socket).sign(MESSAGE, namespace=NAMESPACE)


def test_a_path_that_no_socket_can_have_is_an_error_of_ours() -> None:
    with pytest.raises(SigningError, match="cannot be reached: AF_UNIX path too long"):
        list_identities("/tmp/" + "x" * 200)


def test_an_empty_agent_is_told_apart(agent: Agent) -> None:
    with pytest.raises(SigningError, match="holds no keys, or it is locked") as caught:
        list_identities(agent.socket)
    assert "ssh-add" in caught.value.hint


def test_keys_are_listed_in_the_agents_order_with_their_comments(agent: Agent, tmp_path: Path) -> None:
    paths = [make_key(tmp_path, kind) for kind in ("rsa2048", "ed25519", "ecdsa256")]
    for path in paths:
        agent.add_key(path)
    listed = list_identities(agent.socket)
    assert [identity.key for identity in listed] == [public(path) for path in paths]
    assert [identity.comment for identity in listed] == [f"{path.name}@example.org" for path in paths]
    assert {(identity.source, identity.path) for identity in listed} == {("agent", agent.socket)}


def test_certificates_in_an_agent_are_left_out(agent: Agent, tmp_path: Path, key: Path) -> None:
    authority = make_key(tmp_path, name="authority")
    run("ssh-keygen", "-q", "-s", str(authority), "-I", "al", "-n", "al", str(key.with_suffix(".pub")))
    agent.add_key(key)
    assert len(run("ssh-add", "-L", environ=agent.environ).splitlines()) == 2
    assert [identity.key for identity in list_identities(agent.socket)] == [public(key)]


def test_an_agent_with_certificates_only_is_told_apart() -> None:
    certificate = write_bytes(b"ssh-ed25519-cert-v01@openssh.com", bytes(32))
    answer = frame(12, certificate, b"comment", plain=(1).to_bytes(4, "big"))
    with ScriptedAgent([answer]) as agent, pytest.raises(SigningError, match="holds 1 keys, none of a kind"):
        list_identities(agent.socket)


def test_a_key_that_asks_to_confirm_is_refused_where_nobody_can_be_asked(agent: Agent, key: Path) -> None:
    agent.add_key(key, "-c")
    (identity,) = list_identities(agent.socket)
    with pytest.raises(SigningError, match="refused to sign with SHA256:") as caught:
        AgentSigner(identity, agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert identity.key.fingerprint in str(caught.value)
    assert "ssh-add -c" in caught.value.hint


@pytest.mark.parametrize("confirms", [True, False])
def test_a_key_that_asks_to_confirm_signs_when_the_person_agrees(key: Path, confirms: bool) -> None:
    with Agent(confirms=confirms) as agent:
        agent.add_key(key, "-c")
        signer = AgentSigner(identity_of(public(key)), agent.socket)
        if confirms:
            assert parse_armor(signer.sign(MESSAGE, namespace=NAMESPACE)).key == public(key)
        else:
            with pytest.raises(SigningError, match="refused to sign"):
                signer.sign(MESSAGE, namespace=NAMESPACE)


def test_a_key_for_named_hosts_only_is_refused(agent: Agent, key: Path, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"host.example.org {public(key).line}\n")
    agent.add_key(key, "-H", str(known), "-h", "host.example.org")
    with pytest.raises(SigningError, match="refused to sign") as caught:
        AgentSigner(identity_of(public(key)), agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert "ssh-add -h" in caught.value.hint


def test_a_locked_agent_is_told_apart(agent: Agent, key: Path) -> None:
    agent.add_key(key)
    agent.lock()
    with pytest.raises(SigningError, match="or it is locked") as listing:
        list_identities(agent.socket)
    with pytest.raises(SigningError, match="refused to sign") as signing:
        AgentSigner(identity_of(public(key)), agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert "ssh-add -X" in listing.value.hint
    assert "ssh-add -X" in signing.value.hint


def test_a_key_that_was_removed_meanwhile_is_refused(agent: Agent, key: Path) -> None:
    agent.add_key(key)
    (identity,) = list_identities(agent.socket)
    run("ssh-add", "-D", environ=agent.environ)
    with pytest.raises(SigningError, match="refused to sign"):
        AgentSigner(identity, agent.socket).sign(MESSAGE, namespace=NAMESPACE)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "hung up: it ended after 0 of 4 bytes"),
        (b"\0\0", "hung up: it ended after 2 of 4 bytes"),
        (b"\0\0\0\x09\x0c", "hung up: it ended after 1 of 9 bytes"),
        (b"\0\0\0\0", "does not speak the agent's protocol: an answer of 0 bytes"),
        ((LONGEST_ANSWER + 1).to_bytes(4, "big"), f"an answer of {LONGEST_ANSWER + 1} bytes"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "an answer of 1213486160 bytes"),
        (frame(14), "message 14 where the list of keys, 12, was due"),
        (frame(12), "truncated"),
        (frame(12, plain=b"\0\0\0\1"), "truncated"),
        (frame(12, b"blob", plain=b"\0\0\0\1"), "truncated"),
        (frame(12, plain=b"\xff\xff\xff\xff"), "4294967295 keys, more than"),
        (frame(12, plain=b"\0\0\0\0x"), "1 bytes too many"),
        (frame(5), "refused to list its keys"),
        (frame(102), "refused to list its keys"),
    ],
)
def test_an_agent_that_lists_nonsense_is_reported(answer: bytes, reason: str) -> None:
    with ScriptedAgent([answer]) as agent, pytest.raises(SigningError, match=reason) as caught:
        list_identities(agent.socket)
    assert agent.socket in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "hung up"),
        (frame(12), "message 12 where a signature, 14, was due"),
        (frame(14), "truncated"),
        (frame(14, b"x", b"y"), "5 bytes too many"),
        (frame(14, b""), "gave a signature that no reader would accept: the SSH signature is malformed: truncated"),
        (frame(14, write_bytes(b"ssh-ed25519", bytes(64))), "did not sign these bytes"),
        (frame(14, write_bytes(b"rsa-sha2-512", bytes(64))), "which a key of the kind 'ssh-ed25519' does not do"),
        (frame(5), "refused to sign"),
        (frame(30), "refused to sign"),
    ],
)
def test_an_agent_that_signs_nonsense_is_reported(key: Path, answer: bytes, reason: str) -> None:
    with ScriptedAgent([answer]) as agent, pytest.raises(SigningError, match=reason) as caught:
        AgentSigner(identity_of(public(key)), agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert agent.socket in str(caught.value)
    assert caught.value.hint


def test_rsa_with_sha1_is_not_taken_from_an_agent_that_ignores_the_flag(tmp_path: Path) -> None:
    key = public(make_key(tmp_path, "rsa2048"))
    answer = frame(14, write_bytes(b"ssh-rsa", bytes(256)))
    with ScriptedAgent([answer]) as agent, pytest.raises(SigningError, match="RSA with SHA-1"):
        AgentSigner(identity_of(key), agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert agent.asked[0].endswith(b"\0\0\0\4")


def test_an_agent_that_never_answers_is_given_up(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIST_SECONDS", 0.05)
    with Agent() as agent:
        assert agent.process is not None
        agent.add_key(key)
        agent.pause()
        with pytest.raises(SigningError, match=r"did not answer within 0\.05 seconds"):
            list_identities(agent.socket)


@pytest.mark.parametrize("kind", [ED25519, ECDSA])
def test_a_fido_key_in_an_agent_signs_with_its_touch(kind: str) -> None:
    key = FidoKey(kind)
    inner = key.answer(signed_bytes(MESSAGE, namespace=NAMESPACE, hash_name="sha512"))
    with ScriptedAgent([frame(14, inner)]) as agent:
        signer = AgentSigner(identity_of(key.public), agent.socket)
        assert signer.needs_touch
        signature = parse_armor(signer.sign(MESSAGE, namespace=NAMESPACE))
    verify(signature, MESSAGE, namespace=NAMESPACE)
    assert signature.touched


def test_the_hint_of_a_refused_fido_key_speaks_of_the_touch_first() -> None:
    key = FidoKey().public
    with ScriptedAgent([frame(5)]) as agent, pytest.raises(SigningError) as caught:
        AgentSigner(identity_of(key), agent.socket).sign(MESSAGE, namespace=NAMESPACE)
    assert caught.value.hint.startswith("a FIDO key must be plugged in, and touched")
