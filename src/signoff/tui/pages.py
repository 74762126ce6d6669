"""The texts about one version: overview, metrics, history, and the short form for the detail pane.

The rule it keeps: pure; lines of pieces from a version and the scene; where there is nothing, words say so.
"""

from collections.abc import Iterator, Sequence

from signoff.errors import SignoffError
from signoff.policy.checks import Finding
from signoff.policy.entries import Entry
from signoff.policy.history import Decision
from signoff.registry.problems import Problem
from signoff.registry.views import StageStatus, VersionView
from signoff.tui.columns import signoff_piece, standing_piece
from signoff.tui.measures import PANE_WIDTH, short_table
from signoff.tui.present import Piece, Pieces, count, fit, glyph, or_unknown, state
from signoff.tui.scene import Scene, needed
from signoff.tui.told import MOVED, aim_words
from signoff.values.display import UNKNOWN, age, displayable_lines, long_size, short_digest, utc_minute

Text = tuple[Pieces, ...]
LABEL = 12
MOST_PROBLEMS = 1000
SHORT_KEY = 15
UNREAD_WORDS = "the log is being read and its signatures verified: more in a moment"
READING: Pieces = (("reading the files …", "dim"),)


def labelled(label: str, *pieces: Piece) -> Pieces:
    """Return a line that begins with what it is about."""
    return ((fit(label, LABEL), "dim"), *pieces)


def heading(text: str, *more: Piece) -> Text:
    """Return an empty line and a heading."""
    return ((), ((text, "strong"), *more))


def title_line(view: VersionView, scene: Scene) -> Pieces:
    """Return a version's reference and where it stands."""
    return ((view.ref, "strong"), ("  ", "plain"), standing_piece(view, scene))


def unread_text(view: VersionView, scene: Scene) -> Text:
    """Return what there is to say of a version whose model's log is still being read."""
    return (title_line(view, scene), (), ((UNREAD_WORDS, "dim"),))


def detail(
    view: VersionView, scene: Scene, findings: Sequence[Finding] | None, *, stage: str, width: int = PANE_WIDTH
) -> Text:
    """Return the short form for the pane beside the list; `findings` None: they are still being asked for."""
    if view.unread:
        return unread_text(view, scene)
    model = scene.snapshot.find_model(view.model)
    lines: list[Pieces] = [title_line(view, scene), *problem_lines(view), ()]
    lines.append(labelled("digest", (short_digest(view.digest), "plain")))
    lines.append(labelled("files", (_files(view), "plain")))
    lines.append(labelled("by", (f"{or_unknown(view.author)}, {age(view.moment, now=scene.now)}", "plain")))
    if view.stages or view.aliases:
        lines.append(labelled("held by", (", ".join((*view.stages, *view.aliases)), "plain")))
    lines += short_table(view, scene, model, width=width)
    if view.registered and stage:
        lines += [*heading("Gates", (f"  for {stage}", "dim")), *finding_lines(findings)]
        ask = view.ask(stage)
        lines += approval_lines(ask, scene) if ask is not None else ()
    return tuple(lines)


def _files(view: VersionView) -> str:
    return UNKNOWN if view.files is None else f"{count(view.files, 'file')}, {long_size(view.size)}"


def problem_lines(view: VersionView) -> Iterator[Pieces]:
    """Yield what is wrong with a version, and what to do."""
    for words in view.revoked_bases:
        yield (("! built on a revoked base: ", "bad"), (words, "plain"))
    for problem in view.problems:
        if problem.severity != "note":
            yield from _problem(problem, place="")


def _problem(problem: Problem, *, place: str) -> Iterator[Pieces]:
    mark, tone = glyph(problem.severity)
    yield ((f"{mark} ", tone), (f"{place}: " if place else "", "strong"), (problem.what, "plain"))
    if problem.hint:
        yield (("  ", "plain"), (problem.hint, "dim"))


