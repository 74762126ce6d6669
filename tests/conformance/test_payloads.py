"""What we sign is what others read and what stock tools sign: rfc8785, in-toto-attestation and ssh-keygen are asked."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rfc8785
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from agents import run
from conformance.real_registry import Founded, founded, need_every_action, records_of, tell_story
from signoff.schema.canonical import canonical, parse_canonical

LARGEST_OF_RFC8785 = 2**53 - 1
BY_HAND = "head -n1 {0} | ssh-keygen -Y verify -f .signoff/allowed_signers -I {1} -n {2} -s <(tail -n +2 {0})"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-LARGEST_OF_RFC8785, LARGEST_OF_RFC8785) | TEXTS
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=25)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    with founded(tmp_path_factory.mktemp("made")) as registry:
        tell_story(registry)
        need_every_action(registry.root)
        yield registry


@pytest.fixture(scope="module")
def chained(made: Founded) -> list[Path]:
    """Return every record of the registry, of all three kinds of chains."""
    return records_of(made.root) + sorted((made.root / ".signoff").glob("*/*.rec"))


def line_of(path: Path) -> bytes:
    return path.read_bytes().partition(b"\n")[0]


def said_in(path: Path) -> dict[str, str]:
    said: dict[str, str] = json.loads(line_of(path))["predicate"]
    return said


def test_every_payload_is_written_as_rfc_8785_says(chained: list[Path]) -> None:
    for path in chained:
        assert rfc8785.dumps(json.loads(line_of(path))) == line_of(path), path
    assert len(chained) == 22 + 2 + 2


@given(VALUES)
def test_canonical_json_is_that_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # (its type is recursive)


@given(st.dictionaries(KEYS, VALUES))
def test_what_is_canonical_reads_back_as_it_was(value: dict[str, object]) -> None:
    assert parse_canonical(rfc8785.dumps(value)) == value  # type: ignore[arg-type]


def test_every_payload_is_an_in_toto_statement(chained: list[Path]) -> None:
    for path in chained:
        parsed = json_format.Parse(line_of(path), statement_pb2.Statement())
        statement = Statement.copy_from_pb(parsed)
        statement.validate()
        assert json.loads(json_format.MessageToJson(parsed)) == json.loads(line_of(path)), path


@pytest.mark.parametrize("who", ["ana", "cy"])
def test_a_record_is_byte_for_byte_what_ssh_keygen_would_have_made(made: Founded, who: str) -> None:
    own = [path for path in records_of(made.root) if said_in(path)["author"] == who]
    for path in own:
        line = line_of(path) + b"\n"
        command = ["ssh-keygen", "-Y", "sign", "-q", "-n", "signoff-record-v1", "-f", str(made.keys[who])]
        assert path.read_bytes() == line + run(*command, stdin=line)
    assert len(own) > 4


def by_hand(made: Founded, path: Path, who: str, namespace: str) -> bool:
    """Return whether the command of the format page accepts a record, run in the registry."""
    command = BY_HAND.format(path.relative_to(made.root), who, namespace)
    return subprocess.run(["bash", "-c", command], cwd=made.root, capture_output=True, check=False).returncode == 0


def test_ssh_keygen_accepts_every_record_with_the_generated_allowed_signers(made: Founded) -> None:
    for path in records_of(made.root):
        assert by_hand(made, path, said_in(path)["author"], "signoff-record-v1"), path


def test_ssh_keygen_accepts_every_checkpoint_with_the_generated_allowed_signers(made: Founded) -> None:
    for path in sorted((made.root / ".signoff/checkpoints").glob("*.rec")):
        assert by_hand(made, path, said_in(path)["author"], "signoff-checkpoint-v1"), path


def test_ssh_keygen_takes_a_record_for_nobody_elses_and_nothing_else(made: Founded) -> None:
    path = records_of(made.root)[0]
    assert said_in(path)["author"] == "ana"
    assert not by_hand(made, path, "ben", "signoff-record-v1")
    assert not by_hand(made, path, "ana", "signoff-checkpoint-v1")
    assert not by_hand(made, path, "ana", "signoff-trust-v1")
