"""What the signing dialog says: the question, the exact record, a refusal, the outcome.

The rule it keeps: pure; everything that the signature will mean is in the question, the most important first; what is
not known says so.
"""

from collections.abc import Iterator

import msgspec

from signoff.errors import RefusedError, SignoffError
from signoff.policy.history import StageState
from signoff.registry.asking import NewEvaluation
from signoff.registry.asks import Ask, Prepared
from signoff.registry.elsewhere import paste_lines
from signoff.registry.registration import Sealing
from signoff.registry.signers import kind_words, place_words, record_command
from signoff.registry.snapshot import ModelView
from signoff.registry.views import StageStatus, VersionView
from signoff.schema.manifest import load_manifest
from signoff.tui.forms import NEW_ALIAS
from signoff.tui.grounds import card_line, evidence_lines, metric_lines, warning_lines
from signoff.tui.options import about
from signoff.tui.pages import Text, approval_lines, finding_lines, heading, labelled
from signoff.tui.present import Piece, Pieces, Tone, count
from signoff.tui.scene import Scene
from signoff.values.display import age, displayable_lines, long_size, short_digest

MOST_FILES, SHORT_ID = 200, 12
MOVES = frozenset({"promote", "break_glass", "rollback"})


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A decided ask, and what was on the screen around it.

    Attributes:
        prepared: What was decided.
        scene: What was on the screen.
        sealing: What registering seals, or None.
        evaluation: The evaluation that is to count, or None.
        why: Why it is asked again, or "".
    """

    prepared: Prepared
    scene: Scene
    sealing: Sealing | None = None
    evaluation: NewEvaluation | None = None
    why: str = ""

    @property
    def ask(self) -> Ask:
        """What was asked."""
        return self.prepared.ask

    @property
    def model(self) -> ModelView | None:
        """The model that it is about."""
        return self.scene.snapshot.find_model(self.ask.model)

    @property
    def view(self) -> VersionView | None:
        """The version that it is about."""
        return self.model.find(self.ask.version or "") if self.model else None

    @property
    def reference(self) -> VersionView | None:
        """The version to compare with: what is replaced, else what holds the stage, else what holds the top one."""
        model, stage, view = self.model, self.ask.stage, self.view
        if model is None or view is None:
            return None
        state = model.stages.get(stage)
        replaced = self.prepared.replaces or (state.version if state else None)
        found = model.find(replaced) if stage and replaced else None
        return found if found is not None and found is not view else self.scene.reference(view)


def question_text(question: Question) -> Text:
    """Return everything that the signature will mean."""
    prepared, view, scene = question.prepared, question.view, question.scene
    lines: list[Pieces] = [((f"! {question.why}", "bad"),), ()] if question.why else []
    lines += _facts(question)
    if view is not None and (prepared.ask.stage or question.sealing is not None):
        lines += evidence_lines(view, question.reference, scene)
        lines += card_line(view, prepared.standing)
    lines += _signer_lines(question)
    if prepared.standing is not None:
        words = [line.words for line in prepared.standing.lines if line.needed]
        label = "So far" if any(_quorum_line(question)) else "Quorum"
        lines.append(labelled(label, ("; ".join(words) or "needs no approval", "plain")))
    if prepared.reasons:
        lines += heading("It would have no effect")
        lines += [(("✗ ", "bad"), (reason, "plain")) for reason in prepared.reasons]
    return (*lines, *_evidence(question))


def _signer_lines(question: Question) -> Iterator[Pieces]:
    person, identity = question.prepared.person, question.prepared.identity
    key = f"  {kind_words(identity)}, {place_words(identity)}"
    yield labelled("Signs as", (person, "strong"), (key, "plain"))
    yield labelled("Key", (identity.key.fingerprint, "dim"))


def _facts(question: Question) -> Iterator[Pieces]:
    """Yield what it is about."""
    ask, model = question.ask, question.model
    yield from _subject_lines(question)
    if ask.stage:
        yield labelled("Stage", (ask.stage, "plain"), *_replaces(question))
        yield from _quorum_line(question)
    if "alias" in ask.fields:
        yield _alias_line(question)
    if "status" in ask.fields:
        yield labelled("Status", (str(ask.fields["status"]), "strong"))
    entry = model.history.find_record(str(ask.fields.get("record", ""))) if model else None
    if entry is not None:
        action = str(entry.record.envelope.action).replace("_", "-")
        yield labelled("Record", (action, "strong"), (f"  {about(entry, question.scene)}", "plain"))
    if question.evaluation is not None:
        yield from _evaluation_lines(question.evaluation)
    if question.sealing is not None:
        yield from _sealing_lines(question.sealing, question.prepared)


def _quorum_line(question: Question) -> Iterator[Pieces]:
    """Yield what this person's approval would make of the quorum."""
    prepared = question.prepared
    if prepared.ask.action != "approve" or prepared.standing is None or prepared.reasons:
        return
    person, document = prepared.person, question.scene.snapshot.trust.newest.document
    lines = prepared.standing.lines
    have = [len({*line.people, person} if document.holds(person, line.roles) else line.people) for line in lines]
    asked = sum(line.needed for line in lines)
    if not asked:
        return
    counted = sum(min(number, line.needed) for number, line in zip(have, lines, strict=True))
    met: Piece = ("met", "good") if counted == asked else ("not met yet", "warn")
    yield labelled("Quorum", (f"with yours: {counted} of {asked}, ", "plain"), met)


