"""`python -m signoff` and the `signoff` command."""


def main() -> None:
    """Run the command line and exit with its code."""
    from signoff.cli.main import run  # noqa: PLC0415  (the front end is the first thing that costs time)

    raise SystemExit(run())


if __name__ == "__main__":
    main()
