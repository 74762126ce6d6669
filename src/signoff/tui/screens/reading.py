"""A text to read: somebody's YAML, a record as it is, all about a version or a model.

The rule it keeps: it says which file or record it shows; a text of any length is coloured only where it is seen.
"""

from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.details import ancestry_of, evidence_of, files_of
from signoff.registry.registry import Registry
from signoff.registry.texts import Writing, metadata_writing
from signoff.registry.views import VersionView
from signoff.tui.describing import Described, model_text, version_text
from signoff.tui.highlight import yaml_line
from signoff.tui.pages import Text, findings_said
from signoff.tui.raw import record_text
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.widgets.longtext import Dress, LongText, long_lines, undressed
from signoff.values.display import short_digest

TITLES = {"yaml": "YAML", "record": "record", "describe": "all about it"}
READING: Text = ((("reading …", "dim"),),)


class Shown(msgspec.Struct, frozen=True):
    """A text: pieces, and below them lines that are dressed when they are seen."""

    above: Text
    lines: tuple[str, ...] = ()
    dress: Dress = undressed


class ReadingPage(Page):
    """One text."""

    page_id: ClassVar[str] = "text"

    def __init__(self, session: Session, what: str, ref: str, record: str = "") -> None:
        """Begin empty.

        Args:
            session: The person and the desk.
            what: A key of `TITLES`.
            ref: A model's name, or a model and a version as `fraud:7`.
            record: The id of the record, where it is one.
        """
        super().__init__(session)
        self.what = what
        model, _, version = ref.partition(":")
        self.about = Subject(model, version, record)
        self.text = LongText(id="text")
        self.asked_for: object = None

    def body(self) -> tuple[Widget, ...]:
        """Return the text."""
        return (self.text,)

    def place(self) -> tuple[str, ...]:
        """Return what it is about."""
        what = f"record {self.about.record[:12]}" if self.about.record else TITLES.get(self.what, self.what)
        return (*(part for part in (self.about.model, self.about.version) if part), what)

    @property
    def subject(self) -> Subject:
        """What the text is about."""
        return self.about

    def redraw(self, scene: Scene) -> None:
        """Show the text, and ask for what of it the snapshot does not have."""
        if self.asked_for is scene.snapshot:
            return
        self.asked_for = scene.snapshot
        if not self.text.text:
            self.text.show(READING)
        match self.what:
            case "record":
                self.text.show(self._record(scene))
            case "yaml":
                self.ask(self._yaml, self._then(_yaml_shown), lane="text")
            case _:
                self._describe(scene)

    def _record(self, scene: Scene) -> Text:
        model = scene.snapshot.find_model(self.about.model)
        entry = model.history.find_record(self.about.record) if model else None
        if entry is None:
            return (((f"the record {self.about.record} is not in the log of {self.about.model}", "warn"),),)
        return record_text(entry)

    def _yaml(self, registry: Registry) -> tuple[Writing, tuple[str, ...]]:
        writing = metadata_writing(registry, self.about.model, self.about.version)
        return writing, long_lines(writing.text)

    def _describe(self, scene: Scene) -> None:
        view, model = self.view, scene.snapshot.find_model(self.about.model)
        if self.about.version and view is not None:
            self.ask(_described(view, scene), self._then(lambda found: Shown(version_text(view, scene, found))))
        elif model is not None and not self.about.version:
            self.text.show(model_text(model, scene))
        else:
            self.text.show((((f"{self.about.ref} is gone: esc goes back", "warn"),),))

    def _then(self, shown: Callable[..., Shown]) -> Callable[[object], None]:
        def then(answer: object) -> None:
            if isinstance(answer, SignoffError):
                hint: Text = (((answer.hint, "dim"),),) if answer.hint else ()
                self.text.show((((answer.message, "warn"),), *hint))
                return
            found = shown(answer)
            self.text.show_lines(found.above, found.lines, found.dress)

        return then


def _yaml_shown(found: tuple[Writing, tuple[str, ...]]) -> Shown:
    writing, lines = found
    above: Text = (((writing.path, "strong"), (f"  {short_digest(writing.digest)}", "dim")), ())
    return Shown(above, lines, yaml_line)


def _described(view: VersionView, scene: Scene) -> Callable[[Registry], Described]:
    stage = scene.target(view) if view.state is not None else ""
    others = tuple(scene.snapshot.versions())

    def job(registry: Registry) -> Described:
        try:
            findings = registry.check(view, stage, history=scene.history_of(view.model)) if stage else ()
        except SignoffError as error:
            findings = findings_said(error)
        return Described(
            findings, evidence_of(registry, view), tuple(files_of(registry, view)), ancestry_of(registry, view, others)
        )

    return job
