"""`python -m signoff` and the `signoff` command."""

import gc

SELDOM = 50_000
"""A cold start makes some 40,000 objects and drops none of them: looking for garbage after every 700 costs a tenth."""


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(SELDOM)
    from signoff.cli.lightly import import_lightly  # noqa: PLC0415  (before anything that imports click or msgspec)

    import_lightly()
    from signoff.cli.main import run  # noqa: PLC0415  (the front end is the first thing that costs time)

    code = run()
    gc.freeze()  # the interpreter's end looks for garbage several times, among all objects: a sixth of a cold command
    raise SystemExit(code)


if __name__ == "__main__":
    main()
