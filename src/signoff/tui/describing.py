"""All about a version or a model as one text, as `signoff show` tells it.

The rule it keeps: pure; it says what the screens say, in their words.
"""

from collections.abc import Iterator, Sequence

import msgspec

from signoff.policy.checks import Finding
from signoff.registry.details import Ancestry, Evidence, FileLine
from signoff.registry.rows import deployments_of
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.ancestors import lineage_text
from signoff.tui.columns import standing_piece
from signoff.tui.contents import files_text
from signoff.tui.evidence import evidence_text
from signoff.tui.measures import metrics_text
from signoff.tui.pages import Text, heading, history_text, labelled, overview_text
from signoff.tui.present import Pieces, count, fit, glyph, state
from signoff.tui.scene import Scene
from signoff.values.display import age, displayable_lines


class Described(msgspec.Struct, frozen=True):
    """What a text about a version needs beside its view."""

    findings: tuple[Finding, ...]
    evidence: Evidence
    files: tuple[FileLine, ...]
    ancestry: Ancestry


def version_text(view: VersionView, scene: Scene, found: Described) -> Text:
    """Return all about a version."""
    parts: dict[str, Text] = {
        "Metrics": metrics_text(view, scene),
        "Evidence": evidence_text(view, scene, found.evidence),
        "Files": files_text(view, found.files),
        "Lineage": lineage_text(view, scene, found.ancestry)[1:],
        "Deployments": tuple(_deployments(view, scene)),
        "History": history_text(view, scene),
    }
    lines = list(overview_text(view, scene, found.findings))
    for title, text in parts.items():
        lines += [*_chapter(title), *text]
    return tuple(lines)


def _chapter(title: str) -> Text:
    return ((), ((f"── {title} ──", "accent"),))


def _deployments(view: VersionView, scene: Scene) -> Iterator[Pieces]:
    model = scene.snapshot.find_model(view.model)
    found = deployments_of(view, model) if model else ()
    if not found:
        yield (("no deployer reported it anywhere", "dim"),)
    for one in found:
        words, tone = state(one.status)
        where = f"  {one.endpoint}" if one.endpoint else ""
        yield (
            (fit(one.environment, 16), "strong"),
            (words, tone),
            (where, "plain"),
            (f"  {one.person}, {age(one.moment, now=scene.now)}", "dim"),
        )


def model_text(model: ModelView, scene: Scene) -> Text:
    """Return all about a model."""
    said = model.metadata
    lines: list[Pieces] = [((model.title, "strong"), (f"  {count(len(model.versions), 'version')}", "dim"))]
    for problem in model.problems:
        mark, tone = glyph(problem.severity)
        lines += [((f"{mark} {problem.what}", tone),), ((f"  {problem.hint}", "dim"),)]
    lines.append(())
    facts = {
        "name": model.name,
        "owners": ", ".join(said.owners),
        "task": said.task or "",
        "tags": ", ".join(name if text is None else f"{name}={text}" for name, text in said.tags),
        "links": ", ".join(f"{link.title}: {link.url}" if link.title else link.url for link in said.links),
        "aliases": ", ".join(f"{name} → {one.version}" for name, one in model.history.aliases.items()),
        "description": " ".join(displayable_lines(said.description or "")),
    }
    lines += [labelled(label, (text, "plain")) for label, text in facts.items() if text]
    lines += [*heading("Stages"), *_stages(model, scene)]
    lines += [*heading("What its metrics mean"), *_meanings(model)]
    lines += [*heading("Versions"), *_versions(model.versions, scene)]
    for note in reversed(model.history.comments):
        lines += [*heading(note.person, (f"  {age(note.moment, now=scene.now)}", "dim"))]
        lines += [((f"“{line}”", "plain"),) for line in displayable_lines(note.comment)]
    return tuple(lines)


def _stages(model: ModelView, scene: Scene) -> Iterator[Pieces]:
    for stage in dict.fromkeys((*scene.stages, *model.stages)):
        found = model.stages.get(stage)
        if found is None:
            yield labelled(stage, ("points at nothing", "dim"))
            continue
        how = found.how.replace("_", "-")
        yield labelled(
            stage, (found.version, "strong"), (f"  {how} by {found.person}, {age(found.moment, now=scene.now)}", "dim")
        )


def _meanings(model: ModelView) -> Iterator[Pieces]:
    if not model.metadata.metrics:
        yield (("model.yaml does not say", "dim"),)
    for one in model.metadata.metrics:
        words = [f"{one.direction} is better" if one.direction else "direction unknown", one.unit or ""]
        words.append("looked at first" if one.primary else "")
        yield (("  ", "plain"), (f"{fit(one.name, 34)}  ", "plain"), (", ".join(word for word in words if word), "dim"))


def _versions(versions: Sequence[VersionView], scene: Scene) -> Iterator[Pieces]:
    if not versions:
        yield (("none", "dim"),)
    for view in reversed(versions):
        yield (
            ("  ", "plain"),
            (fit(view.version, 16), "strong"),
            standing_piece(view, scene),
            (f"  {age(view.moment, now=scene.now)}", "dim"),
        )
