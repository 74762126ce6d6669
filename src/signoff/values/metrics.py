"""One measured value of a model, as people write it.

The rule it keeps: the text is kept as it was written; a number is added only where it can be read without guessing.
"""

from decimal import Decimal

import msgspec


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric's value, and what it was measured on.

    Attributes:
        name: As written: "accuracy".
        text: The value as written: "0.931", "1518.70 +/- 568.14", "85%", "NA".
        number: The value where it can be read; in the unit that `unit` says.
        spread: What stands behind "+/-", same unit.
        unit: "fraction", "%", "ms" …, or None where nobody said.
        dataset: The data set's name.
        revision: The data set's revision.
        split: The data set's split.
        slice: The group it was measured on, as sorted (key, value) pairs; () is everybody.
        low: Lower bound of the confidence interval.
        high: Upper bound of the confidence interval.
        level: The interval's level, as 0.95.
    """

    name: str
    text: str
    number: Decimal | None = None
    spread: Decimal | None = None
    unit: str | None = None
    dataset: str | None = None
    revision: str | None = None
    split: str | None = None
    slice: tuple[tuple[str, str], ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    level: Decimal | None = None

    @property
    def identity(self) -> tuple[str, str, str, str, tuple[tuple[str, str], ...]]:
        """What makes two values the same metric: name, data set, revision, split, slice."""
        return (self.name, self.dataset or "", self.revision or "", self.split or "", self.slice)
