from signoff.policy.order import stage_order
from signoff.schema.rules import load_trust

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS"


def order(**after: str | None) -> tuple[str, ...]:
    stages = {name: {} if before is None else {"after": before} for name, before in after.items()}
    return stage_order(load_trust({"root": {"keys": [KEY], "threshold": 1}, "stages": stages}))


def test_a_stage_comes_after_the_one_that_it_names() -> None:
    assert order(canary="staging", production="canary", staging=None) == ("staging", "canary", "production")


def test_stages_that_nothing_orders_stand_by_name() -> None:
    assert order(shadow=None, batch=None, online="batch", archive=None) == ("archive", "batch", "shadow", "online")


def test_a_circle_of_stages_is_an_order_all_the_same() -> None:
    assert order(b="a", a="b", c="c") == ("c", "a", "b")
