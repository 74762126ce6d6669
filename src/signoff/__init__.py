"""A model registry that lives in a directory; every decision is a signed record.

For programs:

    import signoff
    registry = signoff.open("/mnt/models")     # or "s3://bucket/models"
    registry.register("fraud", "out/", metrics={"accuracy": 0.93})
    registry.snapshot().find("fraud@production")
    registry.search("accuracy>0.9 stage:staging", sort="-accuracy", limit=50)
    registry.pull("fraud@production", "serving/")
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.registry.registry import Registry

__version__ = "0.1.0"


def open(  # noqa: A001  (signoff.open)
    url: str,
    *,
    registry_id: str = "",
    read_only: bool = False,
    storage_options: "Mapping[str, object] | None" = None,
) -> "Registry":
    """Open the registry at a path or URL, with this machine's clock and keys.

    Args:
        url: A path, a URL, or a name of the configuration file.
        registry_id: The registry id that must be found there, or "".
        read_only: Whether to refuse every write.
        storage_options: What fsspec's driver of the URL takes, as `{"endpoint_url": …}`; None: what the configuration
            file says.

    Raises:
        NotFoundError: There is no such folder, or it is no registry.
        VerificationError: Its trust chain is not valid.
        AlarmError: It is another registry than was asked for, or than was there before.
    """
    from signoff.registry.opening import open_registry  # noqa: PLC0415  (`import signoff` costs nothing)

    return open_registry(url, demanded=registry_id, read_only=read_only, storage_options=storage_options)
