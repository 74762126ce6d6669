from decimal import Decimal

import pytest

from signoff.policy.compare import Column, ComparedRow, FileFacts, compare
from signoff.values.metrics import Direction, Metric
from signoff.values.names import Digest

ONE, TWO = Digest("1" * 64), Digest("2" * 64)


def metric(name: str, text: str, **more: str) -> Metric:
    number = None if text == "NA" else Decimal(text)
    return Metric(name=name, text=text, number=number, **more)  # type: ignore[arg-type]


def rows(*columns: Column, **meanings: Direction) -> tuple[ComparedRow, ...]:
    return compare(columns, meanings=meanings)


def across(*texts: str | None, name: str = "score", unit: str | None = None, **meanings: Direction) -> ComparedRow:
    """Return the row of one metric whose texts in the columns are these."""
    columns = []
    for at, text in enumerate(texts):
        metrics = () if text is None else (metric(name, text, unit=unit) if unit else metric(name, text),)
        columns.append(Column(ref=f"fraud:{at}", metrics=metrics))
    (row,) = rows(*columns, **meanings)
    return row


def test_differences_are_to_the_first_column_and_judged_by_the_direction() -> None:
    row = across("0.90", "0.95", "0.85", "0.9", score="higher")
    assert row.values == ("0.90", "0.95", "0.85", "0.9")
    assert row.deltas == (None, Decimal("0.05"), Decimal("-0.05"), Decimal(0))
    assert row.better == (None, "better", "worse", "same")
    assert row.best == 1
    assert row.comparable
    assert row.differs


def test_less_is_better_where_the_meaning_says_so() -> None:
    row = across("12", "10", "14", unit="ms", score="lower")
    assert (row.better, row.best) == ((None, "better", "worse"), 1)


def test_what_is_not_said_is_unknown_and_never_nought() -> None:
    row = across(None, "0.5", "0.6", score="higher")
    assert row.values == (None, "0.5", "0.6")
    assert row.deltas == (None, None, None)
    assert row.better == (None, None, None)
    assert row.best == 2
    assert across("0.5", None, score="higher").deltas == (None, None)
    assert across("0.5", None, score="higher").differs


def test_a_text_that_is_no_number_is_shown_and_not_compared() -> None:
    row = across("NA", "0.5", score="higher")
    assert (row.values, row.deltas, row.best, row.comparable) == (("NA", "0.5"), (None, None), None, True)
    assert not across("NA", "NA").differs


def test_values_in_units_that_cannot_be_told_apart_are_not_comparable() -> None:
    row = across("0.84", "85.4", "0.86", score="higher")
    assert not row.comparable
    assert row.deltas == (None, None, Decimal("0.02"))
    assert row.better == (None, None, "better")
    assert row.best is None


def test_two_later_columns_that_cannot_be_compared_make_the_row_so() -> None:
    row = across(None, "0.84", "85.4", score="higher")
    assert (row.comparable, row.best) == (False, None)


def test_other_units_are_not_comparable() -> None:
    seconds, milliseconds = (Column(ref=unit, metrics=(metric("latency", "2", unit=unit),)) for unit in ("s", "ms"))
    (row,) = rows(seconds, milliseconds)
    assert (row.comparable, row.deltas, row.differs) == (False, (None, None), True)


def test_a_difference_without_a_known_direction_is_neither_better_nor_worse() -> None:
    row = across("3", "4", "3", name="zorp")
    assert row.deltas == (None, Decimal(1), Decimal(0))
    assert row.better == (None, None, "same")
    assert row.best is None


def test_well_known_names_need_no_meaning_and_a_meaning_overrules_them() -> None:
    assert across("0.5", "0.6", name="accuracy").better == (None, "better")
    assert across("0.5", "0.6", name="accuracy", accuracy="lower").better == (None, "worse")


@pytest.mark.parametrize("texts", [("0.9", "0.90"), ("0.9",), (None, "0.9")])
def test_nothing_is_best_among_equals_or_alone(texts: tuple[str | None, ...]) -> None:
    assert across(*texts, score="higher").best is None


