"""The manifest: one set of files, one text, that `sha256sum -c` takes."""

import hashlib

import pytest

from signoff.errors import InvalidValueError, SchemaError
from signoff.schema.manifest import Difference, difference, load_manifest, make_manifest, path_fault

A, B = "a" * 64, "b" * 64


def test_lines_are_sorted_bytewise() -> None:
    content = make_manifest({"b": A, "B": B, "a/é": A, "a": B, "a-b": A})
    assert content.decode().split("\n") == [f"{B}  B", f"{B}  a", f"{A}  a-b", f"{A}  a/é", f"{A}  b", ""]


def test_a_manifest_is_known_by_the_digest_of_its_bytes() -> None:
    content = make_manifest({"a": A, "b/c": B})
    manifest = load_manifest(content)
    assert manifest.digest == hashlib.sha256(content).hexdigest()
    assert manifest.files == (("a", A), ("b/c", B))
    assert (manifest.find("b/c"), manifest.find("c")) == (B, None)


def test_a_version_without_files_has_no_manifest() -> None:
    with pytest.raises(InvalidValueError, match="no file to register"):
        make_manifest({})


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", ".", "a/../b", "./a", "a\\b", "a\nb", "a\x1bb", "a\x85", "\udcff", "e\u0301", "README.md",
     "SHA256SUMS", "evaluations/x.yaml"],
)  # fmt: skip
def test_paths_that_a_manifest_cannot_hold_are_all_named(path: str) -> None:
    assert path_fault(path)
    with pytest.raises(InvalidValueError) as refused:
        make_manifest({path: A, "..": B, "good": A})
    assert repr(path) in refused.value.message
    assert "'..'" in refused.value.message
    assert "good" not in refused.value.message


@pytest.mark.parametrize("path", ["a b", " a", "a*", "日本", "a:b", "-", "sub/README.md", "a\u00a0b"])
def test_any_other_path_stands_as_it_is(path: str) -> None:
    assert load_manifest(make_manifest({path: A})).files == ((path, A),)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (f"{A}  a".encode(), "does not end"),
        (f"{A} a\n".encode(), ":1: it is not"),
        (f"{A} *a\n".encode(), ":1: it is not"),
        (f"{A.upper()}  a\n".encode(), ":1: it is not"),
        (f"{A[1:]}  a\n".encode(), ":1: it is not"),
        (f"{A}  a\n\n".encode(), ":2: it is not"),
        (f"{A}  a\r\n".encode(), "control character"),
        (f"{A}  b\n{A}  a\n".encode(), ":2: the paths are not sorted"),
        (f"{A}  a\n{B}  a\n".encode(), ":2: the paths are not sorted"),
        (f"{A}  ../a\n".encode(), "'..'"),
        (f"{A}  README.md\n".encode(), "leaves that file out"),
        (f"{A}  ".encode() + b"\xff\n", "not UTF-8"),
    ],
)
def test_another_text_is_no_manifest(content: bytes, fault: str) -> None:
    with pytest.raises(SchemaError, match=fault):
        load_manifest(content)


def test_a_difference_names_what_is_missing_extra_and_changed() -> None:
    manifest = load_manifest(make_manifest({"a": A, "b": A, "c": A, "d": A}))
    found = difference(manifest, {"a": A, "b": B, "d": "", "x": A})
    assert found == Difference(missing=("c",), extra=("x",), changed=("b",))
    assert found


def test_equal_files_differ_in_nothing() -> None:
    assert not difference(load_manifest(make_manifest({"a": A})), {"a": A})
