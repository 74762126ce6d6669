"""What is done with words: what was typed behind `:`, and what the palette chose.

The rule it keeps: a command is done here as its key does it, with the same reason where it cannot be; only the words
come from the person.
"""

from collections.abc import Callable, Collection
from functools import cache

from signoff.registry.rows import VersionRow, known_names
from signoff.tui.commands import need_command, why_not
from signoff.tui.doing import DOINGS, Desktop, Doing
from signoff.tui.known import Known
from signoff.tui.messages import Go, Sign
from signoff.tui.prompting import Do, Visit
from signoff.tui.widgets.lines import LineView
from signoff.tui.widgets.listing import Listing

Words = tuple[str, ...]


def begin(app: Desktop, text: str = "") -> None:
    """Open the command line."""
    page, session = app.page, app.session
    page.tell("")
    page.prompt.begin(known_of(app), screen=page.page_id, typed=session.typed, text=text)


def known_of(app: Desktop) -> Known:
    """Return what a line can be about now."""
    page, settings, snapshot = app.page, app.session.settings, app.snapshot
    name = page.subject.model if page.subject else next(iter(page.words), "")
    model = snapshot.find_model(name) if snapshot and name else None

    @cache
    def names() -> Collection[str]:
        return known_names(VersionRow(view, model) for view in model.versions) if model else frozenset()

    places = (
        {one.environment for model in snapshot.models for one in model.history.deployments.values()} if snapshot else ()
    )
    return Known(
        snapshot=snapshot,
        model=name,
        registries=tuple(settings.registries),
        views=tuple(settings.views),
        environments=tuple(sorted(places)),
        names=names,
    )


def asks(command_id: str) -> Doing:
    """Return what opens the command line for a command that can do nothing without words."""
    return lambda app: begin(app, f"{command_id} ")


def fulfil(app: Desktop, wish: Do | Visit) -> None:
    """Do what was asked for, or say why it cannot be done."""
    if isinstance(wish, Visit):
        app.post_message(Go("version", wish.model, wish.version) if wish.version else Go("versions", wish.model))
        return
    command, page = need_command(wish.command), app.page
    if command.group == "move":
        _move(app, command.id)
        return
    if not wish.words and command.id != "columns":
        app.action_command(command.id)
        return
    reason = "" if command.id == "compare" else why_not(command, page.situation())
    page.tell(reason)
    if reason:
        return
    if command.id in WITH_WORDS:
        WITH_WORDS[command.id](app, wish.words)
    elif page.subject is not None:
        app.post_message(Sign(command.id, page.subject.model, page.subject.version, **wish.fields))


def _move(app: Desktop, command_id: str) -> None:
    focused = app.page.focused
    if isinstance(focused, LineView):
        focused.action_move(command_id)


def _columns(app: Desktop, words: Words) -> None:
    app.session.columns = words or app.session.settings.columns
    app.show()
    app.page.tell("" if words else "the usual columns again", "plain")


def _filter(app: Desktop, text: str) -> None:
    for listing in app.page.query(Listing):
        listing.ask_for(text)
        return
    app.page.tell("there is no list here to filter")


def _theme(app: Desktop, words: Words) -> None:
    app.page.tell(app.wear(words[0]), "plain")


def _view(app: Desktop, words: Words) -> None:
    _filter(app, app.session.settings.views[words[0]])


WITH_WORDS: dict[str, Callable[[Desktop, Words], None]] = {
    "compare": lambda app, words: _go(app, "compare", *words),
    "at": lambda app, words: _go(app, "audit", "", *words),
    "registry": lambda app, words: app.switch_registry(words[0]),
    "columns": _columns,
    "view": _view,
    "theme": _theme,
    "filter": lambda app, words: _filter(app, words[0]),
}
"""Command id -> what it does with its words."""


def _go(app: Desktop, page: str, *words: str) -> None:
    app.post_message(Go(page, *words))


TYPED_DOINGS: dict[str, Doing] = {
    "prompt": begin,
    **{command_id: asks(command_id) for command_id in ("at", "registry", "columns", "view", "theme", "pull")},
}
"""Command id -> what it does without words: it asks for them."""

ALL_DOINGS = DOINGS | TYPED_DOINGS
"""Every command that belongs to no single screen -> what it does."""
