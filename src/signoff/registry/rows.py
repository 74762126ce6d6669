"""Versions and models as rows of the filter language.

The rule it keeps: the words of a filter mean the same in the command line and in the terminal UI, because both ask
these rows.
"""

from collections.abc import Callable, Iterable, Iterator

from signoff.policy.query import Value
from signoff.registry.snapshot import ModelView, Snapshot, VersionView
from signoff.schema.cards import VersionMetadata

Values = tuple[Value, ...]


class VersionRow:
    """A version, asked for what the filter language knows."""

    def __init__(self, view: VersionView, model: ModelView) -> None:
        """Take the version and the model that it is of."""
        self.view, self.model = view, model

    def values(self, field: str) -> Values:
        """Return what the version says for a field."""
        family, _, name = field.partition(".")
        if name:
            return MEMBERS[family](self.view, name)
        ask = FIELDS.get(field)
        return tuple(ask(self)) if ask else ()

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        return (self.view.ref, *_texts(self.values(name) for name in ("tag", "author", "by", "description")))


class ModelRow:
    """A model, asked for what any of its versions says."""

    def __init__(self, model: ModelView) -> None:
        """Take the model."""
        self.model = model
        self._versions = tuple(VersionRow(view, model) for view in model.versions)

    def values(self, field: str) -> Values:
        """Return what the model and its versions say for a field."""
        own: Values = (self.model.name,) if field == "model" else ()
        return tuple(dict.fromkeys((*own, *(value for row in self._versions for value in row.values(field)))))

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        metadata = self.model.metadata
        tags = [name for name, _ in metadata.tags]
        return (
            self.model.name,
            self.model.title,
            metadata.description or "",
            metadata.task or "",
            *tags,
            *metadata.owners,
        )


def rows_of(snapshot: Snapshot) -> Iterator[VersionRow]:
    """Yield a row for every version."""
    for model in snapshot.models:
        for view in model.versions:
            yield VersionRow(view, model)


def known_names(models: Iterable[ModelView]) -> frozenset[str]:
    """Return every `metrics.`, `params.` and `tags.` name that a version says or a model declares."""
    found: set[str] = set()
    for model in models:
        found.update(f"metrics.{one.name}" for one in model.metadata.metrics)
        for view in model.versions:
            found.update(f"metrics.{one.name}" for one in view.metrics)
            found.update(f"tags.{name}" for name, _ in _tags(view))
            if view.metadata is not None:
                found.update(f"params.{name}" for name, _ in view.metadata.hyperparameters)
    return frozenset(found)


def _tags(view: VersionView) -> Iterator[tuple[str, str | None]]:
    yield from view.metadata.tags if view.metadata else ()
    yield from view.state.tags if view.state else ()


def _texts(groups: Iterable[Values]) -> Iterator[str]:
    for group in groups:
        yield from (value for value in group if isinstance(value, str))


def _metrics(view: VersionView, name: str) -> Values:
    found = [one for one in view.metrics if one.name == name]
    everybody = [one for one in found if not one.slice] or found
    return tuple(one.text if one.number is None else one.number for one in everybody)


def _params(view: VersionView, name: str) -> Values:
    pairs = view.metadata.hyperparameters if view.metadata else ()
    return tuple(str(value) for key, value in pairs if key == name)


def _tag_values(view: VersionView, name: str) -> Values:
    return tuple(text or "" for key, text in _tags(view) if key == name)


MEMBERS: dict[str, Callable[[VersionView, str], Values]] = {
    "metrics": _metrics,
    "params": _params,
    "tags": _tag_values,
}


def _said(read: Callable[[VersionMetadata], Iterable[str | None]]) -> Callable[[VersionRow], Iterable[Value]]:
    """Return what asks a version's metadata and leaves out what it does not say."""
    return lambda row: (text for text in (read(row.view.metadata) if row.view.metadata else ()) if text)


def _approval(row: VersionRow) -> Iterator[Value]:
    return (one.standing.status for one in row.view.asks if one.standing.status != "none")


def _tag_words(row: VersionRow) -> Iterator[Value]:
    for name, text in _tags(row.view):
        yield name
        if text is not None:
            yield f"{name}={text}"


def _descriptions(row: VersionRow) -> Iterator[Value]:
    if row.view.metadata and row.view.metadata.description:
        yield row.view.metadata.description
    notes = row.view.state.notes if row.view.state else ()
    yield from (text for name, text in notes if name == "description")


def _environments(row: VersionRow) -> Iterator[Value]:
    deployments = row.model.history.deployments.values()
    return (one.environment for one in deployments if one.version == row.view.version)


def _problem_words(row: VersionRow) -> Iterator[Value]:
    yield from (one.what for one in row.view.problems)
    yield from row.view.revoked_bases


def _updated(row: VersionRow) -> Iterator[Value]:
    state = row.view.state
    found = [row.view.moment] if row.view.moment else []
    if state is not None:
        found += [one.moment for one in state.decisions]
        found += [one.moment for one in state.requests]
        found += [one.moment for one in state.comments]
    return iter([max(found)] if found else [])


def _moment(row: VersionRow) -> Iterator[Value]:
    return iter([row.view.moment] if row.view.moment else [])


FIELDS: dict[str, Callable[[VersionRow], Iterable[Value]]] = {
    "model": lambda row: (row.view.model,),
    "version": lambda row: (row.view.version,),
    "ref": lambda row: (row.view.ref,),
    "digest": lambda row: (row.view.digest,) if row.view.digest else (),
    "status": lambda row: (row.view.status,),
    "approval_status": _approval,
    "stage": lambda row: row.view.stages,
    "alias": lambda row: row.view.aliases,
    "tag": _tag_words,
    "author": _said(lambda said: (said.author,)),
    "by": lambda row: (row.view.state.registrant,) if row.view.state else (),
    "owner": lambda row: row.model.metadata.owners,
    "description": _descriptions,
    "license": _said(lambda said: (said.license, said.license_name)),
    "library": _said(lambda said: (said.library_name,)),
    "task": lambda row: (*_said(lambda said: (said.pipeline_tag,))(row), *filter(None, [row.model.metadata.task])),
    "language": _said(lambda said: said.language),
    "format": _said(lambda said: (one.path.rpartition(".")[2].lower() for one in said.artifacts if "." in one.path)),
    "base": _said(lambda said: (one.model for one in said.base_models)),
    "relation": _said(lambda said: (said.base_model_relation,)),
    "dataset": _said(lambda said: (one.name for one in said.datasets)),
    "environment": _environments,
    "commit": _said(lambda said: (said.source.commit if said.source else None,)),
    "run": _said(lambda said: (said.source.run_id if said.source else None,)),
    "problem": _problem_words,
    "size": lambda row: (row.view.size,) if row.view.size is not None else (),
    "created": _said(lambda said: (said.created_at,)),
    "registered": lambda row: (row.view.state.moment,) if row.view.state else (),
    "updated": _updated,
    "age": _moment,
}
