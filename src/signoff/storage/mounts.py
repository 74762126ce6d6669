"""What kind of filesystem a folder of this machine stands on.

The rule it keeps: inotify is believed only where every writer goes through this kernel; whatever is not known to be so
is polled.
"""

import os
import re

UNKNOWN = "unknown"
MOUNTS = "/proc/self/mountinfo"
TRUTHFUL = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "bcachefs", "tmpfs", "overlay"})
STACKED = frozenset({"overlay"})
OCTAL = re.compile(r"\\([0-7]{3})")


def filesystem_of(folder: str) -> str:
    """Return the type of the filesystem that holds a folder, as the kernel calls it, or "unknown"."""
    try:
        device = os.stat(folder).st_dev  # noqa: PTH116  (pathlib costs a cold start)
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as mountinfo:  # noqa: PTH123
            return find_type(mountinfo.read(), folder=os.path.realpath(folder), device=device)
    except OSError:
        return UNKNOWN


def number_of(folder: str) -> int:
    """Return a folder's inode number, which differs once what was mounted there is gone; 0 where there is none.

    Its device number would tell more, but changes when an automounter mounts the same filesystem again.
    """
    try:
        return os.stat(folder).st_ino  # noqa: PTH116  (asked before every write)
    except OSError:
        return 0


def find_type(mountinfo: str, *, folder: str, device: int) -> str:
    """Return the type of the mount that holds a folder.

    The longest mount point in front of the folder decides, and of those the one with the folder's device, since a later
    mount hides an earlier one. Format: proc_pid_mountinfo(5).

    Args:
        mountinfo: The text of /proc/self/mountinfo.
        folder: The folder's real path.
        device: The folder's `st_dev`.
    """
    number = f"{os.major(device)}:{os.minor(device)}"
    best = (-1, False, UNKNOWN)
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        words = fields.split(" ")
        point = OCTAL.sub(lambda octal: chr(int(octal[1], 8)), words[4])
        if folder == point or folder.startswith(point.rstrip("/") + "/"):
            found = (len(point), words[2] == number, rest.split(" ")[0])
            best = max(best, found, key=lambda mount: mount[:2])
    return best[2]


def notifies(filesystem: str) -> bool:
    """Tell whether inotify announces every change on this type of filesystem."""
    return filesystem in TRUTHFUL


def dates_folders(folder: str) -> bool:
    """Tell whether a folder's time changes with every name that comes, goes or is exchanged in it, whoever does it.

    What is below a stacked filesystem may change without it; network filesystems keep old times for a while.
    """
    filesystem = filesystem_of(folder)
    return filesystem in TRUTHFUL and filesystem not in STACKED
