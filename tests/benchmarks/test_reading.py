"""Goals 1, 3, 6, 7 and the peers of 2: cold lists, resolving in process, questions with an index and without one.

Run with `-m benchmark -s`. Versions have 12 metrics, 15 hyperparameters and 6 tags, as the peers get.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import peers
from benchmarks.goals import absent, ahead_of, milliseconds, need, ratio_of, tell
from benchmarks.limits import indexed, make_index, read, unindexed
from benchmarks.many import as_peers_get, make_registered
from benchmarks.measuring import cold_rounds, in_turns, verifying
from signoff.registry.comparing import compare_versions
from signoff.registry.opening import open_registry
from signoff.registry.registry import Registry
from signoff.registry.searching import Search
from signoff.registry.snapshot import ModelView, Snapshot
from signoff.registry.views import VersionView

pytestmark = pytest.mark.benchmark
HERE = Path(__file__).parent
MODELS, VERSIONS = 1000, 10
ONE, TWO = "model-00500", "model-00501"
LIMITS = {"list_models": 3.0, "list_versions_of_one_model": 3.0, "compare20": 3.0, "search_metric_top50": 3.0}


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a registry of 1,000 models of 10 versions."""
    folder = tmp_path_factory.mktemp("thousand")
    make_registered(folder / "registry", models=MODELS, versions=VERSIONS, said=as_peers_get)
    yield folder / "registry"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def index(thousand: Path) -> Path:
    """Give the same as rows of sqlite."""
    place = thousand.parent / "index.sqlite"
    make_index(place, thousand, models=MODELS, versions=VERSIONS)
    return place


