"""The best versions by a metric are those that asking every row would give."""

import random
from datetime import UTC, datetime

import pytest

from builders import World
from signoff.policy.history import History
from signoff.policy.query import Query, parse_query
from signoff.registry.rows import VersionRow, headline
from signoff.registry.searching import Search
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import Said, VersionView
from signoff.schema.cards import ModelMetadata, RegistryMetadata
from signoff.schema.fields import Reading
from signoff.schema.metrics import read_metrics
from signoff.schema.scalars import Value, read_plain

NAMES = frozenset(("metrics.acc", "metrics.loss"))
TEXTS = ("0.5", "0.50", "0.5000000000000000000001", "0.4999999999999999999999", "0.9", "1e-3", "3", "85%", "NA", "-1")


def metrics_of(chance: random.Random) -> list[Value]:
    """Return what a careless person writes: numbers, texts, one metric twice, slices, nothing."""
    said: list[Value] = []
    for name in ("acc", "loss"):
        for _ in range(chance.choice((0, 1, 1, 1, 1, 2))):
            entry: dict[str, Value] = {"name": name, "value": read_plain(chance.choice(TEXTS))}
            if chance.random() < 0.2:
                entry["slice"] = {"group": "b"}
            said.append(entry)
    return said


def snapshot_of(chance: random.Random) -> Snapshot:
    models = []
    for model in ("one", "two", "three"):
        views = []
        for number in range(20):
            metrics = read_metrics(metrics_of(chance), "metrics", Reading("version.yaml"))
            status = chance.choice(("registered", "unregistered"))
            views.append(
                VersionView(model=model, version=str(number), status=status, said=Said(metrics=metrics))  # type: ignore[arg-type]  # (one of two words)
            )
        models.append(
            ModelView(name=model, metadata=ModelMetadata(), history=History(model=model), versions=tuple(views))
        )
    return Snapshot(url="", metadata=RegistryMetadata(), trust=World().trust(), models=tuple(models))


def asked_one_by_one(snapshot: Snapshot, query: Query, *, least_first: bool) -> list[VersionRow]:
    rows = [VersionRow(view, model) for model in snapshot.models for view in model.versions]
    numbers = [(found.number, row) for row in rows if query.matches(row) and (found := headline(row.view, "acc"))]
    known = [(number, row) for number, row in numbers if number is not None]
    known.sort(key=lambda pair: pair[0], reverse=not least_first)
    return [row for _, row in known]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("least_first", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "metrics.acc>0.5",
        "metrics.acc>=0.5",
        "metrics.acc<0.5",
        "metrics.acc<=0.5",
        "metrics.acc>0.1 metrics.loss<0.9",
        "metrics.acc>0.1 status:registered",
        "metrics.acc>0.1 OR metrics.loss<0.5",
        "-metrics.acc>0.5",
        "metrics.acc:0.5,0.9",
        "two metrics.loss>=0.5",
    ],
)
def test_the_best_are_those_that_every_row_would_give(seed: int, text: str, least_first: bool) -> None:
    snapshot = snapshot_of(random.Random(seed))
    query = parse_query(text, now=datetime(2026, 11, 1, tzinfo=UTC), known=NAMES)
    wanted = asked_one_by_one(snapshot, query, least_first=least_first)
    search = Search(snapshot)
    for most in (1, 7, 100):
        found = search.best(query, by="acc", most=most, least_first=least_first)
        assert [row.view.ref for row in found] == [row.view.ref for row in wanted[:most]]
