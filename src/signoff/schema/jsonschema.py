"""JSON Schemas (draft 2020-12) of the files that people write, for editors and for checks elsewhere.

The rule it keeps: they are put together from the forms that the loaders read by. What a loader takes without setting
anything aside is valid; what it sets aside is not, as far as a schema can say so.
"""

from typing import Literal

from signoff.schema.cards import EVALUATION_FORMS, MODEL_FORMS, REGISTRY_FORMS, VERSION_FORMS
from signoff.schema.fields import Schema, map_schema
from signoff.schema.metrics import VALUES_SCHEMA

FORMS = {
    "version": VERSION_FORMS,
    "model": MODEL_FORMS,
    "evaluation": EVALUATION_FORMS,
    "registry": REGISTRY_FORMS,
}
TITLES = {
    "version": "version.yaml: what a model version is and where it came from",
    "model": "model.yaml: what a model is and what its metrics mean",
    "evaluation": "evaluations/NAME.yaml: one evaluation of a model version",
    "registry": "registry.yaml: how a registry presents itself",
}


def json_schema(kind: Literal["version", "model", "evaluation", "registry"]) -> Schema:
    """Return the JSON Schema of a kind of file; any key that it does not name may stand there too."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLES[kind],
        **map_schema(FORMS[kind]),
        "type": ["object", "null"],
        "$defs": {"metric_values": VALUES_SCHEMA},
    }
