"""A folder that is watched is known by the one above it."""

from signoff.storage.watched import ROOT, Watched


def folders() -> Watched:
    """Return what is watched of two models."""
    watched = Watched()
    for watch, above, name in (
        (1, ROOT, ""),
        (2, 1, "models"),
        (3, 2, "fraud"),
        (4, 3, "versions"),
        (5, 4, "1"),
        (9, 2, "other"),
        (7, 9, "versions"),
    ):
        assert watched.put(watch, above, name)
    return watched


def test_a_watch_has_the_path_of_its_folder() -> None:
    watched = folders()
    assert [watched.path(watch) for watch in (1, 2, 5, 7)] == [
        "",
        "models",
        "models/fraud/versions/1",
        "models/other/versions",
    ]
    assert [watched.path(watch) for watch in (6, 8, 10, 400, -1)] == [None] * 5
    assert len(watched) == 7


def test_a_path_may_stand_for_itself() -> None:
    watched = Watched()
    watched.put(3, ROOT, ".signoff/trust")
    watched.put(4, 3, "log")
    assert watched.path(4) == ".signoff/trust/log"


def test_what_is_put_twice_is_there_once() -> None:
    watched = folders()
    assert not watched.put(5, 4, "1")
    assert watched.put(5, 7, "1")
    assert (watched.path(5), len(watched)) == ("models/other/versions/1", 7)


def test_what_is_taken_is_gone_with_all_below_it() -> None:
    watched = folders()
    assert watched.take(2, "nobody") == []
    assert sorted(watched.take(2, "fraud")) == [3, 4, 5]
    assert [watched.path(watch) for watch in (3, 4, 5)] == [None] * 3
    assert (watched.path(7), len(watched)) == ("models/other/versions", 4)


def test_below_a_folder_that_is_forgotten_nothing_has_a_path() -> None:
    watched = folders()
    watched.drop(9)
    watched.drop(9)
    watched.drop(77)
    assert (watched.path(7), len(watched)) == (None, 6)
