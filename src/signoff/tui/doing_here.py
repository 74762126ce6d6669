"""Commands about the model, version or record under the cursor that need no page of their own kind.

The rule it keeps: each asks for a page, a menu or a task; what it is about is the subject of the page in front.
"""

import os
import shlex
from typing import Protocol

from textual.message import Message

from signoff.registry.registry import Registry
from signoff.registry.snapshot import ModelView
from signoff.registry.texts import by_hand, folder_of
from signoff.registry.verifying import Report
from signoff.tui.findings import Checked, first_words
from signoff.tui.messages import Copy, Go
from signoff.tui.outside import copied_by_tmux
from signoff.tui.present import count, shown
from signoff.tui.screens.page import Page, Subject
from signoff.tui.tasks import Outcome, Task, Tasks, Work
from signoff.values.display import long_size

HOW_TO_QUIT = "q goes up and quits at the models, ctrl-q quits"


class Here(Protocol):
    """What these commands ask of the app."""

    @property
    def tasks(self) -> Tasks:
        """What takes long."""

    @property
    def page(self) -> Page:
        """The page in front."""

    def post_message(self, message: Message) -> bool:
        """Take a message."""

    def copy_to_clipboard(self, text: str) -> None:
        """Have the terminal put a text into its clipboard."""


def read_yaml(app: Here) -> None:
    """Show version.yaml, or model.yaml."""
    _read(app, "yaml")


def describe(app: Here) -> None:
    """Show all about it as one text."""
    _read(app, "describe")


def _read(app: Here, what: str) -> None:
    subject = app.page.subject
    if subject is not None:
        app.post_message(Go("text", what, subject.ref))


def show_lineage(app: Here) -> None:
    """Show the version's lineage."""
    _tab(app, "lineage")


def show_history(app: Here) -> None:
    """Show the version's records, or all of the model's."""
    subject = app.page.subject
    if subject is not None and not subject.version:
        app.post_message(Go("audit", subject.model))
    else:
        _tab(app, "history")


def _tab(app: Here, tab: str) -> None:
    subject = app.page.subject
    if subject is not None and subject.version:
        app.post_message(Go("version", subject.model, subject.version, tab))
    else:
        app.page.tell("a model has no such tab: choose a version")


def offer_copies(app: Here) -> None:
    """Offer what can be copied of what the cursor is on."""
    subject = app.page.subject
    if subject is not None:
        app.post_message(Copy(tuple(copies(app.page, subject).items())))


def copies(page: Page, subject: Subject) -> dict[str, str]:
    """Return what can be copied: what it is -> its text."""
    view, snapshot = page.view_of(subject), page.scene.snapshot if page.scene else None
    url = snapshot.url if snapshot else ""
    offered = {"reference": subject.ref}
    if view is not None and view.digest:
        offered["digest"] = f"sha256:{view.digest}"
    offered["path"] = folder_of(url, subject.model, subject.version)
    if view is not None and view.digest:
        folder = f"{subject.model.rpartition('/')[2]}-{subject.version}"
        offered["pull command"] = f"signoff -r {shlex.quote(url)} pull {shlex.quote(subject.ref)} {shlex.quote(folder)}"
    model = snapshot.find_model(subject.model) if snapshot else None
    entry = model.history.find_record(subject.record) if model and subject.record else None
    if entry is not None:
        offered |= {"record id": entry.record.id, "by-hand command": by_hand(entry.record)}
    return offered


def copy(app: Here, text: str) -> None:
    """Copy a text, through tmux or the terminal itself, and say what was copied."""
    safe = shown(text)
    if not copied_by_tmux(safe, os.environ):
        app.copy_to_clipboard(safe)
    app.page.tell(f"copied, unless the terminal refuses: {safe}", "plain")


def verify(app: Here) -> None:
    """Verify the bytes and sign-offs of the version, or of the whole model."""
    subject, scene = app.page.subject, app.page.scene
    model = scene.snapshot.find_model(subject.model) if scene and subject else None
    if subject is None or model is None:
        return
    view = model.find(subject.version)
    if subject.version and (view is None or view.state is None):
        app.page.tell(f"{subject.ref} is not registered: there is nothing to verify it against")
        return
    title = f"verify {subject.ref}"
    app.tasks.start(title, verifying(subject), tell=app.post_message, total=weight(model, subject.version))
    app.page.tell(f"{title}: begun; w shows it, ctrl-c stops it", "plain")


def weight(model: ModelView, version: str) -> int | None:
    """Return how many bytes a verification reads; None where somebody's size is not known."""
    sizes = [
        one.size for one in model.versions if one.digest and one.status != "purged" and version in {"", one.version}
    ]
    return sum(size for size in sizes if size is not None) if None not in sizes else None


def verifying(subject: Subject) -> Work:
    """Return the work of verifying."""

    def work(registry: Registry, task: Task) -> Outcome:
        report = registry.verify(
            (subject.model,), version=subject.version, deep=True, progress=task.count, stopped=task.stopped
        )
        return verified(subject, report)

    return work


def verified(subject: Subject, report: Report) -> Outcome:
    """Return what a verification found, in words."""
    faults = tuple(one for one in report.problems if one.severity != "note")
    checked = Checked(model=subject.model, version=subject.version, problems=faults)
    versions = "" if subject.version else f"{count(report.versions, 'version')}, "
    files = count(report.files, "file")
    if faults:
        words = f"{first_words(checked)}: {count(len(faults), 'problem')} in {versions}{files}"
    else:
        words = f"{subject.ref}: {versions}{files}, all as registered"
    told = [f"{one.severity}: {one.place}: {one.what}{f' ({one.hint})' if one.hint else ''}" for one in report.problems]
    told += [f"chain {one.chain}: {count(one.records, 'record')}, head {one.head[:12]}" for one in report.chains]
    return Outcome(words=words, good=not faults, details=(f"{long_size(report.size)} hashed", *told), checked=checked)


def interrupt(app: Here) -> None:
    """Stop the newest task that runs, or say how to quit."""
    running = app.tasks.running
    if not running:
        app.page.tell(HOW_TO_QUIT, "plain")
        return
    app.tasks.stop(running[-1])
    app.page.tell(f"{running[-1].title}: stopping", "plain")
