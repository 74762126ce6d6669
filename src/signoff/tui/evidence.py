"""The evidence for a version: evaluations that count, files that do not, what people decided and said.

The rule it keeps: pure; what nobody signed is never shown as if it counted.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from signoff.policy.history import Decision, Evaluated, VersionState
from signoff.registry.details import EvaluationLine, Evidence, UnsignedEvaluation
from signoff.registry.views import VersionView
from signoff.schema.cards import Evaluation
from signoff.schema.parts import DatasetRef
from signoff.schema.scalars import Value, text_of
from signoff.tui.measures import metric_name, metric_value
from signoff.tui.pages import Text, heading
from signoff.tui.present import Piece, Pieces, count, fit, glyph, state
from signoff.tui.scene import Scene
from signoff.values.display import age, aligned, displayable, displayable_lines, short_digest
from signoff.values.metrics import Metric

INDENT = "    "
LABEL = 12
OUTCOME, KIND = 15, 12
NAME = 34
PLACE = re.compile(r"\[\d+\]")


def evidence_text(view: VersionView, scene: Scene, evidence: Evidence | None) -> Text:
    """Return the evidence; None: it is still being read."""
    lines: list[Pieces] = []
    if view.state is None:
        lines += [((f"{view.ref} is not registered: nothing can be signed about it yet", "warn"),), ()]
    lines += _evaluations(view, scene, evidence)
    if view.state is not None:
        lines += _decisions(view, view.state, scene)
        lines += _comments(view.state, scene)
    return tuple(lines)


def _evaluations(view: VersionView, scene: Scene, evidence: Evidence | None) -> Iterator[Pieces]:
    if evidence is None:
        yield (("reading the evaluations …", "dim"),)
        return
    yield (("Evaluations that count", "strong"), (f"  {len(evidence.signed)}", "dim"))
    if not evidence.signed:
        yield (("none: nobody signed an evaluation of this version", "dim"),)
    for line in evidence.signed:
        yield from _signed(line, _signed_at(view, line.said, scene), scene)
    if evidence.unsigned:
        yield from heading("Evaluation files that nobody signed", ("  they count for nothing", "dim"))
    for file in evidence.unsigned:
        yield from _unsigned(file, view)


def _signed_at(view: VersionView, said: Evaluated, scene: Scene) -> datetime | None:
    model = scene.snapshot.find_model(view.model)
    entry = model.history.find_record(said.record) if model else None
    return entry.record.moment if entry else None


def _signed(line: EvaluationLine, moment: datetime | None, scene: Scene) -> Iterator[Pieces]:
    said = line.said
    mark, tone = state(said.outcome)
    yield ()
    yield ((fit(mark, OUTCOME), tone), (fit(said.kind, KIND), "strong"), (said.name, "plain"))
    yield _labelled("signed by", f"{said.person}, {age(moment, now=scene.now)}")
    yield _labelled("digest", short_digest(said.digest))
    if line.content is None:
        yield ((INDENT, "plain"), ("! its file is missing, or is not the one that was signed", "bad"))
    else:
        yield from _content(line.content)


def _unsigned(file: UnsignedEvaluation, view: VersionView) -> Iterator[Pieces]:
    said = file.content
    yield ()
    yield (
        (fit(f"{glyph('unregistered')[0]} not signed", OUTCOME), "dim"),
        (fit((said.kind if said else None) or "", KIND), "dim"),
        (file.name, "plain"),
    )
    if file.fault:
        yield ((INDENT, "plain"), (f"! {file.fault}", "warn"))
    if said is not None:
        yield _labelled("says", said.outcome or "no outcome")
        yield from _content(said)
    if view.state is not None:
        yield ((INDENT, "plain"), (f"to have it count: signoff evaluate {view.ref} FILE", "dim"))


def _labelled(label: str, text: str) -> Pieces:
    return ((INDENT, "plain"), (fit(label, LABEL), "dim"), (text, "plain"))


def _content(said: Evaluation) -> Iterator[Pieces]:
    for label, text in _facts(said):
        for number, line in enumerate(displayable_lines(text)):
            yield _labelled("" if number else label, line)
    yield from _metrics(said)
    for fault in said.faults:
        yield ((INDENT, "plain"), (f"! set aside: {fault}", "warn"))


def _facts(said: Evaluation) -> Iterator[tuple[str, str]]:
    suite, dataset = said.suite, said.dataset
    facts = {
        "name": said.name or "",
        "suite": " ".join(part for part in (suite.name, suite.version) if part) if suite else "",
        "evaluator": said.evaluator or "",
        "date": said.date or "",
        "data": _place(dataset) if dataset else "",
        "raters": _any(said.raters),
        "protocol": _any(said.protocol),
        "agreement": _any(said.agreement),
        "notes": said.notes or "",
        "links": ", ".join(f"{link.title}: {link.url}" if link.title else link.url for link in said.links),
    }
    facts |= {key: _any(value) for key, value in said.extra if "[" not in key}
    facts["other"] = "; ".join(f"{key} {', '.join(values)}" for key, values in _listed(said.extra).items())
    yield from ((label, text) for label, text in facts.items() if text)


def _listed(extra: Iterable[tuple[str, Value]]) -> dict[str, list[str]]:
    """Return what stands in lists, the values of one key together: `metrics.seed` for each `metrics[3].seed`."""
    listed: dict[str, list[str]] = {}
    for key, value in extra:
        if "[" in key:
            listed.setdefault(PLACE.sub("", key), []).append(_any(value))
    return listed


def _any(value: Value) -> str:
    match value:
        case None:
            return ""
        case dict():
            return ", ".join(f"{key}: {_any(item)}" for key, item in value.items())
        case list():
            return ", ".join(_any(item) for item in value)
        case _:
            return text_of(value)


def _metrics(said: Evaluation) -> Iterator[Pieces]:
    """Yield what was measured: how much, on how many, and on what where that is not the evaluation's own data."""
    metrics, own = said.metrics, _place(said.dataset) if said.dataset else ""
    names = [displayable(metric_name(one)) for one in metrics]
    width = min(NAME, max(map(len, names), default=0))
    values = aligned([displayable(metric_value(one)) for one in metrics])
    counts = _counts(metrics)
    for name, value, number, one in zip(names, values, counts, metrics, strict=True):
        place = _place(one)
        group = ", ".join(f"{key}={text}" for key, text in one.slice)
        yield (
            (INDENT, "plain"),
            (fit(name, width), "plain"),
            (f"  {value}", "strong"),
            (number, "plain"),
            (f"  {' · '.join(part for part in ('' if place == own else place, group) if part)}", "dim"),
        )


