"""Marking versions that are built on revoked ones.

The rule it keeps: revocation follows lineage by digest; what is not built on anything revoked is the very same value.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from signoff.policy.history import VersionState
from signoff.policy.states import States
from signoff.registry.ancestry import graph_of
from signoff.registry.reader import Reader
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.values.names import Digest


def with_flags(models: tuple[ModelView, ...], reader: Reader) -> tuple[ModelView, ...]:
    """Return the models with every version flagged that is built, by digest, on a revoked one, as far as they were read."""
    known = [model for model in models if model.source is None]
    revoked = [Digest(one.digest) for model in known for one in _spoken(model) if one.revoked is not None]
    if not revoked:
        return models
    words: dict[tuple[str, str], tuple[str, ...]] = {}
    graph = graph_of((one for model in known for one in model.versions if one.digest), reader)
    for tainted in graph.descendants_by_digest(revoked):
        base = tainted.path[-1].parent
        words[tainted.node.name, tainted.node.version] = (f"{base.name}:{base.version} is revoked",)
    return tuple(model if model.source else _flagged(model, words) for model in models)


def _spoken(model: ModelView) -> Iterable[VersionState]:
    """Return the states of the versions that somebody spoke of, or of all."""
    states = model.history.versions
    return states.spoken() if isinstance(states, States) else states.values()


def _flagged(model: ModelView, words: Mapping[tuple[str, str], tuple[str, ...]]) -> ModelView:
    def bases(one: VersionView) -> tuple[str, ...]:
        return words.get((one.model, one.version), ())

    if all(one.revoked_bases == bases(one) for one in model.versions):
        return model
    return replace(model, versions=tuple(replace(one, revoked_bases=bases(one)) for one in model.versions))
