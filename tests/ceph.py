"""A Ceph cluster of one on 127.0.0.1: a monitor, a manager, one store in memory, and its gateway that speaks S3.

The rule it keeps: every port is a free one of the loopback, everything is in one folder, and all processes are gone at the
end. The packages of Debian: radosgw, ceph-mon, ceph-osd, ceph-mgr and ceph-common.
"""

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

STARTING = 60.0
ASKING = 30.0
PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-mgr", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
CONFIGURATION = """[global]
fsid = {fsid}
mon_initial_members = a
mon_host = {monitor}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_port_min = {first}
ms_bind_port_max = {last}
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
auth_allow_insecure_global_id_reclaim = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 4294967296
run_dir = {folder}/run
admin_socket = {folder}/run/$name.asok
log_file = {folder}/log/$name.log
mon_data = {folder}/mon
mgr_data = {folder}/mgr
osd_data = {folder}/osd
rgw_data = {folder}/rgw
[client.admin]
keyring = {folder}/admin.keyring
[client.rgw]
keyring = {folder}/rgw/keyring
rgw_frontends = beast endpoint=127.0.0.1:{port}
"""
ALL = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")


class _Cluster:
    """The programs and the folder of one cluster."""

    def __init__(self, need: Callable[[str], str], folder: Path, stack: ExitStack) -> None:
        self._programs = {name: need(name) for name in PROGRAMS}
        self._folder, self._stack = folder, stack

    def do(self, program: str, *words: str, given: str = "") -> str:
        """Run one of the programs to its end, and return what it printed."""
        command = [self._programs[program], *words]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=ASKING)
        if done.returncode:
            message = f"{program} {' '.join(words)}: {done.stderr[-1000:]}"
            raise RuntimeError(message)
        return done.stdout

    def ask(self, *words: str, given: str = "") -> str:
        """Ask the cluster."""
        return self.do("ceph", "-c", f"{self._folder}/ceph.conf", *words, given=given)

    def start(self, program: str, *words: str) -> None:
        """Start one of the programs; it is ended with the cluster."""
        with (self._folder / f"log/{program}.out").open("wb") as output:
            command = [self._programs[program], "-f", *words, "-c", f"{self._folder}/ceph.conf"]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self._stack.callback(_end, process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program; nothing of it is to be kept."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(
    need: Callable[[str], str], folder: Path, *, ports: tuple[int, int, int], key: str, secret: str
) -> Iterator[None]:
    """Run a cluster until the end; its gateway listens when this gives way.

    Args:
        need: Finds a program.
        folder: An empty folder.
        ports: Of the gateway and of the monitor's two protocols.
        key: Of the one user.
        secret: Theirs.
    """
    port, new, old = ports
    monitor = f"[v2:127.0.0.1:{new},v1:127.0.0.1:{old}]"
    fsid = str(uuid.uuid4())
    for name in ("mon", "mgr", "osd", "rgw", "run", "log"):
        (folder / name).mkdir()
    with ExitStack() as stack:
        made = _Cluster(need, folder, stack)
        words = {"fsid": fsid, "monitor": monitor, "folder": folder, "port": port, "first": 20000, "last": 29999}
        (folder / "ceph.conf").write_text(CONFIGURATION.format(**words))
        _monitor(made, folder, fsid=fsid, address=monitor)
        _manager(made, folder)
        _store(made, folder)
        made.ask("auth", "get-or-create", "client.rgw", *_caps(), "-o", f"{folder}/rgw/keyring")
        made.start("radosgw", "-n", "client.rgw")
        user = ("user", "create", "--uid=t", "--display-name=t", f"--access-key={key}", f"--secret-key={secret}")
        made.do("radosgw-admin", "-c", f"{folder}/ceph.conf", *user)
        yield


def _caps() -> tuple[str, ...]:
    return ("mon", "allow *", "osd", "allow *", "mgr", "allow *")


def _monitor(made: _Cluster, folder: Path, *, fsid: str, address: str) -> None:
    keyring, chart = f"{folder}/admin.keyring", f"{folder}/monmap"
    made.do("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    made.do("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *ALL)
    made.do("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, chart)
    made.do("ceph-mon", "--mkfs", "-i", "a", "--monmap", chart, "--keyring", keyring, "-c", f"{folder}/ceph.conf")
    made.start("ceph-mon", "-i", "a")


def _manager(made: _Cluster, folder: Path) -> None:
    caps = ("mon", "allow profile mgr", "osd", "allow *")
    made.ask("auth", "get-or-create", "mgr.x", *caps, "-o", f"{folder}/mgr/keyring")
    made.start("ceph-mgr", "-i", "x")


def _store(made: _Cluster, folder: Path) -> None:
    """Make and start the store, and wait until it is up."""
    identity = str(uuid.uuid4())
    secret = made.do("ceph-authtool", "--gen-print-key").strip()
    made.ask("osd", "new", identity, "-i", "-", given=f'{{"cephx_secret": "{secret}"}}')
    made.do("ceph-authtool", "--create-keyring", f"{folder}/osd/keyring", "--name", "osd.0", "--add-key", secret)
    made.do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity, "-c", f"{folder}/ceph.conf")
    made.start("ceph-osd", "-i", "0")
    until = time.monotonic() + STARTING
    while "1 up" not in made.ask("osd", "stat"):
        if time.monotonic() > until:
            message = "the store of Ceph does not start"
            raise RuntimeError(message)
        time.sleep(0.3)
