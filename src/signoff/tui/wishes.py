"""What the terminal UI finds wrong in this user's settings: keys, theme, columns, saved filters.

The rule it keeps: pure; what is wrong is told with the nearest name and left out, and nothing else changes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from signoff.policy.query import QueryError, parse_query
from signoff.registry.settings import Fault, Settings
from signoff.tui.columnnames import wished_fault
from signoff.tui.keymap import faults_of
from signoff.tui.palettes import find_theme, no_theme

ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def wish_faults(settings: Settings) -> Iterator[Fault]:
    """Yield what is wrong with settings that are well formed."""
    if settings.theme and find_theme(settings.theme) is None:
        yield Fault(setting="theme", what=no_theme(settings.theme))
    for command_id, words in dict(faults_of(settings.keymap)).items():
        yield Fault(setting="keymap", key=command_id, what=words)
    for name in settings.columns:
        words = wished_fault(name)
        if words:
            yield Fault(setting="columns", key=name, what=words)
    for name, query in settings.views.items():
        try:
            parse_query(query, now=ANY_TIME)
        except QueryError as error:
            yield Fault(setting="views", key=name, what=f"{query!r}: {error}", hint=error.hint)


def told(settings: Settings) -> str:
    """Return what is wrong in one line, or ""."""
    faults = [fault.what for fault in wish_faults(settings)]
    more = f" (and {len(faults) - 1} more: signoff config check)" if len(faults) > 1 else ""
    return f"configuration: {faults[0]}{more}" if faults else ""
