"""A model as a row of the filter language: it says what any of its versions says.

The rule it keeps: a filter means for models what it means for versions: a model is shown where a version of it fits.
"""

from signoff.policy.query import Value
from signoff.registry.rows import VersionRow
from signoff.registry.snapshot import ModelView


class ModelRow:
    """A model as a row."""

    def __init__(self, model: ModelView) -> None:
        """Ask this model."""
        self.model = model
        self._versions = tuple(VersionRow(view, model) for view in model.versions)

    def values(self, field: str) -> tuple[Value, ...]:
        """Return what the model and its versions say for a field, each once."""
        own = (self.model.name,) if field == "model" else ()
        return tuple(dict.fromkeys((*own, *(value for row in self._versions for value in row.values(field)))))

    def words(self) -> tuple[str, ...]:
        """Return what free words look into."""
        said = self.model.metadata
        return (
            self.model.name,
            self.model.title,
            said.description or "",
            *(name for name, _ in said.tags),
            *said.owners,
        )
