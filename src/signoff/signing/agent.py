"""Signing through an ssh-agent: the local one, or one forwarded by ssh (draft-ietf-sshm-ssh-agent).

The rule it keeps: an agent is somebody else's program. What it says is bounded, read to the last byte, and a signature
that it gives is verified before anyone sees it.
"""

import socket
from collections.abc import Mapping

import msgspec

from signoff.errors import InvalidValueError, SigningError
from signoff.records.keys import PublicKey, parse_key_blob
from signoff.records.sshsig import armor, compose, signed_bytes
from signoff.records.wire import need_end, read_bytes, read_number, write_bytes
from signoff.signing.base import Identity, need_true

FAILURES = (5, 30, 102)
"""The draft's own, and two of older agents."""
REQUEST_IDENTITIES = 11
IDENTITIES_ANSWER = 12
SIGN_REQUEST = 13
SIGN_RESPONSE = 14
RSA_SHA2_512 = 4
LONGEST_ANSWER = 256 * 1024
MOST_IDENTITIES = 2048
LIST_SECONDS = 15.0
SIGN_SECONDS = 180.0
"""An agent may ask a person to confirm, to type a PIN or to touch a key, perhaps at the other end of an ssh session."""

NO_AGENT, EMPTY_AGENT = "no ssh-agent", "empty ssh-agent"
START_HINT = "start one: eval $(ssh-agent) && ssh-add; or log in with ssh -A; or sign with a key file"


class AgentSigner(msgspec.Struct, frozen=True):
    """Has an agent sign with one of the keys it holds."""

    identity: Identity
    socket_path: str

    @property
    def needs_touch(self) -> bool:
        """Return whether the key is a FIDO key; an agent does not tell about keys that it asks to confirm."""
        return self.identity.key.is_hardware

    def sign(self, message: bytes, *, namespace: str) -> bytes:
        """Ask the agent for a signature and verify it.

        Raises:
            SigningError: There is no agent, it refuses, or what it gives is not what was asked for.
        """
        key = self.identity.key
        flags = RSA_SHA2_512 if key.kind == "ssh-rsa" else 0
        signed = signed_bytes(message, namespace=namespace, hash_name="sha512")
        request = bytes([SIGN_REQUEST]) + write_bytes(key.blob, signed) + flags.to_bytes(4, "big")
        answer = _ask(self.socket_path, request, seconds=SIGN_SECONDS)
        if answer[0] in FAILURES:
            raise _refusal(self.identity, self.socket_path)
        signature = _read_signature(self.socket_path, answer)
        armored = armor(compose(key, namespace=namespace, hash_name="sha512", signature=signature))
        return need_true(armored, self.identity, message, namespace=namespace, by=_named(self.socket_path))


def agent_socket(environ: Mapping[str, str]) -> str:
    """Return where the agent listens.

    Raises:
        SigningError: `SSH_AUTH_SOCK` is not set.
    """
    path = environ.get("SSH_AUTH_SOCK", "")
    if not path:
        message = "there is no ssh-agent: SSH_AUTH_SOCK is not set"
        raise SigningError(message, hint=START_HINT, short=NO_AGENT)
    return path


def list_identities(socket_path: str) -> tuple[Identity, ...]:
    """Return the keys that an agent holds and that may sign here, in its order; certificates are left out.

    Raises:
        SigningError: Nobody answers there, the answer is none, or it holds no key that may sign.
    """
    answer = _ask(socket_path, bytes([REQUEST_IDENTITIES]), seconds=LIST_SECONDS)
    if answer[0] in FAILURES:
        message = f"{_named(socket_path)} refused to list its keys"
        raise SigningError(message, hint="unlock it: ssh-add -X; or ask it yourself: ssh-add -l", short="agent locked")
    try:
        listed = _read_identities(answer)
    except InvalidValueError as error:
        raise _nonsense(socket_path, str(error)) from error
    usable = tuple(
        Identity(key=key, comment=comment.decode(errors="replace"), source="agent", path=socket_path)
        for key, comment in ((_usable_key(blob), comment) for blob, comment in listed)
        if key is not None
    )
    if usable:
        return usable
    if listed:
        message = f"{_named(socket_path)} holds {len(listed)} keys, none of a kind that may sign here"
        raise SigningError(message, hint="add one: ssh-keygen -t ed25519, then ssh-add", short=EMPTY_AGENT)
    message = f"{_named(socket_path)} holds no keys, or it is locked"
    hint = "add one with ssh-add ~/.ssh/id_ed25519, or unlock the agent with ssh-add -X"
    raise SigningError(message, hint=hint, short=EMPTY_AGENT)


