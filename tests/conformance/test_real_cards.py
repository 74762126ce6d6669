"""Real model cards load: every one as values or as a fault that says where, and almost all as values."""

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from signoff.errors import SchemaError
from signoff.schema.cards import load_card, load_version
from signoff.schema.frontmatter import split_front_matter
from signoff.schema.scalars import text_of
from signoff.schema.text import load_yaml


def report(words: str) -> None:
    sys.stdout.write(f"\n{words}\n")


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts of all single values in a document, or in what was read from it."""
    match value:
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from texts_in(getattr(value, name))
        case dict():
            yield from texts_in(list(value.values()))
        case list() | tuple():
            for item in value:
                yield from texts_in(item)
        case bool() | float() | str():
            yield text_of(value)
        case int():
            yield str(value)
        case _:
            pass


def test_every_real_card_shows_its_text_and_its_metadata(test_data: Path) -> None:
    paths = sorted((test_data / "cards").glob("*.md"))
    started = time.perf_counter()
    cards = {path: load_card(path.read_bytes(), file=path.name) for path in paths}
    each = (time.perf_counter() - started) / len(paths)
    unread = [
        card.metadata.faults[0] for card in cards.values() if card.metadata.faults and not says_anything(card.metadata)
    ]
    odd = sum(len(card.metadata.faults) for card in cards.values())
    report(
        f"{len(paths)} cards, {each * 1e6:.0f} us each; {odd} parts set aside; not read: {[str(one) for one in unread]}"
    )
    assert len(paths) == 170
    assert all(card.body for card in cards.values())
    assert len(unread) == 2


def says_anything(metadata: object) -> bool:
    return any(getattr(metadata, name) for name in ("extra", "license", "tags", "language", "metrics", "datasets"))


def test_every_real_front_matter_is_read_or_its_fault_has_a_place(test_data: Path) -> None:
    faults: list[SchemaError] = []
    odd: Counter[str] = Counter()
    metrics = numbers = count = 0
    spent = 0.0
    with gzip.open(test_data / "cards_corpus" / "frontmatter.jsonl.gz") as lines:
        for line in lines:
            content = json.loads(line)["front_matter"].encode()
            count += 1
            started = time.perf_counter()
            try:
                metadata = load_version(content, file="README.md")
            except SchemaError as fault:
                faults.append(fault)
                continue
            finally:
                spent += time.perf_counter() - started
            odd.update(fault.reason for fault in metadata.faults)
            metrics += len(metadata.metrics)
            numbers += sum(metric.number is not None for metric in metadata.metrics)
    report(f"{count} front matters, {spent / count * 1e6:.0f} us each; refused: {[str(fault) for fault in faults]}")
    report(f"{metrics} metrics, {numbers} with a number; set aside: {odd.most_common(20)}")
    assert count == 23_393
    assert len(faults) == 2
    assert all(fault.line for fault in faults)
    assert metrics > 99_000
    assert numbers > 0.99 * metrics


def test_no_value_of_a_real_card_is_dropped(test_data: Path) -> None:
    for path in sorted((test_data / "cards").glob("*.md")):
        content = path.read_bytes()
        card = load_card(content, file=path.name)
        block = split_front_matter(content).block
        if block is not None and says_anything(card.metadata):
            kept = set(texts_in(card.metadata))
            together = "\n".join(kept)
            lost = {text for text in texts_in(load_yaml(block)) if text not in kept and text not in together}
            assert not lost, path.name


def test_the_odd_words_of_real_cards_keep_their_meaning(test_data: Path) -> None:
    norwegian = 0
    with gzip.open(test_data / "cards_corpus" / "frontmatter.jsonl.gz") as lines:
        for line in lines:
            content: str = json.loads(line)["front_matter"]
            if "language: no\n" in content or "\n- no\n" in content:
                norwegian += "no" in str(load_yaml(content.encode()))
    assert norwegian > 0
