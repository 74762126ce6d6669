"""A record as it is: what it says, the signed line, the armor, and how to verify it without signoff.

The rule it keeps: pure; the signed line is shown byte for byte, as far as a terminal may have it.
"""

import msgspec

from signoff.policy.entries import Entry
from signoff.registry.texts import by_hand, record_writing
from signoff.tui.highlight import json_line
from signoff.tui.pages import Text, entry_lines, heading
from signoff.tui.present import Pieces
from signoff.values.display import displayable, displayable_lines


def record_text(entry: Entry) -> Text:
    """Return all of a record."""
    record, writing = entry.record, record_writing(entry.record)
    lines: list[Pieces] = [
        *entry_lines(entry),
        (),
        (("record  ", "dim"), (record.id, "plain")),
        (("file    ", "dim"), (writing.path, "plain")),
        *heading("To verify it by hand", ("  in the registry's folder, with bash and ssh-keygen", "dim")),
        ((by_hand(record), "plain"),),
        *heading("What it says", ("  line 1, laid out", "dim")),
        *(json_line(line) for line in displayable_lines(_laid_out(record.line))),
        *heading("Line 1", ("  as it was signed", "dim")),
        ((displayable(record.line.decode(errors="replace").removesuffix("\n")), "plain"),),
        *heading("Signature", ("  as ssh-keygen printed it", "dim")),
        *(((line, "dim"),) for line in displayable_lines(record.armor.decode(errors="replace"))),
    ]
    return tuple(lines)


def _laid_out(line: bytes) -> str:
    return msgspec.json.format(line, indent=2).decode(errors="replace")
