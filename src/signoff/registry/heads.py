"""The text of a list of heads: what a checkpoint names, and what `signoff heads` prints.

The rule it keeps: `<id>  <seq> <chain>` a line, sorted by chain bytewise; every chain once; nothing else.
"""

import re
from collections.abc import Mapping

from signoff.errors import SchemaError
from signoff.schema import layout
from signoff.values.names import ModelName

LINE = re.compile(r"([0-9a-f]{64})  ([1-9][0-9]{0,9}) (\S+)")


def format_heads(heads: Mapping[str, tuple[int, str]]) -> str:
    """Return the text of a list of heads: `<id>  <seq> <chain>` a line, sorted by chain bytewise."""
    ordered = sorted(heads.items(), key=lambda item: item[0].encode())
    return "".join(f"{identity}  {seq} {chain}\n" for chain, (seq, identity) in ordered)


def _is_chain(name: str) -> bool:
    model = layout.model_of_chain(name)
    return name == layout.TRUST_CHAIN or bool(model and not ModelName.fault(model))


def parse_heads(content: bytes) -> dict[str, tuple[int, str]]:
    """Return the heads that a text lists.

    Raises:
        SchemaError: A line is not in the form.
    """
    heads: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        parsed = LINE.fullmatch(line)
        if not parsed or not _is_chain(parsed[3]):
            message = "it is not '<id>  <seq> <chain>'"
            raise SchemaError(message, line=number)
        if parsed[3] in heads:
            message = f"the chain {parsed[3]!r} stands twice"
            raise SchemaError(message, line=number)
        heads[parsed[3]] = (int(parsed[2]), parsed[1])
    if not heads:
        message = "it lists no heads"
        raise SchemaError(message, hint="make it with: signoff heads")
    return heads
