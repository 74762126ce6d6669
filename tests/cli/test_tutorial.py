"""The tutorial does what it says: its blocks are run, one after another, by bash."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents import plain_environ

BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
ID = re.compile(r"(sign|apply) ID")
PROPOSAL = "for proposal in registry/.signoff/proposals/*; do ID=${proposal##*/}; done\n"


def filled(block: str) -> str:
    """Return a block with the proposal's id in the place where a reader writes it."""
    return PROPOSAL + ID.sub(r"\1 $ID", block) if ID.search(block) else block


def test_every_step_of_the_tutorial_ends_as_it_says(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    text = (pytestconfig.rootpath / "docs/tutorial.md").read_text(encoding="utf-8")
    script = "".join(f"echo '== {at}'\n{filled(block)}" for at, block in enumerate(BLOCK.findall(text), start=1))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environ = plain_environ(HOME=str(tmp_path), PATH=path)
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120)
    steps = {int(step.split("\n")[0]): step.split("\n")[1:] for step in done.stdout.split("== ")[1:]}
    codes = [[line for line in lines if line in set("0123456789")] for lines in steps.values()]
    assert [code for code in codes if code] == [["1"], ["4", "4"]], done.stderr
    assert 'Good "signoff-record-v1" signature for ben@example.org' in done.stdout
    assert "0.31 -1.20 0.77" in done.stdout
    assert "accuracy 0.874 (at least 0.90)" in done.stderr
    assert done.stderr.count("error: ") == 3
    assert not (tmp_path / "tour").exists()