def _subject_lines(question: Question) -> Iterator[Pieces]:
    ask, view = question.ask, question.view
    if ask.version is None:
        yield labelled("Model", (ask.model, "strong"))
        return
    size = f"  ({long_size(view.size)})" if view is not None and view.size is not None else ""
    yield labelled("Model", (ask.model, "strong"), ("   version ", "dim"), (ask.version, "strong"))
    yield labelled("Digest", (short_digest(question.prepared.digest), "plain"), (size, "dim"))
    yield from warning_lines(view, question.model, ask.action) if view is not None else ()


def _replaces(question: Question) -> Pieces:
    prepared, model = question.prepared, question.model
    state = model.stages.get(prepared.ask.stage) if model else None
    if prepared.ask.action not in MOVES:
        return ((f"  points at {state.version} now" if state else "  points at nothing yet", "dim"),)
    if prepared.replaces is None:
        return (("  replaces nothing: the stage is empty", "dim"),)
    known = state is not None and state.version == prepared.replaces
    since = f" (by {state.person}, {age(state.moment, now=question.scene.now)})" if state is not None and known else ""
    return (("  replaces ", "dim"), (prepared.replaces, "strong"), (since, "dim"), *_passed_over(question, state))


def _passed_over(question: Question, state: StageState | None) -> Pieces:
    """Return which version a rollback passes over because it cannot be used any more."""
    ask, model = question.ask, question.model
    if ask.action != "rollback" or state is None or model is None or state.replaced in {None, ask.version}:
        return ()
    view = model.find(state.replaced or "")
    return ((f"; passes over {state.replaced}: {view.status if view else 'gone'}", "warn"),)


def _alias_line(question: Question) -> Pieces:
    ask, before = question.ask, question.prepared.replaces
    points = f"  points at {before} now" if before else "  points at nothing yet"
    removed = "  and will be removed" if ask.version is None else ""
    if ask.fields["alias"] == NEW_ALIAS.stand_in:
        return labelled("Alias", ("not named yet", "warn"))
    return labelled("Alias", (str(ask.fields["alias"]), "strong"), (points, "dim"), (removed, "warn"))


def _evaluation_lines(new: NewEvaluation) -> Iterator[Pieces]:
    said = new.said
    outcome = said.outcome or "inconclusive: the file names no outcome"
    tone: Tone = "good" if said.outcome == "pass" else "bad" if said.outcome == "fail" else "warn"
    file = new.path.rpartition("/")[2]
    yield labelled("File", (file, "strong"), (f"  {said.kind}", "plain"))
    yield labelled("Outcome", (outcome, tone))
    for metric in said.metrics:
        yield labelled("", (f"{metric.name} ", "dim"), (metric.text, "plain"))
    for fault in said.faults:
        yield labelled("", ("! ", "warn"), (str(fault), "plain"))


