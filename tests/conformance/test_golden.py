"""What is written today is byte for byte what was written before."""

from functools import cache

import pytest

from conformance.golden import GOLDEN, compose_all
from signoff.records.record import parse_record, split_record
from signoff.records.statement import ACTIONS
from signoff.schema.manifest import load_manifest

NAMES = sorted({path.name for path in GOLDEN.iterdir()} - {"README.md"})


@cache
def composed() -> dict[str, bytes]:
    return compose_all()


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_are_as_they_were(name: str) -> None:
    assert composed()[name] == (GOLDEN / name).read_bytes()


def test_every_golden_file_is_composed() -> None:
    assert set(NAMES) == set(composed())


def test_every_action_has_its_golden_record() -> None:
    assert {name for name in NAMES if name.startswith("record-")} == {f"record-{action}.json" for action in ACTIONS}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_golden_record_reads_as_what_it_says(action: str) -> None:
    line = (GOLDEN / f"record-{action}.json").read_bytes()
    record = parse_record(line + b"armor\n")
    assert split_record(line + b"armor\n")[0] == line
    assert record.envelope.action == action
    assert record.fault == ""


def test_the_golden_manifest_reads_as_what_it_says() -> None:
    assert [path for path, _ in load_manifest((GOLDEN / "SHA256SUMS").read_bytes()).files] == [
        "B",
        "a b/\u00e9.txt",
        "weights.bin",
    ]
