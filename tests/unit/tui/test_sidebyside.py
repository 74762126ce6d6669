"""Versions side by side, in the room there is."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from rich.cells import cell_len

from signoff.policy.compare import Column, FileFacts, compare
from signoff.registry.views import Said, VersionView
from signoff.tui.present import Pieces
from signoff.tui.sidebyside import Comparison, comparison_of, lay_out, legend, row_line, title_lines, told
from signoff.values.metrics import Metric
from signoff.values.names import Digest


def said(name: str, text: str, *, unit: str | None = "fraction", group: str = "") -> Metric:
    about = (("gender", group),) if group else ()
    return Metric(name=name, text=text, number=Decimal(text), unit=unit, slice=about, dataset="holdout", split="test")


def comparison(*metrics: Sequence[Metric], hyperparameters: Sequence[str] = ()) -> Comparison:
    views = [
        VersionView(model="fraud", version=str(at), status="registered", said=Said(metrics=tuple(each)))
        for at, each in enumerate(metrics, start=1)
    ]
    columns = [
        Column(
            ref=view.ref,
            metrics=view.metrics,
            hyperparameters=(("solver", hyperparameters[at]),) if hyperparameters else (),
            files=(FileFacts("model.onnx", Digest(f"{at:064x}"), 1000 * (at + 1)),),
        )
        for at, view in enumerate(views)
    ]
    return comparison_of(compare(columns, meanings={}), views)


def text(pieces: Pieces) -> str:
    return "".join(part for part, _ in pieces)


def table(found: Comparison, *, width: int, first: int = 1) -> dict[str, str]:
    names = [ref.partition(":")[2] for ref in found.refs]
    layout = lay_out(found, names, width=width, first=first)
    return {one.label: text(row_line(one, layout)) for one in found.rows.values()}


TWO = comparison(
    (said("accuracy", "0.90"), said("latency", "10", unit="ms"), said("recall", "0.5", group="female")),
    (said("accuracy", "0.95"), said("latency", "12", unit="ms"), said("recall", "0.6", group="female")),
    hyperparameters=("liblinear", "saga"),
)
MANY = comparison(
    *[(said("accuracy", f"0.9{at}"), said("model_size", f"{at}12345", unit="bytes")) for at in range(1, 9)]
)


def test_what_became_worse_stands_first() -> None:
    assert [one.label for one in TWO.rows.values()][:2] == ["latency ms", "accuracy"]


def test_a_row_has_values_difference_meaning_and_the_best_marked() -> None:
    rows = table(TWO, width=78)
    assert rows["accuracy"].split() == ["accuracy", "0.90", "0.95*", "+0.05", "better"]
    assert rows["latency ms"].split() == ["latency", "ms", "10*", "12", "+2", "worse"]


def test_groups_are_named_by_what_they_were_measured_on_and_by_what_tells_them_apart() -> None:
    titles = [title for title, _ in TWO.groups]
    assert titles == ["metrics · holdout test", "slices by gender · holdout test", "hyperparameters", "files"]
    assert "recall female" in table(TWO, width=78)


def test_a_text_that_differs_says_so_in_a_sign() -> None:
    rows = table(TWO, width=78)
    assert rows["solver"].split() == ["solver", "liblinear", "≠", "saga"]
    assert rows["model.onnx"].split() == ["model.onnx", "0" * 12, "≠", "0" * 12, "+0.98K"]


def test_only_differences_leaves_out_rows_and_groups_that_are_alike() -> None:
    alike = comparison((said("accuracy", "0.9"), said("f1", "0.5")), (said("accuracy", "0.90"), said("f1", "0.6")))
    kept = [alike.rows[key].label for _, keys in alike.sections(only_differences=True) for key in keys]
    assert kept == ["f1", "model.onnx"]
    assert sum(len(keys) for _, keys in alike.sections(only_differences=False)) == 3


@pytest.mark.parametrize("width", [58, 77, 117, 197])
@pytest.mark.parametrize("found", [TWO, MANY])
def test_every_line_fits_and_columns_stand_below_their_titles(found: Comparison, width: int) -> None:
    names = [ref.partition(":")[2] for ref in found.refs]
    layout = lay_out(found, names, width=width)
    (head,) = title_lines([names], layout)
    lines = [text(row_line(one, layout)) for one in found.rows.values()]
    assert {len(line) for line in [text(head), *lines]} == {len(text(head))}
    assert len(text(head)) <= width


def test_columns_without_room_are_left_out_whole_and_the_first_stays() -> None:
    names = [ref.partition(":")[2] for ref in MANY.refs]
    layout = lay_out(MANY, names, width=77)
    assert layout.columns[0] == 0
    assert layout.columns == tuple(range(len(layout.columns)))
    assert 2 < len(layout.columns) < 8
    last = lay_out(MANY, names, width=77, first=99)
    assert last.columns == (0, *range(9 - len(layout.columns), 8))


def test_words_become_signs_before_a_version_is_left_out_and_signs_are_explained() -> None:
    three = comparison(*[(said("accuracy", f"0.9{at}"), said("some_longer_name", "1")) for at in (1, 2, 3)])
    names = ["1", "2", "3"]
    roomy, tight = lay_out(three, names, width=90), lay_out(three, names, width=65)
    assert (roomy.words, tight.words) == (True, False)
    assert roomy.columns == tight.columns == (0, 1, 2)
    assert "▲ better" in legend(tight)
    assert "▲" not in legend(roomy)
    assert table(three, width=65)["accuracy"].count("▲") == 2


def test_values_in_different_units_are_not_compared_and_say_so() -> None:
    mixed = comparison((said("accuracy", "0.9"),), (said("accuracy", "90", unit="%"),))
    assert "not comparable" in table(mixed, width=77)["accuracy"]


def test_a_version_that_says_nothing_has_a_dash_and_no_zero() -> None:
    silent = comparison((said("accuracy", "0.9"),), ())
    assert table(silent, width=77)["accuracy"].split() == ["accuracy", "0.9", "-", "-"]


def test_names_and_texts_that_could_act_or_are_wide_keep_the_columns_in_place() -> None:
    hostile = comparison(
        (said("模型_accuracy", "0.9"), said("evil\x1b[2J", "1")),
        (said("模型_accuracy", "0.8"), said("evil\x1b[2J", "2")),
        hyperparameters=("\x1b]52;c;UFA=\x07", "模型" * 30),
    )
    layout = lay_out(hostile, ["1", "2"], width=77)
    rows = hostile.rows.values()
    lines = [text(row_line(one, layout, plain=plain)) for one in rows for plain in (False, True)]
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    assert all(line.isprintable() for line in lines)


def test_a_row_is_told_in_full() -> None:
    rows = {one.label: one for one in TWO.rows.values()}
    assert told(rows["accuracy"], ["1", "2"]) == "accuracy on holdout test"
    assert told(rows["solver"], ["1", "2"]) == "solver · 1: liblinear · 2: saga"
