"""Where a program leaves what it knows when a defect ends it.

The rule it keeps: the log is private, names no values of variables, and its place is told to the person.
"""

from signoff.errors import StorageError
from signoff.storage.state import state_folder, write_state


def note_crash(name: str, text: str) -> str:
    """Write a crash log and return its path, or why it could not be written."""
    place = f"crashes/{name}.log"
    try:
        write_state(place, text.encode(errors="backslashreplace"))
    except StorageError as error:
        return f"nowhere: {error}"
    return str(state_folder() / place)
