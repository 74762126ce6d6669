"""The pages hold together: links lead somewhere, and the references name everything there is."""

import re
from pathlib import Path

import pytest

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
OUTSIDE = ("https://", "http://", "mailto:")
# The format page's section 4 and section 6.
ACTIONS = (
    *("register", "evaluate", "request", "approve", "reject", "promote", "rollback", "alias", "deploy", "annotate"),
    *("deprecate", "restore", "revoke", "purge", "withdraw", "comment", "break_glass", "review"),
)
RULE_KEYS = (
    *("after", "approvals", "approvers", "also", "promoters", "rollback", "break_glass", "separation", "touch"),
    *("expires_days", "bind_card", "base_same_stage", "max_checkpoint_age_days", "formats", "fields", "evaluations"),
    *("metrics", "role", "kind", "outcome", "independent", "name", "dataset", "min", "max", "no_worse_than"),
    *("tolerance", "slice_by", "max_gap", "direction"),
)


def pages(root: Path) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and most renderers make them."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def broken(page: Path, target: str, root: Path) -> bool:
    path, _, anchor = target.partition("#")
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
