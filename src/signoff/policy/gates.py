"""What a stage's rule asks of metrics.

The rules it keeps: the values are those of the registered version.yaml and of the evaluations that count; where
several say the same metric, the worst one is judged; a value that cannot be read as a number, or that nobody gave,
does not meet a rule. A percentage is read as its fraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from signoff.policy.checks import Case, Finding, finding
from signoff.policy.history import VersionState
from signoff.schema.rules import MetricRule

if TYPE_CHECKING:
    from signoff.values.metrics import Metric

HUNDRED = Decimal(100)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The metrics of a version, and whether some of the bytes that would say more are missing."""

    metrics: tuple[Metric, ...]
    missing: tuple[str, ...]


def check_metrics(case: Case) -> tuple[Finding, ...]:
    """Every rule on metrics and slices is met."""
    if not case.rule.metrics:
        return ()
    found = find_metrics(case, case.version)
    return tuple(one for rule in case.rule.metrics for one in _judge(rule, found, case))


def find_metrics(case: Case, version: VersionState) -> Found:
    """Return the metrics of a version, from its version.yaml and the evaluations that count."""
    metrics: list[Metric] = []
    missing: list[str] = []
    metadata = case.facts.metadata(version.version, version.digest)
    if metadata is None:
        missing.append("version.yaml")
    else:
        metrics += metadata.metrics
    for one in version.evaluations:
        evaluation = case.facts.evaluation(version.version, one.name, one.digest)
        if evaluation is None:
            missing.append(one.name)
        else:
            metrics += evaluation.metrics
    return Found(metrics=tuple(metrics), missing=tuple(missing))


def _judge(rule: MetricRule, found: Found, case: Case) -> Iterator[Finding]:
    name = _words(rule)
    values = _numbers(rule, found.metrics)
    if not values:
        reason = f"missing: {', '.join(found.missing)}" if found.missing else "no value was given"
        yield finding("metrics", met=None if found.missing else False, detail=f"{name}: {reason}")
        return
    if rule.slice_by is not UNSET:
        yield _gap(rule, found, name)
        return
    value = _worst(rule, values)
    yield from _bounds(rule, value, name)
    if rule.no_worse_than is not UNSET:
        yield _no_worse(rule, value, case, name)


def _bounds(rule: MetricRule, value: Decimal, name: str) -> Iterator[Finding]:
    if rule.min is not UNSET:
        yield finding("metrics", met=value >= Decimal(rule.min), detail=f"{name} {value} (at least {rule.min})")
    if rule.max is not UNSET:
        yield finding("metrics", met=value <= Decimal(rule.max), detail=f"{name} {value} (at most {rule.max})")


def _no_worse(rule: MetricRule, value: Decimal, case: Case, name: str) -> Finding:
    assert rule.no_worse_than is not UNSET
    state = case.stages.get(rule.no_worse_than)
    held = case.versions.get(state.version) if state else None
    if held is None or held.version == case.version.version:
        return finding("metrics", met=True, detail=f"{name} {value}: nothing else holds {rule.no_worse_than}")
    found = find_metrics(case, held)
    baseline = _numbers(rule, found.metrics)
    words = f"{name} {value}, {rule.no_worse_than} ({held.version})"
    if not baseline:
        met = None if found.missing else False
        return finding("metrics", met=met, detail=f"{words} has no value to compare with")
    other = _worst(rule, baseline)
    tolerance = Decimal(0 if rule.tolerance is UNSET else rule.tolerance)
    loss = value - other if _lower_is_better(rule) else other - value
    return finding("metrics", met=loss <= tolerance, detail=f"{words} has {other}, tolerance {tolerance}")


def _gap(rule: MetricRule, found: Found, name: str) -> Finding:
    assert rule.slice_by is not UNSET
    assert rule.max_gap is not UNSET
    groups: dict[str, list[Decimal]] = {}
    for metric, number in _matching(rule, found.metrics):
        groups.setdefault(dict(metric.slice)[rule.slice_by], []).append(number)
    if len(groups) < 2:  # noqa: PLR2004  (a gap is between two)
        detail = f"{name} by {rule.slice_by}: only one group was measured"
        return finding("metrics", met=False, detail=detail)
    low, high = min(min(group) for group in groups.values()), max(max(group) for group in groups.values())
    shown = ", ".join(f"{group} {min(numbers)}" for group, numbers in sorted(groups.items()))
    detail = f"{name} by {rule.slice_by}: gap {high - low} (at most {rule.max_gap}): {shown}"
    return finding("metrics", met=high - low <= Decimal(rule.max_gap), detail=detail)


def _numbers(rule: MetricRule, metrics: tuple[Metric, ...]) -> list[Decimal]:
    return [number for _, number in _matching(rule, metrics)]


def _matching(rule: MetricRule, metrics: tuple[Metric, ...]) -> Iterator[tuple[Metric, Decimal]]:
    for metric in metrics:
        if metric.number is None or metric.name != rule.name:
            continue
        if rule.dataset not in {UNSET, metric.dataset} or rule.split not in {UNSET, metric.split}:
            continue
        if _slice_wanted(rule, metric):
            yield metric, metric.number / HUNDRED if metric.unit == "%" else metric.number


def _slice_wanted(rule: MetricRule, metric: Metric) -> bool:
    if rule.slice_by is not UNSET:
        return tuple(key for key, _ in metric.slice) == (rule.slice_by,)
    wanted = () if rule.slice is UNSET else tuple(sorted(rule.slice.items()))
    return metric.slice == wanted


def _worst(rule: MetricRule, values: list[Decimal]) -> Decimal:
    return max(values) if _lower_is_better(rule) else min(values)


def _lower_is_better(rule: MetricRule) -> bool:
    from signoff.values.metrics import direction  # noqa: PLC0415  (most folds judge no metric)

    known = direction(rule.name) if rule.direction is UNSET else rule.direction
    return known == "lower"


def _words(rule: MetricRule) -> str:
    place = [text for text in (rule.dataset, rule.split) if text is not UNSET]
    group = "" if rule.slice is UNSET else f" [{', '.join(f'{key}={value}' for key, value in rule.slice.items())}]"
    return f"{rule.name}{group}{f' on {chr(47).join(map(str, place))}' if place else ''}"
