"""Bringing a version in before it is sealed: its folder from elsewhere on this machine, and what its metadata says.

The rules it keeps: whoever may not register is refused before a byte moves; only a folder that is not registered is
written to. Killed anywhere, the same request goes on where it was.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from signoff.errors import AlreadyExistsError, InvalidValueError, NotFoundError, SchemaError, StorageError
from signoff.registry.models import find_models
from signoff.registry.people import Me
from signoff.registry.registration import Registration, Sealing
from signoff.schema import layout
from signoff.schema.cards import load_version
from signoff.schema.scalars import Value
from signoff.schema.text import dump_yaml, load_yaml
from signoff.storage.base import Storage
from signoff.storage.intake import bring_in
from signoff.storage.local import LocalStorage
from signoff.storage.placing import How
from signoff.storage.sending import Sending
from signoff.values.names import ModelName, VersionName

Plain = dict[str, Value]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A folder or file of this machine that becomes a version.

    Attributes:
        path: Where it is.
        how: How its bytes get here.
        dedupe: Whether files that the registry has already are linked instead.
    """

    path: str
    how: How = "auto"
    dedupe: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to register.

    Attributes:
        model: The model's name; it need not exist yet.
        version: The version's name; "": the next integer, or the one folder that stands there unregistered.
        path: The folder or file to bring in; None: the folder that stands there is sealed in place.
        how: How the bytes get there.
    """

    model: str
    version: str = ""
    path: str | None = None
    how: How = "auto"


def take_in(registration: Registration, me: Me, wish: Wish, said: Mapping[str, Value]) -> Sealing:
    """Bring a version in, have its version.yaml say what a person says, and seal it; only its record is missing then.

    Raises:
        RefusedError: The rules refuse it; no byte was moved.
        AlreadyExistsError: A folder of this version is there.
        SchemaError: What is said is no metadata.
    """
    version = choose_version(registration, wish.model, wish.version, path=wish.path)
    registration.need_allowed(wish.model, version, me)
    if wish.path is not None:
        bring_version(registration, wish.model, version, Source(path=wish.path, how=wish.how))
    if said:
        say_metadata(registration, me, wish.model, version, said)
    return registration.seal(wish.model, version, progress=None, stopped=lambda: False)


def choose_version(registration: Registration, model: str, version: str, *, path: str | None) -> str:
    """Return the version that a person means who names only a model.

    Args:
        registration: What seals versions in the registry.
        model: The model's name.
        version: What was named, or "".
        path: The folder that comes from elsewhere; None: one that stands there unregistered is meant.

    Raises:
        NotFoundError: No folder stands there unregistered.
        InvalidValueError: Several do; or the model's name differs from another's only in case.
    """
    _need_model_name(registration, model)
    if version:
        return str(VersionName(version))
    if path is not None:
        return _unfinished(registration, model, path) or str(registration.next_version(model))
    drafts = [name for name in registration.drafts(model) if not VersionName.fault(name)]
    if not drafts:
        message = f"no folder of {model} stands there unregistered"
        raise NotFoundError(message, hint=f"name one to bring in: signoff register {model} PATH")
    if len(drafts) > 1:
        message = f"several folders of {model} stand there unregistered: {', '.join(drafts)}"
        raise InvalidValueError(message, hint=f"say which: signoff register {model}:{drafts[0]}")
    return drafts[0]


def _need_model_name(registration: Registration, model: str) -> None:
    name = ModelName(model)
    other = next(
        (one for one in find_models(registration.reader)[0] if one.lower() == name.lower() and one != name), None
    )
    if other is not None:
        message = f"{model!r} differs from the model {other!r} only in case: they are one name"
        raise InvalidValueError(message, hint=f"write it as {other!r}, or choose another name")


def bring_version(
    registration: Registration,
    model: str,
    version: str,
    source: Source,
    *,
    progress: Callable[[int], None] | None = None,
) -> str:
    """Bring a folder or file in as a version that is not registered yet, and return how it was done.

    Raises:
        AlreadyExistsError: A folder of this version is there.
        StorageError: The source cannot be brought in, or the registry is not in a folder of this machine.
    """
    storage = registration.reader.storage
    if not isinstance(storage, LocalStorage):
        return _send_version(registration, model, version, source, progress=progress)
    known = _known_files(registration) if source.dedupe else None
    folder = layout.version_folder(model, version)
    there = f"to register what is there: signoff register {model}:{version}; or choose another version"
    try:
        return bring_in(storage, source.path, folder, how=source.how, progress=progress, known=known)
    except AlreadyExistsError as error:
        raise AlreadyExistsError(error.message, hint=there) from None
    except StorageError as error:
        if version in registration.drafts(model):  # an earlier try moved the files, and was stopped
            error.hint = error.hint or there
        raise


def _send_version(
    registration: Registration,
    model: str,
    version: str,
    source: Source,
    *,
    progress: Callable[[int], None] | None,
) -> str:
    """Send a folder or file to a registry that is elsewhere; its digests are of what was sent."""
    storage = registration.reader.storage
    if source.how not in {"auto", "copy"} or source.dedupe:
        message = f"{storage.url} takes copies only"
        raise InvalidValueError(message, hint="leave out --link, --reflink, --move and --dedupe")
    folder = layout.version_folder(model, version)
    try:
        sent = Sending(storage, source.path, model).send(folder, told=progress)
    except AlreadyExistsError as error:
        hint = error.hint or f"to register what is there: signoff register {model}:{version}; or choose another version"
        raise AlreadyExistsError(error.message, hint=hint) from None
    registration.known.update({f"{folder}/{path}": found for path, found in sent.items()})
    return "copy"


def _unfinished(registration: Registration, model: str, path: str) -> str:
    """Return the version as which an earlier try began to send a folder; "" where none did."""
    storage = registration.reader.storage
    if isinstance(storage, LocalStorage):
        return ""
    begun = Sending(storage, path, model).destination.rpartition("/")[2]
    return "" if begun in registration.reader.log(model).history.versions else begun


def _known_files(registration: Registration) -> Callable[[str], str | None]:
    """Return where a file with a digest stands, by the manifests of all registered versions."""
    found: dict[str, str] = {}
    for model in find_models(registration.reader)[0]:
        for state in registration.reader.log(model).history.versions.values():
            manifest = None if state.purged else registration.reader.facts(model).manifest(state.version, state.digest)
            for path, digest in manifest.files if manifest else ():
                found.setdefault(digest, layout.version_file(model, state.version, path))
    return found.get


def source_size(source: Source) -> int:
    """Return how many bytes a source has; 0 where it cannot be told."""
    place = Path(source.path)
    try:
        if place.is_file():
            return place.stat().st_size
        return sum(info.size for _, info in LocalStorage(place).walk(""))
    except (OSError, StorageError):
        return 0


def folder_size(registration: Registration, model: str, version: str) -> int:
    """Return how many bytes sealing a version will read.

    Raises:
        NotFoundError: There is no such folder.
        StorageError: A symlink or special file is in it.
    """
    files = registration.reader.storage.walk(layout.version_folder(model, version))
    return sum(info.size for path, info in files if layout.in_manifest(path))


def say_metadata(registration: Registration, me: Me, model: str, version: str, said: Mapping[str, Value]) -> bool:
    """Put what a person says into a version's version.yaml, over what it says already; return whether it changed.

    Raises:
        RefusedError: They may not register this version.
        SchemaError: What is there, or what it becomes, is no version.yaml.
    """
    registration.need_allowed(model, version, me)
    path = layout.version_file(model, version, layout.VERSION_FILE)
    before = _read(registration.reader.storage, path)
    document = load_yaml(before or b"", file=path) or {}
    if not isinstance(document, dict):
        message = "expected a map of keys"
        raise SchemaError(message, file=path, hint="write KEY: VALUE lines")
    merged = _merged(document, said)
    if merged == document:
        return False
    content = dump_yaml(merged).encode()
    load_version(content, file=path)
    registration.known.pop(path, None)
    registration.reader.storage.replace(path, content, expected=before)
    return True


def _read(storage: Storage, path: str) -> bytes | None:
    try:
        return storage.read(path, most=layout.LARGEST_METADATA)
    except NotFoundError:
        return None


def _merged(below: Plain, above: Mapping[str, Value]) -> Plain:
    found = dict(below)
    for key, value in above.items():
        there = found.get(key)
        found[key] = _merged(there, value) if isinstance(there, dict) and isinstance(value, dict) else value
    return found


def read_metadata(path: Path) -> Plain:
    """Return what a metadata file of this machine says.

    Raises:
        NotFoundError: It cannot be read.
        SchemaError: It is no map.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot read {str(path)!r}: {error.strerror}"
        raise NotFoundError(message) from error
    load_version(content, file=str(path))
    document = load_yaml(content, file=str(path))
    return document if isinstance(document, dict) else {}


def parse_settings(settings: tuple[str, ...]) -> Plain:
    """Return what `key=value` words say; dots in a key go into maps, values are read as YAML reads them.

    Raises:
        InvalidValueError: A word is not `key=value`.
    """
    said: Plain = {}
    for word in settings:
        key, equals, text = word.partition("=")
        if not equals or not all(key.split(".")):
            message = f"{word!r} is not KEY=VALUE"
            raise InvalidValueError(message, hint="write as in: --set license=mit --set metrics.accuracy=0.93")
        nested = _read_value(text)
        for part in reversed(key.split(".")):
            nested = {part: nested}
        said = _merged(said, nested) if isinstance(nested, dict) else said
    return said


def _read_value(text: str) -> Value:
    """Return what YAML reads in a word; `a: b` and `- a`, which look like prose, stay text."""
    try:
        value = load_yaml(text.encode()) if text.strip() else ""
    except SchemaError:
        return text
    return text if isinstance(value, dict | list) and text.lstrip()[0] not in "{[" else value
