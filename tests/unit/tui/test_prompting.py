"""What is typed behind `:`: a line is understood, or its wrong word is named with the nearest right one."""

import pytest

from signoff.registry.opening import open_registry
from signoff.registry.rows import VersionRow, known_names
from signoff.registry.snapshot import Snapshot
from signoff.tui.commands import COMMANDS
from signoff.tui.completing import complete, offered_lines
from signoff.tui.known import Known
from signoff.tui.prompting import Do, PromptError, Visit, parse_line
from signoff.tui.promptwords import WORDS

MODEL = "credit-approval"


@pytest.fixture(scope="module")
def snapshot(pytestconfig: pytest.Config) -> Snapshot:
    return open_registry(str(pytestconfig.rootpath / "sample_registry"), read_only=True).snapshot()


@pytest.fixture
def known(snapshot: Snapshot) -> Known:
    model = snapshot.need_model(MODEL)
    return Known(
        snapshot=snapshot,
        model=MODEL,
        registries=("lab", "prod"),
        views=("waiting", "good ones"),
        environments=("edge", "eu-west"),
        names=lambda: known_names(VersionRow(view, model) for view in model.versions),
    )


def fault(line: str, known: Known) -> tuple[str, str]:
    """Return the words that are marked, and what is said of them."""
    with pytest.raises(PromptError) as caught:
        parse_line(line, known)
    error = caught.value
    return line[error.start : error.end], f"{error.message}: {error.hint}" if error.hint else error.message


def test_every_command_without_words_is_understood(known: Known) -> None:
    plain = [command.id for command in COMMANDS if command.id not in WORDS]
    assert len(plain) > 30
    assert [parse_line(f":{command_id}", known) for command_id in plain] == [Do(command=one) for one in plain]


@pytest.mark.parametrize("line", ["", "   ", ":", " : "])
def test_an_empty_line_asks_for_nothing(line: str, known: Known) -> None:
    assert parse_line(line, known) is None


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("alias champion", {"alias": "champion"}),
        ("alias champion  the best so far", {"alias": "champion", "comment": "the best so far"}),
        ("comment  looks right to me ", {"comment": "looks right to me"}),
        ("deploy eu-west serving", {"environment": "eu-west", "status": "serving"}),
        ("deploy edge failed out of memory", {"environment": "edge", "status": "failed", "comment": "out of memory"}),
        ("pull /srv/my models", {"destination": "/srv/my models"}),
        ("break_glass production the pager rings", {"stage": "production", "reason": "the pager rings"}),
        ("approve production fine", {"stage": "production", "comment": "fine"}),
        ("deprecate too old", {"reason": "too old"}),
        ("restore", {}),
        ("withdraw", {}),
    ],
)
def test_words_behind_a_signing_command_are_fields_as_records_spell_them(
    line: str, fields: dict[str, str], known: Known
) -> None:
    wish = parse_line(line, known)
    assert isinstance(wish, Do)
    assert wish.fields == fields


@pytest.mark.parametrize(
    ("line", "wish"),
    [
        (":compare 3 6", Do(command="compare", words=(f"{MODEL}:3", f"{MODEL}:6"))),
        ("compare silero-vad:6.2.3", Do(command="compare", words=("silero-vad:6.2.3",))),
        ("at 2026-03-01", Do(command="at", words=("2026-03-01",))),
        ("registry lab", Do(command="registry", words=("lab",))),
        ("view good ones", Do(command="view", words=("good ones",))),
        ("theme high_contrast", Do(command="theme", words=("high-contrast",))),
        ("theme color-blind", Do(command="theme", words=("colour-blind",))),
        ("columns version roc_auc", Do(command="columns", words=("version", "metrics.roc_auc"))),
        ("q", Do(command="quit")),
    ],
)
def test_other_words_are_taken_whole(line: str, wish: Do, known: Known) -> None:
    found = parse_line(line, known)
    assert isinstance(found, Do)
    assert (found.command, found.words) == (wish.command, wish.words)


@pytest.mark.parametrize(
    ("line", "visit"),
    [
        (f":{MODEL}", Visit(MODEL)),
        (f":{MODEL}:6", Visit(MODEL, "6")),
        (f"{MODEL}@production", Visit(MODEL, "3")),
        (f"{MODEL}@champion", Visit(MODEL, "3")),
        (f"{MODEL}@latest", Visit(MODEL, "6")),
    ],
)
def test_a_reference_goes_there(line: str, visit: Visit, known: Known) -> None:
    assert parse_line(line, known) == visit


