"""The index: what lists show of a whole registry, up to an entry of the journal, in one file. A hint, and nothing more.

The rule it keeps: it is gzip over one JSON document, and neither may be larger than a cap, however little of it is
stored; whatever cannot be read whole says nothing.
"""

import zlib
from datetime import datetime

import msgspec

from signoff.errors import SchemaError
from signoff.schema import layout

FORM = 1
GZIP = 16 + zlib.MAX_WBITS
LEVEL = 6


class IndexFile(msgspec.Struct, frozen=True, kw_only=True):
    """What an index says.

    Attributes:
        form: What its models look like: whoever knows another form leaves it alone.
        registry: The registry's id.
        trust: The id of the trust record by whose rules its lines were made.
        journal: The entry of the journal up to which it goes; 0 where there was none.
        moment: When it was written, by its writer's clock.
        models: Each model's lines, in the order of their names.
    """

    form: int
    registry: str
    trust: str
    journal: int
    moment: datetime
    models: tuple[msgspec.Raw, ...]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(IndexFile).decode


def dump_index(said: IndexFile) -> bytes:
    """Return the bytes of an index's file; the same index gives the same bytes.

    Raises:
        SchemaError: It would be larger than an index may be.
    """
    whole = _encode(said)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    content = packer.compress(whole) + packer.flush()
    if len(whole) > layout.LARGEST_UNPACKED_INDEX or len(content) > layout.LARGEST_INDEX:
        message = f"an index of {len(said.models)} models would have {len(whole)} bytes, which is too many"
        raise SchemaError(message)
    return content


def load_index(content: bytes, *, registry: str, journal: int) -> IndexFile:
    """Return what an index says.

    Args:
        content: Its bytes.
        registry: The id of the registry where it stands.
        journal: Up to which entry its name says that it goes.

    Raises:
        SchemaError: It cannot be read, is of another form or registry, or its name says otherwise.
    """
    try:
        said = _decode(_unpacked(content))
    except (zlib.error, msgspec.DecodeError, ValueError, RecursionError) as error:
        message = f"it is no index: {error}"
        raise SchemaError(message) from error
    if said.form != FORM:
        message = f"it is an index of form {said.form}; this program knows form {FORM}"
        raise SchemaError(message)
    if said.registry != registry:
        message = "it is an index of another registry"
        raise SchemaError(message)
    if said.journal != journal:
        message = f"its name and its content disagree: {journal} and {said.journal}"
        raise SchemaError(message)
    return said


def _unpacked(content: bytes) -> bytes:
    """Return what was packed, but never more than an index may be."""
    unpacker = zlib.decompressobj(GZIP)
    whole = unpacker.decompress(content, layout.LARGEST_UNPACKED_INDEX)
    if not unpacker.eof:
        message = "it ends early, or is larger than an index may be"
        raise ValueError(message)
    return whole
