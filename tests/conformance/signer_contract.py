"""What every way of signing must do: subclass it, and give a `signer` fixture."""

import pytest

from signoff.records.sshsig import parse_armor, split_armors, verify
from signoff.signing.base import Signer

NAMESPACE = "signoff-record-v1"


class SignerContract:
    """Tests that every `Signer` passes, with a key that asks nobody for anything."""

    def test_it_says_whose_signature_it_will_be(self, signer: Signer) -> None:
        assert parse_armor(signer.sign(b"x\n", namespace=NAMESPACE)).key == signer.identity.key

    @pytest.mark.parametrize("message", [b"", b"\n", b'{"a":1}\n', bytes(range(256)) * 300], ids=len)
    def test_its_signature_is_true_of_the_message_and_of_nothing_else(self, signer: Signer, message: bytes) -> None:
        signature = parse_armor(signer.sign(message, namespace=NAMESPACE))
        verify(signature, message, namespace=NAMESPACE)
        with pytest.raises(Exception, match="did not sign these bytes"):
            verify(signature, message + b"\0", namespace=NAMESPACE)

    @pytest.mark.parametrize("namespace", ["signoff-record-v1", "signoff-trust-v1", "signoff-checkpoint-v1"])
    def test_it_signs_in_the_namespace_that_was_asked_for(self, signer: Signer, namespace: str) -> None:
        assert parse_armor(signer.sign(b"x\n", namespace=namespace)).namespace == namespace

    def test_it_gives_one_canonical_armor(self, signer: Signer) -> None:
        armored = signer.sign(b"x\n", namespace=NAMESPACE)
        assert split_armors(armored, most=1) == (armored,)

    def test_it_signs_again(self, signer: Signer) -> None:
        for message in (b"first\n", b"second\n", b"first\n"):
            verify(parse_armor(signer.sign(message, namespace=NAMESPACE)), message, namespace=NAMESPACE)

    def test_a_plain_key_needs_no_touch_unless_a_person_signs(self, signer: Signer) -> None:
        assert signer.needs_touch is self.asks_a_person

    asks_a_person = False
