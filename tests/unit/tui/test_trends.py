"""One metric over all versions."""

from decimal import Decimal

import msgspec

from signoff.policy.history import History
from signoff.registry.snapshot import ModelView
from signoff.registry.views import Said, VersionView
from signoff.schema.cards import ModelMetadata
from signoff.tui.trends import in_order, trend_of, trends_of
from signoff.values.metrics import Metric


def said(text: str, *, name: str = "accuracy", unit: str | None = "fraction", group: str = "") -> Metric:
    number = Decimal(text) if text[-1].isdigit() else None
    about = (("gender", group),) if group else ()
    return Metric(name=name, text=text, number=number, unit=unit, dataset="holdout", slice=about)


def model(*versions: tuple[Metric, ...]) -> ModelView:
    views = tuple(
        VersionView(model="fraud", version=str(at), status="registered", said=Said(metrics=metrics))
        for at, metrics in enumerate(versions, start=1)
    )
    return ModelView(name="fraud", metadata=ModelMetadata(), history=History(model="fraud"), versions=views)


def test_values_stand_in_the_order_of_versions_with_the_difference_to_the_one_before() -> None:
    trend = trend_of(trends_of(model((said("0.9"),), (said("0.95"),), (said("0.93"),))), "accuracy")
    assert trend.key == "accuracy on holdout"
    assert trend.numbers == (Decimal("0.9"), Decimal("0.95"), Decimal("0.93"))
    assert [value.delta for value in trend.values] == [None, Decimal("0.05"), Decimal("-0.02")]
    assert [value.better for value in trend.values] == [None, "better", "worse"]
    assert trend.left_out == ()


def test_a_version_without_the_metric_is_open_and_the_next_differs_from_the_one_before_it() -> None:
    trend = trend_of(trends_of(model((said("0.9"),), (), (said("0.93"),))), "accuracy")
    assert trend.numbers == (Decimal("0.9"), None, Decimal("0.93"))
    assert trend.values[1].text.strip() == "-"
    assert trend.values[2].delta == Decimal("0.03")
    assert trend.left_out == ("1 version of 3 without it",)


def test_a_value_without_a_number_is_told_and_never_zero() -> None:
    trend = trend_of(trends_of(model((said("0.9"),), (said("not yet"),))), "accuracy")
    assert trend.numbers == (Decimal("0.9"), None)
    assert trend.left_out == ("without a number, not drawn: 2 (not yet)",)


def test_values_in_another_unit_than_the_newest_are_told_and_not_drawn() -> None:
    old = [(said(str(80 + at), unit="%"),) for at in range(5)]
    trend = trend_of(trends_of(model(*old, (said("0.9"),))), "accuracy")
    assert trend.numbers == (None,) * 5 + (Decimal("0.9"),)
    assert trend.left_out == ("in other units, not drawn: 1 (%), 2 (%), 3 (%) and 2 more",)


def test_metrics_of_everybody_come_before_those_of_groups() -> None:
    trends = trends_of(model((said("0.8", group="female"), said("0.9"), said("3", name="latency", unit="ms"))))
    assert trends.keys == ("accuracy on holdout", "latency on holdout", "accuracy on holdout [gender=female]")


def test_a_word_means_a_metric_by_its_key_or_its_name_and_else_the_first() -> None:
    trends = trends_of(model((said("0.9"), said("3", name="latency", unit="ms"))))
    assert trends.choose("latency on holdout") == "latency on holdout"
    assert trends.choose("latency") == "latency on holdout"
    assert trends.choose("") == "accuracy on holdout"
    assert trends.choose("no such") == "accuracy on holdout"


def test_drafts_stand_in_the_order_in_which_people_count() -> None:
    views = [VersionView(model="fraud", version=name, status="unregistered") for name in ("10", "9", "1")]
    drafts = msgspec.structs.replace(model(), versions=tuple(views))
    assert [view.version for view in in_order(drafts)] == ["1", "9", "10"]


def test_a_model_without_metrics_has_an_empty_trend() -> None:
    assert trend_of(trends_of(model((), ())), "accuracy").values == ()
    assert trend_of(trends_of(model()), "").key == ""
