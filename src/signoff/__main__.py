"""`python -m signoff` and the `signoff` command."""

import gc
import sys
from importlib import import_module

SELDOM = 50_000
"""A cold start makes some 40,000 objects and drops none of them: looking for garbage after every 700 costs a tenth."""


def import_lightly() -> None:
    """Import msgspec as where typing_extensions is not installed: it takes of it what `typing` has since Python 3.11.

    To import typing_extensions would cost a third of what a cold list may.
    """
    unneeded = "typing_extensions"
    if unneeded in sys.modules:
        return
    sys.modules[unneeded] = None  # type: ignore[assignment]  # (that is how to say that a module is not there)
    try:
        import_module("msgspec")
    except ImportError:
        return  # a later msgspec needs it: whoever imports msgspec next gets both
    finally:
        del sys.modules[unneeded]


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(SELDOM)
    import_lightly()
    from signoff.cli.main import run  # noqa: PLC0415  (the front end is the first thing that costs time)

    code = run()
    gc.freeze()  # the interpreter's end looks for garbage several times, among all objects: a sixth of a cold command
    raise SystemExit(code)


if __name__ == "__main__":
    main()
