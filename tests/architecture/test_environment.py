"""What tests are told by the environment reaches the processes that run a part of them; what signoff reads does not."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
PROGRAM = "import conftest, os; print(sorted(name for name in os.environ if name.startswith('SIGNOFF_')))"


def test_what_tests_are_told_stays_and_what_signoff_reads_goes() -> None:
    told = {"SIGNOFF_TEST_DATA": "data", "SIGNOFF_TEST_NODE": "bin", "SIGNOFF_REQUIRE": "servers"}
    read = {"SIGNOFF_REGISTRY": "lab", "SIGNOFF_READ_ONLY": "1", "SIGNOFF_CONFIG": "config.yaml"}
    environ = {**os.environ, **told, **read, "PYTHONPATH": str(TESTS)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True)
    kept = [name for name in environ if name.startswith("SIGNOFF_BENCHMARK_")]
    assert done.stdout.strip() == str(sorted([*told, *kept]))