def test_the_same_number_written_otherwise_is_no_difference() -> None:
    assert not across("0.9", "0.90").differs


def test_several_values_of_one_metric_in_a_column_are_all_shown_and_not_compared() -> None:
    twice = Column(ref="a:1", metrics=(metric("accuracy", "0.9"), metric("accuracy", "0.8")))
    once = Column(ref="a:2", metrics=(metric("accuracy", "0.7"), metric("accuracy", "0.70")))
    (row,) = rows(twice, once)
    assert row.values == ("0.9 | 0.8", "0.7 | 0.70")
    assert (row.deltas, row.best, row.comparable, row.differs) == ((None, None), None, False, True)


def test_what_became_worse_comes_first_and_slices_come_after_metrics() -> None:
    before = (metric("accuracy", "0.9"), metric("f1", "0.5"), metric("recall", "0.5"))
    after = (metric("accuracy", "0.9"), metric("f1", "0.6"), metric("recall", "0.4"))
    group = Metric(name="accuracy", text="0.5", number=Decimal("0.5"), slice=(("gender", "female"),))
    found = rows(Column(ref="a:1", metrics=(group, *before)), Column(ref="a:2", metrics=after))
    assert [(row.group, row.key) for row in found] == [
        ("metrics", "recall"),
        ("metrics", "accuracy"),
        ("metrics", "f1"),
        ("slices", "accuracy [gender=female]"),
    ]


def test_a_metric_on_another_data_set_is_another_row() -> None:
    column = Column(
        ref="a:1",
        metrics=(
            metric("accuracy", "0.9", dataset="holdout", revision="2026-Q3", split="test"),
            metric("accuracy", "0.8", dataset="public"),
        ),
    )
    assert [row.key for row in rows(column)] == ["accuracy on holdout 2026-Q3 test", "accuracy on public"]


def test_files_show_their_digests_and_how_they_grew() -> None:
    old = Column(ref="a:1", files=(FileFacts("model.onnx", ONE, 100), FileFacts("notes.txt", ONE)))
    new = Column(ref="a:2", files=(FileFacts("model.onnx", TWO, 150), FileFacts("notes.txt", ONE, 5)))
    model, notes = rows(old, new, Column(ref="a:3"))
    assert (model.group, model.key, model.values) == ("files", "model.onnx", (ONE, TWO, None))
    assert model.deltas == (None, Decimal(50), None)
    assert (notes.values, notes.deltas) == ((ONE, ONE, None), (None, None, None))
    assert model.better == (None, None, None)


def test_the_groups_come_in_their_order_and_each_by_key() -> None:
    column = Column(
        ref="a:1",
        metrics=(metric("accuracy", "0.9"),),
        hyperparameters=(("rate", "0.1"), ("depth", "6")),
        datasets=(("transactions", "2026-Q3"), ("transactions", "2026-Q2")),
        signature=(("inputs.amount", "double"),),
        files=(FileFacts("model.onnx", ONE, 100),),
        tags=(("team", ""),),
        facts=(("training", "hardware", "4xA100"), ("license", "license", "mit"), ("training", "duration", "5121 s")),
    )
    found = rows(column, Column(ref="a:2", tags=(("team", ""),)))
    assert [(row.group, row.key, row.values[0]) for row in found] == [
        ("metrics", "accuracy", "0.9"),
        ("hyperparameters", "depth", "6"),
        ("hyperparameters", "rate", "0.1"),
        ("datasets", "transactions", "2026-Q3 | 2026-Q2"),
        ("signature", "inputs.amount", "double"),
        ("files", "model.onnx", ONE),
        ("tags", "team", ""),
        ("training", "duration", "5121 s"),
        ("training", "hardware", "4xA100"),
        ("license", "license", "mit"),
    ]
    assert [row.key for row in found if not row.differs] == ["team"]


def test_nothing_to_compare_gives_no_rows() -> None:
    assert rows() == ()
    assert rows(Column(ref="a:1")) == ()
