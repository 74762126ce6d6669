"""Metrics beside those of a reference: tables, differences, intervals.

The rule it keeps: pure; numbers line up; a difference says better or worse by the metric's own direction; unknown is
`-`; what cannot be compared says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from signoff.policy.compare import Better
from signoff.registry.rows import headline_metrics
from signoff.registry.snapshot import ModelView, VersionView
from signoff.tui.present import Piece, Pieces, Tone, aligned, fit
from signoff.tui.scene import Pair, Scene, paired
from signoff.values.display import UNKNOWN
from signoff.values.metrics import Metric

Text = tuple[Pieces, ...]
MOST_PAIRS = 8
BETTER: dict[Better | None, tuple[str, Tone]] = {
    "better": ("better", "good"),
    "worse": ("worse", "bad"),
    "same": ("same", "dim"),
    None: ("", "plain"),
}


def metric_name(metric: Metric) -> str:
    """Return a metric's name, with its unit where that says something."""
    unit = metric.unit or ""
    return metric.name if unit in {"", "fraction", "ratio"} or metric.text.endswith(unit) else f"{metric.name} {unit}"


def metric_value(metric: Metric | None) -> str:
    """Return a value as written."""
    return UNKNOWN if metric is None else metric.text


def delta_text(delta: Decimal | None) -> str:
    """Return a difference with its sign, without needless digits."""
    return UNKNOWN if delta is None else f"{delta:+f}" if delta else "0"


def pair_lines(pairs: Sequence[Pair], *, against: str, title: str, name_width: int) -> Iterator[Pieces]:
    """Yield a table of values beside those of a reference, whose version name is `against` ("" where none is)."""
    names = [metric_name(one.metric) for one in pairs]
    this = aligned([metric_value(one.this) for one in pairs])
    other = aligned([metric_value(one.other) for one in pairs])
    deltas = aligned([delta_text(one.delta) for one in pairs])
    widths = [max(len(head), *map(len, column)) for head, column in (("this", this), (against, other), ("Δ", deltas))]
    name_width = min(name_width, max(len(title), *map(len, names)))
    head = [fit("this", widths[0], right=True), fit(against, widths[1], right=True), fit("Δ", widths[2], right=True)]
    yield ()
    columns = head if against else head[:1]
    yield ((fit(title, name_width), "strong"), *((f"  {text}", "dim") for text in columns))
    for at, one in enumerate(pairs):
        line: list[Piece] = [(fit(names[at], name_width), "plain"), (f"  {fit(this[at], widths[0])}", "plain")]
        if against:
            words, tone = BETTER[one.better]
            line += [(f"  {fit(other[at], widths[1])}", "dim"), (f"  {fit(deltas[at], widths[2])}", tone)]
            line += [(f"  {words}", tone)] if words else _not_comparable(one)
        yield tuple(line)


def _not_comparable(pair: Pair) -> Iterable[Piece]:
    both = pair.this is not None and pair.other is not None
    return [("  not comparable", "dim")] if both and pair.delta is None else []


def metrics_text(view: VersionView, scene: Scene) -> Text:
    """Return every metric, by what it was measured on, beside the reference's."""
    model, reference = scene.snapshot.find_model(view.model), scene.reference(view)
    pairs = paired(view, reference, model)
    if not pairs:
        return ((("no metrics: neither version.yaml nor an evaluation that counts has any", "dim"),),)
    against = (f"beside {reference.ref}, " if reference else "nothing to compare with: no version holds ") + scene.top
    lines: list[Pieces] = [((against, "dim"),)]
    groups: dict[str, list[Pair]] = {}
    for one in pairs:
        groups.setdefault(_measured_on(one.metric), []).append(one)
    for group, members in groups.items():
        lines += pair_lines(members, against=reference.version if reference else "", title=group, name_width=34)
        lines += _intervals(members)
    return tuple(lines)


def _measured_on(metric: Metric) -> str:
    place = " ".join(part for part in (metric.dataset, metric.revision, metric.split) if part)
    group = ", ".join(f"{key}={value}" for key, value in metric.slice)
    return " · ".join(part for part in (place, group) if part) or "measured on: nobody says"


def _intervals(pairs: Iterable[Pair]) -> Iterator[Pieces]:
    for one in pairs:
        metric = one.this
        if metric is not None and metric.low is not None and metric.high is not None:
            level = f"{metric.level * 100:.0f} % interval" if metric.level is not None else "interval"
            yield ((f"  {metric.name}: {level} {metric.low} to {metric.high}", "dim"),)


def short_table(view: VersionView, scene: Scene, model: ModelView | None) -> Iterator[Pieces]:
    """Yield the most important metrics beside the reference's."""
    reference = scene.reference(view)
    pairs = [one for one in paired(view, reference, model) if not one.metric.slice]
    if not pairs:
        yield ()
        yield (("Metrics", "strong"),)
        yield (("none are written down" if scene.snapshot.complete else "reading …", "dim"),)
        return
    first = headline_metrics(model) if model else ()
    pairs.sort(key=lambda one: first.index(one.metric.name) if one.metric.name in first else len(first))
    shown = pairs[:MOST_PAIRS]
    yield from pair_lines(shown, against=reference.version if reference else "", title="Metrics", name_width=18)
    if len(pairs) > len(shown):
        yield ((f"{len(pairs) - len(shown)} more: enter, then 2", "dim"),)
