"""What the palette offers, and in which order."""

import pytest

from signoff.registry.opening import open_registry
from signoff.registry.snapshot import Snapshot
from signoff.tui.choices import choices, command_choices, fitness
from signoff.tui.commands import Situation, applies, need_command
from signoff.tui.prompting import Do, Visit

HERE = Situation(
    screen="versions", selected="fraud:7", refusals={"promote": "production needs 1 more approval from: risk"}
)


@pytest.fixture(scope="module")
def snapshot(pytestconfig: pytest.Config) -> Snapshot:
    return open_registry(str(pytestconfig.rootpath / "sample_registry"), read_only=True).snapshot()


def test_the_commands_of_the_page_in_front_come_first() -> None:
    found = [choice.here for choice in command_choices(HERE, {})]
    assert found == sorted(found, reverse=True)
    assert set(found) == {True, False}


def test_what_cannot_be_done_says_why_in_the_same_words() -> None:
    found = {choice.id: choice.why for choice in command_choices(HERE, {})}
    assert found["do promote"] == "production needs 1 more approval from: risk"
    assert found["do approve"] == ""
    assert found["do tab.metrics"] == "metrics belongs to: version"


def test_keys_are_those_of_the_keymap() -> None:
    labels = {choice.id: choice.label for choice in command_choices(HERE, {"filter": "ctrl+f", "approve": ""})}
    assert (labels["do filter"], labels["do approve"], labels["do alias"]) == ("ctrl-f", ":approve", ":alias")


def test_letters_in_order_are_enough_and_whole_words_are_better() -> None:
    assert fitness("lias", "Point an alias at it") is not None
    assert fitness("xyz", "Point an alias at it") is None
    ranks = [fitness("pro", text) for text in ("Promote", "what is promising", "repro", "people, roles")]
    assert None not in ranks
    assert ranks == sorted(ranks, key=lambda rank: rank if rank is not None else -1)


def test_the_best_fit_stands_first(snapshot: Snapshot) -> None:
    found = choices("prom", command_choices(HERE, {}), snapshot)
    assert found[0].wish == Do(command="promote")
    assert choices("!", command_choices(HERE, {}), snapshot)[0].wish == Do(command="problems")


def test_models_and_versions_are_places_to_go_to(snapshot: Snapshot) -> None:
    places = [
        choice.wish for choice in choices("silero", command_choices(HERE, {}), snapshot) if choice.label == "go to"
    ]
    assert places[0] == Visit("silero-vad")
    assert Visit("silero-vad", "6.2.3") in places
    assert Visit("credit-approval") not in places


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("6.2.3", {"silero-vad:6.2.3"}),
        ("vad:6.2.3", {"silero-vad:6.2.3"}),
        ("credit-approval:6", {"credit-approval:6"}),
    ],
)
def test_a_version_is_found_by_its_name_or_its_reference(typed: str, found: set[str], snapshot: Snapshot) -> None:
    places = {choice.title for choice in choices(typed, command_choices(HERE, {}), snapshot) if choice.label == "go to"}
    assert places == found


def test_without_letters_every_command_is_there_and_no_place(snapshot: Snapshot) -> None:
    found = choices(" ", command_choices(HERE, {}), snapshot)
    assert found == command_choices(HERE, {})
    assert applies(need_command("compare"), "versions")
