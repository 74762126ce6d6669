"""A machine of its own, emulated: Debian's kernel with this machine's files, and its NFS server mounted by its own client.

The rule it keeps: nothing of this machine is written to (the guest writes over its files in memory), the guest has no
network card, and what it prints is all that comes out. What is missing skips with a reason.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

PROGRAMS = ("qemu-system-x86_64", "busybox", "modprobe", "depmod", "cpio", "mkfs.ext4", "apt-get", "dpkg-deb")
PACKAGES = (
    *("nfs-common", "nfs-kernel-server", "rpcbind", "libnfsidmap1"),
    *("libtirpc3", "libevent-core-2.1-7", "keyutils", "libkeyutils1"),
)
MODULES = (
    *("virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "9pnet_virtio", "9p", "overlay"),
    *("nfsd", "nfs", "nfsv3", "nfsv4"),
)
MEMORY = 3000
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in {" ".join(MODULES)}; do modprobe $module || echo "modprobe $module failed"; done
mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose root /below || poweroff -f
mount -t tmpfs above /above; mkdir /above/new /above/work
mount -t overlay -o lowerdir=/below,upperdir=/above/new,workdir=/above/work overlay /root || poweroff -f
mount -t proc proc /root/proc; mount -t sysfs sys /root/sys; mount --bind /dev /root/dev
mkdir -p /dev/shm /dev/pts; mount -t tmpfs shm /dev/shm; mount -t devpts pts /dev/pts; mount -t tmpfs run /root/run
ip link set lo up
script=$(sed 's/.*script=//; s/ .*//' /proc/cmdline)
chroot /root /bin/bash $script 2>&1
echo "ENDED $?"
sync; poweroff -f
"""
SERVE = """
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run/home TMPDIR=/run LANG=C.UTF-8
programs={programs}; export LD_LIBRARY_PATH=$programs/usr/lib/x86_64-linux-gnu:$programs/lib/x86_64-linux-gnu
mkdir -p /run/home /run/exported /run/one /run/two /run/rpcbind /var/lib/nfs
mount /dev/vda /run/exported && chmod 1777 /run/exported
mount -t tmpfs state /var/lib/nfs; mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs /var/lib/nfs/sm
touch /var/lib/nfs/etab /var/lib/nfs/rmtab /var/lib/nfs/state /etc/exports
grep -q ^_rpc: /etc/passwd || echo "_rpc:x:120:65534::/run/rpcbind:/usr/sbin/nologin" >>/etc/passwd
mount -t nfsd nfsd /proc/fs/nfsd
$programs/sbin/rpcbind -w
echo 10 >/proc/fs/nfsd/nfsv4leasetime; echo 10 >/proc/fs/nfsd/nfsv4gracetime
$programs/usr/sbin/exportfs -o rw,no_root_squash,insecure,no_subtree_check,fsid=0 127.0.0.1:/run/exported
$programs/usr/sbin/rpc.mountd; $programs/usr/sbin/rpc.nfsd -H 127.0.0.1 8
for place in one two; do
  $programs/sbin/mount.nfs 127.0.0.1:{source} /run/$place -o {options} || exit 3
done
unset LD_LIBRARY_PATH
"""
SOURCES = {"4.2": ("/", "vers=4.2,nosharecache"), "3": ("/run/exported", "vers=3,nosharecache,nolock")}


