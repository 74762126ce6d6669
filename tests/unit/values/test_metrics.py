"""Numbers are read from what people write only where no other reading exists."""

from decimal import Decimal

import pytest

from signoff.values.metrics import Direction, Metric, comparable, decimal_of, delta, direction, read_number


def metric(text: str) -> Metric:
    number, spread, unit = read_number(text)
    return Metric(name="accuracy", text=text, number=number, spread=spread, unit=unit)


@pytest.mark.parametrize(
    ("text", "number", "spread", "unit"),
    [
        ("0.931", "0.931", None, None),
        (" -0.5 ", "-0.5", None, None),
        ("\u22120.5", "-0.5", None, None),
        ("+5", "5", None, None),
        (".5", "0.5", None, None),
        ("12.", "12", None, None),
        ("1e-4", "0.0001", None, None),
        ("1518.70 +/- 568.14", "1518.70", "568.14", None),
        ("-0.00 +/- 0.01", "-0.00", "0.01", None),
        ("93.1 \u00b1 1.0", "93.1", "1.0", None),
        ("93.1+-1", "93.1", "1", None),
        ("85%", "85", None, "%"),
        ("85 %", "85", None, "%"),
        ("85% \u00b1 1%", "85", "1", "%"),
        ("85% \u00b1 1", "85", "1", "%"),
        ("12 ms", "12", None, "ms"),
        ("3.5 tokens/s", "3.5", None, "tokens/s"),
        ("0,912", "0.912", None, None),
        ("93,1", "93.1", None, None),
        ("0,912 \u00b1 0,01", "0.912", "0.01", None),
        ("1,234.5", "1234.5", None, None),
        ("1,234,567", "1234567", None, None),
        ("0.38 [0.37, 0.39]", "0.38", None, None),
    ],
)
def test_a_number_its_spread_and_its_unit_are_read(
    text: str, number: str, spread: str | None, unit: str | None
) -> None:
    assert read_number(text) == (Decimal(number), None if spread is None else Decimal(spread), unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "n/a",
        "N/A",
        "-",
        "none",
        "nan",
        "inf",
        "-inf",
        "1,234",
        "1.2.3",
        "2026-01-01",
        "1:30",
        "1st",
        "v2",
        "xx.xx",
        "012",
        "24_700_000",
        "0.9 or 0.8",
        "0.9 (0.1)",
        "95% ms",
        "٣",
        "1e999",
        "9" * 65,
        "0." + "1" * 70,
    ],
)
def test_what_could_be_read_otherwise_stays_text(text: str) -> None:
    assert read_number(text) == (None, None, None)


def test_a_numeral_of_absurd_size_is_no_number() -> None:
    assert decimal_of("1e400") == Decimal("1e400")
    assert decimal_of("1e401") is None
    assert decimal_of("0e-999999999") is None
    assert decimal_of("1" * 65) is None


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("0.84", "0.85", True),
        ("0.84", "85.4", False),
        ("85.4", "0.84", False),
        ("1", "1.5", False),
        ("84", "85", True),
        ("0.5", "101", True),
        ("-0.5", "85", True),
        ("84%", "85%", True),
        ("0.84", "85%", False),
        ("12 ms", "0.5 ms", True),
        ("12 ms", "0.5 s", False),
        ("NA", "0.84", False),
        ("0.84", "NA", False),
    ],
)
def test_values_whose_units_may_differ_are_not_compared(first: str, second: str, answer: bool) -> None:
    assert comparable(metric(first), metric(second)) is answer
    assert (delta(metric(first), metric(second)) is not None) is answer


def test_a_unit_has_several_names() -> None:
    percent = Metric(name="accuracy", text="84", number=Decimal(84), unit="percent")
    assert comparable(percent, metric("85%"))
    assert delta(percent, metric("85%")) == 1


def test_a_difference_is_exact_and_says_how_much_the_second_is_above_the_first() -> None:
    assert delta(metric("0.1"), metric("0.3")) == Decimal("0.2")
    assert delta(metric("0.3"), metric("0.1")) == Decimal("-0.2")


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("accuracy", "higher"),
        ("Eval F1", "higher"),
        ("test/roc_auc", "higher"),
        ("pass@1", "higher"),
        ("true_positive_rate", "higher"),
        ("tokens_per_second", "higher"),
        ("eval_loss", "lower"),
        ("Test WER", "lower"),
        ("latency_p99", "lower"),
        ("false_positive_rate", "lower"),
        ("false positive rate", "lower"),
        ("error_rate", "lower"),
        ("accuracy_loss", None),
        ("temperature", None),
        ("", None),
    ],
)
def test_the_direction_of_well_known_metrics_is_known(name: str, way: Direction | None) -> None:
    assert direction(name) == way


def test_a_metric_is_the_same_by_name_data_set_revision_split_and_slice() -> None:
    one = Metric(name="accuracy", text="0.9", dataset="holdout", revision="Q3", split="test", slice=(("gender", "f"),))
    assert one.identity == ("accuracy", "holdout", "Q3", "test", (("gender", "f"),))
    assert Metric(name="accuracy", text="").identity == ("accuracy", "", "", "", ())
