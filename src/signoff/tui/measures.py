"""Metrics beside those of a reference: tables, differences, groups, intervals.

The rule it keeps: pure; numbers line up; a difference says better or worse by the metric's own direction; unknown is
`-`; what cannot be compared says so; where room gets short a column goes whole, and a word becomes a sign explained below.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from signoff.policy.compare import Better
from signoff.registry.rows import headline_metrics
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.bars import bar_lines, gap, gap_text, interval, interval_scale, slice_keys, slice_label
from signoff.tui.present import Piece, Pieces, Tone, cells, clip_middle, fit, shown, width_of
from signoff.tui.scene import Pair, Scene, paired
from signoff.values.display import UNKNOWN, aligned
from signoff.values.metrics import Metric

Text = tuple[Pieces, ...]
MOST_PAIRS = 8
PANE_WIDTH, PAGE_WIDTH = 47, 78
LEAST_NAME, MOST_NAME, MOST_VALUE = 16, 48, 20
INTERVAL_CELLS, NAME_CELLS = 32, 26
BETTER: dict[Better | None, tuple[str, Tone]] = {
    "better": ("better", "good"),
    "worse": ("worse", "bad"),
    "same": ("same", "dim"),
    None: ("", "plain"),
}
NOT_COMPARABLE = "not comparable"
SIGNS = {"better": "▲", "worse": "▼", "same": "=", NOT_COMPARABLE: "≠", "": " "}
FORMS = ((True, True), (True, False), (False, True), (False, False))
"""Whether the other's value is shown, and whether words are: the first form that has room is taken."""


def metric_name(metric: Metric) -> str:
    """Return a metric's name, with its unit where that says something."""
    unit = metric.unit or ""
    bare = unit in {"", "fraction", "ratio"} or metric.text.endswith(unit)
    return shown(metric.name if bare else f"{metric.name} {unit}")


def clipped_name(metric: Metric, width: int) -> str:
    """Return a metric's name in at most `width` cells; its unit stays whole where that leaves room for the name."""
    whole, name = metric_name(metric), shown(metric.name)
    unit = whole.removeprefix(name)
    room = width - cells(unit)
    return clip_middle(name, room) + unit if room >= LEAST_NAME // 2 else clip_middle(whole, width)


def metric_value(metric: Metric | None) -> str:
    """Return a value as written."""
    return UNKNOWN if metric is None else shown(metric.text)


def delta_text(delta: Decimal | None) -> str:
    """Return a difference with its sign, without needless digits."""
    return UNKNOWN if delta is None else f"{delta:+f}" if delta else "0"


def better_piece(pair: Pair) -> Piece:
    """Return what a difference means, in words; "" where nobody knows."""
    if pair.this is not None and pair.other is not None and pair.delta is None:
        return NOT_COMPARABLE, "dim"
    return BETTER[pair.better]


class _Columns(msgspec.Struct, frozen=True, kw_only=True):
    """A table of pairs as it has room.

    Attributes:
        this: Values, of one width.
        other: The reference's.
        deltas: Differences.
        meanings: What each difference means, in words.
        name: Cells for the names.
        with_other: Whether the reference's values are shown.
        with_words: Whether a meaning is a word, else a sign.
    """

    this: tuple[str, ...]
    other: tuple[str, ...]
    deltas: tuple[str, ...]
    meanings: Pieces
    name: int
    with_other: bool
    with_words: bool

    def row(self, at: int) -> Iterator[Piece]:
        """Yield what stands behind a name."""
        yield f"  {self.this[at]}", "plain"
        if not self.deltas:
            return
        word, tone = self.meanings[at]
        if self.with_other:
            yield f"  {self.other[at]}", "dim"
        yield f"  {self.deltas[at]}", tone
        yield f" {word if self.with_words else SIGNS[word]}".rstrip(), tone


