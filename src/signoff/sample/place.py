"""Where the sample registry is, and copies of it that may be changed.

The rule it keeps: the shipped sample is never written to; a copy has its files and none of its records.
"""

import shutil
from pathlib import Path

from signoff.errors import AlreadyExistsError, NotFoundError, StorageError
from signoff.schema import layout

PACKAGED = Path(__file__).parent / "registry"
CHECKOUT = Path(__file__).parents[3] / "sample_registry"
WRITTEN = frozenset({layout.PRIVATE, layout.LOG, layout.PACKS, layout.CARDS, layout.MANIFEST_FILE, "build"})


def find_sample() -> Path:
    """Return the folder of the shipped sample registry.

    Raises:
        NotFoundError: It was not installed.
    """
    for folder in (PACKAGED, CHECKOUT):
        if (folder / layout.MODELS).is_dir():
            return folder
    message = "the sample registry is not installed"
    raise NotFoundError(message, hint="install signoff from its wheel or a full checkout")


def copy_sample(destination: Path) -> None:
    """Copy the sample's files, without its records, to a folder that does not exist or is empty.

    Raises:
        AlreadyExistsError: The folder holds something.
        StorageError: It cannot be written.
    """
    if destination.exists() and any(destination.iterdir()):
        message = f"{str(destination)!r} is not empty"
        raise AlreadyExistsError(message, hint="choose another folder")
    try:
        shutil.copytree(find_sample(), destination, ignore=_records, dirs_exist_ok=True)
    except OSError as error:
        message = f"cannot copy the sample to {str(destination)!r}: {error}"
        raise StorageError(message, hint="choose another folder") from error


def strip_records(folder: Path) -> None:
    """Remove every record, manifest and kept card of a registry folder, so that its story can be told anew."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.name in WRITTEN - {"build"} and "build" not in path.parts:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _records(_: str, names: list[str]) -> set[str]:
    return set(WRITTEN.intersection(names))
