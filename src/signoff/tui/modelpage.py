"""What there is to say of a model, for the pane beside the list.

The rule it keeps: pure; what model.yaml does not say is left out, and where it says nothing, words say so.
"""

from collections.abc import Iterator

from signoff.registry.serving import Pointer, pointers_of
from signoff.registry.snapshot import ModelView
from signoff.schema.meanings import MetricMeaning
from signoff.tui.columns import size_of, updated
from signoff.tui.pages import UNREAD_WORDS, Text, heading, labelled
from signoff.tui.pointers import reported_piece, stage_words
from signoff.tui.present import Piece, Pieces, count, fit, glyph
from signoff.tui.scene import Scene
from signoff.tui.waiting import short_person
from signoff.values.display import UNKNOWN, age, displayable_lines, long_size
from signoff.values.metrics import direction

MOST_PROBLEMS = 5
NOT_READ = "? as an index says: not verified here; enter reads it"
UNKNOWN_WAY = "nobody says"


def model_text(model: ModelView, scene: Scene) -> Text:
    """Return all about a model."""
    said = model.metadata
    lines: list[Pieces] = [((model.title, "strong"), (f"  {model.name}" if model.title != model.name else "", "dim"))]
    if model.source is not None and model.source.place:
        lines.append(((NOT_READ, "warn"),))
    lines += _problems(model)
    if said.description:
        lines += [(), ((" ".join(displayable_lines(said.description)), "plain"),)]
    if model.unread:
        versions = count(len(model.versions), "version") if model.versions else UNKNOWN
        return (*lines, (), labelled("versions", (versions, "plain")), (), ((UNREAD_WORDS, "dim"),))
    lines += [(), *_facts(model, scene)]
    lines += [*heading("Stages"), *_pointers(model, scene)]
    if said.metrics:
        lines += [*heading("Metrics", ("  which way is better, and the unit", "dim")), *_meanings(said.metrics)]
    return tuple(lines)


def _facts(model: ModelView, scene: Scene) -> Iterator[Pieces]:
    said = model.metadata
    drafts = model.totals.drafts
    more = f", {drafts:,} not registered" if drafts else ""
    yield labelled("versions", (f"{count(len(model.versions), 'version')}{more}", "plain"))
    yield labelled("size", (long_size(size_of(model)), "plain"))
    yield labelled("updated", (age(updated(model), now=scene.now), "plain"))
    waiting = scene.waiting.get(model.name, 0)
    if waiting:
        yield labelled("waiting", (f"{glyph('waiting')[0]} {waiting} for you: press i", "warn"))
    tags = ", ".join(name if text is None else f"{name}={text}" for name, text in (*said.tags, *model.history.tags))
    facts = {"owners": ", ".join(said.owners), "task": said.task or "", "tags": tags}
    facts["notes"] = "; ".join(" ".join(displayable_lines(text)) for _, text in model.history.notes)
    for label, text in facts.items():
        if text:
            yield labelled(label, (text, "plain"))
    if not (said.title or said.description or said.owners or said.metrics):
        yield (("model.yaml says nothing: press e to write it", "dim"),)


def _pointers(model: ModelView, scene: Scene) -> Iterator[Pieces]:
    found = [one for one in pointers_of(model.history, scene.stages) if one.version or one.environments]
    for one in found:
        yield _pointer_line(one, scene)
    if not found:
        yield (("no stage and no alias points at a version", "dim"),)


def _pointer_line(one: Pointer, scene: Scene) -> Pieces:
    reported: tuple[Piece, ...] = (("  ", "plain"), reported_piece(one)) if one.environments else ()
    since = f"  {age(one.since, now=scene.now)} by {short_person(one.person)}" if one.person else ""
    return (
        *labelled(stage_words(one), (one.version or "-", "good" if one.version else "dim")),
        (since, "dim"),
        *reported,
    )


def _meanings(metrics: tuple[MetricMeaning, ...]) -> Iterator[Pieces]:
    width = min(26, max(len(one.name) for one in metrics))
    for one in metrics:
        way = one.direction or direction(one.name) or UNKNOWN_WAY
        unit = f", {one.unit}" if one.unit else ""
        yield ((f"{fit(one.name, width)} ", "strong" if one.primary else "plain"), (f"{way}{unit}", "dim"))


def _problems(model: ModelView) -> Iterator[Pieces]:
    found = [one for one in model.problems if one.severity != "note"]
    broken = model.totals.broken
    for one in found[:MOST_PROBLEMS]:
        mark, tone = glyph(one.severity)
        yield ((f"{mark} ", tone), (one.what, "plain"))
        if one.hint:
            yield (("  ", "plain"), (one.hint, "dim"))
    if broken or len(found) > MOST_PROBLEMS:
        words = f"{count(broken, 'version')} {'has' if broken == 1 else 'have'} problems" if broken else "more problems"
        yield (("! ", "warn"), (f"{words}: press !", "plain"))
