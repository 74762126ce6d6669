"""What was made from what: the graph of versions, the models and datasets they came from, and their source.

The rule it keeps: a name proves nothing. An edge is *proven* only where the digest that is named is the digest of a
registered version or of one of its files; else it is *declared*. What is revoked is followed by digest alone.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from signoff.errors import InvalidValueError
from signoff.values.names import Digest
from signoff.values.refs import parse_ref

Source = Literal["model", "dataset", "commit"]
Kind = Literal["version", "model", "dataset", "commit"]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a version says it was made from.

    Attributes:
        name: As written: "llm/base", "llm/base:2", "transactions", a repository.
        relation: "adapter", "merge", "distill", "base", "teacher", "dataset", "source" …
        source: What kind of thing it is.
        version: A version, a data set's revision or a commit, where the name does not say it.
        digest: The sha256 that was named.
    """

    name: str
    relation: str
    source: Source = "model"
    version: str | None = None
    digest: Digest | None = None


class VersionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What lineage needs to know of one version.

    Attributes:
        model: Its model.
        version: Its name.
        digest: The digest it is registered with, or None while it is not registered.
        claims: What its version.yaml says.
        materials: (name, digest) of its register record, which are signed.
        files: (path, digest) of its manifest.
    """

    model: str
    version: str
    digest: Digest | None = None
    claims: tuple[Claim, ...] = ()
    materials: tuple[tuple[str, Digest], ...] = ()
    files: tuple[tuple[str, Digest], ...] = ()


class Node(msgspec.Struct, frozen=True, order=True):
    """A version of this registry, or a model, data set or commit outside it.

    Attributes:
        kind: "version" is one of this registry.
        name: The model's or data set's name, or the repository.
        version: The version, revision or commit, or "".
        digest: The sha256 that the version is registered with or that was named, or "".
    """

    kind: Kind
    name: str
    version: str = ""
    digest: str = ""


class Edge(msgspec.Struct, frozen=True, order=True):
    """One step from what was made to what it was made from.

    Attributes:
        child: What was made.
        parent: What it was made from.
        relation: How, as written.
        proven: Whether the digest that was named is one of a registered version or of its file.
        signed: Whether the register record of the child names it among its materials.
        file: The parent's file whose digest was named, or "".
    """

    child: Node
    parent: Node
    relation: str
    proven: bool
    signed: bool
    file: str = ""

    @property
    def by_digest(self) -> bool:
        """Whether it is known which bytes of a model were built on."""
        return self.proven or (self.parent.kind == "model" and self.parent.digest != "")


class Step(msgspec.Struct, frozen=True):
    """One line of a walk: an edge, how deep it is, and whether the node it leads to was walked before."""

    depth: int
    edge: Edge
    repeated: bool


class Tainted(msgspec.Struct, frozen=True):
    """A version built on a revoked one, and the edges that lead up to that."""

    node: Node
    path: tuple[Edge, ...]


class Graph:
    """The lineage of a registry; every answer is in a fixed order, whatever the order of the facts."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        """Sort and index the edges."""
        self.edges = tuple(sorted(edges))
        ends = (node for edge in self.edges for node in (edge.child, edge.parent))
        self.nodes = tuple(sorted({*nodes, *ends}))
        self._parents, self._children = defaultdict[Node, list[Edge]](list), defaultdict[Node, list[Edge]](list)
        for edge in self.edges:
            self._parents[edge.child].append(edge)
            self._children[edge.parent].append(edge)

    def find(self, model: str, version: str) -> Node | None:
        """Return the node of a version, or None."""
        found = (node for node in self.nodes if (node.kind, node.name, node.version) == ("version", model, version))
        return next(found, None)

    def up(self, node: Node) -> tuple[Step, ...]:
        """Return what a node was made from, depth first; a node that comes again is not walked again."""
        return tuple(_walk(node, self._parents, upward=True))

    def down(self, node: Node) -> tuple[Step, ...]:
        """Return what was made from a node, depth first; a node that comes again is not walked again."""
        return tuple(_walk(node, self._children, upward=False))

    def descendants_by_digest(self, revoked: Collection[Digest]) -> tuple[Tainted, ...]:
        """Return every version built, at any remove, on bytes that are revoked, each with a shortest path there.

        Names are not followed, nor are data sets: only digests say which bytes of a model were built on.

        Args:
            revoked: The digests of revoked versions.
        """
        starts = [node for node in self.nodes if node.digest in revoked and node.kind in ("version", "model")]
        paths: dict[Node, tuple[Edge, ...]] = dict.fromkeys(starts, ())
        waiting = deque(starts)
        while waiting:
            parent = waiting.popleft()
            for edge in self._children.get(parent, ()):
                if edge.by_digest and edge.child not in paths:
                    paths[edge.child] = (edge, *paths[parent])
                    waiting.append(edge.child)
        return tuple(Tainted(node, path) for node, path in sorted(paths.items()) if path)


def _walk(start: Node, edges: Mapping[Node, list[Edge]], *, upward: bool) -> Iterator[Step]:
    walked = {start}
    waiting = [(1, edge) for edge in reversed(edges.get(start, []))]
    while waiting:
        depth, edge = waiting.pop()
        node = edge.parent if upward else edge.child
        yield Step(depth, edge, node in walked)
        if node not in walked:
            walked.add(node)
            waiting += [(depth + 1, further) for further in reversed(edges.get(node, []))]


def build_graph(facts: Iterable[VersionFacts]) -> Graph:
    """Return the graph of what versions say, with what their digests prove.

    A material of a register record joins the claims about the same parent, which then are signed; alone it is an
    edge with the relation "base".
    """
    versions = tuple(facts)
    known = _Known(versions)
    edges = (edge for each in versions for edge in _edges(each, known))
    return Graph([_node(each) for each in versions], edges)


def _node(facts: VersionFacts) -> Node:
    return Node("version", facts.model, facts.version, facts.digest or "")


def _edges(facts: VersionFacts, known: "_Known") -> Iterator[Edge]:
    child = _node(facts)
    claimed = [(claim.relation, found) for claim in facts.claims for found in known.parents(claim, child)]
    materials = [found for claim in _materials(facts) for found in known.parents(claim, child)]
    signed = {found.node for found in materials}
    alone = signed.difference(found.node for _, found in claimed)
    claimed += [("base", found) for found in materials if found.node in alone]
    sure = {found.node for _, found in claimed if found.proven}.union(found.node for found in materials if found.proven)
    files = {found.node: found.file for found in (*materials, *(found for _, found in claimed)) if found.file}
    for relation, parent in sorted({(relation, found.node) for relation, found in claimed}):
        yield Edge(child, parent, relation, parent in sure, parent in signed, files.get(parent, ""))


def _materials(facts: VersionFacts) -> Iterator[Claim]:
    for name, digest in facts.materials:
        yield Claim(name=name, relation="base", digest=digest)


class _Found(msgspec.Struct, frozen=True):
    """A parent, whether a digest proves it, and by which of its files."""

    node: Node
    proven: bool = False
    file: str = ""


class _Known:
    """The registered digests that claims can name, and the versions' names."""

    def __init__(self, versions: tuple[VersionFacts, ...]) -> None:
        """Index the versions, and those of their files that anyone names: there may be millions of others."""
        claims = (claim for each in versions for claim in (*each.claims, *_materials(each)))
        named = {_resolved(claim).digest for claim in claims}
        self.names = {(each.model, each.version): _node(each) for each in versions}
        self.digests, self.files = defaultdict[str, list[_Found]](list), defaultdict[str, list[_Found]](list)
        for each in versions:
            if each.digest:
                self.digests[each.digest].append(_Found(_node(each), proven=True))
                for path, digest in each.files:
                    if digest in named:
                        self.files[digest].append(_Found(_node(each), proven=True, file=path))

    def parents(self, claim: Claim, child: Node) -> list[_Found]:
        """Return what a claim of `child` is about: where bytes are in several versions, the one named, else all."""
        if claim.source != "model":
            return [_Found(Node(claim.source, claim.name, claim.version or "", claim.digest or ""))]
        claim = _resolved(claim)
        if claim.digest:
            same = self.digests.get(claim.digest) or self.files.get(claim.digest, [])
            others = [found for found in same if found.node != child]
            if others:
                return [found for found in others if _is_named(found.node, claim)] or others
        by_name = None if claim.digest else self.names.get((claim.name, claim.version or ""))
        return [_Found(by_name or Node("model", claim.name, claim.version or "", claim.digest or ""))]


def _is_named(node: Node, claim: Claim) -> bool:
    return node.name == claim.name and claim.version in (None, node.version)


def _resolved(claim: Claim) -> Claim:
    """Return the claim with the version or digest that its name spells, as `llm/base:2` does."""
    try:
        ref = parse_ref(claim.name)
        if ref.kind == "version":
            return msgspec.structs.replace(claim, name=ref.model, version=claim.version or ref.selector)
        if ref.kind == "digest":
            return msgspec.structs.replace(claim, name=ref.model, digest=claim.digest or Digest(ref.selector))
    except InvalidValueError:
        pass
    return claim
