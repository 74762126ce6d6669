"""The pages hold together: links lead somewhere, and the references name everything there is."""

import hashlib
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from signoff.records.statement import ACTIONS
from signoff.schema.rules import EvaluationRule, MetricRule, RoleLine, StageRule
from signoff.tui.commands import COMMANDS, Command, label_of

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
OUTSIDE = ("https://", "http://", "mailto:")
SCRIPT = re.compile(r"^```bash\n(#!/usr/bin/env bash\n.*?)^```", re.MULTILINE | re.DOTALL)
RULE_KEYS = sorted(
    {key for rule in (StageRule, RoleLine, EvaluationRule, MetricRule) for key in rule.__struct_fields__} - {"unknown"}
)


def pages(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and most renderers make them."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def broken(page: Path, target: str, root: Path) -> bool:
    path, _, anchor = unquote(target).partition("#")
    aim = (page.parent / path).resolve() if path else page
    if not aim.exists() or not aim.is_relative_to(root):
        return True
    return bool(anchor) and anchor not in anchors(aim)


def broken_links(page: Path, root: Path) -> list[str]:
    targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return [target for target in targets if not target.startswith(OUTSIDE) and broken(page, target, root)]


def test_every_link_inside_the_docs_leads_somewhere(root: Path) -> None:
    faults = {str(page.relative_to(root)): broken_links(page, root) for page in pages(root)}
    assert len(faults) > 1
    assert {page: links for page, links in faults.items() if links} == {}


def test_a_broken_link_and_a_broken_anchor_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `two`\n[a](#one-two) [b](#three) [c](gone.md) [d](page.md#one-two) [e](https://x.y)\n")
    assert broken_links(page, tmp_path) == ["#three", "gone.md"]


@pytest.mark.parametrize("action", ACTIONS)
def test_the_records_reference_describes_every_action(action: str, root: Path) -> None:
    assert f"`{action}`" in (root / "docs/reference/records.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", RULE_KEYS)
def test_the_rules_reference_describes_every_key(key: str, root: Path) -> None:
    assert f"`{key}`" in (root / "docs/reference/rules.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_the_keys_reference_describes_every_command(command: Command, root: Path) -> None:
    rows = [line for line in (root / "docs/reference/keys.md").read_text(encoding="utf-8").splitlines() if "|" in line]
    assert any(f"`{command.id}`" in row and f"`{label_of(command)}`" in row for row in rows)


def test_every_page_can_be_reached_from_the_readme(root: Path) -> None:
    seen: set[Path] = set()
    waiting = [root / "README.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        targets = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        aims = {
            (page.parent / target.partition("#")[0]).resolve() for target in targets if not target.startswith(OUTSIDE)
        }
        waiting += [aim for aim in aims - seen if aim.suffix == ".md" and aim.is_file()]
    assert {str(page.relative_to(root)) for page in pages(root)} - {
        str(page.relative_to(root)) for page in seen
    } == set()


def verify_by_hand(root: Path, registry: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script of the page on verifying by hand."""
    found = SCRIPT.search((root / "docs/how-to/verify-by-hand.md").read_text(encoding="utf-8"))
    assert found
    script = folder / "by-hand.sh"
    script.write_text(found[1], encoding="utf-8")
    first = (registry / ".signoff/trust/00000001.rec").read_bytes()
    registry_id = hashlib.sha256(first[: first.index(b"\n") + 1]).hexdigest()
    command = ["bash", str(script), str(registry), registry_id]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_for_verifying_by_hand_accepts_the_sample(root: Path, tmp_path: Path) -> None:
    done = verify_by_hand(root, root / "sample_registry", tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.search(r"^[0-9a-f]{64}  \d+ models/", done.stdout, re.MULTILINE)
