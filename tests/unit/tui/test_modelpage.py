"""The pane about a model says what is known and leaves out what nobody said."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from signoff.registry.problems import Problem
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.tui.columns import model_fields
from signoff.tui.modelpage import model_text
from signoff.tui.scene import scene_of
from signoff.tui.widgets.table import chosen_columns
from stories import Story

NOW = datetime(2026, 3, 9, tzinfo=UTC)
SAID = """title: Fraud detector
description: Finds fraud
owners: [ana]
tags: [tabular]
metrics:
  accuracy: {direction: higher, unit: fraction, primary: true}
  odd: {unit: ms}
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with Story(tmp_path_factory.mktemp("model")) as story:
        story.serve("fraud:1")
        story.sign("deploy", "fraud:1", by="cy", environment="eu-west", status="serving")
        story.register("fraud:2")
        story.request("fraud:2")
        story.write("fraud:3")
        (story.path / "models/fraud/model.yaml").write_text(SAID)
        story.register("ranker:1")
        yield story.registry.snapshot()


def text(snapshot: Snapshot, model: ModelView, person: str = "ben") -> str:
    lines = model_text(model, scene_of(snapshot, now=NOW, person=person))
    return "\n".join("".join(part for part, _ in line) for line in lines)


def test_all_that_is_known_of_a_model_is_said(snapshot: Snapshot) -> None:
    said = text(snapshot, snapshot.need_model("fraud"))
    for words in (
        "Fraud detector  fraud",
        "Finds fraud",
        "3 versions, 1 not registered",
        "owners      ana",
        "tags        tabular",
        "◐ 1 for you: press i",
        "production  1",
        "● serving eu-west",
        "accuracy higher, fraction",
        "odd      nobody says, ms",
    ):
        assert words in said, words


def test_a_model_of_which_nobody_said_anything_says_so(snapshot: Snapshot) -> None:
    said = text(snapshot, snapshot.need_model("ranker"))
    assert "model.yaml says nothing: press e to write it" in said
    assert "no stage and no alias points at a version" in said
    assert "owners" not in said
    assert "waiting" not in said


def test_problems_come_first_with_what_to_do(snapshot: Snapshot) -> None:
    fraud = snapshot.need_model("fraud")
    found = tuple(Problem(place="p", what=f"wrong {number}", hint=f"mend {number}") for number in range(7))
    said = text(snapshot, replace(fraud, problems=found))
    assert said.splitlines()[1:3] == ["! wrong 0", "  mend 0"]
    assert "wrong 4" in said
    assert "wrong 5" not in said
    assert "more problems: press !" in said


def test_at_80_columns_the_list_keeps_what_is_in_production_what_waits_the_age_and_the_size(snapshot: Snapshot) -> None:
    columns = [field.column for field in model_fields(scene_of(snapshot, now=NOW, person="ben"))]
    kept = {columns[at].id for at, _ in chosen_columns(columns, 79)}
    assert kept >= {"model", "latest", "stage.production", "waiting", "size", "updated"}
    at_60 = {columns[at].id for at, _ in chosen_columns(columns, 60)}
    assert at_60 >= {"model", "stage.production", "waiting", "updated"}
