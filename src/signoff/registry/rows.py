"""Models and versions as rows of the filter language, and which metrics a list shows first.

The rule it keeps: pure; a row says what its view says and nothing more: what nobody knows matches no comparison.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import count, islice
from pathlib import PurePosixPath

from signoff.errors import InvalidValueError
from signoff.policy.history import DeploymentState
from signoff.policy.query_terms import Value
from signoff.registry.snapshot import ModelView
from signoff.registry.views import VersionView
from signoff.schema.cards import ModelMetadata, VersionMetadata
from signoff.schema.scalars import text_of
from signoff.values.metrics import Metric
from signoff.values.times import parse_moment

DIGITS = re.compile(r"(\d+)")
FAMILIES = ("metrics", "params", "tags")
MOST_METRICS = 3
MOST_LOOKED_AT = 500
MOST_SORTED = 5000
NOTHING = VersionMetadata()
Paths = Callable[[VersionView], Iterable[str]]


def no_paths(_: VersionView) -> Iterable[str]:
    """Return that nobody looked which files a version has."""
    return ()


class VersionRow:
    """A version as a row."""

    def __init__(self, view: VersionView, model: ModelView, *, paths: Paths = no_paths) -> None:
        """Ask this version.

        Args:
            view: The version.
            model: Its model.
            paths: Returns the paths of a version's files, where somebody asks for formats.
        """
        self.view, self.model, self._paths = view, model, paths

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        view = self.view
        tags = (text for name, value in tags_of(view) for text in (name, value or ""))
        described = (self.said.description or "", self.model.metadata.description or "")
        return (view.ref, self.model.title, view.author, *tags, *described)

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what the version says for a field."""
        family, dot, member = field.partition(".")
        if dot and family in FAMILIES:
            return tuple(self._members(family, member))
        return tuple(value for value in ANSWERS[field](self) if value is not None)

    def _members(self, family: str, member: str) -> Iterator[Value]:
        match family:
            case "metrics":
                for metric in self.view.metrics:
                    if metric.name == member and not metric.slice:
                        yield metric.text if metric.number is None else metric.number
            case "params":
                yield from (text_of_any(value) for name, value in self.said.hyperparameters if name == member)
            case _:
                yield from (value or "" for name, value in tags_of(self.view) if name == member)

    @property
    def said(self) -> VersionMetadata:
        """What its version.yaml says; an empty one where there is none."""
        return self.view.metadata or NOTHING

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of its files, as far as they are known."""
        return (*self._paths(self.view), *(one.path for one in self.said.artifacts))


ANSWERS: dict[str, Callable[[VersionRow], Iterable[Value | None]]] = {
    "model": lambda row: (row.view.model,),
    "version": lambda row: (row.view.version,),
    "ref": lambda row: (row.view.ref,),
    "digest": lambda row: (row.view.digest,),
    "status": lambda row: (row.view.status,),
    "size": lambda row: (row.view.size,),
    "approval_status": lambda row: (row.view.approval,),
    "stage": lambda row: row.view.stages,
    "alias": lambda row: row.view.aliases,
    "problem": lambda row: (*(one.what for one in row.view.problems), *row.view.revoked_bases),
    "environment": lambda row: [one.environment for one in deployments_of(row.view, row.model)],
    "tag": lambda row: [text for name, value in tags_of(row.view) for text in (name, value and f"{name}={value}")],
    "author": lambda row: (row.view.author or None, row.said.author),
    "by": lambda row: (row.view.author if row.view.registered else None,),
    "owner": lambda row: row.model.metadata.owners,
    "created": lambda row: (_read_moment(row.said.created_at),),
    "registered": lambda row: (row.view.moment if row.view.registered else None,),
    "updated": lambda row: (updated_at(row.view),),
    "age": lambda row: (row.view.moment,),
    "description": lambda row: (row.said.description,),
    "license": lambda row: (row.said.license, row.said.license_name),
    "library": lambda row: (row.said.library_name,),
    "task": lambda row: (row.said.pipeline_tag, row.model.metadata.task),
    "language": lambda row: row.said.language,
    "format": lambda row: formats_of(row.paths),
    "base": lambda row: [one.model for one in row.said.base_models],
    "relation": lambda row: (row.said.base_model_relation,),
    "dataset": lambda row: [one.name for one in row.said.datasets],
    "commit": lambda row: (row.said.source.commit if row.said.source else None,),
    "run": lambda row: (row.said.source.run_id if row.said.source else None,),
}
"""What a version says for each field of the filter language; None is nothing."""


class LazyNames(Collection[str]):
    """Names that are looked for when somebody asks whether one is among them, as far as it takes to tell."""

    def __init__(self, look: Callable[[], Iterable[str]]) -> None:
        """Look with this, at most once."""
        self._look, self._found = look, set[str]()
        self._order: list[str] = []

    @cached_property
    def _more(self) -> Iterator[str]:
        return iter(self._look())

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is among them."""
        while name not in self._found:
            if not self._find():
                return False
        return True

    def __iter__(self) -> Iterator[str]:
        """Yield each, as it is found."""
        for at in count():
            if at == len(self._order) and not self._find():
                return
            yield self._order[at]

    def __len__(self) -> int:
        """Return how many there are."""
        while self._find():
            pass
        return len(self._order)

    def _find(self) -> bool:
        """Look for one more; tell whether there was one."""
        for name in self._more:
            if name not in self._found:
                self._found.add(name)
                self._order.append(name)
                return True
        return False