def environment(tmp_path: Path) -> dict[str, str]:
    """Return a user's environment, with a state and a cache that last for this test."""
    environ = {**os.environ, "SIGNOFF_STATE_DIR": str(tmp_path / "state"), "SIGNOFF_CACHE_DIR": str(tmp_path / "cache")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def signoff() -> str:
    return str(Path(sys.executable).with_name("signoff"))


def test_a_cold_list_beside_the_floor_and_peers(thousand: Path, index: Path, tmp_path: Path) -> None:
    environ = {**environment(tmp_path), **peers.environment(tmp_path / "home")}
    wanted: dict[str, tuple[Sequence[str] | None, float]] = {
        "mlflow, 1,000 models of 0": (peers.mlflow_listing(tmp_path, MODELS, environ), 40.0),
        "hf cache ls, 1,000": (peers.hf_listing(MODELS, environ), 20.0),
        "dvc --version": ([found, "--version"] if (found := peers.find("dvc")) else None, 2.0),
    }
    programs: dict[str, Sequence[str]] = {
        "floor": [sys.executable, "-I", str(HERE / "floor_list.py"), str(index)],
        "list": [signoff(), "ls", "-r", str(thousand)],
        "version": [signoff(), "--version"],
    }
    spent = cold_rounds(
        {**programs, **{name: words for name, (words, _) in wanted.items() if words}}, environ, rounds=9
    )
    ours, shown = spent["list"], milliseconds(spent["list"])
    goal = tell(
        "1",
        "cold list of 1,000 models",
        shown,
        beside="rows of sqlite, cold",
        figure=milliseconds(spent["floor"]),
        ratio=ratio_of(ours, spent["floor"]),
        most=2,
    )
    tell("1", "cold --version", milliseconds(spent["version"]), ratio=ratio_of(spent["version"], spent["floor"]))
    beside_peers("1", "cold list of 1,000 models", ours, spent, wanted)
    need(goal)


def beside_peers(
    goal: str,
    case: str,
    ours: Sequence[float],
    spent: Mapping[str, Sequence[float]],
    wanted: Mapping[str, tuple[object, float]],
) -> None:
    """Say of each peer how far we are ahead, or that it is not here."""
    for name, (_, least) in wanted.items():
        if name in spent:
            tell(
                goal,
                case,
                milliseconds(ours),
                beside=name,
                figure=milliseconds(spent[name]),
                ratio=ahead_of(ours, spent[name]),
                least=least,
            )
        else:
            absent(goal, case, name, f">= {least:g}")


def test_resolving_a_stage_cold_beside_gto(thousand: Path, tmp_path: Path) -> None:
    environ = {**environment(tmp_path), **peers.environment(tmp_path / "home")}
    wanted = {
        f"gto show, {tags} tags": (peers.gto_showing(tmp_path / f"tags{tags}", tags), least)
        for tags, least in ((100, 7.0), (1000, 30.0))
    }
    programs: dict[str, Sequence[str]] = {"status": [signoff(), "status", ONE, "-r", str(thousand)]}
    spent = cold_rounds(
        {**programs, **{name: words for name, (words, _) in wanted.items() if words}}, environ, rounds=4
    )
    beside_peers("2", "cold status of a model", spent["status"], spent, wanted)


@pytest.mark.parametrize("complete", [True, False])
def test_resolving_in_process_beside_reading_and_verifying(thousand: Path, complete: bool) -> None:
    place = f"{thousand}/models/{ONE}/versions/3/version.yaml"
    key = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    signature, public = key.sign(read(place)), key.public_key()

    def floor() -> None:
        content = read(place)
        yaml.load(content, yaml.CSafeLoader)  # noqa: TID251  (the floor, on a file of ours)
        public.verify(signature, content)

    with open_registry(str(thousand)) as registry:
        registry.find(f"{ONE}@latest")
        works = {"floor": floor, "ours": lambda: registry.find(f"{ONE}@latest", complete=complete)}
        spent = in_turns(works, rounds=10, each=20)
    line = tell(
        "3",
        "resolve_alias" if complete else "resolve_alias, no files looked at",
        milliseconds(spent["ours"]),
        beside="read + yaml + verify",
        figure=milliseconds(spent["floor"]),
        ratio=ratio_of(spent["ours"], spent["floor"]),
        most=3,
    )
    need(line)


def fresh_search(registry: Registry) -> Search:
    """Return what was asked nothing yet."""
    return Search(registry.reader, registry.snapshot, registry.surroundings.now)


def best_of(search: Search, snapshot: Snapshot) -> Sequence[VersionView]:
    """Return the best 50 of those that a query is true of."""
    return search("metrics.mmlu>0.5 metrics.toxicity_rate<0.5", sort="-metrics.mmlu", limit=50, snapshot=snapshot)


def test_questions_with_an_index_beside_rows_of_sqlite(thousand: Path, index: Path) -> None:
    limits = indexed(index)
    with open_registry(str(thousand)) as registry:
        snapshot = registry.snapshot()
        refs = [f"{model}:{version}" for model in (ONE, TWO) for version in range(1, VERSIONS + 1)]
        ours = {
            "list_models": lambda: [
                (one.name, len(one.versions), one.history.newest_version) for one in snapshot.models
            ],
            "list_versions_of_one_model": lambda: [
                (view.metadata, view.metrics) for view in snapshot.need_model(ONE).versions
            ],
            "compare20": lambda: [snapshot.need(ref).metrics for ref in refs],
            "search_metric_top50": lambda: best_of(registry.search, snapshot),
        }
        again = {
            "list_models": registry.models,
            "list_versions_of_one_model": lambda: registry.model(ONE),
            "compare20": lambda: [registry.model(name) for name in (ONE, TWO)],
            "compare20, every row": lambda: compare_versions(registry, [snapshot.need(ref) for ref in refs]),
            "search_metric_top50, the first question": lambda: best_of(fresh_search(registry), snapshot),
        }
        lines = []
        for name, limit in limits.items():
            each = 20 if name in {"list_versions_of_one_model", "compare20"} else 2
            spent = in_turns({"limit": limit, "ours": ours[name]}, rounds=10, each=each)
            lines.append(
                tell(
                    "6",
                    name,
                    milliseconds(spent["ours"]),
                    beside="sqlite",
                    figure=milliseconds(spent["limit"]),
                    ratio=ratio_of(spent["ours"], spent["limit"]),
                    most=LIMITS[name],
                )
            )
        best = [(view.model, int(view.version)) for view in best_of(registry.search, snapshot)]
        assert best == limits["search_metric_top50"]()
        for name, work in again.items():
            spent = in_turns({"limit": limits[name.partition(",")[0]], "ours": work}, rounds=10, each=5)
            tell(
                "6",
                f"{name}, files looked at again" if "," not in name else name,
                milliseconds(spent["ours"]),
                beside="sqlite",
                figure=milliseconds(spent["limit"]),
                ratio=ratio_of(spent["ours"], spent["limit"]),
            )
    need(*lines)


def test_questions_without_an_index_beside_reading_yaml(
    thousand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, verify = [], verifying()

    def verified(models: Sequence[str]) -> None:
        for content in unindexed(thousand, models):
            verify(content)

    def asked(fresh: Registry, models: Sequence[str]) -> list[ModelView]:
        return [fresh.model(name) for name in models]

    for case, models in (("list_versions_of_one_model", (ONE,)), ("compare20", (ONE, TWO))):
        cpu: dict[str, list[float]] = {"limit": [], "verified": [], "ours": []}
        wall: dict[str, list[float]] = {name: [] for name in cpu}
        for number in range(13):
            monkeypatch.setenv("SIGNOFF_CACHE_DIR", str(tmp_path / f"{case}{number}"))
            with open_registry(str(thousand)) as fresh:
                works: dict[str, Callable[[], object]] = {
                    "limit": partial(unindexed, thousand, models),
                    "verified": partial(verified, models),
                    "ours": partial(asked, fresh, models),
                }
                for name, work in works.items():
                    used, began = process_time(), perf_counter()
                    work()
                    cpu[name].append((process_time() - used) * 1e3)
                    wall[name].append((perf_counter() - began) * 1e3)
                assert all(len(fresh.model(name).versions) == VERSIONS for name in models)
        for spent, limit, beside, most in (
            (cpu, "limit", "read + yaml", 1.5),
            (wall, "limit", "read + yaml, wall", None),
            (cpu, "verified", "read + yaml + one signature each", None),
            (wall, "verified", "read + yaml + one signature each, wall", None),
        ):
            line = tell(
                "7",
                f"{case}, no index",
                milliseconds(spent["ours"]),
                beside=beside,
                figure=milliseconds(spent[limit]),
                ratio=ratio_of(spent["ours"][1:], spent[limit][1:]),
                most=most,
            )
            lines.append(line)
    need(*lines)
