"""A pack splits into exactly the records that were joined, or is none."""

import pytest

from builders import World
from longlogs import put_comments
from signoff.errors import VerificationError
from signoff.records.pack import split_pack
from signoff.records.sshsig import FOOTER, HEADER
from signoff.schema import layout

LINE = b"{}\n"
RECORD = LINE + HEADER + b"eA==\n" + FOOTER


def test_what_was_joined_is_split_again() -> None:
    world = World()
    put_comments(world, 5)
    files = tuple(world.get(layout.record_path("models/fraud", seq)) for seq in range(1, 6))
    records = world.log().records
    assert tuple(map(records.content_at, range(5))) == files
    assert split_pack(b"".join(files), count=5) == files


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "exactly 2 records"),
        (RECORD, "exactly 2 records"),
        (RECORD * 3, "exactly 2 records"),
        (RECORD * 2 + b"\n", "exactly 2 records"),
        (RECORD * 2 + LINE, "exactly 2 records"),
        (FOOTER * 2, "record 1 of it"),
        (RECORD + LINE + FOOTER, "record 2 of it"),
        (RECORD + HEADER + FOOTER, "record 2 of it"),
        (RECORD + LINE + LINE + HEADER + FOOTER, "record 2 of it"),
        (RECORD + b"{" + b" " * layout.LARGEST_RECORD + b"}\n" + HEADER + FOOTER, "record 2 of it"),
    ],
)
def test_anything_else_is_no_pack(content: bytes, why: str) -> None:
    with pytest.raises(VerificationError, match=why):
        split_pack(content, count=2)
