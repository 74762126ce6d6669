"""Working files in a person's own editor: model cards and model.yaml.

The rule it keeps: a file is replaced only where it still is what was opened; what means nothing is not written; it
decides nothing, and what it makes lapse is said.
"""

import hashlib

import msgspec

from signoff.errors import NotFoundError, StorageError
from signoff.registry.registry import Registry
from signoff.schema import layout
from signoff.schema.cards import load_card, load_model
from signoff.values.names import ModelName, VersionName


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """A working file as it was opened.

    Attributes:
        path: Where it is, below the registry.
        model: The model that it is about.
        version: The version that it is about, or "" for the model itself.
        before: Its bytes; None where there is none yet.
    """

    path: str
    model: str
    version: str
    before: bytes | None

    @property
    def file(self) -> str:
        """Its name, without its folder."""
        return self.path.rpartition("/")[2]


def open_working(registry: Registry, model: str, version: str = "") -> Working:
    """Return a version's model card, or the model.yaml of a model, for an editor.

    Raises:
        InvalidValueError: A name is none.
        NotFoundError: There is no such version's folder: no card is put where its version is gone.
        StorageError: Nothing can be written here, or the file cannot be read.
    """
    able = registry.reader.storage.capabilities()
    if not able.writable:
        message = f"nothing can be written here: {able.reason}"
        raise StorageError(message, hint="edit a copy that you may write to")
    name = ModelName(model)
    if version:
        registry.reader.storage.entries(layout.version_folder(name, VersionName(version)))
        path, most = layout.version_file(name, VersionName(version), layout.CARD_FILE), layout.LARGEST_CARD
    else:
        path, most = f"{layout.model_folder(name)}/{layout.MODEL_FILE}", layout.LARGEST_METADATA
    try:
        before = registry.reader.storage.read(path, most=most)
    except NotFoundError:
        before = None
    return Working(path=path, model=model, version=version, before=before)


def replace_working(registry: Registry, working: Working, content: bytes) -> tuple[str, ...]:
    """Write what a person made of a working file; return the stages whose approvals lapse with the old card.

    Raises:
        SchemaError: It cannot be read as what it should be.
        AlreadyExistsError: Somebody else changed the file meanwhile.
        StorageError: It cannot be written.
    """
    if working.version:
        load_card(content, file=working.path)
    else:
        load_model(content, file=working.path)
    registry.reader.storage.replace(working.path, content, expected=working.before)
    return _lapsed(registry, working) if working.version else ()


def _lapsed(registry: Registry, working: Working) -> tuple[str, ...]:
    """Return the stages that bind the card and have approvals of the card as it was."""
    state = registry.reader.log(working.model).history.versions.get(working.version)
    before = None if working.before is None else hashlib.sha256(working.before).hexdigest()
    rules = registry.reader.trust.newest.document.stages
    bound = {one.stage for one in state.decisions if one.approves and one.card == before} if state else set()
    return tuple(stage for stage, rule in rules.items() if rule.bind_card and stage in bound)