def known_names(rows: Iterable[VersionRow]) -> frozenset[str]:
    """Return every `metrics.`, `params.` and `tags.` name that rows have, so that a misspelt one is refused."""
    return frozenset(names_in(rows))


def names_in(rows: Iterable[VersionRow]) -> Iterator[str]:
    """Yield what `known_names` returns, as it is found; names come again."""
    for row in rows:
        yield from (f"metrics.{metric.name}" for metric in row.view.metrics)
        yield from (f"params.{name}" for name, _ in row.said.hyperparameters)
        yield from (f"tags.{name}" for name, _ in tags_of(row.view))


def tags_of(view: VersionView) -> tuple[tuple[str, str | None], ...]:
    """Return the tags of a version: those of its metadata, and over them those that people annotated."""
    found = dict((view.metadata or NOTHING).tags)
    found.update(view.spoken.tags if view.spoken else ())
    return tuple(found.items())


def deployments_of(view: VersionView, model: ModelView) -> tuple[DeploymentState, ...]:
    """Return what deployers reported of a version."""
    return tuple(one for one in model.history.deployments.values() if one.version == view.version)


def updated_at(view: VersionView) -> datetime | None:
    """Return when somebody last signed something about a version."""
    state = view.spoken
    if state is None:
        return view.moment
    moments = [state.moment, *(one.moment for one in state.decisions), *(one.moment for one in state.requests)]
    moments += [one.moment for one in state.comments]
    moments += [mark.moment for mark in (state.deprecated, state.revoked, state.purged) if mark is not None]
    return max(moments)


def formats_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the extensions of files, without their dots, each once."""
    return tuple(dict.fromkeys(suffix[1:].lower() for path in paths if (suffix := PurePosixPath(path).suffix)))


def newest_first(model: ModelView) -> Sequence[VersionView]:
    """Return a model's versions, the latest registered first, then unregistered ones, the highest name first."""
    if len(model.versions) > MOST_SORTED:
        return tuple(reversed(model.versions))
    return sorted(model.versions, key=lambda view: natural(view.version), reverse=True)


def primary_metrics(metadata: ModelMetadata) -> tuple[str, ...]:
    """Return the metrics that model.yaml calls primary, as many as a list shows."""
    return tuple(dict.fromkeys(one.name for one in metadata.metrics if one.primary))[:MOST_METRICS]


def headline_metrics(model: ModelView) -> tuple[str, ...]:
    """Return the metrics that a list shows: those that model.yaml calls primary, else the first that new versions name."""
    primary = primary_metrics(model.metadata)
    if primary:
        return primary
    named = [one.name for one in model.metadata.metrics]
    newest = islice(reversed(model.versions), MOST_LOOKED_AT)
    found = [metric.name for view in newest for metric in view.metrics if not metric.slice]
    return tuple(dict.fromkeys([name for name in named if name in found] + found))[:MOST_METRICS]


def headline(view: VersionView, name: str) -> Metric | None:
    """Return the value of a metric that stands for a version: the first one that is not of a group only."""
    return next((metric for metric in view.metrics if metric.name == name and not metric.slice), None)


def natural(text: str) -> tuple[str | int, ...]:
    """Return what sorts names as people count, 9 before 10: words and numbers in turns, a word first."""
    if text.isdecimal() and text.isascii():
        return "", int(text), ""
    parts: list[str | int] = [*DIGITS.split(text.lower())]
    parts[1::2] = map(int, parts[1::2])
    return tuple(parts) if text else ()


def text_of_any(value: object) -> str:
    """Return a raw value of metadata as text."""
    return text_of(value) if value is None or isinstance(value, str | int | float) else str(value)


def _read_moment(text: str | None) -> datetime | None:
    try:
        return parse_moment(text) if text else None
    except InvalidValueError:
        return None
