"""One measured value of a model, as people write it.

The rule it keeps: the text is kept as it was written; a number is added only where it can be read without guessing,
and two numbers are compared only where nothing says that their units differ.
"""

import re
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

Direction: TypeAlias = Literal["higher", "lower"]

LONGEST = 64
MAGNITUDE = 400
_FIGURE = (
    r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+"  # 12, 12.5, 12., .5
    r"|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}"  # 1,234.5 and 1,234,567
    r"|0,[0-9]+|[1-9][0-9]*,(?:[0-9]{1,2}|[0-9]{4,}))"  # 0,912 and 93,1: no separator of thousands
    r"(?:[eE][-+]?[0-9]{1,3})?"
)
WRITTEN = re.compile(
    rf"(?P<number>[-+]?{_FIGURE})\s*(?P<percent>%)?"
    rf"(?:\s*(?:\u00b1|\+/-|\+-|\\pm)\s*(?P<spread>{_FIGURE}))?"
    r"\s*(?P<unit>%|[^\W\d_]+(?:/[^\W\d_]+)?)?"
    r"(?:\s*\[[-+0-9.,;eE\s]*\])?"  # an interval, of a level that nobody said
)
ORDINALS = frozenset({"st", "nd", "rd", "th"})
UNIT_NAMES = {"percent": "%", "pct": "%", "ratio": "fraction", "sec": "s", "second": "s", "seconds": "s"}

PHRASES: tuple[tuple[re.Pattern[str], Direction], ...] = (
    (re.compile(r"per_(?:s|sec|second|minute|hour)\b"), "higher"),
    (re.compile(r"false_(?:positive|negative|discovery|omission)_rate|attack_success|failure_rate"), "lower"),
    (re.compile(r"true_(?:positive|negative)_rate|(?:win|pass|success|hit)_rate"), "higher"),
)
BETTER_HIGH = (
    "accuracy acc f1 f2 fbeta auc auroc aucpr auprc roc recall precision ap map mrr ndcg bleu sacrebleu rouge rouge1"
    " rouge2 rougel rougelsum meteor chrf bertscore comet iou miou dice r2 exact em mcc matthews kappa pearson pearsonr"
    " spearman spearmanr kendall psnr ssim throughput specificity sensitivity tpr tnr reward silhouette jaccard gini"
    " correlation elo pass hits"
)
BETTER_LOW = (
    "loss logloss error err mae mse rmse rmsle mape smape latency perplexity ppl wer cer ter mer der eer fid kid lpips"
    " brier ece nll deviance time duration seconds hallucination toxicity regret fpr fnr fdr emissions"
)
WORDS: dict[Direction, frozenset[str]] = {
    "higher": frozenset(BETTER_HIGH.split()),
    "lower": frozenset(BETTER_LOW.split()),
}


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
        label: What people call it where `name` is an identifier: "Test WER".
        count: On how many it was measured: rows, people …; None where nobody said.
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
    label: str | None = None
    count: int | None = None

    @property
    def identity(self) -> tuple[str, str, str, str, tuple[tuple[str, str], ...]]:
        """What makes two values the same metric: name, data set, revision, split, slice."""
        return (self.name, self.dataset or "", self.revision or "", self.split or "", self.slice)


def read_number(text: str) -> tuple[Decimal | None, Decimal | None, str | None]:
    """Return the number, the spread behind "+/-" and the unit that a value's text says; None for what it does not say.

    A decimal comma is read only where it cannot separate thousands ("0,912", "93,1"); "1,234" stays text.
    """
    found = WRITTEN.fullmatch(text.strip().replace("\u2212", "-")) if len(text) <= LONGEST else None
    if found is None or found["unit"] in ORDINALS or (found["percent"] and found["unit"] not in {None, "%"}):
        return None, None, None
    number = decimal_of(_with_point(found["number"]))
    if number is None:
        return None, None, None
    spread = decimal_of(_with_point(found["spread"])) if found["spread"] else None
    return number, spread, found["unit"] or found["percent"]


def decimal_of(text: str) -> Decimal | None:
    """Return the number that a numeral is; None where it is too long or of a size that nothing is measured in."""
    if len(text) > LONGEST:
        return None
    number = Decimal(text)
    return number if -MAGNITUDE <= number.adjusted() <= MAGNITUDE else None


def _with_point(figure: str) -> str:
    if "." in figure or figure.count(",") > 1:
        return figure.replace(",", "")
    return figure.replace(",", ".")


def comparable(first: Metric, second: Metric) -> bool:
    """Return whether two values can stand beside each other as numbers.

    Where both say a unit it must be the same; where neither does, one in [0, 1] and one in (1, 100] may well be a
    fraction and a percentage, and are not compared.
    """
    if first.number is None or second.number is None or _unit(first) != _unit(second):
        return False
    if _unit(first) is not None:
        return True
    low, high = sorted((first.number, second.number))
    return not (0 <= low <= 1 < high <= 100)  # noqa: PLR2004 - percentages end there


def delta(before: Metric, after: Metric) -> Decimal | None:
    """Return by how much `after` is above `before`, in their unit; None where they are not comparable."""
    if before.number is None or after.number is None or not comparable(before, after):
        return None
    return after.number - before.number


def _unit(metric: Metric) -> str | None:
    return None if metric.unit is None else UNIT_NAMES.get(metric.unit.lower(), metric.unit)


def direction(name: str) -> Direction | None:
    """Return whether more of a well-known metric is better ("higher") or worse ("lower"); None where nobody knows."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower())
    for phrase, way in PHRASES:
        if phrase.search(plain):
            return way
    words = set(plain.split("_"))
    ways = [way for way, known in WORDS.items() if known & words]
    return ways[0] if len(ways) == 1 else None
