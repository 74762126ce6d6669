"""What the pull dialog says: what would be delivered, how far it is, how it ended.

The rule it keeps: pure; sizes and counts carry their unit; what no stage approved says so.
"""

from signoff.errors import RefusedError, SignoffError
from signoff.registry.pulling import Pulled
from signoff.tui.pages import Text, heading, labelled
from signoff.tui.present import Pieces, count
from signoff.tui.tasks import Outcome, Task
from signoff.values.display import long_size, short_digest

MOST_FILES = 200


class Delivered(Outcome, frozen=True, kw_only=True):
    """A delivery that ended well."""

    pulled: Pulled


def plan_text(pulled: Pulled) -> Text:
    """Return what would be delivered."""
    plan = pulled.pull
    lines: list[Pieces] = [
        labelled("Model", (plan.model, "strong"), ("   version ", "dim"), (plan.version, "strong")),
        labelled("Digest", (short_digest(plan.digest), "plain"), ("  every byte is checked against it", "dim")),
        labelled("Files", (f"{count(pulled.files, 'file')}, {long_size(pulled.size)}", "plain")),
        *((("! ", "warn"), (warning, "plain")) for warning in plan.warnings),
        *heading("Files"),
        *((("", "plain"), (path, "plain")) for path, _ in plan.files[:MOST_FILES]),
    ]
    if len(plan.files) > MOST_FILES:
        lines.append(((f"… and {len(plan.files) - MOST_FILES:,} more", "dim"),))
    return tuple(lines)


def unplanned_text(error: SignoffError, ref: str) -> Text:
    """Return why nothing is delivered."""
    lines: list[Pieces] = [((f"Cannot pull {ref}", "bad"),), ()]
    reasons = error.reasons if isinstance(error, RefusedError) else (error.message,)
    lines += [(("✗ ", "bad"), (reason, "plain")) for reason in reasons]
    lines += [((part, "dim"),) for part in error.hint.split("; ") if part]
    return tuple(lines)


def progress_text(ref: str, task: Task) -> Text:
    """Return how far a delivery is."""
    share = f" ({min(100, task.bytes * 100 // task.total)} %)" if task.total else ""
    return (
        ((f"pulling {ref}", "strong"),),
        (),
        (
            ("delivered and checked: ", "plain"),
            (f"{long_size(task.bytes)} of {long_size(task.total)}{share}", "strong"),
        ),
        (("the folder is complete or untouched; w shows all tasks", "dim"),),
    )


def pulled_text(pulled: Pulled) -> Text:
    """Return what was delivered."""
    plan = pulled.pull
    return (
        (("√ ", "good"), (f"delivered: {plan.model}:{plan.version}", "strong")),
        (),
        labelled("Folder", (pulled.path, "plain")),
        labelled("Files", (f"{count(pulled.files, 'file')}, {long_size(pulled.size)}", "plain")),
        labelled("Digest", (plan.digest, "plain")),
        *((("! ", "warn"), (warning, "plain")) for warning in plan.warnings),
    )
