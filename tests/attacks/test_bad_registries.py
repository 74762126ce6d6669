"""Registries with one fault each, as files: a folder with a registry and an `expected.txt` is a test.

`attacks.spoiled` makes most of them; what it does not know by name it leaves as it is.
"""

import os
from pathlib import Path

import pytest

from attacks.spoiled import EXPECTED, FAULTS, REGISTRIES, judge, make

FOLDERS = sorted(folder.name for folder in REGISTRIES.iterdir() if folder.is_dir())
SUM, CONTACT = ("ok: ", "NOT OK: ", "exit ", "nothing is wrong"), "first contact"
LARGEST = 64 * 1024


def expected(name: str) -> str:
    return (REGISTRIES / name / EXPECTED).read_text(encoding="utf-8")


def said(name: str) -> set[str]:
    """Return what is said of a registry beyond how much there is."""
    return {line for line in expected(name).splitlines() if not line.startswith((*SUM, CONTACT, "$")) and line}


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder: a link with where it leads."""
    found = {}
    for place, folders, names in os.walk(folder):
        for one in (Path(place) / name for name in (*folders, *names)):
            if one.is_symlink():
                found[str(one.relative_to(folder))] = b"-> " + os.fsencode(one.readlink())
            elif one.is_file():
                found[str(one.relative_to(folder))] = one.read_bytes()
    return found


def test_there_are_bad_registries_and_a_sound_one() -> None:
    assert "sound" in FOLDERS
    assert set(FAULTS) <= set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_registry_is_told_of_as_expected(name: str, tmp_path: Path) -> None:
    assert judge(REGISTRIES / name / "registry", tmp_path) == expected(name)


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "sound"])
def test_each_fault_is_told_and_the_sound_registry_has_none(name: str) -> None:
    assert said("sound") == set()
    assert said(name)


@pytest.mark.parametrize("name", FAULTS)
def test_the_folder_is_what_its_maker_makes(name: str, tmp_path: Path) -> None:
    """A registry made today has the bytes of the one that is kept; where that is meant to change, see `attacks.spoiled`."""
    make(name, tmp_path / "made")
    assert files(tmp_path / "made") == files(REGISTRIES / name / "registry")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_registry_differs_from_the_sound_one(name: str) -> None:
    kept, sound = (files(REGISTRIES / one / "registry") for one in (name, "sound"))
    assert (kept == sound) is (name == "sound")
    assert max(map(len, kept.values())) <= LARGEST
