"""Runs the command line on a registry in a real terminal: what it is, is said by the arguments."""

import sys

from signoff.cli.main import run

if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
