"""From what a person writes to an opened registry.

The rule it keeps: a registry is named by a path, a URL or a name of the config file; nothing is guessed beyond the
current folder and its parents.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from signoff.errors import NotFoundError, VerificationError
from signoff.schema import layout
from signoff.storage.base import Storage
from signoff.storage.local import LocalStorage
from signoff.values.times import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

    from signoff.registry.registry import Registry


def real_surroundings() -> Surroundings:
    """Return this machine's clock and chance."""
    return Surroundings(now=_now, nonce=lambda: os.urandom(16).hex())


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (the one place where the clock is read)


def is_registry(folder: Path) -> bool:
    """Tell whether a folder holds a registry's trust chain."""
    return (folder / layout.chain_folder(layout.TRUST_CHAIN)).is_dir()


def holds_registry(storage: Storage) -> bool:
    """Tell whether a storage holds a registry's trust chain.

    Raises:
        StorageError: It cannot be asked.
    """
    try:
        storage.entries(layout.chain_folder(layout.TRUST_CHAIN))
    except NotFoundError:
        return False
    return True


def locate(name: str, *, environ: Mapping[str, str], names: Mapping[str, str], folder: Path | None = None) -> str:
    """Return the path or URL of the registry that is meant.

    Args:
        name: What the caller gave, or "".
        environ: The environment, for SIGNOFF_REGISTRY.
        names: Names of the config file: name to path or URL.
        folder: Where to look for one; None: the current folder.

    Raises:
        NotFoundError: Nothing was given, and neither the folder nor a parent is a registry.
    """
    given = name or environ.get("SIGNOFF_REGISTRY", "")
    if given:
        known = names.get(given)
        return known if known is not None and not os.path.exists(given) else given  # noqa: PTH110
    from pathlib import Path  # noqa: PLC0415  (a cold command that names its registry does without)

    folder = folder or Path.cwd()
    found = next((place for place in (folder, *folder.parents) if is_registry(place)), None)
    if found is None:
        message = f"neither {str(folder)!r} nor a folder above it is a registry"
        raise NotFoundError(message, hint="name one with -r PATH or $SIGNOFF_REGISTRY, or make one: signoff init PATH")
    return str(found)


def is_remote(url: str) -> bool:
    """Tell whether a registry is meant that is not in a folder of this machine."""
    scheme, separator, _ = url.partition("://")
    return bool(separator) and scheme.lower() != "file"


def open_storage(url: str, *, read_only: bool = False, storage_options: Mapping[str, object] | None = None) -> Storage:
    """Return the storage at a path or URL.

    Args:
        url: A path of this machine, or a URL as fsspec writes it.
        read_only: Whether to refuse every write.
        storage_options: What the URL's driver takes; None: what the configuration file says of this URL.

    Raises:
        NotFoundError: There is no such folder.
        StorageError: The kind of URL is not supported, or its driver is not installed.
    """
    if is_remote(url):
        from signoff.registry.settings import load_settings  # noqa: PLC0415  (a folder needs neither)
        from signoff.storage.places import open_place  # noqa: PLC0415

        options = load_settings().options_of(url) if storage_options is None else storage_options
        return open_place(url, options=options, now=_now, read_only=read_only)
    path = url.removeprefix("file://")
    if not os.path.isdir(path):  # noqa: PTH112  (a cold command does not pay for pathlib's resolve)
        message = f"there is no folder {path!r}"
        raise NotFoundError(message, hint="check the path, or make a registry: signoff init PATH")
    return LocalStorage(path, read_only=read_only)


def open_registry(
    url: str, *, demanded: str = "", read_only: bool = False, storage_options: Mapping[str, object] | None = None
) -> Registry:
    """Open the registry at a path or URL, with this machine's clock and keys.

    Raises:
        NotFoundError: There is no such folder, or it is no registry.
        VerificationError: Its trust chain is not valid.
    """
    from signoff.registry.registry import Registry  # noqa: PLC0415  (a list whose lines are kept opens none)

    storage = open_storage(url, read_only=read_only, storage_options=storage_options)
    try:
        return Registry(storage, surroundings=real_surroundings(), demanded=demanded)
    except VerificationError:
        if holds_registry(storage):
            raise
    message = f"{storage.url!r} is no registry: it has no {layout.chain_folder(layout.TRUST_CHAIN)}"
    raise NotFoundError(message, hint="check the path, or make one: signoff init PATH")