def _counts(metrics: Sequence[Metric]) -> list[str]:
    """Return on how many each metric was measured, as `n 63`, of one width; nothing where none says it."""
    texts = ["" if one.count is None else f"{one.count}" for one in metrics]
    width = max(map(len, texts), default=0)
    return [f"  n {text:>{width}}" if text else " " * (width + 4) * bool(width) for text in texts]


def _place(data: Metric | DatasetRef) -> str:
    name = data.dataset if isinstance(data, Metric) else data.name
    return " ".join(part for part in (name, data.revision, data.split) if part)


def _decisions(view: VersionView, found: VersionState, scene: Scene) -> Iterator[Pieces]:
    yield from heading("Approvals and rejections", (f"  {len(found.decisions)}", "dim"))
    if not found.decisions:
        yield (("nobody approved or rejected it", "dim"),)
    stale = {one.record: why for ask in view.asks for one, why in ask.standing.stale}
    counted = {one.record for ask in view.asks for one in ask.standing.counted}
    for one in reversed(found.decisions):
        yield from _decision(one, scene, why=stale.get(one.record, ""), counts=one.record in counted)


def _decision(one: Decision, scene: Scene, *, why: str, counts: bool) -> Iterator[Pieces]:
    word, (mark, tone) = ("approved", glyph("met")) if one.approves else ("rejected", glyph("rejected"))
    if why or (one.approves and not counts):
        mark, tone = glyph("Stale")
    touched = " · touched" if one.touched else ""
    yield (
        (fit(f"{mark} {word}", OUTCOME), tone),
        (fit(one.stage, KIND), "plain"),
        (one.person, "strong"),
        (f"  {age(one.moment, now=scene.now)}{touched}", "dim"),
    )
    for line in _quoted(one.comment):
        yield ((INDENT, "plain"), (f"“{line}”", "plain"))
    if why:
        yield ((INDENT, "plain"), (f"does not count now: {why}", "warn"))
    elif one.approves and not counts:
        yield (
            (INDENT, "plain"),
            ("does not count now: a later decision took its place, or no rule asks for it", "warn"),
        )


def _comments(found: VersionState, scene: Scene) -> Iterator[Pieces]:
    if not found.comments:
        return
    yield from heading("Comments", (f"  {count(len(found.comments), 'comment')}", "dim"))
    for one in reversed(found.comments):
        head: Piece = (one.person, "strong")
        yield (head, (f"  {age(one.moment, now=scene.now)}", "dim"))
        for line in _quoted(one.comment):
            yield ((INDENT, "plain"), (f"“{line}”", "plain"))


def _quoted(comment: str) -> Iterable[str]:
    return displayable_lines(comment) if comment else ()
