"""Prints the table of all goals once the benchmarks are done."""

from benchmarks.goals import print_all


def pytest_terminal_summary() -> None:
    """Print what was collected."""
    print_all()