def _sealing_lines(sealing: Sealing, prepared: Prepared) -> Iterator[Pieces]:
    built_by = tuple(str(one) for one in getattr(prepared.action, "built_by", ()))
    more = f", and {', '.join(built_by)}" if built_by else ""
    yield labelled("Files", (count(len(sealing.stamps), "file"), "plain"), ("  listed below", "dim"))
    yield labelled("Built by", (f"{prepared.person}{more}", "plain"), ("  who builds does not approve", "dim"))
    bases = ", ".join(name for name, _ in sealing.materials)
    yield labelled("Built on", (bases or "no version of this registry", "plain" if bases else "dim"))
    yield labelled("Model card", ("README.md" if sealing.card is not None else "none", "plain"))


def _evidence(question: Question) -> Text:
    """Return what stands below: rules, approvals, metrics, files."""
    prepared, view, scene = question.prepared, question.view, question.scene
    lines: list[Pieces] = []
    if prepared.ask.stage:
        lines += [*heading("Rules", (f"  of {prepared.ask.stage}", "dim")), *finding_lines(prepared.findings)]
    if prepared.standing is not None:
        lines += approval_lines(StageStatus(stage=prepared.ask.stage, standing=prepared.standing), scene)
    if view is not None and (prepared.ask.stage or question.sealing):
        lines += metric_lines(view, question.reference, scene)
    if question.sealing is not None:
        lines += _file_lines(question.sealing)
    return tuple(lines)


def _file_lines(sealing: Sealing) -> Iterator[Pieces]:
    files = load_manifest(sealing.manifest).files
    yield from heading("Files")
    for path, digest in files[:MOST_FILES]:
        yield ((f"{short_digest(digest)}  ", "dim"), (path, "plain"))
    if len(files) > MOST_FILES:
        yield ((f"… and {len(files) - MOST_FILES:,} more", "dim"),)


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


def refused_text(error: SignoffError, title: str) -> Text:
    """Return why nothing can be asked, and what to do."""
    lines: list[Pieces] = [((f"Cannot: {title}", "bad"),), ()]
    if isinstance(error, RefusedError):
        lines += [(("✗ ", "bad"), (reason, "plain")) for reason in error.reasons]
    else:
        lines.append(((error.message, "plain"),))
    if error.hint:
        lines += [(), *(((f"{part}", "dim"),) for part in error.hint.split("; "))]
    return tuple(lines)


def key_fault_text(error: SignoffError, title: str) -> Text:
    """Return what is wrong with the key, what to do, and that it can be signed elsewhere."""
    elsewhere: Pieces = (
        ("s", "accent"),
        (" signs where the key is: it shows what to sign, and takes the pasted signature", "plain"),
    )
    return (*refused_text(error, title), (), elsewhere)


def hashing_text(title: str, done: int, total: int | None) -> Text:
    """Return how far the hashing is."""
    share = f" ({min(100, done * 100 // total)} %)" if total else ""
    return (
        ((title, "strong"),),
        (),
        (("hashing its files: ", "plain"), (f"{long_size(done)} of {long_size(total)}{share}", "strong")),
        (("then you see what will be signed; nothing is written yet", "dim"),),
    )


def stopped_text(title: str) -> Text:
    """Return what a stop left behind."""
    return (
        ((f"stopped: {title}", "strong"),),
        (),
        (("nothing was written; what was hashed is remembered until the program ends, and not hashed again", "plain"),),
    )


def elsewhere_text(prepared: Prepared) -> Text:
    """Return what to sign where the key is."""
    return tuple(((line, "plain"),) for line in paste_lines(prepared.line, record_command(prepared.identity)))


def failed_text(error: SignoffError) -> Text:
    """Return why it was not signed, to stand above the question."""
    lines: list[Pieces] = [((f"! not signed: {error.message}", "bad"),)]
    lines += [((f"  {part}", "dim"),) for part in error.hint.split("; ") if part]
    return (*lines, ())
