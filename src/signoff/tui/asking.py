"""What the signing dialog says: the question, the exact record, a refusal, the outcome.

The rule it keeps: pure; everything that the signature will mean is in the question; what is not known says so.
"""

import msgspec

from signoff.errors import SignoffError
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.signers import in_words
from signoff.registry.snapshot import VersionView
from signoff.tui.measures import BETTER, delta_text, metric_name
from signoff.tui.pages import Text, finding_lines, heading, labelled
from signoff.tui.present import Piece, Pieces
from signoff.tui.scene import Pair, Scene, needed, paired
from signoff.values.display import age, displayable_lines, long_size, short_digest

TYPED = frozenset({"promote", "reject"})
MOST_EVIDENCE = 6
TAKEN_BACK = {
    "request": "signoff withdraw {id}",
    "approve": "signoff withdraw {id}",
    "reject": "signoff withdraw {id}",
    "promote": "signoff rollback {model} {stage}",
}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A decided ask, and what was on the screen around it."""

    prepared: Prepared
    scene: Scene

    @property
    def view(self) -> VersionView | None:
        """The version that it is about."""
        model = self.scene.snapshot.find_model(self.prepared.ask.model)
        return model.find(self.prepared.ask.version or "") if model else None


def need_typed(action: str) -> bool:
    """Return whether an action asks for the version's name to be typed."""
    return action in TYPED


def stages_for(action: str, model: str, version: str, scene: Scene) -> tuple[str, ...]:
    """Return the stages that an action on a version could be about, in the order of promotion."""
    found = scene.snapshot.find_model(model)
    view = found.find(version) if found else None
    if action == "promote":
        sensible = tuple(stage for stage in scene.stages if view is None or stage not in view.stages)
    else:
        sensible = tuple(stage for stage in scene.stages if needed(scene.rules[stage]))
    return sensible or scene.stages


def stages_text(stages: tuple[str, ...], model: str, version: str, scene: Scene) -> Text:
    """Return the question for which stage it is, with what each points at."""
    found = scene.snapshot.find_model(model)
    view = found.find(version) if found else None
    lines: list[Pieces] = [((f"{model}:{version}: for which stage?", "strong"),), ()]
    for number, stage in enumerate(stages, start=1):
        ask = view.ask(stage) if view else None
        quorum = "; ".join(line.words for line in ask.standing.lines if line.needed) if ask else ""
        state = found.stages.get(stage) if found else None
        points = f"points at {state.version}" if state else "points at nothing yet"
        lines.append(
            (
                (f" {number} ", "accent"),
                (f"{stage:<14} ", "strong"),
                (f"{points}; {quorum or 'needs no approval'}", "dim"),
            )
        )
    return tuple(lines)


def question_text(question: Question) -> Text:
    """Return everything that the signature will mean."""
    prepared, view, scene = question.prepared, question.view, question.scene
    ask = prepared.ask
    size = f"  ({long_size(view.size)})" if view is not None and view.size is not None else ""
    lines: list[Pieces] = [
        labelled("Model", (ask.model, "strong"), ("   version ", "dim"), (ask.version or "", "strong")),
        labelled("Digest", (short_digest(prepared.digest), "plain"), (size, "dim")),
        labelled("Stage", (ask.stage, "plain"), *_replaces(question)),
    ]
    lines += [labelled("Evidence", *_evidence(view, scene))] if view is not None else []
    lines.append(labelled("Signs as", (prepared.person, "strong"), (f"  {in_words(prepared.identity)}", "dim")))
    if prepared.standing is not None:
        words = [line.words for line in prepared.standing.lines if line.needed]
        lines.append(labelled("Quorum", ("; ".join(words) or "needs no approval", "plain")))
    if prepared.reasons:
        lines += heading("It would have no effect")
        lines += [(("✗ ", "bad"), (reason, "plain")) for reason in prepared.reasons]
    lines += [*heading("Rules", (f"  of {ask.stage}", "dim")), *finding_lines(prepared.findings)]
    return tuple(lines)


def _replaces(question: Question) -> Pieces:
    prepared, scene = question.prepared, question.scene
    model = scene.snapshot.find_model(prepared.ask.model)
    state = model.stages.get(prepared.ask.stage) if model else None
    if prepared.ask.action != "promote":
        return ((f"  points at {state.version} now" if state else "  points at nothing yet", "dim"),)
    if prepared.replaces is None:
        return (("  replaces nothing: the stage is empty", "dim"),)
    since = f" (by {state.person}, {age(state.moment, now=scene.now)})" if state is not None else ""
    return (("  replaces ", "dim"), (prepared.replaces, "strong"), (since, "dim"))


def _evidence(view: VersionView, scene: Scene) -> list[Piece]:
    reference = scene.reference(view)
    pairs = [one for one in paired(view, reference, scene.snapshot.find_model(view.model)) if one.this]
    whole = [one for one in pairs if not one.metric.slice]
    if not whole:
        return [("no metric is written down", "warn")]
    pieces = [piece for one in whole[:MOST_EVIDENCE] for piece in _measured(one)]
    beside = f"(beside {reference.version})" if reference else "(nothing to compare with)"
    more = len(pairs) - len(whole[:MOST_EVIDENCE])
    return [*pieces, (f"{f'{more} more ' if more else ''}{beside}", "dim")]


def _measured(pair: Pair) -> list[Piece]:
    value = pair.this.text if pair.this else ""
    words, tone = BETTER[pair.better]
    difference: Piece = (
        (f" ({delta_text(pair.delta)} {words})".replace(" )", ")"), tone) if pair.delta is not None else ("", "plain")
    )
    return [(f"{metric_name(pair.metric)} ", "dim"), (value, "plain"), difference, ("   ", "plain")]


def record_text(prepared: Prepared) -> Text:
    """Return line 1 of the record, and where it will stand."""
    line = prepared.line.decode()
    return (
        (
            ("record ", "dim"),
            (f"{prepared.seq}", "strong"),
            (f" of {prepared.chain}: line 1, then the signature", "dim"),
        ),
        (),
        *(((part, "plain"),) for part in displayable_lines(line)),
    )


def refused_text(error: SignoffError, ask: Ask, *, no_key: bool) -> Text:
    """Return why nothing can be asked, what to do, and how to sign elsewhere where it is the key that lacks."""
    lines: list[Pieces] = [((f"cannot {ask.words}", "bad"),), (), ((error.message, "plain"),)]
    if error.hint:
        lines.append(((error.hint, "dim"),))
    if no_key:
        words = f"signoff {ask.action} {ask.model}:{ask.version} {ask.stage} --as WHO --sign-elsewhere"
        lines += [
            *heading("To sign where the key is"),
            ((words, "plain"),),
            (("shows the payload and the command that signs it elsewhere, and takes the pasted signature", "dim"),),
        ]
    return tuple(lines)


def written_text(written: Written) -> Text:
    """Return what was written, where, and how to take it back."""
    ask = written.prepared.ask
    how = TAKEN_BACK[ask.action].format(id=written.id[:12], model=ask.model, stage=ask.stage)
    return (
        (("√ ", "good"), (f"signed and written: {ask.words}", "strong")),
        (),
        labelled("Record", (written.id, "plain")),
        labelled("File", (written.path, "plain")),
        labelled("Signed by", (written.prepared.person, "plain"), (f"  {in_words(written.prepared.identity)}", "dim")),
        labelled("Take back", (how, "plain")),
    )
