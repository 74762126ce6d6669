"""What is wrong with a registry, as a value.

The rule it keeps: whatever cannot be read or used is one of these at its place, never an exception and never left out.
"""

from typing import Literal

import msgspec

Severity = Literal["alarm", "fault", "note"]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong, where, and what to do.

    Attributes:
        place: A path below the registry, a reference or a chain.
        what: What is wrong, in one line.
        hint: What to do next, or "".
        severity: alarm: nothing may be decided on it; fault: something cannot be read or used; note: worth knowing.
    """

    place: str
    what: str
    hint: str = ""
    severity: Severity = "fault"
