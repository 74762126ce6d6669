"""Evidence in the signing dialog: metrics beside those of what is replaced, and whether the model card moved.

The rule it keeps: pure; a difference says better or worse by the metric's own direction; what cannot be compared says
so.
"""

from collections.abc import Iterator

from signoff.policy.approvals import Standing
from signoff.registry.serving import environments_of
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.tui.measures import BETTER, delta_text, metric_name, value_lines
from signoff.tui.pages import labelled, problem_lines
from signoff.tui.present import Piece, Pieces
from signoff.tui.scene import Pair, Scene, paired
from signoff.values.display import short_digest

MOST_EVIDENCE = 3
MOST_METRICS = 200
DIALOG_WIDTH = 74
WITHDRAWING = frozenset({"deprecate", "revoke", "restore"})


def warning_lines(view: VersionView, model: ModelView | None, action: str) -> Iterator[Pieces]:
    """Yield what one must know of a version before anything is signed about it.

    What is wrong with it, that it is deprecated, and, where it is to be used no more, what points at it.
    """
    yield from problem_lines(view)
    state = view.state
    if state is not None and state.deprecated is not None and action not in WITHDRAWING:
        mark, instead = state.deprecated, f"; use {state.replaced_by}" if state.replaced_by else ""
        yield (("! deprecated ", "warn"), (f"by {mark.person}: {mark.reason}{instead}", "plain"))
    if model is not None and action in {"deprecate", "revoke"}:
        serving = [one.name for one in environments_of(model.history) if one.serves == view.version]
        pointing = [*view.stages, *(f"@{name}" for name in view.aliases)]
        said = [
            f"{', '.join(names)} {verb}{'s' if len(names) == 1 else ''} {what}"
            for names, verb, what in ((pointing, "point", "here"), (serving, "serve", "it"))
            if names
        ]
        if said:
            yield (("! ", "bad"), ("; ".join(said), "strong"))
        if view.stages:
            yield (("  a stage stays until B rolls it back or another version is promoted", "dim"),)


def evidence_lines(view: VersionView, reference: VersionView | None, scene: Scene) -> Iterator[Pieces]:
    """Yield the first metrics of a version with their differences."""
    pairs = [one for one in paired(view, reference, scene.snapshot.find_model(view.model)) if one.this]
    whole = [one for one in pairs if not one.metric.slice][:MOST_EVIDENCE]
    if not whole:
        yield labelled("Evidence", ("no metric is written down", "warn"))
    more = len(pairs) - len(whole)
    for number, one in enumerate(whole):
        beside = "" if number else f"beside {reference.version}" if reference else "nothing to compare with"
        last = f"{more} more below" if more and number == len(whole) - 1 else ""
        said = "  ".join(part for part in (beside, last) if part)
        yield labelled("" if number else "Evidence", *_measured(one), (said, "dim"))


def _measured(pair: Pair) -> list[Piece]:
    value = pair.this.text if pair.this else ""
    words, tone = BETTER[pair.better]
    said = f" ({delta_text(pair.delta)} {words})".replace(" )", ")") if pair.delta is not None else ""
    return [(f"{metric_name(pair.metric)} ", "dim"), (value, "plain"), (said, tone), ("   ", "plain")]


def metric_lines(view: VersionView, reference: VersionView | None, scene: Scene) -> Iterator[Pieces]:
    """Yield every metric of a version beside the reference's, as tables."""
    pairs = paired(view, reference, scene.snapshot.find_model(view.model))
    if pairs:
        against = reference.version if reference else ""
        yield from value_lines(pairs[:MOST_METRICS], against=against, width=DIALOG_WIDTH)


def card_line(view: VersionView, standing: Standing | None) -> Iterator[Pieces]:
    """Yield whether the model card is the one that was registered, and that each approver saw."""
    if view.state is None:
        return
    then = "" if view.card == view.state.card else "changed since it was registered"
    decisions = (*standing.counted, *(one for one, _ in standing.stale)) if standing else ()
    unseen = [one.person for one in decisions if one.card != view.card]
    words = "; ".join(word for word in (then, f"changed since {', '.join(unseen)} decided" if unseen else "") if word)
    if words or view.card:
        yield labelled("Model card", (short_digest(view.card), "plain"), (f"  {words}", "warn"))
