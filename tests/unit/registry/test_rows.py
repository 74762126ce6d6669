"""Versions as rows: every field of the filter language has an answer, and an unknown one is no match."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from signoff.policy.query import parse_query
from signoff.policy.query_fields import FIELDS
from signoff.registry.rows import ANSWERS, LazyNames, VersionRow, headline_metrics, known_names, natural
from stories import Story

NOW = datetime(2026, 3, 3, tzinfo=UTC)
SAID = """\
description: finds fraud
license: mit
library_name: sklearn
pipeline_tag: tabular-classification
language: [en]
tags: {team: risk, old: null}
base_model: org/base
datasets: [{name: payments, revision: r1}]
hyperparameters: {depth: 6}
source: {commit: abcdef1234, run_id: run-9}
metrics: {accuracy: 0.93, latency_ms: 12}
created_at: 2026-03-01
"""


@pytest.fixture
def row(tmp_path: Path) -> Iterator[VersionRow]:
    with Story(tmp_path) as story:
        story.register("fraud:10", files={"w.onnx": b"x", "version.yaml": SAID})
        story.sign("deploy", "fraud:10", by="cy", environment="eu-west", status="serving")
        story.sign("annotate", "fraud:10", by="ana", set={"tags": {"team": "credit"}})
        model = story.registry.model("fraud")
        yield VersionRow(model.versions[0], model, paths=lambda _: ("w.onnx",))


def test_every_field_of_the_language_is_answered() -> None:
    assert set(ANSWERS) == set(FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        "finds",
        "license:mit library:sklearn task:tabular-classification language:en",
        "base:org/base dataset:payments commit:abcdef run:run-9 format:onnx",
        "accuracy>0.9 latency_ms<20 params.depth:6",
        "tag:old tags.team:credit environment:eu-west",
        "author:ana by:ana status:registered registered:2026-03-02 created:2026-03-01 age<2d",
        "version>9 size>0 updated>=2026-03-02 approval_status:none",
        "-stage:production -problem:* -alias:*",
    ],
)
def test_a_version_is_found_by_what_it_says(row: VersionRow, text: str) -> None:
    assert parse_query(text, now=NOW, known=known_names([row])).matches(row)


@pytest.mark.parametrize("text", ["license:gpl", "accuracy>0.94", "tags.team:risk", "stage:*", "relation:*", "owner:*"])
def test_a_version_is_not_found_by_what_it_does_not_say(row: VersionRow, text: str) -> None:
    assert not parse_query(text, now=NOW, known=known_names([row])).matches(row)


def test_a_metric_is_a_number(row: VersionRow) -> None:
    assert row.values("metrics.accuracy") == (Decimal("0.93"),)


def test_the_first_metrics_stand_in_front_where_none_is_primary(row: VersionRow) -> None:
    assert headline_metrics(row.model) == ("accuracy", "latency_ms")


def test_names_sort_as_people_count() -> None:
    assert sorted(["10", "9", "v2", "V10", "", "v", "1a", "²"], key=natural) == [
        "",
        "1a",
        "9",
        "10",
        "v",
        "v2",
        "V10",
        "²",
    ]


def test_names_are_looked_for_only_as_far_as_it_takes() -> None:
    looked: list[str] = []

    def look() -> Iterator[str]:
        for name in ("metrics.acc", "metrics.loss", "metrics.acc", "tags.team"):
            looked.append(name)
            yield name

    names = LazyNames(look)
    assert "metrics.acc" in names
    assert looked == ["metrics.acc"]
    assert "metrics.loss" in names
    assert "metrics.acc" in names
    assert len(looked) == 2
    assert "tags.nobody" not in names
    assert sorted(names) == ["metrics.acc", "metrics.loss", "tags.team"]
    assert len(names) == 3
    assert len(looked) == 4
