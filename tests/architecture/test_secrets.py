"""Private keys are made by the tests that use them, and never committed."""

import re
import subprocess
from pathlib import Path

PRIVATE_KEY = re.compile(rb"BEGIN [A-Z0-9 ]*PRIVATE KEY")


def test_no_tracked_file_holds_a_private_key(root: Path, tracked: tuple[Path, ...]) -> None:
    files = [name for name in tracked if (root / name).is_file()]
    assert files
    assert [name for name in files if PRIVATE_KEY.search((root / name).read_bytes())] == []


def test_the_search_finds_a_key_that_ssh_keygen_wrote(tmp_path: Path) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    assert PRIVATE_KEY.search(file.read_bytes())
    assert not PRIVATE_KEY.search(file.with_suffix(".pub").read_bytes())