def problems_text(problems: Sequence[Problem]) -> Text:
    """Return all problems, as a page."""
    if not problems:
        return ((("nothing is wrong", "dim"),),)
    lines = [line for one in problems[:MOST_PROBLEMS] for line in _problem(one, place=one.place)]
    more = len(problems) - MOST_PROBLEMS
    return (*lines, *(((f"… and {more:,} more: signoff doctor", "dim"),) for _ in range(more > 0)))


def findings_said(answer: Sequence[Finding] | SignoffError) -> tuple[Finding, ...]:
    """Return what checks say; where they could not be asked, one finding that says why."""
    if isinstance(answer, SignoffError):
        return (Finding(check="rules", outcome="unknown", detail=str(answer)),)
    return tuple(answer)


def finding_lines(findings: Sequence[Finding] | None) -> Iterator[Pieces]:
    """Yield what each check says: met, not met, unknown."""
    if findings is None:
        yield READING
    for one in findings or ():
        mark, tone = glyph(one.outcome)
        words = {"unmet": "not met", "unknown": "unknown"}.get(one.outcome, "")
        said = f"{words}: {one.detail}" if words else one.detail
        yield ((f"{mark} ", tone), (f"{one.check:<{LABEL}} ", "plain"), (said, "plain" if words else "dim"))


def approval_lines(ask: StageStatus, scene: Scene) -> Iterator[Pieces]:
    """Yield who approved for a stage, whose approval does not count and why, who asked, who rejected."""
    standing = ask.standing
    have = sum(min(len(line.people), line.needed) for line in standing.lines)
    all_needed = sum(line.needed for line in standing.lines)
    yield from heading("Approvals", (f"  {have} of {all_needed} for {ask.stage}", "dim"))
    for one in standing.counted:
        yield _decision(one, ("√ ", "good"), scene)
    for one, why in standing.stale:
        yield (*_decision(one, ("! ", "warn"), scene), (f"  does not count: {why}", "warn"))
    if standing.rejection is not None:
        yield (*_decision(standing.rejection, ("✗ ", "bad"), scene), ("  rejected", "bad"))
    for request in standing.requests:
        words = f"asked by {request.person}, {age(request.moment, now=scene.now)}"
        yield (glyph("requested"), (f" {words}", "plain"), *_quoted(request.comment))
    if not (standing.counted or standing.stale or standing.rejection or standing.requests):
        yield (("nobody asked yet" if all_needed else "needs none", "dim"),)


def _decision(one: Decision, mark: Piece, scene: Scene) -> Pieces:
    when = age(one.moment, now=scene.now)
    key = f"  {one.key[:SHORT_KEY]}…" if one.key else ""
    return (mark, (one.person, "plain"), (f"  {when}{key}", "dim"), *_quoted(one.comment))


def _quoted(comment: str) -> Pieces:
    return ((f"  “{' '.join(displayable_lines(comment))}”", "plain"),) if comment else ()


def overview_text(view: VersionView, scene: Scene, findings: Sequence[Finding] | None) -> Text:
    """Return what a version is, where it stands, and what it lacks."""
    lines: list[Pieces] = [title_line(view, scene), *problem_lines(view), ()]
    lines += [labelled(label, (text, "plain")) for label, text in _facts(view, scene) if text]
    lines += heading("Sign-off")
    if not view.registered:
        lines.append((("not registered: ", "warn"), ("R", "accent"), (" seals its files and signs for them", "plain")))
        return tuple(lines)
    lines += [line for stage in scene.stages for line in _stage_lines(view, stage, scene)]
    target = scene.target(view)
    if target:
        lines += [*heading("Gates", (f"  for {target}", "dim")), *finding_lines(findings)]
    for ask in view.asks:
        if needed(scene.rules[ask.stage]) or ask.standing.requests:
            lines += approval_lines(ask, scene)
    return tuple(lines)


