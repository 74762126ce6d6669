"""How `ls` sorts versions: equals as they come, what is unknown last whichever way, and each version asked once."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from signoff.cli.lists import sorted_rows
from signoff.errors import InvalidValueError
from signoff.policy.history import History
from signoff.registry.rows import VersionRow
from signoff.registry.snapshot import ModelView
from signoff.registry.views import Said, VersionView
from signoff.schema.cards import ModelMetadata, VersionMetadata
from signoff.values.metrics import Metric

MODEL = ModelView(name="fraud", metadata=ModelMetadata(), history=History(model="fraud"))


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


def view(number: int, said: Said | Counted) -> VersionView:
    return VersionView(model="fraud", version=str(number), status="registered", said=said)


def rows(texts: Iterable[str | None]) -> list[VersionRow]:
    return [VersionRow(view(at, Said(metrics=metrics(text))), MODEL) for at, text in enumerate(texts)]


def order(texts: Iterable[str | None], by: str) -> list[str]:
    return [row.view.version for row in sorted_rows(rows(texts), by)]


@pytest.mark.parametrize(
    ("by", "wanted"), [("acc", ["3", "0", "2", "5", "1", "4"]), ("-acc", ["5", "0", "2", "3", "1", "4"])]
)
def test_equals_stay_as_they_come_and_what_is_unknown_is_last(by: str, wanted: list[str]) -> None:
    assert order(("0.5", None, "0.50", "-1", None, "3"), by) == wanted


@pytest.mark.parametrize(
    ("by", "wanted"), [("metrics.acc", ["1", "4", "3", "0", "2"]), ("-metrics.acc", ["4", "1", "0", "3", "2"])]
)
def test_numbers_come_before_words_and_what_is_unknown_is_last_whichever_way(by: str, wanted: list[str]) -> None:
    assert order(("NA", "2", None, "n/a", "10"), by) == wanted


def test_a_field_that_no_version_has_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="acurracy"):
        sorted_rows(rows(("0.5",)), "acurracy")


def test_each_version_is_asked_for_its_number_once_and_for_names_only_until_the_name_is_found() -> None:
    said = [Counted(metrics("0.5")), Counted(())]
    sorted_rows([VersionRow(view(at, one), MODEL) for at, one in enumerate(said)], "-acc")
    assert [one.asked for one in said] == [2, 1]


def test_what_is_sorted_by_its_version_is_not_asked_for_metrics() -> None:
    said = [Counted(metrics("0.5")), Counted(metrics("0.7"))]
    sorted_rows([VersionRow(view(at, one), MODEL) for at, one in enumerate(said)], "-version")
    assert [one.asked for one in said] == [0, 0]
