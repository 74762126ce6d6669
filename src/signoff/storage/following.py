"""Finding the end of a numbered row of files, and what was added to it.

The rule it keeps: it asks for names only, and the row is taken to have no gaps: what is missing ends it.
"""

from collections.abc import Callable


def last_number(exists: Callable[[int], bool], *, at_least: int = 0) -> int:
    """Return the number of the last file of a row that begins at 1; 0 where there is none.

    Args:
        exists: Tells whether there is a file of this number.
        at_least: A number that is known to be there.
    """
    step = 1
    while exists(at_least + step):
        at_least += step
        step *= 2
    while step > 1:
        step //= 2
        if exists(at_least + step):
            at_least += step
    return at_least
