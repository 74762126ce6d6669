"""Types are a gate: strict, on the program and on its tests."""

import hashlib
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path


def test_src_and_tests_pass_mypy_strict(root: Path) -> None:
    # Outside the tree and kept between runs: a cold run takes a minute, a warm one a second.
    checkout = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    cache = user_cache_path("signoff-gates", ensure_exists=True) / f"mypy-{checkout}"
    mypy = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), "--no-error-summary"]
    done = subprocess.run(mypy, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
