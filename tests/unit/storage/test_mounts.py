"""The mount table says what a folder stands on, and only known filesystems are believed to announce changes."""

import os
from pathlib import Path

import pytest

from signoff.storage.mounts import filesystem_of, find_type, notifies

TABLE = r"""
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 0:40 / /mnt/models rw shared:2 master:3 - nfs4 server:/models rw
31 21 0:41 / /mnt/my\040disk rw - fuse.sshfs host:/ rw
32 21 8:2 / /mnt/over rw - xfs /dev/sda2 rw
33 21 0:50 / /mnt/over rw - tmpfs tmpfs rw
""".strip()


@pytest.mark.parametrize(
    ("folder", "device", "expected"),
    [
        ("/", (8, 1), "ext4"),
        ("/home/x", (8, 1), "ext4"),
        ("/mnt/models", (0, 40), "nfs4"),
        ("/mnt/models/fraud", (0, 40), "nfs4"),
        ("/mnt/models2", (8, 1), "ext4"),
        ("/mnt/my disk/x", (0, 41), "fuse.sshfs"),
        ("/mnt/over", (0, 50), "tmpfs"),
        ("/mnt/over", (8, 2), "xfs"),
    ],
)
def test_the_longest_mount_point_with_the_folder_s_device_decides(
    folder: str, device: tuple[int, int], expected: str
) -> None:
    assert find_type(TABLE, folder=folder, device=os.makedev(*device)) == expected


def test_an_empty_table_and_a_missing_folder_are_unknown(tmp_path: Path) -> None:
    assert find_type("", folder="/", device=0) == "unknown"
    assert filesystem_of(str(tmp_path / "gone")) == "unknown"


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs"])
def test_local_filesystems_announce_changes(kind: str) -> None:
    assert notifies(kind)


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "fuse.sshfs", "fuseblk", "9p", "lustre", "ceph", "unknown", ""]
)
def test_whatever_others_may_write_to_is_not_believed(kind: str) -> None:
    assert not notifies(kind)


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="needs Linux's mount table")
def test_this_machine_is_asked() -> None:
    assert filesystem_of("/proc") == "proc"
