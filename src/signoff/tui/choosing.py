"""What is looked at from a place: which versions are compared, and why none can be.

The rule it keeps: pure; differences are to what the top stage points at where that is among the compared, else to the
version that was registered first.
"""

from collections.abc import Sequence

from signoff.registry.views import VersionView
from signoff.tui.scene import Scene

FEWEST = 2


def refs_to_compare(scene: Scene, view: VersionView | None, marked: Sequence[str]) -> tuple[str, ...]:
    """Return the references to compare, the one that differences are to first; fewer than two where there is nothing.

    Args:
        scene: What is there.
        view: What the cursor is on.
        marked: The marked versions; with fewer than two the cursor's is compared with what the top stage points at.
    """
    if len(marked) >= FEWEST:
        return _in_order(scene, marked)
    reference = scene.reference(view) if view is not None else None
    return tuple(one.ref for one in (reference, view) if one is not None)


def _in_order(scene: Scene, marked: Sequence[str]) -> tuple[str, ...]:
    wanted = set(marked)
    models = dict.fromkeys(ref.rpartition(":")[0] for ref in marked)
    views = [
        view
        for model in filter(None, map(scene.snapshot.find_model, models))
        for view in model.versions
        if view.ref in wanted
    ]
    return tuple(view.ref for view in sorted(views, key=lambda view: scene.top not in view.stages))


def why_no_comparison(scene: Scene, view: VersionView | None, marked: Sequence[str]) -> str:
    """Return why nothing can be compared, or ""."""
    if view is None or len(refs_to_compare(scene, view, marked)) >= FEWEST:
        return ""
    if not scene.top:
        why = "no stage has a rule"
    elif scene.top in view.stages:
        why = f"{scene.top} pointed at nothing before"
    else:
        why = f"{scene.top} points at no version"
    return f"nothing to compare with: {why}; mark two with space"
