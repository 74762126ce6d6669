"""Whether metadata says something under a dotted key, as a stage's rule asks.

The rule it keeps: null, an empty text, list or map say nothing; of a list, every item must say it.
"""

from collections.abc import Sequence

import msgspec

from signoff.schema.fields import Pairs


def says(value: object, steps: Sequence[str]) -> bool:
    """Return whether there is something below a value when the steps are taken from it."""
    if not steps:
        return value is not None and value not in ("", (), [], {})
    match value:
        case msgspec.Struct():
            return steps[0] in value.__struct_fields__ and says(getattr(value, steps[0]), steps[1:])
        case dict():
            return steps[0] in value and says(value[steps[0]], steps[1:])
        case tuple() | list() if value and not isinstance(value[0], tuple):
            return all(says(item, steps) for item in value)
        case tuple():
            return says_pairs(value, ".".join(steps))
        case _:
            return False


def says_pairs(pairs: Pairs, path: str) -> bool:
    """Return whether one of the (path, value) pairs is, or leads to, what the path names."""
    for key, value in pairs:
        if key == path and says(value, ()):
            return True
        if path.startswith(f"{key}.") and says(value, path[len(key) + 1 :].split(".")):
            return True
        if key.startswith(f"{path}.") and says(value, ()):
            return True
    return False
