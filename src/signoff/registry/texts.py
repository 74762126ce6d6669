"""The text files of a registry as they are written, and how a record is verified without signoff.

The rule it keeps: what is returned is what the file holds now, byte for byte where it is UTF-8; nothing is parsed.
"""

import hashlib
import shlex
from pathlib import PurePosixPath

import msgspec

from signoff.errors import NotFoundError
from signoff.records.record import LogRecord, join_record
from signoff.records.statement import RECORD_NAMESPACE
from signoff.registry.registry import Registry
from signoff.schema import layout


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """A text file.

    Attributes:
        path: Where it is, below the registry.
        digest: The sha256 of its bytes.
        text: What it holds; what is no UTF-8 stands as U+FFFD.
    """

    path: str
    digest: str
    text: str


def metadata_writing(registry: Registry, model: str, version: str = "") -> Writing:
    """Return a version's version.yaml, or the model.yaml of a model.

    Raises:
        NotFoundError: There is none.
        StorageError: It cannot be read.
    """
    path = (
        layout.version_file(model, version, layout.VERSION_FILE)
        if version
        else f"{layout.model_folder(model)}/{layout.MODEL_FILE}"
    )
    hint = "write one before it is registered" if version else "e writes one"
    return _read(registry, path, most=layout.LARGEST_METADATA, hint=hint)


def card_writing(registry: Registry, model: str, version: str) -> Writing:
    """Return a version's model card; raises as `metadata_writing` does."""
    path = layout.version_file(model, version, layout.CARD_FILE)
    return _read(registry, path, most=layout.LARGEST_CARD, hint="e writes one")


def _read(registry: Registry, path: str, *, most: int, hint: str = "") -> Writing:
    try:
        content = registry.reader.storage.read(path, most=most)
    except NotFoundError as error:
        message = f"there is no {PurePosixPath(path).name} at {path}"
        raise NotFoundError(message, hint=hint) from error
    return Writing(path=path, digest=hashlib.sha256(content).hexdigest(), text=content.decode(errors="replace"))


def record_writing(record: LogRecord) -> Writing:
    """Return the file of a model's record."""
    content = join_record(record.line, [record.armor])
    path = layout.record_path(record.envelope.chain, record.seq)
    return Writing(path=path, digest=hashlib.sha256(content).hexdigest(), text=content.decode(errors="replace"))


def by_hand(record: LogRecord) -> str:
    """Return the command that verifies a record's signature with stock tools, run in the registry's folder by bash."""
    file = shlex.quote(layout.record_path(record.envelope.chain, record.seq))
    who = shlex.quote(record.author)
    return (
        f"head -n1 {file} | ssh-keygen -Y verify -f {layout.ALLOWED_SIGNERS} -I {who} -n {RECORD_NAMESPACE}"
        f" -s <(tail -n +2 {file})"
    )


def folder_of(url: str, model: str, version: str = "") -> str:
    """Return where a model or a version is, as a path or URL."""
    below = layout.version_folder(model, version) if version else layout.model_folder(model)
    return f"{url.rstrip('/')}/{below}"
