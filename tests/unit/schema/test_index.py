"""An index says what it was made of, or nothing."""

import zlib
from datetime import UTC, datetime

import msgspec
import pytest

from signoff.errors import SchemaError
from signoff.schema import layout
from signoff.schema.index import FORM, IndexFile, dump_index, load_index

SAID = IndexFile(
    form=FORM,
    registry="a" * 64,
    trust="b" * 64,
    journal=40,
    moment=datetime(2026, 11, 1, tzinfo=UTC),
    models=(msgspec.Raw(b'["fraud"]'),),
)


def test_it_is_gzip_over_json_and_reads_back() -> None:
    content = dump_index(SAID)
    assert content == dump_index(SAID), "the same index is the same bytes"
    assert msgspec.json.decode(zlib.decompress(content, 31))["models"] == [["fraud"]]
    assert load_index(content, registry="a" * 64, journal=40) == SAID


@pytest.mark.parametrize(("registry", "journal"), [("c" * 64, 40), ("a" * 64, 41)])
def test_one_of_another_place_is_none(registry: str, journal: int) -> None:
    with pytest.raises(SchemaError):
        load_index(dump_index(SAID), registry=registry, journal=journal)


def test_no_more_is_unpacked_than_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    content = dump_index(SAID)
    monkeypatch.setattr(layout, "LARGEST_UNPACKED_INDEX", 50)
    with pytest.raises(SchemaError, match="larger than an index may be"):
        load_index(content, registry="a" * 64, journal=40)
    with pytest.raises(SchemaError, match="too many"):
        dump_index(SAID)


def test_names_say_how_far_an_index_goes() -> None:
    assert layout.index_path(40) == ".signoff/index/0000000000000040.json.gz"
    assert layout.index_of("0000000000000040.json.gz") == 40
    assert layout.index_of("0000000000000040.json") is layout.index_of("x.json.gz") is None
    assert layout.journal_entry_of("0000000000000040.json") == 40
    assert layout.journal_entry_of("0000000000000040.json.gz") == 0
    assert layout.model_of_record("models/a/b/log/00000001.rec") == "a/b"
    assert layout.model_of_record("models/a/versions/1/version.yaml") == layout.model_of_record(".signoff/x") == ""
