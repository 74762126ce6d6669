"""What is said once a record was written.

The rule it keeps: pure; whoever wrote it learns where it stands and how it is taken back, here and elsewhere.
"""

from collections.abc import Mapping

from signoff.registry.asks import Written
from signoff.registry.signers import in_words
from signoff.registry.takingback import back_words
from signoff.tui.asking import SHORT_ID
from signoff.tui.commands import BY_ID
from signoff.tui.keymap import label_under
from signoff.tui.pages import Text, labelled
from signoff.tui.present import Pieces

NO_KEYMAP: Mapping[str, str] = {}


def written_text(written: Written, keymap: Mapping[str, str] = NO_KEYMAP) -> Text:
    """Return what was written, where, and how to take it back: with which key here, and in a shell."""
    prepared, back = written.prepared, back_words(written)
    lines: list[Pieces] = [
        (("√ ", "good"), (f"signed and written: {prepared.ask.words}", "strong")),
        (),
        labelled("Record", (f"{written.seq} of {written.chain}", "plain"), (f"  {written.id[:SHORT_ID]}…", "dim")),
        labelled("File", (written.path, "plain")),
        labelled("Signed by", (prepared.person, "plain"), (f"  {in_words(prepared.identity)}", "dim")),
    ]
    lead = "take it back with: "
    if back:
        said = "Take back" if back.startswith(lead) else "Note"
        command = BY_ID.get(back.removeprefix(lead).split()[1]) if said == "Take back" else None
        here: Pieces = ((label_under(command, keymap), "accent"), (" here, or: ", "dim")) if command else ()
        lines.append(labelled(said, *here, (back.removeprefix(lead), "plain")))
    return tuple(lines)