def _column(head: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Return a column's texts, all of one width, the head's last."""
    lined = aligned(texts)
    width = min(MOST_VALUE, max(len(head), *map(len, lined)))
    return (*(fit(text, width) for text in lined), fit(head, width, right=True))


def _columns(pairs: Sequence[Pair], *, against: str, need: int, width: int) -> _Columns:
    this = _column("this", [metric_value(one.this) for one in pairs])
    other = _column(against, [metric_value(one.other) for one in pairs])
    deltas = _column("Δ", [delta_text(one.delta) for one in pairs])
    meanings = tuple(better_piece(one) for one in pairs)
    longest = max(len(word) for word, _ in meanings)
    with_other = with_words = False
    taken = 0
    for with_other, with_words in FORMS if against else FORMS[-1:]:
        taken = 2 + len(this[0])
        if against:
            taken += 3 + len(deltas[0]) + (longest if with_words else min(1, longest))
            taken += (2 + len(other[0])) * with_other
        if width - taken >= min(need, LEAST_NAME):
            break
    return _Columns(
        this=this,
        other=other,
        deltas=deltas if against else (),
        meanings=meanings,
        name=min(need, MOST_NAME, max(LEAST_NAME // 2, width - taken)),
        with_other=with_other,
        with_words=with_words,
    )


def pair_lines(
    pairs: Sequence[Pair], *, against: str, title: str, width: int, groups: bool = False
) -> Iterator[Pieces]:
    """Yield a table of values beside those of a reference, in `width` cells.

    Args:
        pairs: One for each line.
        against: The reference's version name, "" where there is none.
        title: What stands above; on a line of its own where it is longer than the names.
        width: Cells.
        groups: Whether a line is called by the group that was measured, not by the metric, which `title` names.
    """
    names = [slice_label(one.metric) if groups else metric_name(one.metric) for one in pairs]
    need = max(map(len, names))
    columns = _columns(pairs, against=against, need=max(need, min(len(title), LEAST_NAME)), width=width)
    yield ()
    if len(title) > columns.name:
        yield ((title, "strong"),)
        title = ""
    head = [columns.this[-1], *[columns.other[-1]] * bool(against and columns.with_other), *columns.deltas[-1:]]
    yield ((fit(title, columns.name), "strong"), *((f"  {text}", "dim") for text in head))
    for at, one in enumerate(pairs):
        name = clip_middle(names[at], columns.name) if groups else clipped_name(one.metric, columns.name)
        yield ((fit(name, columns.name), "plain"), *columns.row(at))
    yield from _legend(columns)


def _legend(columns: _Columns) -> Iterator[Pieces]:
    said = dict.fromkeys(piece for piece in columns.meanings if piece[0])
    if columns.deltas and said and not columns.with_words:
        yield tuple((f"{SIGNS[word]} {word}  ", tone) for word, tone in said)


def metrics_text(view: VersionView, scene: Scene, *, width: int = PAGE_WIDTH, plain: bool = False) -> Text:
    """Return every metric, by what it was measured on, beside the reference's; groups as bars, intervals drawn."""
    model, reference = scene.snapshot.find_model(view.model), scene.reference(view)
    pairs = paired(view, reference, model)
    if not pairs:
        return ((("no metrics: neither version.yaml nor an evaluation that counts has any", "dim"),),)
    other = reference.version if reference else ""
    lines: list[Pieces] = [((_against(view, reference, scene.top), "dim"),)]
    for title, members in _grouped([one for one in pairs if not one.metric.slice], measured_on).items():
        lines += pair_lines(members, against=other, title=title, width=width)
        lines += _intervals(members, other, width=width, plain=plain)
    for title, members in _grouped([one for one in pairs if one.metric.slice], _told_apart).items():
        lines += [(), ((title, "strong"),), *_bars(members, other, width=width, plain=plain)]
    return tuple(lines)


def value_lines(pairs: Sequence[Pair], *, against: str, width: int) -> Iterator[Pieces]:
    """Yield every metric beside those of a reference, by what it was measured on; groups under the metric's name."""
    whole, parts = [one for one in pairs if not one.metric.slice], [one for one in pairs if one.metric.slice]
    for title, members in _grouped(whole, measured_on).items():
        yield from pair_lines(members, against=against, title=f"Metrics · {title}", width=width)
    for title, members in _grouped(parts, _told_apart).items():
        yield from pair_lines(members, against=against, title=title, width=width, groups=True)


def _against(view: VersionView, reference: VersionView | None, stage: str) -> str:
    """Return what metrics stand beside, in words: what holds the stage, or for the holder what held it before."""
    holds = f"held {stage} before" if stage in view.stages else f"holds {stage}"
    return f"beside {reference.ref}, which {holds}" if reference else f"nothing to compare with: no version {holds}"


def _grouped(pairs: Iterable[Pair], title_of: Callable[[Metric], str]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for one in pairs:
        groups.setdefault(title_of(one.metric), []).append(one)
    return groups


def measured_on(metric: Metric) -> str:
    """Return the data that a value was measured on: its name, revision and split; words where nobody says."""
    place = " ".join(part for part in (metric.dataset, metric.revision, metric.split) if part)
    return place or "measured on: nobody says"


def _told_apart(metric: Metric) -> str:
    return f"{metric_name(metric)} by {slice_keys(metric)} · {measured_on(metric)}"


def _bars(pairs: Sequence[Pair], other: str, *, width: int, plain: bool) -> Iterator[Pieces]:
    """Yield the groups of one metric as bars, and the gap beside the reference's."""
    mine = [one.this or _unsaid(one.metric) for one in pairs]
    if not other:
        yield from bar_lines(mine, width=width, plain=plain)
        return
    theirs = [one.other or _unsaid(one.metric) for one in pairs]
    gaps = [(gap(mine), gap(theirs))] if len(pairs) > 1 else []
    wider = [None if one is None or two is None else one - two for one, two in gaps]
    values = _column(other, [*map(metric_value, theirs), *(gap_text(two) for _, two in gaps)])
    deltas = _column("Δ", [*(delta_text(one.delta) for one in pairs), *map(delta_text, wider)])
    meanings = [*map(better_piece, pairs), *map(_gap_piece, wider)]
    after: list[Pieces] = [
        ((f"  {value}", "dim"), (f"  {delta}", tone), (f" {word}", tone))
        for value, delta, (word, tone) in zip(values, deltas, meanings, strict=False)
    ]
    tail = 5 + len(values[0]) + len(deltas[0]) + max(len(word) for word, _ in meanings)
    lines = bar_lines(mine, width=width - tail, after=after, plain=plain)
    before = width_of(lines[0]) - width_of(after[0])
    yield ((fit("this", before, right=True), "dim"), (f"  {values[-1]}  {deltas[-1]}", "dim"))
    yield from lines


def _unsaid(metric: Metric) -> Metric:
    return Metric(name=metric.name, text=UNKNOWN, slice=metric.slice)


def _gap_piece(wider: Decimal | None) -> Piece:
    if not wider:
        return ("" if wider is None else "same", "dim")
    return ("wider", "warn") if wider > 0 else ("narrower", "good")


def _intervals(pairs: Iterable[Pair], other: str, *, width: int, plain: bool) -> Iterator[Pieces]:
    """Yield the confidence intervals, each above the reference's on one scale."""
    told = [one for one in pairs if one.this is not None and one.this.low is not None and one.this.high is not None]
    names = max((len(one.metric.name) for one in told), default=0)
    if told:
        yield from ((), (("confidence intervals", "dim"),))
    name, who = min(NAME_CELLS, names), max(len("this"), len(other))
    for one in told:
        both = [(who_is, metric) for who_is, metric in (("this", one.this), (other, one.other)) if metric is not None]
        scale = interval_scale(metric for _, metric in both)
        for at, (who_is, metric) in enumerate(both):
            if scale is None or metric.low is None or metric.high is None:
                continue
            label = f"{fit('' if at else clip_middle(shown(metric.name), name), name)}  {fit(who_is, who)}  "
            bounds = f"  {metric.low} to {metric.high}{_level(metric)}"
            room = min(INTERVAL_CELLS, width - len(label) - len(bounds))
            drawn = interval(metric, scale, room, plain=plain) if room >= LEAST_NAME // 2 else ""
            yield ((label, "dim"), (drawn, "dim" if at else "accent"), (bounds, "dim"))


def _level(metric: Metric) -> str:
    return f", {metric.level * 100:.0f} %" if metric.level is not None else ""


def short_table(
    view: VersionView, scene: Scene, model: ModelView | None, *, width: int = PANE_WIDTH
) -> Iterator[Pieces]:
    """Yield the most important metrics beside the reference's, in `width` cells."""
    reference = scene.reference(view)
    pairs = [one for one in paired(view, reference, model) if not one.metric.slice]
    if not pairs:
        yield ()
        yield (("Metrics", "strong"),)
        yield (("none are written down" if scene.snapshot.complete else "reading …", "dim"),)
        return
    first = headline_metrics(model) if model else ()
    pairs.sort(key=lambda one: first.index(one.metric.name) if one.metric.name in first else len(first))
    first_ones = pairs[:MOST_PAIRS]
    yield from pair_lines(first_ones, against=reference.version if reference else "", title="Metrics", width=width)
    if len(pairs) > len(first_ones):
        yield ((f"{len(pairs) - len(first_ones)} more: enter, then 2", "dim"),)
