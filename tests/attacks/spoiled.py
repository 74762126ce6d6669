"""The registries in tests/bad_registries: the same small registry each time, with one fault; and what signoff prints of them.

Clock, chance and keys are fixed (the keys are made from names, as for every test, and nowhere kept), so that the same
program makes the same bytes. After a change of format, or of words, make them anew and read the difference:

    PYTHONPATH=tests python -m attacks.spoiled && git diff tests/bad_registries
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path

from builders import FILES, TestSigner, World, line_of, sha256
from signoff.cli.main import run
from signoff.schema import layout

REGISTRIES = Path(__file__).parent.parent / "bad_registries"
COMMANDS = (("verify",), ("verify", "--deep"), ("doctor",))
EXPECTED = "expected.txt"
LONG_AGO = datetime(2024, 5, 6, 8, tzinfo=UTC)
WEIGHTS = "models/fraud/versions/1/weights.onnx"
METRICS = "models/fraud/versions/1/version.yaml"
DRAFT = "models/fraud/versions/3/version.yaml"
BOMB = b"".join(b"a%d: &a%d [%s]\n" % (at, at, b",".join([b"*a%d" % (at - 1)] * 9)) for at in range(1, 9))


class Then(World):
    """A world whose clock stood long before any machine's that runs the tests."""

    def now(self) -> datetime:
        """Return the next minute of a day long ago."""
        return LONG_AGO + timedelta(minutes=next(self._ticks))


def sound(folder: Path | None) -> World:
    """Return the registry that every fault is put into: two versions, the first one serves, the rules changed once."""
    world = Then(folder=folder)
    world.register("1", card=b"# Fraud\n")
    world.do("ben", "approve")
    world.do("pam", "promote")
    world.register("2", files={"weights.onnx": b"other weights", "version.yaml": b"metrics: {accuracy: 0.95}\n"})
    world.change_roles(approver=("ben", "cy", "oli"))
    world.do("cy", "approve", "2")
    world.do("eve", "comment", "2")
    return world


def slot(seq: int, *, model: str = "fraud") -> str:
    """Return where a record of a model's log stands."""
    return layout.record_path(f"models/{model}", seq)


def edit(content: bytes, *changes: tuple[str, str]) -> bytes:
    """Return a record that says something else in its line, each thing once, above the signature that it had."""
    line, armor = line_of(content), content[len(line_of(content)) :]
    for before, now in changes:
        assert line.count(before.encode()) == 1
        line = line.replace(before.encode(), now.encode())
    return line + armor


def edit_record(world: World) -> None:
    """Let an approval be for another stage."""
    world.put(slot(2), edit(world.get(slot(2)), ('"stage":"production"', '"stage":"staging"')))


def copy_record(world: World) -> None:
    """Let the approval of one version stand as one of the other: nothing but the signature is against what it says."""
    before, last = (sha256(line_of(world.get(slot(seq)))) for seq in (4, 6))
    moved = (before, last), ('"seq":5,"stage"', '"seq":7,"stage"')
    other = ('"fraud:2"', '"fraud:1"'), ('"version":"2"', '"version":"1"'), (world.digest("2"), world.digest("1"))
    world.put(slot(7), edit(world.get(slot(5)), *moved, *other))


def copy_log(world: World) -> None:
    """Let another model have the records of this one."""
    for seq in range(1, 4):
        world.put(slot(seq, model="churn"), world.get(slot(seq)))


def add_foreign(world: World) -> None:
    """Put what the same people signed in another registry into the next slot."""
    other = Then(threshold=1)
    other.register("1", card=b"# Fraud\n")
    for number in range(5):
        other.do("eve", "comment", comment=f"{number}")
    world.put(slot(7), other.do("ben", "approve").content)


def sign_after_revocation(world: World) -> None:
    """Revoke a key behind the approval that it had given, and let its thief go on, by the rules from before."""
    world.revoke_key(world.keys["cy"][0], fraud=5)
    world.do("cy", "approve", "1", policy=world.policy(2))


def revoke_from_before(world: World) -> None:
    """Revoke a key, and say that it was stolen before the approval that it gave."""
    world.revoke_key(world.keys["cy"][0], fraud=4)


