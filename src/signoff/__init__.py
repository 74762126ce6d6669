"""A model registry that lives in a directory; every decision is a signed record.

For programs:

    import signoff
    registry = signoff.open("/mnt/models")
    registry.register("fraud", "out/", metrics={"accuracy": 0.93})
    registry.snapshot().find("fraud@production")
    registry.pull("fraud@production", "serving/")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.registry.registry import Registry

__version__ = "0.1.0"


def open(url: str, *, registry_id: str = "", read_only: bool = False) -> "Registry":  # noqa: A001  (signoff.open)
    """Open the registry at a path or URL, with this machine's clock and keys.

    Args:
        url: A path, a URL, or a name of the configuration file.
        registry_id: The registry id that must be found there, or "".
        read_only: Whether to refuse every write.

    Raises:
        NotFoundError: There is no such folder, or it is no registry.
        VerificationError: Its trust chain is not valid.
        AlarmError: It is another registry than was asked for, or than was there before.
    """
    from signoff.registry.opening import open_registry  # noqa: PLC0415  (`import signoff` costs nothing)

    return open_registry(url, demanded=registry_id, read_only=read_only)
