"""How versions are found and sorted: equals as they come, what is unknown last whichever way, each version asked once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from signoff.errors import InvalidValueError
from signoff.policy.history import History
from signoff.policy.query import parse_query
from signoff.registry import columns
from signoff.registry.searching import search
from signoff.registry.snapshot import ModelView
from signoff.registry.tables import MOST_COLUMNS, Table, Tables
from signoff.registry.views import Said, VersionView
from signoff.schema.cards import ModelMetadata, VersionMetadata
from signoff.values.metrics import Metric
from stories import Story

NOW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as made:
        yield made


class Counted:
    """What a version says, and how often somebody asked for its metrics."""

    metadata: VersionMetadata | None = None

    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        """Say these metrics."""
        self._metrics, self.asked = metrics, 0

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Of version.yaml."""
        self.asked += 1
        return self._metrics


def metrics(text: str | None) -> tuple[Metric, ...]:
    if text is None:
        return ()
    number = Decimal(text) if text[-1].isdigit() else None
    return (Metric(name="acc", text=text, number=number),)


def view(number: int, said: Said | Counted, model: str = "fraud") -> VersionView:
    return VersionView(model=model, version=str(number), status="registered", said=said)


def table(texts: Iterable[str | None]) -> Table:
    return table_of([Said(metrics=metrics(text)) for text in texts])


def table_of(each: Sequence[Said | Counted]) -> Table:
    """Return a table in which versions stand in this order."""
    return Table((model_of(each),))


def model_of(each: Sequence[Said | Counted], name: str = "fraud") -> ModelView:
    """Return a model of which the last one is the oldest."""
    views = tuple(view(at, one, name) for at, one in enumerate(each))
    return ModelView(name=name, metadata=ModelMetadata(), history=History(model=name), versions=views[::-1])


def found(asked: Table, text: str = "", *, sort: str = "", limit: int | None = None) -> list[str]:
    return [row.view.version for row in search(asked, text, now=NOW, sort=sort, limit=limit)]


@pytest.mark.parametrize("limit", [None, 6, 3])
@pytest.mark.parametrize(
    ("by", "wanted"), [("acc", ["3", "0", "2", "5", "1", "4"]), ("-acc", ["5", "0", "2", "3", "1", "4"])]
)
def test_equals_stay_as_they_come_and_what_is_unknown_is_last(by: str, wanted: list[str], limit: int | None) -> None:
    assert found(table(("0.5", None, "0.50", "-1", None, "3")), sort=by, limit=limit) == wanted[:limit]


@pytest.mark.parametrize(
    ("by", "wanted"), [("metrics.acc", ["1", "4", "3", "0", "2"]), ("-metrics.acc", ["4", "1", "0", "3", "2"])]
)
def test_numbers_come_before_words_and_what_is_unknown_is_last_whichever_way(by: str, wanted: list[str]) -> None:
    assert found(table(("NA", "2", None, "n/a", "10")), sort=by) == wanted


def test_parameters_that_read_as_numbers_are_sorted_as_numbers() -> None:
    rates = ("0.25", "0.5", "1e-3", "auto")
    said = [Said(metadata=VersionMetadata(hyperparameters=(("rate", one),))) for one in rates]
    assert found(table_of(said), sort="params.rate") == ["2", "0", "1", "3"]


def test_the_youngest_come_first_by_age() -> None:
    young = VersionView(model="m", version="young", status="registered", moment=NOW)
    old = VersionView(model="m", version="old", status="registered", moment=NOW - timedelta(days=1))
    model = ModelView(name="m", metadata=ModelMetadata(), history=History(model="m"), versions=(young, old))
    assert found(Table((model,)), sort="age") == found(Table((model,)), sort="age", limit=2) == ["young", "old"]


def test_fractions_of_a_second_tell_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "FEW", 0)
    asked = table_of([Said(metadata=VersionMetadata(created_at=f"2026-03-01T10:00:00.{one}Z")) for one in (7, 2, 0)])
    assert found(asked, sort="created") == ["2", "1", "0"]
    assert found(asked, "created:2026-03-01T10:00:00Z") == ["0", "1", "2"]


def test_the_best_few_that_a_query_is_true_of() -> None:
    asked = table(("0.5", "0.9", None, "0.7", "0.8", "NA"))
    assert found(asked, "acc<0.9", sort="-acc", limit=2) == ["4", "3"]
    assert found(asked, "acc<0.9", limit=1) == ["0"]
    assert found(asked, "acc<0.9") == ["0", "3", "4"]


def test_a_field_that_no_version_has_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="acurracy"):
        found(table(("0.5",)), sort="acurracy")


def test_each_version_is_asked_for_its_number_once_and_for_names_only_until_the_name_is_found() -> None:
    said = [Counted(metrics("0.5")), Counted(())]
    found(table_of(said), sort="-acc")
    assert [one.asked for one in said] == [2, 1]