def swap_with_manifest(world: World) -> None:
    """Swap the weights, and let the manifest say the new ones' digest."""
    world.write_version("1", files={**FILES, "weights.onnx": b"wieghts"})


FAULTS: dict[str, Callable[[World], object]] = {
    "sound": lambda world: world.folder,
    "edited-record": edit_record,
    "deleted-record": lambda world: world.delete(slot(3)),
    "cut-trust-chain": lambda world: world.delete(layout.record_path("trust", 2)),
    "record-copied-to-another-version": copy_record,
    "log-copied-to-another-model": copy_log,
    "record-of-another-registry": add_foreign,
    "record-by-a-key-outside-of-trust": lambda world: world.do("mallory", "approve", "1", by=TestSigner("mallory")),
    "record-after-its-key-was-revoked": sign_after_revocation,
    "approval-by-a-stolen-key": revoke_from_before,
    "approval-by-one-without-the-role": lambda world: world.do("eve", "approve", "2"),
    "junk-in-the-next-slot": lambda world: world.put(slot(7), b"junk\n"),
    "junk-in-the-trust-chain": lambda world: world.put(layout.record_path("trust", 3), b"junk\n"),
    "junk-beside-the-log": lambda world: world.put("models/fraud/log/notes.txt", b"hello\n"),
    "swapped-weights": lambda world: world.put(WEIGHTS, b"wieghts"),
    "added-file": lambda world: world.put(f"{WEIGHTS}.orig", b"weights"),
    "file-that-is-a-symlink": lambda world: world.put_symlink(WEIGHTS, "../2/weights.onnx"),
    "log-that-is-a-symlink": lambda world: world.put_symlink("models/churn/log", "../fraud/log"),
    "hostile-file-name": lambda world: world.put(f"{WEIGHTS}\x1b[2K\u202etxt.exe", b"weights"),
    "wrong-manifest": swap_with_manifest,
    "edited-metrics": lambda world: world.put(METRICS, b"metrics: {accuracy: 0.99}\n"),
    "draft-with-broken-yaml": lambda world: world.put(DRAFT, b"metrics: {accuracy: [0.93\n"),
    "draft-with-an-alias-bomb": lambda world: world.put(DRAFT, b"a0: &a0 [lol]\n" + BOMB),
    "draft-with-a-key-twice": lambda world: world.put(DRAFT, b"metrics: {accuracy: 0.93, accuracy: 0.99}\n"),
    "draft-with-a-tag": lambda world: world.put(DRAFT, b"metrics: !!python/object/apply:os.system [id]\n"),
    "model-that-is-a-file": lambda world: world.put("models/churn", b"not a folder\n"),
}


def judge(registry: Path, place: Path) -> str:
    """Return what the commands print of a copy of a registry, and how they end, as a client that never saw it is told.

    Args:
        registry: The registry.
        place: An empty folder of this test's own; neither its name nor anything below it is in the text.
    """
    copy = place / "registry"
    shutil.copytree(registry, copy, symlinks=True)
    for folder, _, files in os.walk(copy):
        Path(folder).chmod(0o755)
        for name in files:
            if not (Path(folder) / name).is_symlink():
                (Path(folder) / name).chmod(0o644)
    said = [_say(copy, words) for words in COMMANDS]
    return "\n".join(said).replace(str(copy), "REGISTRY")


def _say(copy: Path, words: tuple[str, ...]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([words[0], "-r", str(copy), *words[1:]])
    return f"$ signoff {' '.join(words)}\n{out.getvalue()}{err.getvalue()}exit {code}\n"


def make(name: str, folder: Path) -> None:
    """Write a registry with its fault into a folder that is not there yet."""
    folder.mkdir(parents=True)
    FAULTS[name](sound(folder))


if __name__ == "__main__":
    for name in FAULTS:
        shutil.rmtree(REGISTRIES / name, ignore_errors=True)
        make(name, REGISTRIES / name / "registry")
    for one in sorted(folder for folder in REGISTRIES.iterdir() if folder.is_dir()):
        with tempfile.TemporaryDirectory() as place:
            for what in ("STATE", "CACHE"):
                os.environ[f"SIGNOFF_{what}_DIR"] = f"{place}/{what}"
            text = judge(one / "registry", Path(place))
        (one / EXPECTED).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{one.name}\n")
