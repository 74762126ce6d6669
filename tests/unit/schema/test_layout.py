"""Where everything stands: format.md's section 2, path by path."""

import pytest

from signoff.schema import layout

SHA = "a" * 64


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (layout.model_folder("risk/fraud"), "models/risk/fraud"),
        (layout.record_path("models/fraud", 7), "models/fraud/log/00000007.rec"),
        (layout.record_path("trust", 1), ".signoff/trust/00000001.rec"),
        (layout.record_path("checkpoints", 12), ".signoff/checkpoints/00000012.rec"),
        (layout.version_folder("fraud", "7"), "models/fraud/versions/7"),
        (layout.version_file("fraud", "7", "SHA256SUMS"), "models/fraud/versions/7/SHA256SUMS"),
        (layout.card_path("fraud", SHA), f"models/fraud/cards/{SHA}.md"),
        (layout.heads_path(SHA), f".signoff/checkpoints/{SHA}.heads"),
        (layout.proposal_folder(SHA), f".signoff/proposals/{SHA}"),
        (layout.proposal_signature(SHA, "SHA256:a/b+c"), f".signoff/proposals/{SHA}/a_b+c.sig"),
    ],
)
def test_everything_has_its_place(path: str, expected: str) -> None:
    assert path == expected


def test_a_models_chain_names_its_model() -> None:
    assert layout.model_of_chain(layout.model_chain("risk/fraud")) == "risk/fraud"
    assert layout.model_of_chain("trust") == ""


@pytest.mark.parametrize(
    ("name", "slot"),
    [("00000001.rec", 1), ("99999999.rec", 99_999_999), ("00000000.rec", 0), ("1.rec", 0), ("00000001.rec~", 0),
     ("00000001.REC", 0), ("000000001.rec", 0), ("\u0660" * 7 + "\u0661.rec", 0), ("README", 0)],
)  # fmt: skip
def test_only_eight_ascii_digits_are_a_slot(name: str, slot: int) -> None:
    assert layout.slot_of(name) == slot


@pytest.mark.parametrize(
    ("name", "records"),
    [("00000001-00000256.pack", (1, 256)), ("00001025-00002048.pack", (1025, 2048)), ("00004097-00008192.pack", (4097, 8192)),
     ("00000257-00001280.pack", None), ("00000001-00001000.pack", None), ("00000000-00000255.pack", None),
     ("1-256.pack", None), ("00000001-00000256.PACK", None), ("\u0660" * 7 + "\u0661-00000256.pack", None)],
)  # fmt: skip
def test_a_pack_begins_behind_a_multiple_of_its_size(name: str, records: tuple[int, int] | None) -> None:
    assert layout.pack_of(name) == records
    assert records is None or layout.pack_path("models/fraud", *records) == f"models/fraud/packs/{name}"


@pytest.mark.parametrize(
    ("path", "belongs"),
    [("weights.onnx", True), ("version.yaml", True), ("sub/README.md", True), ("sub/evaluations/a.yaml", True),
     ("sub/SHA256SUMS", True), ("evaluations", True), ("README.md", False), ("SHA256SUMS", False),
     ("evaluations/safety.yaml", False)],
)  # fmt: skip
def test_the_exclusions_of_a_manifest_are_top_level_only(path: str, belongs: bool) -> None:
    assert layout.in_manifest(path) is belongs


@pytest.mark.parametrize(
    ("names", "slots"),
    [
        (["00000001.rec"], True),
        (["00000003.rec", "00000007.rec"], True),
        ([], False),
        (["00000000.rec", "00000001.rec"], False),
        (["00000001.rec", "00000002.rec.bak"], False),
        (["00000001.rec", "notes"], False),
        (["00000001.rec\n00000002.rec"], False),
        (["00000001.rec", "00000002.rec\n"], False),
        (["\u0660" * 7 + "\u0661.rec"], False),
    ],
)
def test_thousands_of_names_are_slots_where_each_of_them_is(names: list[str], slots: bool) -> None:
    assert layout.are_slots(names) is slots
    assert slots is (names != [] and all(layout.slot_of(name) for name in names))
