"""Versions side by side, as lines: which columns have room, what stands in them.

The rule it keeps: pure; the version that differences are to stays in the first column; a column is shown whole or not
at all, and how many are not is told; what differs, is best or cannot be compared is told in words or signs.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from signoff.policy.compare import ComparedRow, metric_key
from signoff.registry.views import VersionView
from signoff.tui.bars import slice_keys, slice_label
from signoff.tui.measures import BETTER, NOT_COMPARABLE, SIGNS, delta_text, measured_on, metric_name
from signoff.tui.present import Piece, Pieces, Tone, clip_middle, fit, or_unknown, shown, width_of
from signoff.values.display import UNKNOWN, aligned, short_size
from signoff.values.metrics import Metric

MEASURED = frozenset({"metrics", "slices"})
LEAST_NAME, MOST_NAME = 18, 44
LEAST_BLOCK, MOST_BLOCK, MOST_VALUE, MOST_DELTA = 9, 34, 14, 12
WORD, SIGN, BETWEEN, LEAST_DELTA = 6, 1, 2, 7
BEST, DIFFERENT = "*", "≠ "
DIGEST = 12


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it stands.

    Attributes:
        row: What was compared.
        label: What it is called in its group.
        values: The texts of its values, lined up within the group.
        deltas: The texts of its differences, lined up too.
    """

    row: ComparedRow
    label: str
    values: tuple[str, ...]
    deltas: tuple[str, ...]

    @property
    def measured(self) -> bool:
        """Whether it is a metric."""
        return self.row.group in MEASURED


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is compared.

    Attributes:
        refs: The versions; differences are to the first.
        rows: Every row by its key in the table.
        groups: A group's name and the keys of its rows.
    """

    refs: tuple[str, ...]
    rows: Mapping[str, Shown]
    groups: tuple[tuple[str, tuple[str, ...]], ...]

    def sections(self, *, only_differences: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the groups, with all their rows or with those that differ."""
        kept = (
            (title, tuple(k for k in keys if self.differs(k) or not only_differences)) for title, keys in self.groups
        )
        return tuple((title, keys) for title, keys in kept if keys)

    def differs(self, key: str) -> bool:
        """Return whether the versions differ in a row."""
        return self.rows[key].row.differs


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """What has room.

    Attributes:
        name: Cells for the rows' names.
        value: Cells for a number.
        delta: Cells for a difference.
        block: Cells for all that a version says: number, difference and what it means; or a text.
        first_block: Cells for what the first version says, which has no difference.
        words: Whether a difference's meaning is a word, else a sign.
        columns: Which versions are shown, the first always.
    """

    name: int
    value: int
    delta: int
    block: int
    first_block: int
    words: bool
    columns: tuple[int, ...]


def comparison_of(rows: Sequence[ComparedRow], views: Sequence[VersionView]) -> Comparison:
    """Return compared rows in their groups: metrics by what they were measured on, groups with regressions first."""
    metrics = {metric_key(metric): metric for view in reversed(views) for metric in reversed(view.metrics)}

    def title_of(row: ComparedRow) -> str:
        metric = metrics.get(row.key) if row.group in MEASURED else None
        by = f" by {slice_keys(metric)}" if metric and metric.slice else ""
        return f"{row.group}{by} · {measured_on(metric)}" if metric else row.group

    by_title: dict[str, list[ComparedRow]] = {}
    for row in rows:
        by_title.setdefault(title_of(row), []).append(row)
    found: dict[str, Shown] = {}
    groups: list[tuple[str, tuple[str, ...]]] = []
    for title, members in by_title.items():
        keys = tuple(f"{title}\n{row.key}" for row in members)
        found.update(zip(keys, _lined_up(members, metrics), strict=True))
        groups.append((title, keys))
    return Comparison(refs=tuple(view.ref for view in views), rows=found, groups=tuple(groups))


def _lined_up(rows: Sequence[ComparedRow], metrics: Mapping[str, Metric]) -> Iterator[Shown]:
    """Yield the rows of one group with their numbers below each other."""
    measured = rows[0].group in MEASURED
    width = len(rows[0].values)
    values = [_value(row, text) for row in rows for text in row.values]
    deltas = [_delta(row, at) for row in rows for at in range(width)]
    if measured:
        values, deltas = list(_column(values, MOST_VALUE)), list(_column(deltas, MOST_DELTA))
    for at, row in enumerate(rows):
        metric = metrics.get(row.key)
        label = f"{metric_name(metric)} {slice_label(metric)}".rstrip() if metric and measured else row.key
        place = slice(at * width, at * width + width)
        yield Shown(row=row, label=shown(label), values=tuple(values[place]), deltas=tuple(deltas[place]))