def _usable_key(blob: bytes) -> PublicKey | None:
    try:
        return parse_key_blob(blob)
    except InvalidValueError:
        return None


def _read_identities(answer: bytes) -> tuple[tuple[bytes, bytes], ...]:
    if answer[0] != IDENTITIES_ANSWER:
        message = f"message {answer[0]} where the list of keys, {IDENTITIES_ANSWER}, was due"
        raise InvalidValueError(message)
    count, at = read_number(answer, 1)
    if count > MOST_IDENTITIES:
        message = f"{count} keys, more than {MOST_IDENTITIES}"
        raise InvalidValueError(message)
    listed = []
    for _ in range(count):
        blob, at = read_bytes(answer, at)
        comment, at = read_bytes(answer, at)
        listed.append((blob, comment))
    need_end(answer, at)
    return tuple(listed)


def _read_signature(socket_path: str, answer: bytes) -> bytes:
    try:
        if answer[0] != SIGN_RESPONSE:
            message = f"message {answer[0]} where a signature, {SIGN_RESPONSE}, was due"
            raise InvalidValueError(message)
        signature, at = read_bytes(answer, 1)
        need_end(answer, at)
    except InvalidValueError as error:
        raise _nonsense(socket_path, str(error)) from error
    return signature


def _ask(socket_path: str, request: bytes, *, seconds: float) -> bytes:
    """Send one message on a new connection and return the answer, at least its type."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(socket_path)
        except OSError as error:
            raise _unreachable(socket_path, error) from error
        try:
            connection.sendall(write_bytes(request))
            length = int.from_bytes(_receive(connection, 4), "big")
            if not 0 < length <= LONGEST_ANSWER:
                raise _nonsense(socket_path, f"an answer of {length} bytes")
            return _receive(connection, length)
        except TimeoutError as error:
            message = f"{_named(socket_path)} did not answer within {seconds:g} seconds"
            hint = "was a confirmation, a PIN or a touch asked for elsewhere?"
            raise SigningError(message, hint=hint, short="agent silent") from error
        except OSError as error:
            message = f"{_named(socket_path)} hung up: {error}"
            raise SigningError(message, hint=START_HINT, short="agent hung up") from error


def _receive(connection: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            message = f"it ended after {len(received)} of {length} bytes"
            raise ConnectionResetError(message)
        received += part
    return received


def _named(socket_path: str) -> str:
    return f"the ssh-agent at {socket_path!r}"


def _unreachable(socket_path: str, error: OSError) -> SigningError:
    match error:
        case FileNotFoundError():
            message = f"there is no ssh-agent: SSH_AUTH_SOCK names {socket_path!r}, which does not exist"
        case ConnectionRefusedError():
            message = f"there is no ssh-agent: nobody listens at {socket_path!r}; it has ended"
        case PermissionError():
            message = f"{_named(socket_path)} belongs to somebody else: permission denied"
        case _:
            message = f"{_named(socket_path)} cannot be reached: {error}"
    return SigningError(message, hint=START_HINT, short=NO_AGENT)


def _nonsense(socket_path: str, what: str) -> SigningError:
    message = f"{_named(socket_path)} does not speak the agent's protocol: {what}"
    return SigningError(
        message, hint="is SSH_AUTH_SOCK really an ssh-agent's socket? ssh-add -l asks the same", short=NO_AGENT
    )


def _refusal(identity: Identity, socket_path: str) -> SigningError:
    """Say everything that a bare "failure" can mean: the protocol gives no reason."""
    message = f"{_named(socket_path)} refused to sign with {identity.key.fingerprint} ({identity.comment})"
    reasons = [
        "added with ssh-add -c, it asks to confirm: say yes, and where there is no ssh-askpass add it again without -c",
        "added with ssh-add -h, it signs for those hosts only: add it again without -h",
        "a locked agent signs nothing: ssh-add -X; a key that was removed or ran out: ssh-add",
        "or sign with the key file, or elsewhere and paste the signature",
    ]
    if identity.key.is_hardware:
        reasons.insert(0, "a FIDO key must be plugged in, and touched in time")
    return SigningError(message, hint="; ".join(reasons), short="agent refused")
