"""Two people of one group on one folder, each an account of this machine with a umask of their own: all of it works.

Each command runs in a process of that account, which sees this machine's files as that account does.
"""

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import signoff
from agents import make_key
from stories import Result

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: two accounts of this machine")
GROUP = 61000
ACCOUNTS = {"ana": (61001, "077"), "ben": (61002, "002")}
NEEDED = tuple(Path(place).resolve() for place in (sys.prefix, sys.base_prefix, Path(signoff.__file__).parents[1]))
ACCOUNT = """
set -e
stage=$(mktemp -d /tmp/stage.XXXXXX)
mount -t tmpfs stage $stage
{stages}
{covers}
cp /etc/passwd $stage/passwd
printf '{name}:x:{uid}:{gid}::{home}:/bin/sh\\n' >>$stage/passwd
mount --bind $stage/passwd /etc/passwd
umask {umask}
exec setpriv --reuid {uid} --regid {gid} --clear-groups --inh-caps=-all {python} -m signoff "$@"
"""


def ways(stage: str) -> tuple[str, str]:
    """Return the commands that let every account reach Python and this package, in a view of the files of its own."""
    stages, covers = [], []
    closed = {}
    for number, place in enumerate(NEEDED):
        shut = [above for above in reversed(place.parents) if not above.stat().st_mode & stat.S_IXOTH]
        if shut:
            closed[shut[0]] = True
            stages.append(f"mkdir {stage}/{number}; mount --rbind {shlex.quote(str(place))} {stage}/{number}")
            covers.append(
                f"mkdir -p {shlex.quote(str(place))}; mount --rbind {stage}/{number} {shlex.quote(str(place))}"
            )
    hidden = [f"mount -t tmpfs -o mode=755 hidden {shlex.quote(str(place))}" for place in closed]
    return "\n".join(stages), "\n".join((*hidden, *covers))


class Account:
    """One person's account; it has no other group than the shared one."""

    def __init__(self, name: str, folder: Path) -> None:
        """Make the home folder and the key."""
        self.name, (self.uid, self.umask) = name, ACCOUNTS[name]
        self.home = folder / name
        (self.home / ".ssh").mkdir(parents=True)
        self.key = make_key(self.home / ".ssh", "ed25519", name)
        for place in (self.home, *self.home.rglob("*")):
            os.chown(place, self.uid, GROUP)
        self.home.chmod(0o700)

    def run(self, registry: Path, *words: str) -> Result:
        """Run the command line as this account."""
        stages, covers = ways("$stage")
        script = ACCOUNT.format(
            name=self.name,
            uid=self.uid,
            gid=GROUP,
            home=self.home,
            umask=self.umask,
            python=shlex.quote(sys.executable),
            stages=stages,
            covers=covers,
        )
        environ = {"HOME": str(self.home), "PATH": os.environ["PATH"], "SIGNOFF_REGISTRY": str(registry)}
        command = ["unshare", "--mount", "--propagation", "private", "bash", "-c", script, "signoff", *words]
        done = subprocess.run(
            command,
            env=environ,
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def need(self, registry: Path, *words: str) -> str:
        """Run the command line as this account, with success."""
        done = self.run(registry, *words)
        assert done.code == 0, done.err
        return done.out


@pytest.fixture
def people(need_server: Callable[[str], str], tmp_path: Path) -> tuple[Account, Account]:
    for program in ("unshare", "setpriv", "mount"):
        need_server(program)
    for folder in tmp_path.parents:
        if folder not in (Path("/"), Path("/tmp")):
            folder.chmod(folder.stat().st_mode | 0o711)
    tmp_path.chmod(0o711)
    tried = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"cannot make a view of the files for an account: {tried.stderr}")
    return Account("ana", tmp_path), Account("ben", tmp_path)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Make a folder as a team does: it belongs to the group, which may write, and hands the group down."""
    place = tmp_path / "shared"
    place.mkdir()
    os.chown(place, 0, GROUP)
    place.chmod(0o2770)
    return place


def found(registry: Path, ana: Account, ben: Account) -> None:
    for one in (ana, ben):
        (registry.parent / f"{one.name}.pub").write_bytes((one.home / f".ssh/{one.name}.pub").read_bytes())
    admins = [word for one in (ana, ben) for word in ("--admin", f"{one.name}={registry.parent}/{one.name}.pub")]
    ana.need(registry, "init", str(registry), *admins, "--threshold", "1")


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of the group on all that is below."""
    return {str(place.relative_to(folder)): place.stat().st_mode & 0o070 for place in folder.rglob("*")}


