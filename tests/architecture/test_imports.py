"""Imports only point down, and each contract would notice a violation."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"

# One violation of each contract: the contract, the module it is planted in, what is planted.
PLANTED = {
    "layers: imports only point down": ("values/planted.py", "import signoff.schema"),
    "no cycles": ("registry/planted.py", "import signoff.registry.planted_too"),
    "the core is pure": ("policy/planted.py", "import os"),
    "textual only in tui": ("storage/planted.py", "import textual.app"),
    "rich only in tui and cli.output": ("cli/planted.py", "from rich.table import Table"),
    "click only in cli": ("signing/planted.py", "import click"),
    "yaml and json only in schema.text": ("schema/planted.py", "import yaml"),
    "fsspec and watchdog only in storage": ("interop/planted.py", "import fsspec"),
    "front ends do not go around the registry": ("tui/planted.py", "import signoff.signing"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package `signoff` in `folder`, which must hold the contracts as well."""
    # A program of its own, so that a copy in `folder` hides the installed package.
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); {LINT}"
    command = [sys.executable, "-I", "-c", code, "--no-cache", "--no-logo", "--config", "pyproject.toml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def contracts(root: Path) -> set[str]:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def planted_copy(root: Path, folder: Path) -> Path:
    """Copy the package, and plant every violation in it."""
    shutil.copy(root / "pyproject.toml", folder)
    package = folder / "signoff"
    shutil.copytree(root / "src/signoff", package, ignore=shutil.ignore_patterns("__pycache__"))
    for place, line in PLANTED.values():
        (package / place).write_text(f"{line}\n", encoding="utf-8")
    (package / "registry/planted_too.py").write_text("import signoff.registry.planted\n", encoding="utf-8")
    return folder


def test_all_import_contracts_are_kept(root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "pyproject.toml", tmp_path)
    (tmp_path / "signoff").symlink_to(root / "src/signoff")
    done = lint_imports(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" KEPT") == len(contracts(root))


def test_every_contract_notices_a_planted_violation(root: Path, tmp_path: Path) -> None:
    done = lint_imports(planted_copy(root, tmp_path))
    assert done.returncode == 1, done.stderr
    broken = {name for name in contracts(root) if f"{name} BROKEN" in done.stdout}
    assert broken == contracts(root) == set(PLANTED)


def test_the_command_line_imports_the_tui_in_one_place_and_lazily(root: Path) -> None:
    places = [
        (file.name, isinstance(scope, ast.Module))
        for file in (root / "src/signoff/cli").rglob("*.py")
        for scope in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for node in ast.iter_child_nodes(scope)
        if isinstance(node, ast.ImportFrom | ast.Import) and "signoff.tui" in ast.unparse(node)
    ]
    assert [at_import for _, at_import in places] == [False], places
