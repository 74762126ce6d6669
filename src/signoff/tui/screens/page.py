"""What every full screen is: header, body, footer, and words for a terminal that is too small.

The rule it keeps: a page redraws when the snapshot or the person's place in it changed, never by a clock; it does
nothing itself that is more than looking.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import ClassVar, TypeVar

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.snapshot import Snapshot
from signoff.registry.views import VersionView
from signoff.tui.bindings import begin_entries, bindings
from signoff.tui.choosing import why_no_comparison
from signoff.tui.commands import COMMANDS, Situation, commands_on, why_not
from signoff.tui.compositing import SparingCompositor
from signoff.tui.desk import Job
from signoff.tui.keymap import label_under
from signoff.tui.present import Pieces, Tone, count
from signoff.tui.scene import Scene, scene_of
from signoff.tui.session import Session
from signoff.tui.terminal import size_notice
from signoff.tui.widgets.chrome import Footer, Freshness, Header, Key, OneLine
from signoff.tui.widgets.furnished import Furnished
from signoff.tui.widgets.lines import LineView
from signoff.tui.widgets.prompt import Prompt

Answer = TypeVar("Answer")
SECOND = timedelta(seconds=1)
FOREMOST = 100


class Subject(msgspec.Struct, frozen=True):
    """What a command is about: a version, or a model where `version` is "", and the record that the cursor is on."""

    model: str
    version: str = ""
    record: str = ""

    @property
    def ref(self) -> str:
        """Its reference."""
        return f"{self.model}:{self.version}" if self.version else self.model


class Page(Screen[None]):
    """A full screen; its kinds say what is in it."""

    page_id: ClassVar[str] = ""
    foremost: ClassVar[frozenset[str]] = frozenset()
    """Ids of commands that people come to this page for: its footer keeps their keys the longest."""
    words: tuple[str, ...] = ()
    model_name: str = ""
    AUTO_FOCUS = "LineView"
    DEFAULT_CSS = """
    Page { layout: vertical; layers: default prompt; }
    Page > #too-small { display: none; }
    Page.-tiny > * { display: none; }
    Page.-tiny > #too-small { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings((one for one in COMMANDS if one.group != "move"), "app.command")]

    def __init__(self, session: Session) -> None:
        """Begin without a snapshot."""
        super().__init__()
        self._compositor = SparingCompositor()
        self.session = session
        begin_entries(self._bindings, session.keymap)
        self.scene: Scene | None = None
        self.asked: dict[str, asyncio.Task[None]] = {}
        self.hidden = self.furnished = False
        self.header = Header(id="header")
        self.footer = Footer(id="footer")
        self.prompt = Prompt(id="prompt")

    def compose(self) -> ComposeResult:
        """Lay the body between header and footer."""
        yield self.header
        yield from self.body()
        yield self.footer
        yield self.prompt
        yield OneLine(id="too-small")

    def appear(self) -> None:
        """Paint everything, once it stands as it should."""
        self.hidden = False
        self.refresh()
        if not self.furnished:
            self.call_after_refresh(self.furnish)

    async def appear_furnished(self) -> None:
        """Put everything in, and paint it when that is laid out."""
        await self.furnish()
        self.call_after_refresh(self.appear)

    async def furnish(self) -> None:
        """Put in what only keys ask for; the first key waits for it."""
        if not self.furnished and self.is_attached:
            for one in self.query():
                if isinstance(one, Furnished):
                    await one.furnish()
            self.furnished = True

    def _compositor_refresh(self) -> None:
        """Paint, unless the page is on its way."""
        if self.hidden:
            self._dirty_widgets.clear()
            self._compositor._dirty_regions.clear()  # noqa: SLF001  (what a paint would have cleared)
        else:
            super()._compositor_refresh()

    def body(self) -> tuple[Widget, ...]:
        """Return what stands between header and footer."""
        raise NotImplementedError

    def place(self) -> tuple[str, ...]:
        """Return where this is, below the registry."""
        return ()

    def redraw(self, scene: Scene) -> None:
        """Show a scene."""
        raise NotImplementedError

    def count_ages(self, scene: Scene) -> None:
        """Show ages as they are at the scene's time, which alone is another than that of the last `redraw`."""

    def on_key(self) -> None:
        """Count ages to the present: with a key, never by a clock."""
        now = self.session.now()
        if self.scene is not None and now - self.scene.now >= SECOND:
            self.scene = msgspec.structs.replace(self.scene, now=now)
            self.count_ages(self.scene)

    @property
    def subject(self) -> Subject | None:
        """What the cursor is on, where that is a model or a version."""
        return None

    @property
    def marked(self) -> tuple[str, ...]:
        """The references of the marked versions, in the order of the list."""
        return ()

    @property
    def view(self) -> VersionView | None:
        """The subject's version as the scene has it; None where there is none."""
        return self.view_of(self.subject)

    def view_of(self, subject: Subject | None) -> VersionView | None:
        """Return a version as the scene has it; None where there is none."""
        model = self.scene.snapshot.find_model(subject.model) if self.scene and subject else None
        return model.find(subject.version) if model and subject and subject.version else None

    @property
    def selected(self) -> str:
        """What the cursor is on, in words, or ""."""
        return self.subject.ref if self.subject else ""

    def situation(self) -> Situation:
        """Return what it depends on whether commands can be done."""
        view = self.view
        return Situation(
            screen=self.page_id,
            selected=self.selected,
            marked=len(self.marked),
            unwritable=self.unwritable,
            refusals={**self.refusals(self.subject, view), **self.cannot_look()},
        )

    def cannot_look(self) -> Mapping[str, str]:
        """Return why the subject cannot be looked at in some way: command id to words."""
        why = why_no_comparison(self.scene, self.view, self.marked) if self.scene else ""
        return {"compare": why} if why else {}

    def refusals(self, subject: Subject | None, view: VersionView | None) -> Mapping[str, str]:
        """Return why signing commands cannot be done with the subject: command id to words."""
        if self.scene is None or subject is None:
            return {}
        return self.scene.refusals(view) if view is not None else self.scene.refusals_of_model(subject.model)

    def obey(self, command_id: str) -> bool:  # noqa: ARG002  (most screens have no commands of their own)
        """Do a command of this screen that can be done; return False where it is none of this screen's."""
        return False

    def ask(self, job: Job[Answer], then: Callable[[Answer | SignoffError], None], *, lane: str = "") -> None:
        """Have a job done on the desk and its answer, or its error, given to `then`.

        Args:
            job: What to do.
            then: Called in this thread, unless the page was left or another question came in the same lane.
            lane: What kind of question it is.
        """
        before = self.asked.pop(lane, None)
        if before is not None:
            before.cancel()
        self.asked[lane] = asyncio.create_task(self._answered(job, then))

    async def _answered(self, job: Job[Answer], then: Callable[[Answer | SignoffError], None]) -> None:
        try:
            answer: Answer | SignoffError = await self.session.desk.ask(job)
        except SignoffError as error:
            answer = error
        if self.is_attached:
            then(answer)

    def on_unmount(self) -> None:
        """Wait for no answer any more."""
        for waiting in self.asked.values():
            waiting.cancel()

    @property
    def useless(self) -> str:
        """The id of a command that would do nothing here now, so that the footer leaves it out."""
        return ""

    def leave(self) -> bool:
        """Leave something smaller than the screen, as a filter; return False where there is nothing."""
        return False

    @property
    def unwritable(self) -> str:
        """Why nothing can be signed here, or ""."""
        return self.session.read_only or (self.scene.snapshot.read_only if self.scene else "nothing was read yet")

    def whole(self) -> tuple[Pieces, ...]:
        """Return the text of the page, for a pager: that of the part that has the focus, else the first."""
        focused = self.focused
        views = [view for view in self.query(LineView) if view.display]
        view = focused if isinstance(focused, LineView) else next(iter(views), None)
        return view.whole() if view is not None else ()

    def task_moved(self) -> None:
        """Show that a task went on, where tasks are shown."""

    def show(self, snapshot: Snapshot | None, freshness: Freshness, *, busy: int = 0) -> None:
        """Show a snapshot, or the words for none; `busy` is how many tasks run."""
        url = self.session.place_of(snapshot.url) if snapshot else ""
        read_only = snapshot.read_only if snapshot else ""
        if snapshot is not None:
            self.scene = scene_of(snapshot, now=self.session.now(), person=self.session.person)
            self.redraw(self.scene)
        self.header.tell(
            place=(url, *self.place()),
            freshness=freshness,
            signer=self.session.signer(read_only),
            busy=count(busy, "task") if busy else "",
        )
        self.offer()

    def offer(self) -> None:
        """Show the keys of this screen."""
        situation = self.situation()
        offered = [one for one in commands_on(self.page_id) if one.priority and one.id != self.useless]
        keymap = self.session.keymap
        self.footer.offer(
            Key(
                label_under(one, keymap),
                one.title,
                one.priority + FOREMOST * (one.id in self.foremost),
                not why_not(one, situation),
            )
            for one in offered
        )

    def tell(self, words: str, tone: Tone = "warn") -> None:
        """Say something in the footer's place; "" ends it."""
        self.footer.tell(words, tone)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small."""
        notice = size_notice(event.size.width, event.size.height)
        self.set_class(bool(notice), "-tiny")
        self.query_one("#too-small", OneLine).say(((notice, "warn"),))
