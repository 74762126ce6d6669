"""The lineage of a version as drawn trees: what it was made from, what was made from it.

The rule it keeps: pure; every edge says how it is known: by a digest, by a signature, or by a mere name.
"""

from collections.abc import Iterator, Sequence

from signoff.policy.lineage import Edge, Node, Step
from signoff.registry.details import Ancestry
from signoff.registry.views import VersionView
from signoff.tui.pages import Text, heading, title_line
from signoff.tui.present import Piece, Pieces, state
from signoff.tui.scene import Scene

SHORT = 12
TOLD = frozenset({"revoked", "deprecated", "purged", "missing", "unregistered"})


def lineage_text(view: VersionView, scene: Scene, ancestry: Ancestry | None) -> Text:
    """Return both trees; None: the lineage is still being asked for."""
    lines: list[Pieces] = [title_line(view, scene)]
    lines += [((f"! built on a revoked base: {words}", "bad"),) for words in view.revoked_bases]
    if ancestry is None:
        return (*lines, (), (("looking through the registry …", "dim"),))
    lines += heading("Made from")
    lines += _tree(ancestry.up, scene, upward=True) if ancestry.up else [(("nothing that it names", "dim"),)]
    lines += heading("Made into")
    lines += _tree(ancestry.down, scene, upward=False) if ancestry.down else [(("nothing that is registered", "dim"),)]
    return tuple(lines)


def _tree(steps: Sequence[Step], scene: Scene, *, upward: bool) -> Iterator[Pieces]:
    for rail, step in zip(rails([step.depth for step in steps]), steps, strict=True):
        node = step.edge.parent if upward else step.edge.child
        again: Piece = ("  (drawn above)" if step.repeated else "", "dim")
        yield ((rail, "dim"), (_name(node), "strong"), *_standing(node, scene), *_edge(step.edge), again)


def rails(depths: Sequence[int]) -> tuple[str, ...]:
    """Return what stands before each line of a tree that is walked depth first; depths count from 1."""
    drawn: list[str] = []
    open_below: set[int] = set()
    for depth in reversed(depths):
        open_below = {one for one in open_below if one <= depth}
        stems = "".join("│  " if level in open_below else "   " for level in range(1, depth))
        drawn.append(f"{stems}{'├─ ' if depth in open_below else '└─ '}")
        open_below.add(depth)
    return tuple(reversed(drawn))


def _name(node: Node) -> str:
    match node.kind:
        case "commit":
            return f"{node.name} at {node.version[:SHORT]}"
        case "dataset":
            return " ".join(part for part in (node.name, node.version) if part)
        case _ if node.version:
            return f"{node.name}:{node.version}"
        case _ if node.digest:
            return f"{node.name}@sha256:{node.digest[:SHORT]}"
        case _:
            return node.name


def _standing(node: Node, scene: Scene) -> Iterator[Piece]:
    if node.kind != "version":
        return
    model = scene.snapshot.find_model(node.name)
    view = model.find(node.version) if model else None
    if view is not None and view.status in TOLD:
        text, tone = state(view.status)
        yield (f"  {text}", tone)


def _edge(edge: Edge) -> Iterator[Piece]:
    yield (f"  {edge.relation}", "accent")
    if edge.parent.kind in ("dataset", "commit"):
        yield ("  by digest" if edge.parent.digest else "  by name only", "dim")
    elif edge.proven:
        yield (f"  √ proven by digest{f' of {edge.file}' if edge.file else ''}", "good")
    elif edge.parent.digest:
        yield ("  by a digest that nothing here has", "warn")
    else:
        where = "" if edge.parent.kind == "version" else ", not in this registry"
        yield (f"  by name only{where}", "warn")
    yield ("  signed" if edge.signed else "  not signed", "good" if edge.signed else "dim")
