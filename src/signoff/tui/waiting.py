"""What waits for a decision, as rows, columns and words.

The rule it keeps: pure; without a person it says why nobody signs here, how that changes, and who may decide.
"""

from signoff.policy.query import Value
from signoff.registry.inbox import Waiting
from signoff.registry.rows import VersionRow, natural
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.pages import Text
from signoff.tui.present import UNKNOWN_PIECE, Piece, Pieces, state
from signoff.tui.scene import Scene
from signoff.tui.session import Session
from signoff.tui.widgets.fields import Field, age_field
from signoff.tui.widgets.table import Column
from signoff.values.display import age, displayable_lines


def ref_parts(waiting: Waiting) -> tuple[str, str]:
    """Return the model and the version that something is about."""
    model, _, version = waiting.ref.rpartition(":")
    return model, version


class WaitingRow:
    """Something that waits, as a row of the filter language: its version's, its stage being the one it waits for."""

    def __init__(self, waiting: Waiting, view: VersionView | None, model: ModelView | None) -> None:
        """Ask this one."""
        self.waiting = waiting
        self.version = VersionRow(view, model) if view is not None and model is not None else None

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what it says for a field."""
        match field:
            case "stage":
                return (self.waiting.stage,)
            case "by":
                return (self.waiting.by,)
            case "age" | "updated":
                return (self.waiting.since,)
            case _:
                return self.version.values(field) if self.version else ()

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        one = self.waiting
        return (one.kind, one.ref, one.stage, one.by, one.comment, *one.deciders)


def waiting_fields(*, everybody: bool) -> tuple[Field[Waiting], ...]:
    """Return the columns; `everybody`: with who may decide."""
    deciders: Field[Waiting] = Field(
        column=Column(id="deciders", title="MAY DECIDE", width=15, priority=60, grow=30),
        cell=lambda one: (", ".join(map(short_person, one.deciders)), "plain") if one.deciders else ("nobody", "bad"),
        order=lambda one: one.deciders,
    )
    return (
        Field(
            column=Column(id="kind", title="WAITS FOR", width=10, priority=30),
            cell=kind_piece,
            order=lambda one: one.kind,
        ),
        Field(
            column=Column(id="version", title="VERSION", width=18, priority=99, grow=12),
            cell=lambda one: (one.ref, "strong"),
            order=lambda one: natural(one.ref),
        ),
        Field(
            column=Column(id="stage", title="STAGE", width=10, priority=70),
            cell=lambda one: (one.stage, "plain"),
            order=lambda one: one.stage,
        ),
        Field(
            column=Column(id="quorum", title="HAVE", width=6, priority=50),
            cell=lambda one: (f"{one.have} of {one.needed}", "plain") if one.needed else ("review", "bad"),
            order=lambda one: one.needed - one.have if one.needed else None,
        ),
        *((deciders,) if everybody else ()),
        Field(
            column=Column(id="by", title="ASKED BY", width=8, priority=40),
            cell=lambda one: (short_person(one.by), "plain"),
            order=lambda one: one.by,
        ),
        age_field(Column(id="since", title="SINCE", width=8, align="right", priority=45), lambda one: one.since),
        Field(
            column=Column(id="said", title="SAID", width=10, priority=20, grow=40),
            cell=lambda one: (" ".join(displayable_lines(one.comment)), "dim") if one.comment else UNKNOWN_PIECE,
            order=lambda one: one.comment or None,
        ),
    )


def short_person(person: str) -> str:
    """Return a person's id without the domain, for narrow columns."""
    return person.partition("@")[0]


def kind_piece(one: Waiting) -> Piece:
    """Return what is waited for, as glyph and word."""
    return ("! review", "bad") if one.kind == "review" else (state("waiting")[0][:2] + one.kind, "warn")


def asked_lines(one: Waiting, scene: Scene) -> Text:
    """Return who asks for what, with what they said, and who else may decide."""
    words = "broke the glass of" if one.kind == "review" else "asks for"
    others = [person for person in one.deciders if person != scene.person]
    may = ", ".join(others) or "nobody"
    mine = scene.person in one.deciders
    said: Pieces = ((f"“{' '.join(displayable_lines(one.comment))}”", "plain"),) if one.comment else ()
    how: Pieces = (("; you do it with ", "dim"), (":review", "accent")) if mine and one.kind == "review" else ()
    return (
        ((f"{one.by} {words} {one.stage}", "strong"), (f"  {age(one.since, now=scene.now)}  ", "dim"), *said),
        (("may decide, besides you: " if mine else "may decide: ", "dim"), (may, "plain"), *how),
    )


def whose_lines(scene: Scene, session: Session) -> Text:
    """Return the words above the list: whose inbox it is, and how to have one."""
    if scene.person:
        return (_person_line(scene.person, scene),)
    meant: Piece = (f"for {session.who}" if session.who else "for nobody yet", "strong")
    hint: Text = (((session.no_key_hint, "dim"),),) if session.no_key_hint else ()
    return (
        (meant, (f": {session.no_key}", "warn")),
        *hint,
        (("until then: what waits for anybody, and who may decide it; see ", "plain"), (":rules", "accent")),
    )


def _person_line(person: str, scene: Scene) -> Pieces:
    roles = roles_of(person, scene)
    return ((f"for {person}", "strong"), (f"  {', '.join(roles)}" if roles else "  holds no role", "dim"))


def roles_of(person: str, scene: Scene) -> tuple[str, ...]:
    """Return the roles that a person holds."""
    roles = scene.snapshot.trust.newest.document.roles
    return tuple(role for role, holders in roles.items() if person in holders)


def nothing_waits(scene: Scene) -> str:
    """Return the words for an empty inbox."""
    if scene.reading:
        return scene.reading
    if not scene.person:
        return "nothing waits for anybody"
    roles = roles_of(scene.person, scene)
    if not roles:
        return f"nothing waits for {scene.person}, who holds no role: nobody will ask"
    return f"nothing waits for {scene.person}"