def _column(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """Return numbers with their points below each other, whole numbers at the right: metrics of all sizes are mixed."""
    broken = [text for text in texts if "." in text]
    points = dict(zip(broken, aligned(broken), strict=True))
    lined = [points.get(text, text) for text in texts]
    width = min(most, max(map(len, lined), default=0))
    return tuple(
        fit(one if len(one) <= most else text, width, right=True) for one, text in zip(lined, texts, strict=True)
    )


def _value(row: ComparedRow, text: str | None) -> str:
    said = shown(or_unknown(text))
    return said.removeprefix("sha256:")[:DIGEST] if row.group == "files" and text else said


def _delta(row: ComparedRow, at: int) -> str:
    difference = row.deltas[at]
    if difference is None:
        return UNKNOWN if row.group in MEASURED else ""
    return _grown(difference) if row.group == "files" else delta_text(difference)


def _grown(difference: Decimal) -> str:
    return f"{'+' if difference > 0 else '-'}{short_size(int(abs(difference)))}" if difference else ""


def meaning(row: ComparedRow, at: int) -> Piece:
    """Return what the difference of a version means, in words; "" where nobody knows."""
    both = row.values[0] is not None and row.values[at] is not None
    if at and both and row.deltas[at] is None and not row.comparable:
        return NOT_COMPARABLE, "warn"
    return BETTER[row.better[at]]


def lay_out(comparison: Comparison, titles: Sequence[str], *, width: int, first: int = 1) -> Layout:
    """Return what has room in `width` cells.

    Args:
        comparison: What is compared.
        titles: What stands above each version.
        width: Cells.
        first: Which version stands beside the first one, where not all have room.
    """
    measured = [one for one in comparison.rows.values() if one.measured]
    value = max((len(one.values[0]) for one in measured), default=1)
    delta = max([LEAST_DELTA, *(len(one.deltas[0]) for one in measured)])
    names = max((len(one.label) for one in comparison.rows.values()), default=0)
    texts = max((_needed(one) for one in comparison.rows.values()), default=0)
    widest = max(map(len, titles))
    others = len(titles) - 1
    first_block = max(LEAST_BLOCK, min(widest, MOST_BLOCK), value + 1)
    least_name = min(LEAST_NAME, names)

    def block_of(*, words: bool) -> int:
        return max(min(widest, MOST_VALUE), value + 1 + 1 + delta + 1 + (WORD if words else SIGN))

    rest = width - least_name - BETWEEN - first_block
    words = rest >= others * (block_of(words=True) + BETWEEN)
    block = block_of(words=words)
    have = max(1, min(others, rest // (block + BETWEEN)))
    start = max(1, min(first, others - have + 1))
    spare = max(0, rest - have * (block + BETWEEN))
    name = least_name + min(spare, max(0, min(names, MOST_NAME) - least_name))
    each = (spare - (name - least_name)) // (have + 1)
    wanted = min(MOST_BLOCK, texts)
    return Layout(
        name=name,
        value=value,
        delta=delta,
        block=max(block, min(block + each, wanted)),
        first_block=max(first_block, min(first_block + each, wanted)),
        words=words,
        columns=(0, *range(start, start + have)),
    )


def _needed(one: Shown) -> int:
    """Return how many cells the longest text of a row wants."""
    return len(DIFFERENT) + max(map(len, one.values)) + (0 if one.measured else 1 + max(map(len, one.deltas)))


def title_lines(tops: Sequence[Sequence[str]], layout: Layout, *, plain: bool = False) -> tuple[Pieces, ...]:
    """Return the lines above the columns: `tops` has lines of a text for each version."""
    lines: list[Pieces] = []
    for texts in tops:
        cells = ((at, shown(texts[at], plain=plain)) for at in layout.columns)
        heads = [" " * BETWEEN + fit(text, _room(layout, at)) for at, text in cells]
        lines.append(((" " * layout.name + "".join(heads), "plain"),))
    return tuple(lines)


def _room(layout: Layout, at: int) -> int:
    return layout.block if at else layout.first_block


def row_line(one: Shown, layout: Layout, *, plain: bool = False) -> Pieces:
    """Return a row."""
    tone: Tone = "plain" if one.row.differs else "dim"
    pieces: list[Piece] = [(fit(clip_middle(shown(one.label, plain=plain), layout.name), layout.name), tone)]
    for at in layout.columns:
        pieces.append((" " * BETWEEN, "plain"))
        cells = _numbers(one, at, layout) if one.measured else _text(one, at, layout)
        pieces += [(fit(shown(text, plain=plain), width_of([(text, what)])), what) for text, what in cells]
    return tuple(pieces)


def _numbers(one: Shown, at: int, layout: Layout) -> Pieces:
    best = BEST if one.row.best == at else " "
    value = f"{one.values[at]:>{layout.value}}{best}"
    tone: Tone = "strong" if one.row.best == at else "plain"
    if not at:
        return ((fit(value, layout.first_block), tone),)
    word, what = meaning(one.row, at)
    room = layout.block - len(value)
    if word == NOT_COMPARABLE and room > len(word):
        return ((value, tone), (fit(f" {word}", room), what))
    said = f" {one.deltas[at]:>{layout.delta}} {word if layout.words else SIGNS[word]}"
    return ((value, tone), (fit(said, room), what))


def _text(one: Shown, at: int, layout: Layout) -> Pieces:
    value, delta, room = shown(one.values[at]), one.deltas[at], _room(layout, at)
    if not at:
        return ((fit(value, room), "plain" if one.row.differs else "dim"),)
    if one.row.values[at] == one.row.values[0]:
        return ((fit(f"  {value}", room), "dim"),)
    tail = f" {delta}" if delta else ""
    return ((DIFFERENT, "warn"), (fit(value, room - len(DIFFERENT) - len(tail)) + tail, "plain"))


def legend(layout: Layout) -> str:
    """Return what the signs mean that stand in the table."""
    signs = "" if layout.words else "▲ better  ▼ worse  "
    return f"{BEST} best  {signs}≠ {'differs' if layout.words else 'differs, not comparable'}"


def told(one: Shown, names: Sequence[str]) -> str:
    """Return in full what a row may have no room for: of a metric its key, else what every version says."""
    if one.measured:
        return one.row.key
    said = (f"{name}: {or_unknown(text)}" for name, text in zip(names, one.row.values, strict=True))
    return f"{one.row.key} · {' · '.join(said)}"