def test_what_is_sorted_by_its_version_is_not_asked_for_metrics() -> None:
    said = [Counted(metrics("0.5")), Counted(metrics("0.7"))]
    found(table_of(said), sort="-version")
    assert [one.asked for one in said] == [0, 0]


def test_the_next_question_asks_no_version_again() -> None:
    said = [Counted(metrics("0.5")), Counted(metrics("0.7"))]
    asked = table_of(said)
    assert found(asked, "acc>0.6") == ["1"]
    before = [one.asked for one in said]
    assert found(asked, "acc<0.6 OR -acc:*", sort="-acc", limit=1) == ["0"]
    assert [one.asked for one in said] == before


def test_versions_that_are_the_same_are_not_asked_again_when_others_come() -> None:
    said = [Counted(metrics("0.7")), Counted(metrics("0.5"))]
    tables, other = Tables(), model_of([Said(metrics=metrics("0.6"))], "other")
    model = model_of(said)
    assert found(tables.of((model,)), "metrics.acc>0.5") == ["0"]
    assert tables.of((model,)) is tables.of([model])
    before = [one.asked for one in said]
    newest = view(2, Said(metrics=metrics("0.9")))
    grown = msgspec.structs.replace(model, versions=(*model.versions, newest))
    assert tables.of((grown, other)).fits(parse_query("metrics.acc>0.6", now=NOW))(1)
    assert found(tables.of((grown, other)), "metrics.acc>0.5", sort="-metrics.acc") == ["2", "0", "0"]
    assert [one.asked for one in said[1:]] == before[1:]


def test_numbers_that_are_spelled_otherwise_are_other_texts() -> None:
    asked = table(("0.930", "0.93"))
    assert found(asked, "acc:0.93") == ["0", "1"]
    assert found(asked, "acc~'0.930'") == ["0"]
    assert found(asked, "acc~'0.93'") == ["0", "1"]


def test_what_a_model_says_of_itself_is_asked_again_when_it_changed() -> None:
    model = model_of([Said()])
    tables = Tables()
    assert found(tables.of((model,)), "owner:*") == found(tables.of((model,)), "finds") == []
    told = msgspec.structs.replace(model, metadata=ModelMetadata(owners=("ana",), description="finds fraud"))
    assert found(tables.of((told,)), "owner:ana") == found(tables.of((told,)), "finds") == ["0"]


def test_only_the_fields_that_were_asked_for_last_are_kept() -> None:
    said = Counted(tuple(Metric(name=f"m{at}", text="1", number=Decimal(1)) for at in range(MOST_COLUMNS + 1)))
    asked = table_of([said])
    for at in range(MOST_COLUMNS + 1):
        assert found(asked, f"metrics.m{at}:1") == ["0"]
    assert list(asked.columns) == [f"metrics.m{at}" for at in range(1, MOST_COLUMNS + 1)]


def test_a_version_is_asked_for_by_what_it_is(story: Story) -> None:
    """The columns answer for a registry on a disk, through its facade."""
    story.register("fraud:1", files={"w.onnx": b"x", "version.yaml": "metrics: {acc: 0.5}"})
    story.register("fraud:2", files={"w.onnx": b"y", "version.yaml": "metrics: {acc: 0.7}"})
    story.register("churn:1", files={"w.pkl": b"z", "version.yaml": "metrics: {acc: 0.6}"})
    search_it = story.registry.search
    assert [view.ref for view in search_it("acc>0.5", sort="-acc")] == ["fraud:2", "churn:1"]
    assert [view.ref for view in search_it("format:onnx", limit=1)] == ["fraud:2"]
    snapshot = story.registry.snapshot()
    story.register("fraud:3", files={"w.onnx": b"a", "version.yaml": "metrics: {acc: 0.9}"})
    assert [view.ref for view in search_it("acc>0.6", snapshot=snapshot)] == ["fraud:2"]
    assert [view.ref for view in search_it("acc>0.6")] == ["fraud:3", "fraud:2"]


def test_a_version_is_found_by_its_view_whether_registered_or_not(story: Story) -> None:
    for version, number in (("10", "0.5"), ("9", "0.7")):
        story.register(f"fraud:{version}", files={"w.onnx": b"x", "version.yaml": f"metrics: {{acc: {number}}}"})
    story.write("fraud:draft", {"version.yaml": "metrics: {acc: 0.9}"})
    model = story.registry.model("fraud")
    asked = Table((model,))
    fits, key = asked.test_of(parse_query("acc>0.6", now=NOW)), asked.key_of("metrics.acc")
    told = {view.version: (fits(view), key(view)) for view in model.versions}
    assert told == {"10": (False, 0.5), "9": (True, 0.7), "draft": (True, 0.9)}


def test_only_the_orders_that_were_asked_for_last_are_kept() -> None:
    asked = table(("0.5", "0.7"))
    first = asked.order("metrics.acc", downward=True)
    assert asked.order("metrics.acc", downward=True) is first
    for field in ("version", "status", "ref", "age"):
        asked.order(field, downward=False)
    again = asked.order("metrics.acc", downward=True)
    assert again is not first
    assert again == first
