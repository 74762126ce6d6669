"""`python -m signoff` and the `signoff` command."""

import gc
import os
import sys
from contextlib import suppress
from typing import Never

SELDOM = 50_000
"""A cold start makes some 40,000 objects and drops none of them: looking for garbage after every 700 costs a tenth."""


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(SELDOM)
    from signoff.cli.lightly import import_lightly  # noqa: PLC0415  (before anything that imports click or msgspec)

    import_lightly()
    from signoff.cli.main import run  # noqa: PLC0415  (the front end is the first thing that costs time)

    leave(run())


def leave(code: int) -> Never:
    """End this process: what a command does is done, and to take the interpreter apart costs a twentieth of a cold one."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # nobody reads any more, or ever did
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
