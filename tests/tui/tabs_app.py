"""The whole app over a world in memory, and what tests of its pages look at."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from builders import World, sha256
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.screens.page import Page
from signoff.tui.session import Session
from signoff.tui.widgets.lines import LineView
from signoff.values.times import Surroundings

CARD = b"""---
license: apache-2.0
tags: [fraud]
---
# Fraud *one*

See [the terms](https://example.org/terms) and `code`.

<b onclick="x">html</b> \x1b]8;;https://evil.example\x07click\x1b]8;;\x07

| a | b |
|---|--:|
| one | 2 |
"""
SAFETY = b"kind: safety\noutcome: pass\nnotes: looked at everything\nmetrics: {attack_success: 0.01}\n"
HUMAN = b"kind: human\noutcome: fail\nraters: 5\nprotocol: pairs\nagreement: 0.8\n"
ELSEWHERE = "artifacts:\n  - {path: big.bin, uri: 's3://far/big.bin', size: 2048, sha256: %s}\n"
STAGES = {"staging": {"approvals": 0}, "production": {"approvals": 1, "bind_card": True}}


def tell() -> World:
    """Return a world with all that the tabs of a version show."""
    world = World(stages=STAGES)
    yaml = f'description: "\\a base"\nmetrics: {{accuracy: 0.93}}\n{ELSEWHERE % ("e" * 64)}'
    world.register("1", files={"weights.onnx": bytes(3000), "version.yaml": yaml.encode()}, card=CARD)
    world.evaluate("safety", text=SAFETY)
    world.put("models/fraud/versions/1/evaluations/people.yaml", HUMAN)
    world.do("cy", "reject", comment="slower\nthan before")
    world.do("ben", "approve", comment="now it is fine")
    world.do("pam", "approve", comment="may she?")
    base = {"name": "fraud:1", "digest": {"sha256": world.digest("1")}}
    said = f"base_model: [{{model: fraud, version: '1', sha256: {world.digest('1')}}}, gone/base]\n"
    said += "base_model_relation: adapter\n"
    world.register("2", files={"adapter.onnx": b"2", "version.yaml": said.encode()}, materials=[base])
    world.do("oli", "revoke", "2", severity="high")
    world.put("models/fraud/versions/3/weights.onnx", b"draft")
    world.put("models/fraud/versions/3/version.yaml", b"base_model: fraud:1\nmetrics: [1, {oops\n")
    world.put("models/fraud/model.yaml", b"title: Fraud\nowners: [ana]\n")
    return world


def app_of(world: World, *, read_only: bool = False) -> SignoffApp:
    """Return the app over a world; nothing is watched, so that nothing moves by itself."""
    surroundings = Surroundings(now=world.later(30).now, nonce=world.nonce)
    session = Session(world.registry, surroundings, read_only=read_only, who="", key="")
    return SignoffApp(session, lambda app: Feed(world.registry(), app.post_message, watching=False))


@asynccontextmanager
async def shown(
    world: World, *, size: tuple[int, int] = (100, 40), read_only: bool = False
) -> AsyncIterator[tuple[SignoffApp, Pilot[None]]]:
    """Run the app until everything was read."""
    app = app_of(world, read_only=read_only)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.complete)
        yield app, pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(500):
        if condition():
            return
        await pilot.pause(0.01)
    assert condition()


def text_of(page: Page) -> str:
    """Return what the parts of a page that can be read show now."""
    views = [view for view in page.query(LineView) if view.display]
    return "\n".join(view.render_line(y).text.rstrip(" ▐") for view in views for y in range(view.size.height))


async def reads(app: SignoffApp, pilot: Pilot[None], *words: str) -> str:
    """Wait until the page in front shows some words; return all of it."""
    for _ in range(500):
        text = text_of(app.page)
        if all(word in text for word in words):
            return text
        await pilot.pause(0.01)
    message = f"{words} are not in:\n{text_of(app.page)}"
    raise AssertionError(message)


def footer_of(app: SignoffApp) -> str:
    """Return what the footer says."""
    return app.page.footer.render_line(0).text.strip()


__all__ = ["CARD", "app_of", "footer_of", "reads", "sha256", "shown", "tell", "text_of", "until"]
