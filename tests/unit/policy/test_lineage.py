import random

from signoff.policy.lineage import Claim, Edge, Graph, Node, Step, VersionFacts, build_graph
from signoff.values.names import Digest


def digest(number: int) -> Digest:
    return Digest(f"{number:064x}")


def base(name: str, *, relation: str = "adapter", version: str | None = None, sha256: int | None = None) -> Claim:
    return Claim(name=name, relation=relation, version=version, digest=None if sha256 is None else digest(sha256))


def version(
    model: str,
    *claims: Claim,
    sha256: int | None = None,
    files: dict[str, int] | None = None,
    materials: dict[str, int] | None = None,
) -> VersionFacts:
    return VersionFacts(
        model=model,
        version="1",
        digest=None if sha256 is None else digest(sha256),
        claims=claims,
        files=tuple((path, digest(number)) for path, number in (files or {}).items()),
        materials=tuple((name, digest(number)) for name, number in (materials or {}).items()),
    )


def node(model: str, sha256: int | None = None) -> Node:
    return Node("version", model, "1", "" if sha256 is None else digest(sha256))


def lines(steps: tuple[Step, ...], *, upward: bool) -> list[str]:
    nodes = [(step, step.edge.parent if upward else step.edge.child) for step in steps]
    return ["  " * (step.depth - 1) + found.name + (" again" if step.repeated else "") for step, found in nodes]


LLM = version("llm", sha256=1, files={"model.safetensors": 11, "config.json": 12})


def only_edge(*facts: VersionFacts) -> Edge:
    (edge,) = build_graph(facts).edges
    return edge


def test_a_digest_of_a_registered_version_proves_an_edge() -> None:
    edge = only_edge(LLM, version("chat", base("some/spelling", sha256=1), sha256=2))
    assert edge == Edge(node("chat", 2), node("llm", 1), "adapter", proven=True, signed=False)


def test_a_digest_of_a_file_of_a_registered_version_proves_an_edge_and_names_the_file() -> None:
    edge = only_edge(LLM, version("small", base("teacher", relation="distill", sha256=11), sha256=2))
    assert edge == Edge(
        node("small", 2), node("llm", 1), "distill", proven=True, signed=False, file="model.safetensors"
    )


def test_a_version_that_is_not_registered_proves_nothing() -> None:
    draft = version("llm", files={"model.safetensors": 11})
    edge = only_edge(draft, version("chat", base("llm", version="1", sha256=11), sha256=2))
    assert edge.parent == Node("model", "llm", "1", digest(11))
    assert not edge.proven


def test_a_name_alone_declares_an_edge_to_the_version_so_called() -> None:
    for claim in (base("llm", version="1"), base("llm:1"), base("models:/llm/1")):
        edge = only_edge(LLM, version("chat", claim, sha256=2))
        assert edge == Edge(node("chat", 2), node("llm", 1), "adapter", proven=False, signed=False)


def test_a_reference_by_digest_counts_as_a_named_digest() -> None:
    edge = only_edge(LLM, version("chat", base(f"llm@sha256:{digest(1)}"), sha256=2))
    assert (edge.parent, edge.proven) == (node("llm", 1), True)


def test_a_shortened_digest_or_a_stage_names_no_bytes() -> None:
    for name in ("llm@sha256:00000000", "llm@production", "https://example.org/llm"):
        edge = only_edge(LLM, version("chat", base(name), sha256=2))
        assert (edge.parent.kind, edge.parent.digest, edge.proven) == ("model", "", False)


def test_a_digest_that_contradicts_the_name_is_no_edge_to_the_version_so_called() -> None:
    edge = only_edge(LLM, version("chat", base("llm", version="1", sha256=99), sha256=2))
    assert edge.parent == Node("model", "llm", "1", digest(99))
    assert not edge.proven


def test_a_model_outside_the_registry_a_dataset_and_a_commit_are_nodes() -> None:
    graph = build_graph(
        [
            version(
                "chat",
                base("meta/llama"),
                Claim(name="transactions", relation="dataset", source="dataset", version="2026-Q3", digest=digest(1)),
                Claim(name="git@host:chat", relation="source", source="commit", version="abc123"),
                sha256=2,
            ),
            LLM,
        ]
    )
    assert [edge.parent for edge in graph.edges] == [
        Node("commit", "git@host:chat", "abc123"),
        Node("dataset", "transactions", "2026-Q3", digest(1)),
        Node("model", "meta/llama"),
    ]
    assert not any(edge.proven for edge in graph.edges)


def test_where_two_versions_hold_the_same_bytes_the_one_named_is_meant() -> None:
    copy = version("copy", sha256=3, files={"model.safetensors": 11})
    named = build_graph([LLM, copy, version("chat", base("copy", sha256=11), sha256=2)])
    assert [edge.parent.name for edge in named.edges] == ["copy"]
    unnamed = build_graph([LLM, copy, version("chat", base("other", sha256=11), sha256=2)])
    assert [edge.parent.name for edge in unnamed.edges] == ["copy", "llm"]