@pytest.mark.parametrize(
    ("line", "marked", "said"),
    [
        (":aprove", "aprove", "no command or model is called 'aprove'; the nearest is 'approve'"),
        (":hist", "hist", "no command or model is called 'hist'; the nearest is 'history'"),
        (":credit", "credit", f"no command or model is called 'credit'; the nearest is '{MODEL}'"),
        (f":{MODEL} 6", "6", f"a version is written {MODEL}:6"),
        (f"{MODEL} :6", ":6", f"no space stands before a version: write {MODEL}:6"),
        (f"{MODEL}:6 now", "now", f"nothing stands behind {MODEL}:6"),
        ("theme blight", "blight", "no theme is called 'blight'; the nearest is 'light'"),
        ("registry prd", "prd", "no registry of the configuration is called 'prd'; the nearest is 'prod'"),
        ("view waitin", "waitin", "no saved filter is called 'waitin'; the nearest is 'waiting'"),
        ("columns version rocauc", "rocauc", "no column is called 'rocauc'; the nearest is 'metrics.roc_auc'"),
        ("deploy edge servng", "servng", "no status is called 'servng'; the nearest is 'serving'"),
        (
            "approve produktion",
            "produktion",
            "no stage with a rule is called 'produktion'; the nearest is 'production'",
        ),
        ("models now please", "now please", "models takes no words: write: models"),
        ("at yesterday", "yesterday", "'yesterday' is not a date or time: write 2026-11-23 or 2026-11-23T08:00:00Z"),
        ("credit-aproval:6", "credit-aproval:6", "the nearest model is 'credit-approval'"),
        (f"{MODEL}:66", f"{MODEL}:66", "credit-approval:66 is not there"),
        ("compare 3 66", "66", "credit-approval:66 is not there"),
    ],
)
def test_a_wrong_word_is_marked_and_the_nearest_named(line: str, marked: str, said: str, known: Known) -> None:
    found, words = fault(line, known)
    assert found == marked
    assert said in words


@pytest.mark.parametrize("line", [":versions", ":version", ":xyz"])
def test_what_is_near_to_nothing_is_told_without_a_guess(line: str, known: Known) -> None:
    assert fault(line, known)[1] == f"no command or model is called '{line[1:]}'"


def test_a_command_that_needs_a_word_says_what_it_can_be(known: Known) -> None:
    assert fault("registry", known)[1] == "registry needs a word: registry NAME: one of: lab, prod"
    assert fault("at", known)[1] == "at needs a word: at DATE: as 2026-03-01"


def test_before_anything_was_read_no_reference_is_known() -> None:
    assert fault("fraud:7", Known())[1] == "nothing was read yet"
    assert parse_line("inbox", Known()) == Do(command="inbox")


def candidates(line: str, known: Known) -> tuple[str, ...]:
    return complete(line, known, screen="versions").candidates


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (":comp", ("compare",)),
        (":credit", (MODEL, *(f"{MODEL}@{one}" for one in ("latest", "staging", "production", "champion")))),
        ("theme ", ("dark", "light", "high-contrast", "colour-blind", "ansi")),
        ("theme h", ("high-contrast",)),
        ("deploy ", ("edge", "eu-west")),
        ("deploy edge s", ("serving", "stopped")),
        ("registry ", ("lab", "prod")),
        ("view go", ("good ones",)),
        ("view good o", ("good ones",)),
        ("compare 3 6 1", ("1",)),
        ("columns size size", ()),
        (f"{MODEL}:6", ("6",)),
        (f"{MODEL}:", ("7", "6", "5", "4", "3", "2", "1")),
        (f"{MODEL}@p", ("production",)),
        ("nothing:", ()),
        ("comment any wor", ()),
        ("alias ", ("champion",)),
    ],
)
def test_a_line_goes_on_with_what_is_known(line: str, offered: tuple[str, ...], known: Known) -> None:
    assert candidates(line, known) == offered


def test_what_stands_behind_a_models_name_goes_on_from_there(known: Known) -> None:
    line = f":{MODEL}@prod"
    completion = complete(line, known, screen="models")
    assert parse_line(line[: completion.start] + completion.common, known) == Visit(MODEL, "3")


def test_what_belongs_to_another_screen_is_not_offered(known: Known) -> None:
    assert "tab.metrics" not in candidates("", known)
    assert complete("tab.m", known, screen="version").candidates == ("tab.metrics",)


def test_whatever_is_offered_first_is_understood(known: Known) -> None:
    for line in ("theme ", "registry ", "view ", "columns ", "compare ", "alias ", "deploy ", "approve ", "promote "):
        for offered in candidates(line, known):
            assert parse_line(line + offered, known) is not None


def test_no_space_follows_a_models_name_because_a_version_may(known: Known) -> None:
    completion = complete(":credit", known, screen="models")
    assert completion.common == MODEL
    assert len(completion.candidates) > 1
    assert all(isinstance(parse_line(one, known), Visit) for one in completion.candidates)


def test_what_all_candidates_begin_with_is_common(known: Known) -> None:
    assert complete("columns params.l", known, screen="versions").common == "params.learning_rate"
    assert complete("columns nothing", known, screen="versions").common == ""


def test_candidates_stand_in_few_lines_and_say_how_many_more_there_are(known: Known) -> None:
    completion = complete("columns ", known, screen="versions")
    lines = offered_lines(completion, width=60, most=2)
    texts = ["".join(text for text, _ in line) for line in lines]
    assert len(texts) == 2
    assert all(len(text) <= 60 for text in texts)
    shown = [one for text in texts for one in text.split() if one in completion.candidates]
    assert texts[-1].endswith(f"{len(completion.candidates) - len(shown)} more")


def test_the_candidate_that_was_taken_is_always_visible(known: Known) -> None:
    completion = complete("columns ", known, screen="versions")
    for number, name in enumerate(completion.candidates):
        pieces = [piece for line in offered_lines(completion, width=60, most=2, at=number) for piece in line]
        assert (name, "accent") in pieces


def test_usage_stands_where_nothing_can_be_offered(known: Known) -> None:
    lines = offered_lines(complete("comment ", known, screen="versions"), width=60, most=2)
    assert lines == (((" comment [TEXT]", "dim"),),)
