"""Values as JSON says them: stable keys, UTC times, full digests.

The rule it keeps: a key, once released, keeps its name and meaning; what nobody knows is null, never left out.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from signoff.values.times import stamp

if TYPE_CHECKING:
    from signoff.policy.checks import Finding
    from signoff.policy.entries import Entry
    from signoff.policy.history import DeploymentState
    from signoff.policy.lineage import Edge, Step
    from signoff.registry.details import Details, EvaluationLine
    from signoff.registry.problems import Problem
    from signoff.registry.views import VersionView
    from signoff.values.metrics import Metric

Shape = dict[str, Any]
BESIDE = frozenset({"metrics", "faults"})
MAPS = ("hyperparameters", "intended_uses", "co2_eq_emissions", "tags", "extra")


def time_of(moment: datetime | None) -> str | None:
    """Return a time as JSON says it."""
    return None if moment is None else stamp(moment)


def state_of(entry: Entry) -> str:
    """Return what a record is worth, in one word."""
    return "effective" if entry.effective else "ineffective"


def version_shape(view: VersionView) -> Shape:
    """Return a version as `ls` lists it."""
    return {
        "model": view.model,
        "version": view.version,
        "digest": view.digest,
        "status": view.status,
        "approval_status": view.approval,
        "stages": view.stages,
        "aliases": view.aliases,
        "metrics": [metric_shape(metric) for metric in view.metrics],
        "author": view.author or None,
        "registered_at": time_of(view.state.moment if view.state else None),
        "size": view.size,
        "problems": [problem_shape(one) for one in view.problems],
    }


def metric_shape(metric: Metric) -> Shape:
    """Return a metric's value."""
    shape: Shape = {name: getattr(metric, name) for name in metric.__struct_fields__}
    return {**shape, "slice": dict(metric.slice)}


def problem_shape(problem: Problem) -> Shape:
    """Return something that is wrong."""
    return {"severity": problem.severity, "place": problem.place, "what": problem.what, "hint": problem.hint or None}


def finding_shape(finding: Finding) -> Shape:
    """Return what a check says."""
    return {"check": finding.check, "outcome": finding.outcome, "detail": finding.detail}


def deployment_shape(said: DeploymentState) -> Shape:
    """Return what a deployer reported."""
    return {
        "environment": said.environment,
        "version": said.version,
        "status": said.status,
        "endpoint": said.endpoint or None,
        "instances": said.instances,
        "by": said.person,
        "since": time_of(said.moment),
        "record": said.record,
    }


def record_shape(entry: Entry) -> Shape:
    """Return a record and what it is worth."""
    record = entry.record
    return {
        "id": record.id,
        "chain": record.envelope.chain,
        "seq": record.seq,
        "action": record.envelope.action,
        "ref": record.subject.name,
        "digest": record.subject.digest.sha256,
        "author": record.author,
        "key": record.envelope.key,
        "time": time_of(record.moment),
        "state": state_of(entry),
        "reason": "; ".join(entry.reasons) or None,
        "said": said_by(entry),
    }


def said_by(entry: Entry) -> Shape:
    """Return what a record says besides its envelope: stage, comment, reason and the like."""
    action = entry.record.action
    if action is None:
        return {}
    envelope = {"registry", "chain", "seq", "prev", "policy", "nonce", "author", "key", "time", "action"}
    plain: Shape = msgspec.to_builtins(action)
    return {key: value for key, value in plain.items() if key not in envelope}


def edge_shape(edge: Edge) -> Shape:
    """Return one step of lineage."""
    return {
        "child": node_words(edge.child.name, edge.child.version),
        "parent": node_words(edge.parent.name, edge.parent.version),
        "kind": edge.parent.kind,
        "relation": edge.relation,
        "digest": edge.parent.digest or None,
        "proven": edge.proven,
        "signed": edge.signed,
        "file": edge.file or None,
    }


def steps_shape(steps: tuple[Step, ...]) -> list[Shape]:
    """Return a walk through lineage."""
    return [{"depth": step.depth, **edge_shape(step.edge), "repeated": step.repeated} for step in steps]


def node_words(name: str, version: str) -> str:
    """Return a node of lineage in words."""
    return f"{name}:{version}" if version else name


def evaluation_shape(line: EvaluationLine) -> Shape:
    """Return an evaluation that counts."""
    said, content = line.said, line.content
    return {
        "kind": said.kind,
        "name": said.name,
        "outcome": said.outcome,
        "digest": said.digest,
        "by": said.person,
        "record": said.record,
        "metrics": [metric_shape(metric) for metric in content.metrics] if content else None,
        "notes": content.notes if content else None,
    }


def details_shape(details: Details) -> Shape:
    """Return all about a version."""
    view = details.view
    decisions = view.state.decisions if view.state else ()
    return {
        **version_shape(view),
        "revoked_bases": details.revoked_bases,
        "metadata": metadata_shape(view),
        "card": {"sha256": view.card, "text": details.card},
        "evaluations": [evaluation_shape(line) for line in details.evaluations],
        "files": [{"path": one.path, "sha256": one.digest, "size": one.size} for one in details.files],
        "approvals": [
            {
                "stage": one.stage,
                "decision": "approve" if one.approves else "reject",
                "by": one.person,
                "time": time_of(one.moment),
                "comment": one.comment or None,
                "record": one.record,
                "counts": any(one.record == counted.record for ask in view.asks for counted in ask.standing.counted),
            }
            for one in decisions
        ],
        "deployments": [deployment_shape(one) for one in details.deployments],
        "lineage": {"up": steps_shape(details.up), "down": steps_shape(details.down)},
        "history": [record_shape(entry) for entry in details.history],
    }


def metadata_shape(view: VersionView) -> Shape | None:
    """Return what a version.yaml says; what it does not say is left out."""
    if view.metadata is None:
        return None
    said = {name: getattr(view.metadata, name) for name in view.metadata.__struct_fields__ if name not in BESIDE}
    maps = {name: dict(said.pop(name)) for name in MAPS}
    plain: Shape = msgspec.to_builtins({**said, **maps}, builtin_types=(Decimal,), enc_hook=float)
    return {key: value for key, value in plain.items() if value not in (None, [], {})}