def test_a_versions_own_file_is_not_its_parent() -> None:
    edge = only_edge(version("chat", base("x", sha256=11), sha256=2, files={"base.safetensors": 11}))
    assert edge.parent == Node("model", "x", "", digest(11))


def test_a_material_signs_the_claim_about_the_same_parent() -> None:
    edge = only_edge(LLM, version("chat", base("llm", version="1", relation="merge"), sha256=2, materials={"llm:1": 1}))
    assert edge == Edge(node("chat", 2), node("llm", 1), "merge", proven=True, signed=True)


def test_a_material_alone_is_a_signed_base() -> None:
    edge = only_edge(LLM, version("chat", sha256=2, materials={"llm:1": 11}))
    assert edge == Edge(node("chat", 2), node("llm", 1), "base", proven=True, signed=True, file="model.safetensors")


def diamond() -> list[VersionFacts]:
    return [
        version("a", sha256=1),
        version("b", base("a", sha256=1), sha256=2),
        version("c", base("a", sha256=1), sha256=3),
        version("d", base("b", sha256=2), base("c", sha256=3), sha256=4),
    ]


def test_walks_go_up_and_down_and_expand_each_node_once() -> None:
    graph = build_graph([*diamond(), version("root", sha256=9), version("a", base("root", sha256=9), sha256=1)][1:])
    assert lines(graph.up(node("d", 4)), upward=True) == ["b", "  a", "    root", "c", "  a again"]
    assert lines(graph.down(node("root", 9)), upward=False) == ["a", "  b", "    d", "  c", "    d again"]
    assert graph.up(node("stranger")) == ()


def test_claims_that_run_in_a_circle_end() -> None:
    graph = build_graph([version("a", base("b:1"), base("a:1")), version("b", base("a:1"))])
    assert lines(graph.up(node("a")), upward=True) == ["a again", "b", "  a again"]


def test_the_order_of_the_facts_does_not_matter() -> None:
    facts = [*diamond(), LLM, version("chat", base("x", sha256=11), base("llm:1"), sha256=7)]
    expected = build_graph(facts)
    for seed in range(5):
        random.Random(seed).shuffle(facts)
        graph = build_graph(facts)
        assert (graph.nodes, graph.edges) == (expected.nodes, expected.edges)


def test_a_version_is_found_by_its_names() -> None:
    graph = build_graph([LLM])
    assert graph.find("llm", "1") == node("llm", 1)
    assert graph.find("llm", "2") is None


def tainted(graph: Graph, *revoked: int) -> dict[str, list[str]]:
    found = graph.descendants_by_digest({digest(number) for number in revoked})
    assert all(one.path[0].child == one.node for one in found)
    return {one.node.name: [edge.parent.name for edge in one.path] for one in found}


def test_a_revocation_reaches_all_that_was_built_on_it_by_a_shortest_path() -> None:
    graph = build_graph([*diamond(), version("e", base("d", sha256=4), base("b", sha256=2), sha256=5)])
    assert tainted(graph, 1) == {"b": ["a"], "c": ["a"], "d": ["b", "a"], "e": ["b", "a"]}
    assert tainted(graph, 3) == {"d": ["c"], "e": ["d", "c"]}
    assert tainted(graph) == {}


def test_a_revocation_follows_files_and_drafts_too() -> None:
    student = version("small", base("teacher", relation="distill", sha256=11), sha256=2)
    draft = version("draft", base("small", sha256=2))
    assert tainted(build_graph([LLM, student, draft]), 1) == {"small": ["llm"], "draft": ["small", "llm"]}


def test_a_revocation_follows_a_digest_whose_version_is_gone() -> None:
    graph = build_graph([version("chat", base("gone", sha256=77), sha256=2)])
    assert tainted(graph, 77) == {"chat": ["gone"]}


def test_a_revocation_does_not_follow_names_or_datasets() -> None:
    by_name = version("chat", base("llm", version="1"), sha256=2)
    trained = version("tree", Claim(name="llm", relation="dataset", source="dataset", digest=digest(1)), sha256=3)
    assert tainted(build_graph([LLM, by_name, trained]), 1) == {}


def test_revoked_versions_that_lean_on_each_other_are_not_called_tainted() -> None:
    assert tainted(build_graph(diamond()), 1, 2, 3) == {"d": ["b"]}


def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    chain = [version(f"m{number:04}", base("x", sha256=number - 1), sha256=number) for number in range(1, 1500)]
    graph = build_graph(chain)
    assert len(graph.up(node("m1499", 1499))) == 1499
    assert len(graph.descendants_by_digest({digest(1)})) == 1498
