"""Where things are: few top-level entries, and names that say what a module is for."""

import re
from pathlib import Path

TOP_LEVEL = {"pyproject.toml", "README.md", "src", "tests", "sample_registry", "docs"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "service", "handler", "data", "misc"}


def test_top_level_entries_are_the_agreed_ones(tracked: tuple[Path, ...]) -> None:
    entries = {name.parts[0] for name in tracked if not name.parts[0].startswith(".")}
    assert entries - TOP_LEVEL == set()


def test_no_module_has_a_vague_name(root: Path) -> None:
    modules = [file.relative_to(root) for file in (root / "src/signoff").rglob("*.py")]
    assert modules
    assert [str(file) for file in modules if VAGUE & set(re.split(r"[/_.]", str(file)))] == []


def test_unit_tests_mirror_the_source(root: Path) -> None:
    """Each folder below tests/unit is a folder below src/signoff."""
    unit, source = root / "tests/unit", root / "src/signoff"
    folders = [folder.relative_to(unit) for folder in unit.rglob("*") if folder.is_dir() and any(folder.glob("*.py"))]
    assert [str(folder) for folder in folders if not (source / folder).is_dir()] == []
