"""Writes registry folders: YAML, model cards, files, and the digest a version will be registered under.

Rule kept here: text is UTF-8 with Unix line ends, keys stay in the order given, numbers are rounded where they are written.
SHA256SUMS itself is never written: registering a version does that.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import yaml

EXCLUDED = ("SHA256SUMS", "README.md")
Mapping = dict[str, Any]


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists, and no aliases: readers refuse them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's interface
        """Writes a shared value out each time."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indents the items of a list below their key."""
        super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's interface


def to_yaml(value: Mapping) -> str:
    """Returns a mapping as YAML text; small mappings on one line are left to PyYAML."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def write_yaml(path: Path, value: Mapping) -> None:
    """Writes a mapping as a YAML file."""
    write(path, to_yaml(value).encode())


def write(path: Path, content: bytes) -> None:
    """Writes a file and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_card(folder: Path, front_matter: Mapping, body: str) -> None:
    """Writes README.md: Hugging Face front matter, then Markdown."""
    write(folder / "README.md", f"---\n{to_yaml(front_matter)}---\n\n{body.strip()}\n".encode())


def empty(folder: Path) -> Path:
    """Removes what an earlier run wrote into a version folder and returns the folder."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def subject_digest(folder: Path) -> str:
    """Returns the sha256 that the version's SHA256SUMS will have: its subject digest once registered."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    listed = [path for path in paths if path not in EXCLUDED and not path.startswith("evaluations/")]
    lines = [
        f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path}\n"
        for path in sorted(listed, key=lambda path: path.encode())
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def table(header: list[str], rows: list[list[str]]) -> str:
    """Returns a Markdown table whose columns after the first are right-aligned."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *rows])