def _stage_lines(view: VersionView, stage: str, scene: Scene) -> Iterator[Pieces]:
    """Yield where a version stands with a stage; of one that points at it: since when, and who moved it there."""
    ask, model = view.ask(stage), scene.snapshot.find_model(view.model)
    quorum = ("; ".join(line.words for line in ask.standing.lines if line.needed) if ask else "") or "needs no approval"
    state = model.stages.get(stage) if model and stage in view.stages else None
    rejection = ask.standing.rejection if ask else None
    if state is not None:
        since = f" since {utc_minute(state.moment)}"
        yield labelled(stage, ("● here", "good"), (f"{since}, {MOVED[state.how]} by {state.person}", "plain"))
        yield labelled("", (quorum, "plain"))
    elif rejection is not None:
        yield labelled(stage, ("✗ rejected", "bad"), (f" by {rejection.person}; {quorum}", "plain"))
    else:
        yield labelled(stage, ("○ not here", "dim"), (f"  {quorum}", "plain"))


def _facts(view: VersionView, scene: Scene) -> Iterator[tuple[str, str]]:
    yield "status", f"{view.status}{_mark_words(view)}"
    yield "sha256", view.digest or ""
    yield "files", _files(view)
    yield "by", f"{or_unknown(view.author)}, {utc_minute(view.moment)} ({age(view.moment, now=scene.now)})"
    yield "aliases", ", ".join(view.aliases)
    metadata = view.metadata
    if metadata is None:
        return
    yield "description", " ".join(displayable_lines(metadata.description or ""))
    yield "licence", metadata.license_name or metadata.license or ""
    yield "library", metadata.library_name or ""
    yield "task", metadata.pipeline_tag or ""
    yield (
        "built on",
        ", ".join(f"{base.model}{':' + base.version if base.version else ''}" for base in metadata.base_models),
    )
    yield "data", ", ".join(" ".join(p for p in (d.name, d.revision, d.split) if p) for d in metadata.datasets)
    yield "tags", ", ".join(name if text is None else f"{name}={text}" for name, text in metadata.tags)
    yield "settings", ", ".join(f"{name}={value}" for name, value in metadata.hyperparameters)


def _mark_words(view: VersionView) -> str:
    marks = (view.state.revoked, view.state.purged, view.state.deprecated) if view.state else ()
    mark = next((one for one in marks if one is not None), None)
    return f" by {mark.person}: {mark.reason}" if mark else ""


def history_text(view: VersionView, scene: Scene) -> Text:
    """Return every record about a version, the newest first, and what each is worth."""
    model = scene.snapshot.find_model(view.model)
    entries = about_version(view, model.history.entries) if model else []
    if not entries:
        return (((f"no record speaks of {view.ref}", "dim"),),)
    return tuple(line for entry in reversed(entries) for line in entry_lines(entry))


def about_version(view: VersionView, entries: Sequence[Entry]) -> list[Entry]:
    """Return the records about a version, and those that answer them, in their order."""
    found: list[Entry] = []
    ids: set[str] = set()
    for entry in entries:
        answers = getattr(entry.record.action, "record", None)
        if entry.record.subject.name == view.ref or answers in ids:
            found.append(entry)
            ids.add(entry.record.id)
    return found


def entry_lines(entry: Entry, *, identified: bool = True) -> Iterator[Pieces]:
    """Yield what a record says, its id where that is wanted, and why it has no effect where it has none."""
    record = entry.record
    mark, tone = state("effective" if entry.effective else "ineffective")
    action = str(record.envelope.action).replace("_", "-")
    aim = aim_words(entry)
    yield (
        (mark[0], tone),
        (f" {record.seq:>4}  {utc_minute(record.moment)}  ", "dim"),
        (fit(action, 11), "strong" if entry.effective else "dim"),
        (f"  {record.author}", "plain"),
        (f"  {aim}" if aim else "", "plain"),
        (f"  {record.id[:12]}" if identified else "", "dim"),
    )
    said = getattr(record.action, "comment", "") or getattr(record.action, "reason", "")
    for line in displayable_lines(said) if said else ():
        yield (("        “", "dim"), (line, "plain"), ("”", "dim"))
    for reason in entry.reasons:
        yield (("        no effect: ", "warn"), (reason, "plain"))


def signoff_words(view: VersionView, scene: Scene) -> str:
    """Return the sign-off cell's words, for messages."""
    return signoff_piece(view, scene)[0]
