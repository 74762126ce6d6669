"""This user's wishes: names of registries, and how the terminal UI looks and listens.

The rule it keeps: a key that is not known, or a value of another kind, is told with its line and the nearest name;
it is never taken silently for something else.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from signoff.errors import InvalidValueError, SchemaError
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


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What a front end finds wrong in settings that are well formed.

    Attributes:
        setting: Which one.
        key: The key or the word in it, or "".
        what: What is wrong, in one line.
        hint: What to write instead, or "".
    """

    setting: str
    key: str = ""
    what: str
    hint: str = ""


Judge = Callable[[Settings], Iterable[Fault]]
PREFIX = "SIGNOFF_"
VARIABLES: dict[str, Any] = {
    "read_only": bool,
    "theme": str,
    "columns": tuple[str, ...],
    "refresh": int,
    "mouse": bool | None,
}
"""Setting -> kind, of what the environment may say instead, as `SIGNOFF_READ_ONLY`."""


def settings_path() -> str:
    """Return where the configuration file is, or would be."""
    return str(config_file())


def load_settings() -> Settings:
    """Return the configuration file's wishes, and over them the environment's.

    Raises:
        SchemaError: The file cannot be understood; the first fault, with its line.
        InvalidValueError: A variable of the environment cannot be understood.
        StorageError: The file cannot be read.
    """
    content = read_config()
    document = _document(content) if content is not None else None
    for fault in _faults(document, content or b""):
        raise fault
    return overridden(msgspec.convert(document or {}, Settings), os.environ)


def overridden(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Return settings with what the environment says instead, as `SIGNOFF_THEME`.

    Raises:
        InvalidValueError: A variable's value is of another kind.
    """
    said: dict[str, object] = {}
    for name, kind in VARIABLES.items():
        text = environ.get(f"{PREFIX}{name.upper()}")
        if text is None:
            continue
        value = tuple(text.replace(",", " ").split()) if name == "columns" else text
        try:
            said[name] = msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            message = f"{PREFIX}{name.upper()} is {text!r}: {_plain(error)}"
            raise InvalidValueError(message, hint="unset it, or see docs/how-to/configure.md") from None
    return msgspec.structs.replace(settings, **said)


def settings_faults(judge: Judge = lambda _: ()) -> tuple[SchemaError, ...]:
    """Return everything that is wrong with the configuration file.

    Args:
        judge: Says what a front end finds wrong in settings that are well formed.

    Raises:
        StorageError: It cannot be read.
    """
    content = read_config()
    if content is None:
        return ()
    try:
        document = _document(content)
    except SchemaError as error:
        return (error,)
    faults = tuple(_faults(document, content))
    if not isinstance(document, dict):
        return faults
    sound = {key: value for key, value in document.items() if _fault_of(key, value, content) is None}
    return faults + tuple(_told(fault, content) for fault in judge(msgspec.convert(sound, Settings)))


def _document(content: bytes) -> object:
    from signoff.schema.text import load_yaml  # noqa: PLC0415  (most people have no such file)

    return load_yaml(content, file=settings_path())


def _told(fault: Fault, content: bytes) -> SchemaError:
    """Return a front end's fault with its line: that of the key, below that of its setting."""
    path = f"{fault.setting}.{fault.key}" if fault.key else fault.setting
    line = _line(content, fault.setting)
    if fault.key:
        rest = content.split(b"\n")[max(0, line - 1) :]
        inside = re.compile(rb"(?:^|[\s\[{,'\"])" + re.escape(fault.key.encode()) + rb"(?:['\"\s:,\]}]|$)")
        line += next((number for number, text in enumerate(rest) if inside.search(text)), 0)
    return SchemaError(fault.what, file=settings_path(), line=line, path=path, hint=fault.hint)


def _faults(document: object, content: bytes) -> Iterator[SchemaError]:
    if document is None:
        return
    if not isinstance(document, dict):
        message = "it is not a map of settings"
        hint = "write for example: registries: {lab: /mnt/models}"
        yield SchemaError(message, file=settings_path(), line=1, hint=hint)
        return
    for key, value in document.items():
        fault = _fault_of(key, value, content)
        if fault is not None:
            yield fault


def _fault_of(key: object, value: object, content: bytes) -> SchemaError | None:
    """Return what is wrong with one setting's name or kind; None where nothing is."""
    file, line, names = settings_path(), _line(content, str(key)), Settings.__struct_fields__
    if key not in names:
        from difflib import get_close_matches  # noqa: PLC0415  (only for a fault)

        near = get_close_matches(str(key), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"settings: {', '.join(names)}"
        return SchemaError(f"there is no setting {key!r}", file=file, line=line, hint=hint)
    try:
        msgspec.convert({key: value}, Settings)
    except msgspec.ValidationError as error:
        return SchemaError(_plain(error), file=file, line=line, path=str(key))
    return None


def _plain(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at ")[0].replace("`", "")


def _line(content: bytes, key: str) -> int:
    found = re.search(rb"^[\s{'\"]*" + re.escape(key.encode()) + rb"['\"]?\s*:", content, re.MULTILINE)
    return content.count(b"\n", 0, found.start()) + 1 if found else 0
