"""What a process knows of the versions of a model: by their place, with the numbers that a list is sorted by."""

from array import array
from decimal import Decimal
from math import isnan

from builders import World
from signoff.registry.seen import Seen, SeenVersions
from signoff.registry.views import Said, Status, VersionView
from signoff.values.metrics import Metric

YAML = b"metrics:\n  - {name: accuracy, value: %s}\n"
MODEL = b"metrics:\n  - {name: accuracy, primary: true}\n"


def seen(version: str, number: str = "", *, draft: bool = False) -> Seen:
    metrics = (Metric(name="accuracy", text=number, number=Decimal(number)),) if number else ()
    status: Status = "unregistered" if draft else "registered"
    return Seen(7, VersionView(model="fraud", version=version, status=status, said=Said(metrics=metrics)))


def test_a_version_is_known_by_its_place_and_its_name() -> None:
    known = SeenVersions()
    first, second, draft = seen("1"), seen("2"), seen("x", draft=True)
    for place, one in enumerate((first, second, draft)):
        known.put(place, one)
    assert [known.get(0, "1"), known.get(1, "2"), known.get(2, "x")] == [first, second, draft]
    assert [known.get(0, "2"), known.get(7, "3")] == [None, None]
    known.forget(1, ())
    assert [known.get(0, "1"), known.get(1, "2"), known.get(2, "x")] == [first, None, None]


def test_numbers_follow_their_versions() -> None:
    known = SeenVersions()
    known.put(0, seen("1", "0.5"))
    known.measure(["accuracy"])
    known.put(1, seen("2"))
    known.put(2, seen("3", "0.75"))
    known.put(0, seen("1", "0.25"))
    found = known.figures["accuracy"]
    assert (found[0], isnan(found[1]), found[2]) == (0.25, True, 0.75)
    known.measure(["latency"])
    assert list(known.figures) == ["latency"]
    known.forget(1, ())
    assert len(known.figures["latency"]) == 1


def test_a_snapshot_has_the_numbers_of_primary_metrics() -> None:
    world = World()
    world.put("models/fraud/model.yaml", MODEL)
    for version, number in (("1", b"0.5"), ("2", b"0.75")):
        world.register(version, files={"model.onnx": b"x", "version.yaml": YAML % number})
    with world.registry() as registry:
        before = registry.snapshot()
        again = registry.snapshot()
        world.register("3", files={"model.onnx": b"x", "version.yaml": YAML % b"0.25"})
        after = registry.snapshot()
    numbers = [array("d", one.models[0].figures["accuracy"]) for one in (before, after)]
    assert [list(each) for each in numbers] == [[0.5, 0.75], [0.5, 0.75, 0.25]]
    assert before == again
    assert before != after