class Machine:
    """A machine that can be started again and again; its kernel and programs are fetched once.

    Args:
        need: Finds a program, or skips.
        kept: A folder that outlives the run of the tests.
    """

    def __init__(self, need: Callable[[str], str], kept: Path) -> None:
        """Fetch and build what is not there yet."""
        self._programs = {name: need(name) for name in PROGRAMS}
        self._kept = kept
        if not (kept / "initrd").exists():
            shutil.rmtree(kept)
            kept.mkdir(parents=True)
            self._fetch()
            self._build()

    def run(self, version: str, script: str, *, folder: Path, timeout: float) -> str:
        """Start it with an NFS export mounted twice, at /run/one and /run/two, run a script there, and return what it printed.

        Args:
            version: Of NFS: "4.2" or "3".
            script: What bash is to do.
            folder: A folder of the test's own.
            timeout: In seconds; a machine that takes longer is ended, and what it printed is returned.
        """
        source, options = SOURCES[version]
        served = SERVE.format(programs=self._kept / "programs", source=source, options=options)
        (folder / "script").write_text(served + script)
        disk = folder / "disk"
        with disk.open("wb") as file:
            file.truncate(512 * 1024 * 1024)
        subprocess.run([self._programs["mkfs.ext4"], "-q", "-F", str(disk)], check=True, timeout=60)
        words = ["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", str(MEMORY)]
        words += ["-nographic", "-no-reboot"]
        words += ["-kernel", str(self._kept / "kernel"), "-initrd", str(self._kept / "initrd"), "-net", "none"]
        words += ["-append", f"console=ttyS0 quiet panic=1 script={folder / 'script'}"]
        words += ["-virtfs", "local,path=/,mount_tag=root,security_model=none,multidevs=remap,readonly=on"]
        words += ["-drive", f"file={disk},format=raw,if=virtio"]
        command = [self._programs["qemu-system-x86_64"], *words]
        with (folder / "console").open("wb") as console, suppress(subprocess.TimeoutExpired):
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, timeout=timeout, check=True
            )
        disk.unlink()
        return (folder / "console").read_text(errors="replace").replace("\r", "")

    def _fetch(self) -> None:
        asked = subprocess.run(
            ["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True, check=False, timeout=60
        ).stdout
        kernel = re.search(r"Depends: (linux-image-\S+)", asked)
        if kernel is None:
            pytest.skip("needs Debian's packages: apt-cache knows no linux-image-amd64")
        packages = self._kept / "packages"
        packages.mkdir()
        done = subprocess.run(
            ["apt-get", "download", "-q", kernel[1], *PACKAGES],
            cwd=packages,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if done.returncode:
            pytest.skip(f"needs Debian's packages, which cannot be fetched: {done.stderr.strip()[-300:]}")
        for package in packages.iterdir():
            to = self._kept / ("linux" if package.name.startswith("linux-image") else "programs")
            subprocess.run(["dpkg-deb", "-x", str(package), str(to)], check=True, timeout=120)
        shutil.rmtree(packages)

    def _build(self) -> None:
        """Make the first files of the machine: busybox, the modules and what it does first."""
        linux, root = self._kept / "linux", self._kept / "first"
        version = next((linux / "lib/modules").iterdir()).name
        for folder in ("bin", "proc", "sys", "dev", "below", "above", "root", f"lib/modules/{version}"):
            (root / folder).mkdir(parents=True)
        subprocess.run([self._programs["depmod"], "-b", str(linux), version], check=True, timeout=120)
        shutil.copy(self._programs["busybox"], root / "bin/busybox")
        for module in self._modules(linux, version):
            (root / module).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(linux / module, root / module)
        for index in (linux / "lib/modules" / version).glob("modules.*"):
            shutil.copy(index, root / "lib/modules" / version)
        (root / "init").write_text(INIT)
        (root / "init").chmod(0o755)
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        archive = self._kept / "archive"
        with archive.open("wb") as file:
            subprocess.run(
                [self._programs["cpio"], "-o", "-H", "newc", "--quiet"],
                cwd=root,
                input=names.encode(),
                stdout=file,
                check=True,
                timeout=60,
            )
        shutil.copy(next((linux / "boot").glob("vmlinuz-*")), self._kept / "kernel")
        shutil.rmtree(linux)
        shutil.rmtree(root)
        archive.rename(self._kept / "initrd")

    def _modules(self, linux: Path, version: str) -> set[str]:
        """Return the paths of the modules that are needed, with those that they need."""
        found = set()
        for module in MODULES:
            words = [self._programs["modprobe"], "-d", str(linux), "-S", version, "--show-depends", module]
            said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60).stdout
            paths = [line.split()[1] for line in said.splitlines() if line.startswith("insmod")]
            found |= {path[path.index("lib/modules/") :] for path in paths}
        return found
