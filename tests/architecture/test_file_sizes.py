"""A file is one idea: it can be read at one sitting."""

from pathlib import Path

MOST_LINES = 299
MOST_APP_LINES = 150


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_source_files_stay_under_300_lines(root: Path) -> None:
    sizes = {str(file.relative_to(root)): lines(file) for file in (root / "src").rglob("*.py")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


def test_the_app_class_only_wires(root: Path) -> None:
    assert lines(root / "src/signoff/tui/app.py") <= MOST_APP_LINES