def train(account: Account, folder: Path) -> Path:
    folder.mkdir()
    (folder / "weights.bin").write_bytes(os.urandom(100_000))
    (folder / "version.yaml").write_text("license: mit\n")
    for place in (folder, *folder.iterdir()):
        os.chown(place, account.uid, GROUP)
        place.chmod(0o700 if place.is_dir() else 0o600)
    return folder


def test_what_one_writes_with_a_strict_umask_the_other_works_with(
    people: tuple[Account, Account], shared: Path
) -> None:
    ana, ben = people
    registry = shared / "registry"
    found(registry, ana, ben)
    ana.need(registry, "register", "fraud:1", str(train(ana, shared / "out")), "--link")
    ben.need(registry, "request", "fraud:1", "production", "-m", "please")
    ben.need(registry, "promote", "fraud:1", "staging")
    ben.need(registry, "approve", "fraud:1", "production")
    ana.need(registry, "comment", "fraud:1", "so be it")
    for one in people:
        said = json.loads(one.need(registry, "verify", "--deep", "--json"))
        assert said["ok"], said
        one.need(registry, "pull", "fraud@staging", str(one.home / "serving"))
        assert "umask" not in one.run(registry, "doctor").out
    for path, mode in modes(registry).items():
        wanted = 0o070 if (registry / path).is_dir() else 0o040
        assert mode & wanted == wanted, f"{path} has {mode:o} for its group"
    assert {place.stat().st_gid for place in registry.rglob("*")} == {GROUP}


def test_a_draft_that_its_trainer_hid_from_the_group_is_told_with_what_to_do(
    people: tuple[Account, Account], shared: Path
) -> None:
    ana, ben = people
    registry = shared / "registry"
    found(registry, ana, ben)
    ana.need(registry, "register", "fraud:1", str(train(ana, shared / "out")), "--copy")
    train(ana, registry / "models/fraud/versions/2")
    ana.need(registry, "register", "fraud:2")
    assert "chmod -R g+rX" in ana.run(registry, "doctor").out
    done = ben.run(registry, "verify", "--deep")
    assert done.code == 4
    assert "Permission denied" in done.out + done.err
    assert "Traceback" not in done.out + done.err
    ben.need(registry, "comment", "fraud:1", "the log can be written to all the same")
    hidden = registry / "models/fraud/versions/2"
    for place in (hidden, *hidden.rglob("*")):
        place.chmod(place.stat().st_mode | (0o050 if place.is_dir() else 0o040))
    ben.need(registry, "verify", "--deep")


def test_where_the_folder_hands_no_group_down_the_umask_decides_and_the_other_is_told_why(
    people: tuple[Account, Account], shared: Path
) -> None:
    ana, ben = people
    shared.chmod(0o770)
    registry = shared / "registry"
    found(registry, ana, ben)
    before = {place: place.read_bytes() for place in registry.rglob("*") if place.is_file()}
    for words in (("ls",), ("comment", "fraud", "hello"), ("verify",)):
        done = ben.run(registry, *words)
        assert done.code != 0
        assert "Permission denied" in done.err
        assert "ask its owner" in done.err
        assert "Traceback" not in done.err
    assert {place: place.read_bytes() for place in registry.rglob("*") if place.is_file()} == before
    assert stat.S_IMODE(registry.stat().st_mode) == 0o700
