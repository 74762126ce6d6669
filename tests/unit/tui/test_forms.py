"""What each action asks for: fields, choices, the typed name; and what the words behind a command mean."""

import pytest

from signoff.records.statement import ACTIONS
from signoff.tui.asked import FILLS, Asked, ask_of, next_step
from signoff.tui.commands import BY_ID
from signoff.tui.forms import FORMS, Fault, fault_of, fields_of_words, form_of, spoken
from signoff.tui.options import STEPS


def test_every_action_but_a_purge_has_a_form_and_every_signing_command_opens_one() -> None:
    assert set(FORMS) == {*ACTIONS, "pull"} - {"purge"}
    assert {command.id for command in BY_ID.values() if command.signs} <= set(FORMS)


def test_what_moves_production_or_is_for_good_asks_for_the_versions_name() -> None:
    assert {name for name, form in FORMS.items() if form.typed} == {
        "promote",
        "reject",
        "revoke",
        "break_glass",
        "rollback",
    }


def test_every_step_is_a_known_choice() -> None:
    steps = {step for form in FORMS.values() for step in form.steps}
    assert steps == {*STEPS, "evaluation"}
    assert set(FILLS) <= steps


def test_words_behind_a_command_name_fields_or_choices_of_its_form() -> None:
    for action, form in FORMS.items():
        known = (
            {field.name for field in form.fields} | {FILLS.get(step, step) for step in form.steps} | {"file", "stage"}
        )
        assert set(form.words) <= known, action


@pytest.mark.parametrize(
    ("action", "words", "fields"),
    [
        ("break_glass", "production  the old one leaks", {"stage": "production", "reason": "the old one leaks"}),
        ("deploy", "eu-west serving", {"environment": "eu-west", "status": "serving"}),
        ("comment", "two words", {"comment": "two words"}),
        ("pull", "/tmp/a folder", {"destination": "/tmp/a folder"}),
        ("alias", "champion", {"alias": "champion"}),
        ("alias", "   ", {}),
        ("restore", "", {}),
    ],
)
def test_the_words_behind_a_command_fill_its_fields(action: str, words: str, fields: dict[str, str]) -> None:
    assert fields_of_words(action, words) == fields


@pytest.mark.parametrize(
    ("action", "typed", "fault"),
    [
        ("revoke", {}, Fault("reason", "reason: it is asked for")),
        ("revoke", {"reason": "  "}, Fault("reason", "reason: it is asked for")),
        ("revoke", {"reason": "leak"}, None),
        ("approve", {}, None),
        ("annotate", {"notes": ""}, Fault("tags", "there is nothing to sign yet: fill one of the fields")),
        ("annotate", {"notes": "x"}, None),
        ("annotate", {"tags": "red"}, Fault("tags", "'red' is not KEY=VALUE; write as in: team=risk")),
        (
            "deploy",
            {"environment": "eu", "instances": "-1"},
            Fault("instances", "instances: '-1' is no number; write it in digits, as 2"),
        ),
        ("deploy", {"environment": "eu", "instances": "0"}, None),
        ("pull", {}, Fault("destination", "into the folder: it is asked for")),
    ],
)
def test_what_is_missing_is_said_by_its_field(action: str, typed: dict[str, str], fault: Fault | None) -> None:
    assert fault_of(FORMS[action], typed) == fault


@pytest.mark.parametrize(
    ("action", "typed", "said"),
    [
        ("approve", {"comment": " fine "}, {"comment": "fine"}),
        ("approve", {"comment": " "}, {}),
        ("revoke", {}, {"reason": "not said yet"}),
        ("deploy", {"environment": "eu", "instances": "2"}, {"environment": "eu", "instances": 2}),
        ("deprecate", {"reason": "old", "replaced_by": "fraud:4"}, {"reason": "old", "replaced_by": "4"}),
        ("register", {"built_by": "ana, ben ,"}, {"built_by": ("ana", "ben")}),
        (
            "annotate",
            {"tags": "team=risk, empty=, -old", "notes": "n"},
            {"set": {"tags": {"team": "risk", "empty": "", "old": None}, "notes": "n"}},
        ),
    ],
)
def test_what_is_typed_becomes_fields_of_a_record(action: str, typed: dict[str, str], said: dict[str, object]) -> None:
    assert spoken(FORMS[action], typed) == said


def test_a_new_alias_is_named_by_hand_and_a_known_one_is_not() -> None:
    assert [field.name for field in form_of("alias", {"new": True, "alias": ""}).fields] == ["alias", "comment"]
    assert [field.name for field in form_of("alias", {"alias": "champion"}).fields] == ["comment"]


def test_what_is_known_beforehand_is_not_asked_again() -> None:
    asked = Asked(action="promote", model="fraud", version="4")
    assert next_step(("stage",), asked, ()) == "stage"
    assert next_step(("stage",), asked, ("stage",)) == ""
    known = Asked(action="promote", model="fraud", version="4", fields={"stage": "staging"})
    assert next_step(("stage",), known, ()) == ""


def test_how_it_was_asked_stands_in_no_record() -> None:
    asked = Asked(action="alias", model="fraud", version="4", fields={"alias": "champion", "remove": True})
    ask = ask_of(asked, {"comment": "bye"})
    assert (ask.version, ask.fields) == (None, {"alias": "champion", "comment": "bye"})
    deprecated = Asked(action="deprecate", model="fraud", version="4", fields={"way": "deprecate"})
    assert ask_of(deprecated, {"reason": "old"}).fields == {"reason": "old"}
