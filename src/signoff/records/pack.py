"""A pack: the bytes of consecutive records of one log, one after another, and nothing else.

The rule it keeps: a record ends with its signature's last line, which no line of JSON can hold; what does not split
into exactly as many records as wanted, each a line and one armor, is no pack.
"""

from signoff.errors import VerificationError
from signoff.records.sshsig import FOOTER, HEADER
from signoff.schema import layout


def split_pack(content: bytes, *, count: int) -> tuple[bytes, ...]:
    """Return the bytes of the records that a pack holds; none of them is verified here.

    Raises:
        VerificationError: It is not `count` records and nothing else.
    """
    parts = content.split(FOOTER, count)
    if len(parts) != count + 1 or parts.pop():
        message = f"it does not hold exactly {count} records"
        raise VerificationError(message)
    records = tuple([part + FOOTER for part in parts])
    for number, record in enumerate(records, start=1):
        line = record.find(b"\n") + 1
        if not record.startswith(HEADER, line) or not line or len(record) > layout.LARGEST_RECORD:
            message = f"record {number} of it is not a line of JSON followed by a signature"
            raise VerificationError(message)
    return records
