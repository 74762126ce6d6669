"""One metric over all versions of a model: a plot, and below it the versions with their values."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.widget import Widget

from signoff.errors import SignoffError
from signoff.registry.registry import Registry
from signoff.registry.snapshot import ModelView
from signoff.tui.columns import standing_piece
from signoff.tui.measures import BETTER
from signoff.tui.messages import Go
from signoff.tui.plots import Canvas, Mark, draw, plot_lines
from signoff.tui.present import Piece, Pieces
from signoff.tui.scene import Scene
from signoff.tui.screens.page import Page, Subject
from signoff.tui.session import Session
from signoff.tui.trends import Trend, Trends, in_order, trend_of, trends_of
from signoff.tui.widgets.chrome import OneLine
from signoff.tui.widgets.drawing import Drawing
from signoff.tui.widgets.paint import is_plain
from signoff.tui.widgets.table import Column, Row, Table

HERE, TOP = "◆", "●"
READING = "reading the versions …"
NO_METRICS = "no version says a metric: neither version.yaml nor an evaluation that counts has any"


class TrendPage(Page):
    """A metric of a model."""

    page_id: ClassVar[str] = "trend"
    CSS = """
    #plot { height: 45%; min-height: 6; padding: 0 0 0 1; }
    #told { background: $background; }
    """

    def __init__(self, session: Session, model: str, metric: str = "", version: str = "") -> None:
        """Begin at a metric ("": the model's first) and at a version ("": the last one registered)."""
        super().__init__(session)
        self.model_name, self.metric, self.wanted = model, metric, version
        self.told = OneLine(id="summary")
        self.plot = Drawing(id="plot")
        self.legend = OneLine(id="told")
        self.table = Table(_columns(()), empty=READING, id="table")
        self.model: ModelView | None = None
        self.trends: Trends | None = None
        self.trend = Trend()
        self.places: dict[str, int] = {}
        self.canvas: tuple[int, int, Trend, Canvas | None] | None = None

    def body(self) -> tuple[Widget, ...]:
        """Return the plot and the list."""
        return (self.told, self.plot, self.legend, self.table)

    def place(self) -> tuple[str, ...]:
        """Return the model's name."""
        return (self.model_name, "trend")

    def redraw(self, scene: Scene) -> None:
        """Show the metric, once the values were gathered."""
        model = scene.snapshot.find_model(self.model_name)
        if model is None:
            self.table.empty = f"the model {self.model_name} is gone: esc goes back"
            self.model, self.trends, self.trend = None, None, Trend()
            self.look()
        elif model != self.model:
            self.model, self.trends = model, None
            self.gather(model)
        else:
            self.look()

    def gather(self, model: ModelView) -> None:
        """Have the metric's values gathered on the desk: there may be very many."""
        known, word = self.trends, self.metric

        def job(_: Registry) -> tuple[Trends, Trend]:
            trends = known or trends_of(model)
            return trends, trend_of(trends, word)

        def then(answer: tuple[Trends, Trend] | SignoffError) -> None:
            if isinstance(answer, SignoffError):
                self.tell(str(answer), "bad")
                return
            self.trends, self.trend = answer
            self.metric = self.trend.key or self.metric
            self.look()
            self.offer()

        self.ask(job, then, lane="trend")

    def look(self) -> None:
        """Show everything as it is now."""
        trend, model, scene = self.trend, self.model, self.scene
        if scene is None or (model is not None and self.trends is None):
            return
        views = {view.version: view for view in in_order(model)} if model and trend.values else {}
        self.places = places = {version: at for at, version in enumerate(views)}
        if model is not None and not trend.values:
            self.table.empty = NO_METRICS if scene.snapshot.complete else READING

        def row_of(key: Hashable) -> Row:
            at = places[str(key)]
            value, view = trend.values[at], views[str(key)]
            word, tone = BETTER[value.better]
            numbers: Pieces = ((value.text, "plain"), (value.change, tone), (word, tone))
            return Row(key, ((view.version, "strong"), *numbers, standing_piece(view, scene)))

        self.table.lay_out(_columns([trend.values[0].change, trend.values[0].text] if views else ()))
        first = not self.table.keys
        self.table.show(tuple(views), row_of)
        if first and views:
            self.table.move_to(self.wanted if self.wanted in views else self.start(model))
        self.told.say(_title(trend))
        self.draw_marks()

    def start(self, model: ModelView | None) -> str:
        """Return the version to begin at: the last one registered, else the last."""
        newest = (model.history.newest_version if model else None) or ""
        return newest if newest in self.places else self.ends()[1]

    def draw_marks(self) -> None:
        """Show the plot with the cursor's version marked."""
        marks, trend, ends = self.marks(), self.trend, self.ends()
        self.legend.say(self.legend_line(marks))

        def drawing(width: int, height: int) -> Sequence[Pieces]:
            canvas = self.drawn(width, height)
            if canvas is None:
                words = "no room for a plot" if any(one is not None for one in trend.numbers) else "nothing to draw"
                return (((words if trend.values else "", "dim"),),)
            return plot_lines(canvas, ends=ends, marks=marks)

        self.plot.show(drawing)

    def drawn(self, width: int, height: int) -> Canvas | None:
        """Return the plot without its marks; drawn anew only for another metric or size."""
        known = self.canvas
        if known is None or known[:2] != (width, height) or known[2] is not self.trend:
            trend = self.trend
            canvas = draw(trend.numbers, width=width, height=height, unit=_unit(trend), plain=is_plain(self))
            self.canvas = known = (width, height, trend, canvas)
        return known[3]

    def ends(self) -> tuple[str, str]:
        """Return the names of the first and the last version."""
        names = self.trends.versions if self.trends else ()
        return (names[0], names[-1]) if names else ("", "")

    def marks(self) -> tuple[Mark, ...]:
        """Return the cursor's version and the one that the top stage points at."""
        here, top = self.subject.version, self.top_version
        label = f"{here} {self.scene.top}" if self.scene and here == top else here
        found = [Mark(index=self.places[here], glyph=HERE, label=label)] if here in self.places else []
        if top in self.places and top != here and self.scene is not None:
            found.append(Mark(index=self.places[top], glyph=TOP, label=f"{top} {self.scene.top}", tone="good"))
        return tuple(found)

    @property
    def top_version(self) -> str:
        """The version that the top stage points at, or ""."""
        state = self.model.stages.get(self.scene.top) if self.model and self.scene else None
        return state.version if state else ""

    def legend_line(self, marks: Sequence[Mark]) -> Pieces:
        """Return what the marks are, their values, and what is not drawn."""
        pieces: list[Piece] = []
        for mark in marks:
            value = self.trend.values[mark.index].text.strip()
            pieces += [(f" {mark.glyph} {mark.label}", mark.tone), (f" {value}  ", "plain")]
        return (*pieces, (" · ".join(self.trend.left_out), "dim"))

    @property
    def subject(self) -> Subject:
        """The version under the cursor."""
        here = self.table.cursor
        return Subject(self.model_name, "" if here is None else str(here))

    def obey(self, command_id: str) -> bool:
        """Open a version, or show another metric."""
        match command_id:
            case "open" if self.subject.version:
                self.post_message(Go("version", self.model_name, self.subject.version))
            case "metric.next" | "column.right":
                self.choose(1)
            case "metric.previous" | "column.left":
                self.choose(-1)
            case _:
                return False
        return True

    def choose(self, step: int) -> None:
        """Show the next metric, or the one before."""
        keys = self.trends.keys if self.trends else ()
        if self.model is not None and len(keys) > 1:
            at = keys.index(self.metric) if self.metric in keys else 0
            self.metric = keys[(at + step) % len(keys)]
            self.gather(self.model)
        else:
            self.tell("there is no other metric", "plain")

    def on_table_moved(self, moved: Table.Moved) -> None:
        """Mark what the cursor is on."""
        if moved.by_hand:
            self.tell("")
        self.offer()
        self.draw_marks()

    def on_table_opened(self, _: Table.Opened) -> None:
        """Open what was clicked twice."""
        self.obey("open")


def _title(trend: Trend) -> Pieces:
    if not trend.key:
        return ()
    others = f" {trend.place} of {trend.total}, [ ] " if trend.total > 1 else ""
    return ((others, "dim"), (f" {trend.key}", "strong"))


def _unit(trend: Trend) -> str:
    """Return what stands above the axis: the unit, and which way is better."""
    return " · ".join(part for part in (trend.unit, f"{trend.way} is better" if trend.way else "") if part)


def _columns(widest: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns; `widest` are texts of the widths that differences and values have."""
    delta, value = (min(20, len(text)) for text in widest or ("", ""))
    return (
        Column(id="version", title="VERSION", width=12, priority=99, grow=20),
        Column(id="value", title="VALUE", width=max(8, value), align="right", priority=90),
        Column(id="delta", title="Δ PREVIOUS", width=max(10, delta), align="right", priority=80),
        Column(id="better", title="", width=6, priority=80),
        Column(id="stage", title="STAGE", width=16, priority=70),
    )
