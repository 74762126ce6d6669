"""Versions side by side: what became worse first."""

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.comparing import compare_versions
from signoff.registry.registry import Registry
from signoff.registry.views import VersionView
from signoff.tui.choosing import FEWEST
from signoff.tui.columns import standing_piece
from signoff.tui.messages import Go
from signoff.tui.present import Piece, Pieces, count, width_of
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.sidebyside import (
    Comparison,
    Layout,
    Shown,
    comparison_of,
    lay_out,
    legend,
    row_line,
    title_lines,
    told,
)
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.paint import is_plain
from signoff.tui.widgets.sections import MARGIN, Section, Sections

NO_TREND = "only a metric has a trend"


class ComparePage(Page):
    """Two versions or more."""

    page_id: ClassVar[str] = "compare"
    CSS = """
    #told { background: $background; }
    """

    def __init__(self, session: Session, *refs: str) -> None:
        """Begin with the first columns and every row."""
        super().__init__(session)
        self.refs = refs
        self.summary = OneLine(id="summary")
        self.table = Sections(id="sections")
        self.told = OneLine(id="told")
        self.views: tuple[VersionView, ...] = ()
        self.comparison: Comparison | None = None
        self.only_differences = False
        self.first = 1
        self.layout_now: tuple[object, Layout] | None = None

    def body(self) -> tuple[Widget, ...]:
        """Return what is compared, the table, and the row under the cursor in full."""
        return (self.summary, self.table, self.told)

    def place(self) -> tuple[str, ...]:
        """Return the model and the screen's name."""
        models = dict.fromkeys(ref.rpartition(":")[0] for ref in self.refs)
        return (", ".join(models), "compare")

    def redraw(self, scene: Scene) -> None:
        """Show the versions, once they were compared."""
        views, gone = self.found(scene)
        if gone or len(views) < FEWEST:
            self.views, self.comparison = (), None
            self.say_nothing(gone or "two versions are compared, or more: mark them with space, then c")
        elif views != self.views:
            self.views = views
            self.say_nothing("comparing …")
            self.compare(views)
        elif self.comparison is not None:
            self.look(self.comparison)

    def found(self, scene: Scene) -> tuple[tuple[VersionView, ...], str]:
        """Return the versions, and why one cannot be had, or ""."""
        views: list[VersionView] = []
        for ref in self.refs:
            try:
                views.append(scene.snapshot.need(ref))
            except SignoffError as error:
                return (), str(error)
        return tuple(views), ""

    def compare(self, views: tuple[VersionView, ...]) -> None:
        """Compare on the desk: files are looked up for it."""

        def job(registry: Registry) -> Comparison:
            return comparison_of(compare_versions(registry, views), views)

        def then(answer: Comparison | SignoffError) -> None:
            if isinstance(answer, SignoffError):
                self.comparison = None
                self.say_nothing(f"cannot be compared: {answer}")
                return
            self.comparison = answer
            self.look(answer)

        self.ask(job, then, lane="compare")

    def say_nothing(self, words: str) -> None:
        """Show words in the table's place; what is there stays while it is compared anew."""
        if self.comparison is None:
            self.table.empty = words
            self.table.show((), titles=lambda _width: (), row_of=lambda _key, _width: ())
            self.summary.say(())
            self.told.say(())

    def look(self, comparison: Comparison) -> None:
        """Show the table."""
        plain = is_plain(self)
        tops = self.tops()
        found = comparison.sections(only_differences=self.only_differences)

        def titles(width: int) -> Sequence[Pieces]:
            return title_lines(tops, self.laid(comparison, width), plain=plain)

        def row_of(key: Hashable, width: int) -> Pieces:
            return row_line(comparison.rows[str(key)], self.laid(comparison, width + MARGIN), plain=plain)

        self.table.empty = "they do not differ in anything that is compared: n shows all rows"
        self.table.show([Section(title, keys) for title, keys in found], titles=titles, row_of=row_of)
        self.say_what(comparison)

    def tops(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what stands above the columns: each version, and where it stands."""
        assert self.scene is not None
        standings = [standing_piece(view, self.scene)[0] for view in self.views]
        return self.names(), ("reference", *standings[1:])

    def names(self) -> tuple[str, ...]:
        """Return what the versions are called: without their model where all are of one."""
        alike = len({view.model for view in self.views}) == 1
        return tuple(view.version if alike else view.ref for view in self.views)

    def laid(self, comparison: Comparison, width: int) -> Layout:
        """Return which columns have room."""
        asked = (comparison, width, self.first)
        if self.layout_now is None or self.layout_now[0] != asked:
            names, standings = self.tops()
            tops = [max(pair, key=len) for pair in zip(names, standings, strict=True)]
            layout = lay_out(comparison, tops, width=width - MARGIN, first=self.first)
            self.layout_now = (asked, layout)
        return self.layout_now[1]

    def say_what(self, comparison: Comparison) -> None:
        """Say what the reference is, how much differs, and how many versions have no room."""
        assert self.scene is not None
        layout = self.laid(comparison, max(1, self.table.size.width - 1))
        unseen = len(self.views) - len(layout.columns)
        differing = sum(map(comparison.differs, comparison.rows))
        rows = f"{differing:,} of {len(comparison.rows):,} differ{', only those' * self.only_differences}"
        more = f" · {count(unseen, 'more version')} not shown: H L" if unseen else ""
        reference = self.views[0]
        standing: Piece = (f" {standing_piece(reference, self.scene)[0]}", "plain")
        first: Piece = (f" Δ to {reference.ref}", "strong")
        rest: Pieces = ((more, "warn"), (f" · {rows} · {legend(layout)}", "dim"))
        roomy = width_of((first, standing, *rest)) <= self.size.width
        self.summary.say((first, *([standing] if roomy else []), *rest))

    def cannot_look(self) -> Mapping[str, str]:
        """Return why there is no trend of the row: command id to words."""
        row = self.row
        return {} if row is None or row.measured else dict.fromkeys(("open", "trend"), NO_TREND)

    @property
    def row(self) -> Shown | None:
        """The row under the cursor."""
        return self.comparison.rows.get(str(self.table.cursor)) if self.comparison else None

    @property
    def subject(self) -> Subject | None:
        """The last of the versions, which all others came before."""
        return Subject(self.views[-1].model, self.views[-1].version) if self.views else None

    def obey(self, command_id: str) -> bool:
        """Open a metric's trend, leave out what is alike, or show other columns."""
        match command_id:
            case "open" | "trend":
                self.open_trend()
            case "differences":
                self.only_differences = not self.only_differences
                self.again()
            case "column.left" | "column.right":
                self.choose(1 if command_id == "column.right" else -1)
            case _:
                return False
        return True

    def open_trend(self) -> None:
        """Show the metric under the cursor over all versions of the model."""
        row, subject = self.row, self.subject
        if row is not None and subject is not None:
            self.post_message(Go("trend", subject.model, row.row.key, subject.version))

    def choose(self, step: int) -> None:
        """Show the columns that begin one version further."""
        if self.comparison is None:
            return
        seen = len(self.laid(self.comparison, max(1, self.table.size.width - 1)).columns) - 1
        last = len(self.views) - seen
        if last == 1:
            self.tell("all versions are shown", "plain")
            return
        self.first = max(1, min(self.first + step, last))
        self.again()

    def again(self) -> None:
        """Show the same comparison in another way."""
        if self.comparison is not None:
            self.look(self.comparison)

    def on_resize(self, _: events.Resize) -> None:
        """Say anew how many versions have no room, once the table has its size."""
        self.call_after_refresh(self.again)

    def on_sections_moved(self, moved: Sections.Moved) -> None:
        """Show the row in full."""
        row = self.row
        self.told.say(((f" {told(row, self.names())}", "dim"),) if row else ())
        if moved.by_hand:
            self.tell("")
        self.offer()

    def on_sections_opened(self, _: Sections.Opened) -> None:
        """Open what was clicked twice."""
        if not self.cannot_look():
            self.open_trend()
