"""The configuration file, and what the environment says instead."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.errors import InvalidValueError
from signoff.registry.settings import Fault, Settings, load_settings, overridden, settings_faults, settings_path

FILE = """registries:
  lab: /mnt/models
theme: light
keymap:
  filter: f
  aprove: b
columns: [version, stge]
views: {w: "status:x"}
"""


def write(text: str) -> None:
    Path(settings_path()).write_text(text, encoding="utf-8")


def judge(_: Settings) -> Iterator[Fault]:
    yield Fault(setting="theme", what="a theme")
    yield Fault(setting="keymap", key="aprove", what="an id")
    yield Fault(setting="columns", key="stge", what="a column")
    yield Fault(setting="views", key="w", what="a query")


def test_a_front_ends_faults_are_told_with_the_line_of_their_key() -> None:
    write(FILE)
    found = [(fault.line, fault.path) for fault in settings_faults(judge)]
    assert found == [(3, "theme"), (6, "keymap.aprove"), (7, "columns.stge"), (8, "views.w")]


def test_faults_of_form_and_of_meaning_are_told_together() -> None:
    write("them: dark\nrefresh: soon\ntheme: x\n")
    found = [(fault.line, fault.message) for fault in settings_faults(lambda _: [Fault(setting="theme", what="no")])]
    assert found[0][1].endswith("there is no setting 'them'")
    assert [line for line, _ in found] == [1, 2, 3]


def test_a_front_end_judges_only_what_is_well_formed() -> None:
    write("mouse: perhaps\ntheme: light\n")
    seen: list[Settings] = []

    def look(settings: Settings) -> list[Fault]:
        seen.append(settings)
        return []

    assert [fault.path for fault in settings_faults(look)] == ["mouse"]
    assert seen == [Settings(theme="light")]


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write(FILE)
    monkeypatch.setenv("SIGNOFF_THEME", "ansi")
    monkeypatch.setenv("SIGNOFF_READ_ONLY", "1")
    settings = load_settings()
    assert (settings.theme, settings.read_only, settings.registries) == ("ansi", True, {"lab": "/mnt/models"})


def test_each_variable_is_read_as_its_kind() -> None:
    environ = {"SIGNOFF_MOUSE": "false", "SIGNOFF_REFRESH": "5", "SIGNOFF_COLUMNS": "version age, metrics.f1"}
    assert overridden(Settings(), environ) == Settings(mouse=False, refresh=5, columns=("version", "age", "metrics.f1"))
    assert overridden(Settings(theme="light"), dict(os.environ)) == Settings(theme="light")


def test_a_variable_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(InvalidValueError, match="SIGNOFF_REFRESH is 'soon'"):
        overridden(Settings(), {"SIGNOFF_REFRESH": "soon"})
