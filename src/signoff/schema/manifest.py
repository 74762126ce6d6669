"""The manifest of a version, `SHA256SUMS`: GNU format, so that `sha256sum -c` checks it.

The rule it keeps: one set of files has one text. Lines are `<64 hex><two spaces><path>`, sorted bytewise by path.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

import msgspec

from signoff.errors import InvalidValueError, SchemaError
from signoff.schema import layout

LEFT_OUT = "the manifest leaves that file out"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a version.

    Attributes:
        files: (path below the version's folder, sha256 in hex), sorted bytewise by path; at least one.
        digest: The sha256 of the manifest's bytes: what a version's sign-offs are about.
    """

    files: tuple[tuple[str, str], ...]
    digest: str

    def find(self, path: str) -> str | None:
        """Return the sha256 of a file, or None where the manifest has no such file."""
        return next((digest for name, digest in self.files if name == path), None)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How the files that are there differ from a manifest."""

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any difference."""
        return bool(self.missing or self.extra or self.changed)


def path_fault(path: str) -> str:
    """Return why a path cannot stand in a manifest, or ""."""
    if any(part in {"", ".", ".."} for part in path.split("/")):
        return "it has an empty, '.' or '..' part"
    if path.isascii() and path.isprintable() and "\\" not in path:
        return "" if layout.in_manifest(path) else LEFT_OUT  # the checks below would find nothing
    if "\\" in path or any(unicodedata.category(character) in {"Cc", "Cs"} for character in path):
        return "it has a backslash, a control character or bytes that are not UTF-8"
    if unicodedata.normalize("NFC", path) != path:
        return "it is not in Unicode's NFC form"
    return "" if layout.in_manifest(path) else LEFT_OUT


def make_manifest(files: Mapping[str, str]) -> bytes:
    """Return the bytes of the manifest of these files (path to sha256).

    Raises:
        InvalidValueError: There is no file, or a path that a manifest cannot hold; all are named.
    """
    if not files:
        message = "there is no file to register"
        raise InvalidValueError(message, hint="a version needs at least one file besides README.md and evaluations/")
    faults = [f"{path!r}: {fault}" for path in sorted(files) if (fault := path_fault(path))]
    if faults:
        message = f"file names that a manifest cannot hold: {'; '.join(faults)}"
        raise InvalidValueError(message, hint="rename these files")
    ordered = sorted(files.items(), key=lambda item: item[0].encode())
    return "".join(f"{digest}  {path}\n" for path, digest in ordered).encode()


def load_manifest(content: bytes, *, file: str = layout.MANIFEST_FILE) -> Manifest:
    """Return the manifest that the bytes are.

    Raises:
        SchemaError: A line is not in the form, a path is not allowed, or the lines are not sorted; with its line.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        message = "it is not UTF-8"
        raise SchemaError(message, file=file) from None
    if not text.endswith("\n"):
        message = "it is empty, or its last line does not end"
        raise SchemaError(message, file=file)
    files: list[tuple[str, str]] = []
    last = b""
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        found = LINE.fullmatch(line)
        fault = path_fault(found[2]) if found else "it is not '<64 hex>  <path>'"
        if not found or fault:
            raise SchemaError(fault, file=file, line=number)
        if found[2].encode() <= last:
            message = "the paths are not sorted bytewise, or one stands twice"
            raise SchemaError(message, file=file, line=number)
        last = found[2].encode()
        files.append((found[2], found[1]))
    return Manifest(files=tuple(files), digest=hashlib.sha256(content).hexdigest())


def difference(manifest: Manifest, found: Mapping[str, str]) -> Difference:
    """Compare a manifest with the files that are there.

    Args:
        manifest: What should be there.
        found: Path to sha256; "" where only the presence of the file is known.
    """
    wanted = dict(manifest.files)
    return Difference(
        missing=tuple(path for path in wanted if path not in found),
        extra=tuple(path for path in sorted(found) if path not in wanted),
        changed=tuple(path for path, digest in wanted.items() if found.get(path) not in {None, "", digest}),
    )
