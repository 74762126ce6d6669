"""An app around the widgets, with rows of its own; it knows no registry."""

from collections.abc import Hashable, Sequence

from textual.app import App, ComposeResult

from signoff.tui.present import Pieces, state
from signoff.tui.themes import dress
from signoff.tui.widgets.chrome import Footer, Freshness, Header, Key, OneLine
from signoff.tui.widgets.table import Column, Row, Sort, Table
from signoff.tui.widgets.text import TextView

COLUMNS = (
    Column(id="version", title="VERSION", width=12, priority=9, grow=40),
    Column(id="stage", title="STAGE", width=13, priority=8),
    Column(id="signoff", title="SIGN-OFF", width=8, priority=6),
    Column(id="accuracy", title="ACCURACY", width=8, align="right", priority=7),
    Column(id="latency", title="LATENCY", width=8, align="right", priority=3),
    Column(id="size", title="SIZE", width=5, align="right", priority=5),
    Column(id="by", title="BY", width=8, priority=2),
    Column(id="age", title="AGE", width=8, align="right", priority=4),
)
KEYS = (
    Key("/", "filter", 8),
    Key("enter", "open", 9),
    Key("s", "sort", 2),
    Key("A", "Approve", 7),
    Key("P", "Promote", 6, enabled=False),
    Key("c", "compare", 5),
    Key("!", "problems", 5),
    Key("?", "help", 10),
    Key("q", "up or quit", 3),
)
STAGES = ("candidate", "draft", "approved", "deprecated", "approved", "revoked")
PEOPLE = ("ana", "li.wei", "çağla", "kofi")


def row_of(key: Hashable) -> Row:
    """Return a row whose cells follow from its key alone."""
    number = int(str(key).rpartition(":")[2])
    return Row(
        key,
        (
            (f"v2.{number}.{number % 3}", "plain"),
            state(STAGES[number % len(STAGES)]),
            (f"{number % 3} of 2", "plain"),
            (f"{(number * 7919 % 1000) / 1000:.3f}", "plain"),
            (f"{number % 40 + 3}ms", "plain"),
            (("15.0G", "168M", "131G")[number % 3], "plain"),
            (PEOPLE[number % len(PEOPLE)], "plain"),
            (f"{number % 23 + 1}h ago", "plain"),
        ),
    )


def keys(count: int) -> tuple[str, ...]:
    """Return the keys of `count` versions."""
    return tuple(f"fraud:{number}" for number in range(count))


class WidgetApp(App[None]):
    """Header, filter line, table, footer."""

    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    CSS = """
    Screen { layout: vertical; }
    #filter { background: $background; }
    """

    def __init__(self, rows: Sequence[Hashable] = (), *, plain: bool = False, text: Sequence[Pieces] = ()) -> None:
        super().__init__()
        dress(self, "dark", colour=True)
        self.animation_level = "none"
        self.plain = plain
        self.rows = rows
        self.text = text
        self.table = Table(COLUMNS, empty="no versions yet: signoff register MODEL PATH", id="table")
        self.moves: list[Hashable | None] = []

    def compose(self) -> ComposeResult:
        yield Header(id="header")
        yield OneLine(id="filter")
        yield TextView(id="text") if self.text else self.table
        yield Footer(id="footer")

    def on_mount(self) -> None:
        self.query_one(Header).tell(
            place=("lab:/mnt/models", "fraud", "versions"),
            freshness=Freshness("live", "14:03"),
            signer=("al@hpc key ok", "plain"),
        )
        summary = f"   {len(self.rows)} of {len(self.rows)} · sort age"
        self.query_one("#filter", OneLine).say((("stage:staging accuracy>0.9", "dim"), (summary, "plain")))
        self.query_one(Footer).offer(KEYS)
        if self.text:
            self.query_one(TextView).show(self.text)
            self.query_one(TextView).focus()
            return
        self.table.lay_out(COLUMNS, sort=Sort("age"), chosen="size")
        self.table.show(self.rows, row_of)
        self.table.focus()

    def on_table_moved(self, message: Table.Moved) -> None:
        self.moves.append(message.key)
