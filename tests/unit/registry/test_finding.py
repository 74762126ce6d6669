"""A snapshot finds its models by name, whatever order they stand in, and keeps nothing of an earlier one alive."""

import gc
import weakref

import pytest

from builders import World
from signoff.policy.history import History
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.schema.cards import ModelMetadata, RegistryMetadata


def model(name: str, title: str | None = None) -> ModelView:
    return ModelView(name=name, metadata=ModelMetadata(title=title), history=History(model=name))


def snapshot(*models: ModelView) -> Snapshot:
    return Snapshot(url="x", metadata=RegistryMetadata(), trust=World().trust(), models=models)


@pytest.mark.parametrize("names", [("a", "b", "c/d"), ("c/d", "a", "b"), ("b", "c/d", "a")])
def test_each_model_is_found_by_its_name(names: tuple[str, ...]) -> None:
    seen = snapshot(*map(model, names))
    assert [one.name for name in names if (one := seen.find_model(name))] == list(names)
    assert seen.find_model("nobody") is None


def test_a_title_finds_a_model_where_only_one_has_it_and_none_has_that_name() -> None:
    seen = snapshot(model("a", "Fraud"), model("b", "Twice"), model("c", "Twice"), model("d", "a"))
    found = [seen.find_model(text) for text in ("Fraud", "Twice", "a")]
    assert [one.name if one else "" for one in found] == ["a", "", "a"]


class Figures(dict[str, bytes]):
    """Figures of a model that can be asked whether anybody still holds them."""


def test_who_looked_for_a_model_does_not_keep_the_registry_as_it_was() -> None:
    figures = Figures()
    seen = snapshot(ModelView(name="a", metadata=ModelMetadata(), history=History(model="a"), figures=figures))
    held = weakref.ref(figures)
    assert seen.find_model("a") is not None
    del seen, figures
    gc.collect()
    assert held() is None
