"""This user's wishes: names of registries, and how the terminal UI looks and listens.

The rule it keeps: a key that is not known, or a value of another kind, is told with its line and the nearest name;
it is never taken silently for something else.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from signoff.errors import SchemaError
from signoff.schema.text import load_yaml
from signoff.storage.state import config_file, read_config


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A registry of the configuration file that needs more than its URL.

    Attributes:
        url: A path or URL.
        storage_options: What fsspec's driver of the URL takes.
    """

    url: str
    storage_options: Mapping[str, Any] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The configuration file.

    Attributes:
        registries: Name to path or URL, or to both URL and storage_options.
        read_only: Whether nothing is to be written into registries.
        theme: The terminal UI's theme, or "".
        keymap: Command id to keys, as "ctrl+x" or "x,y".
        columns: Columns of the list of versions; () chooses by the model's metrics.
        views: Name to query: saved filters.
        refresh: Seconds between two looks where changes are not announced; 0 leaves it to the program.
        mouse: Whether the mouse is used; None: unless over SSH.
    """

    registries: Mapping[str, str | Place] = {}
    read_only: bool = False
    theme: str = ""
    keymap: Mapping[str, str] = {}
    columns: tuple[str, ...] = ()
    views: Mapping[str, str] = {}
    refresh: int = 0
    mouse: bool | None = None

    @property
    def urls(self) -> Mapping[str, str]:
        """Name to path or URL of every registry."""
        return {name: one if isinstance(one, str) else one.url for name, one in self.registries.items()}

    def options_of(self, url: str) -> Mapping[str, Any]:
        """Return the storage_options of the registry with this URL; none where it is not in the file."""
        known = (one for one in self.registries.values() if isinstance(one, Place))
        return next((one.storage_options for one in known if one.url.rstrip("/") == url.rstrip("/")), {})


def settings_path() -> str:
    """Return where the configuration file is, or would be."""
    return str(config_file())


def load_settings() -> Settings:
    """Return the configuration file's wishes; without a file, none.

    Raises:
        SchemaError: It cannot be understood; the first fault, with its line.
        StorageError: It cannot be read.
    """
    content = read_config()
    if content is None:
        return Settings()
    document = load_yaml(content, file=settings_path())
    for fault in _faults(document, content):
        raise fault
    return msgspec.convert(document or {}, Settings)


def settings_faults() -> tuple[SchemaError, ...]:
    """Return everything that is wrong with the configuration file.

    Raises:
        StorageError: It cannot be read.
    """
    content = read_config()
    if content is None:
        return ()
    try:
        document = load_yaml(content, file=settings_path())
    except SchemaError as error:
        return (error,)
    return tuple(_faults(document, content))


def _faults(document: object, content: bytes) -> Iterator[SchemaError]:
    file = settings_path()
    if document is None:
        return
    if not isinstance(document, dict):
        message = "it is not a map of settings"
        yield SchemaError(message, file=file, line=1, hint="write for example: registries: {lab: /mnt/models}")
        return
    names = Settings.__struct_fields__
    for key, value in document.items():
        line = _line(content, str(key))
        if key not in names:
            near = get_close_matches(str(key), names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"settings: {', '.join(names)}"
            yield SchemaError(f"there is no setting {key!r}", file=file, line=line, hint=hint)
            continue
        try:
            msgspec.convert({key: value}, Settings)
        except msgspec.ValidationError as error:
            yield SchemaError(_plain(error), file=file, line=line, path=str(key))


def _plain(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at ")[0].replace("`", "")


def _line(content: bytes, key: str) -> int:
    found = re.search(rb"^[\s{'\"]*" + re.escape(key.encode()) + rb"['\"]?\s*:", content, re.MULTILINE)
    return content.count(b"\n", 0, found.start()) + 1 if found else 0
