"""Pictures of every screen on the sample registry, and of the dialogs; look at each one when it changes.

They show the same on every machine: a fixed clock, fixed times of files, nobody's keys, nothing watched.
"""

import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from agents import Agent
from signoff.registry.registry import Registry
from signoff.sample.place import find_sample
from signoff.storage.local import LocalStorage
from signoff.storage.memory import MemoryStorage
from signoff.tui.app import SignoffApp
from signoff.tui.feed import Feed
from signoff.tui.messages import Go, Sign
from signoff.tui.session import Session
from signoff.values.times import Surroundings
from tui.story import Story, tell

Compare = Callable[..., bool]
BUSY = ("reading", "rendering", "asking", "looking for keys", "hashing")
CALM = 5
WRITTEN = datetime(2026, 11, 24, 0, 20, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SMALL, LARGE = (80, 24), (120, 40)
LOOKS = {
    "small": (SMALL, "dark", False),
    "large": (LARGE, "dark", False),
    "light": (LARGE, "light", False),
    "ascii": (SMALL, "dark", True),
}
MODEL, VERSION = "credit-approval", "6"
FIRST = "models/credit-approval/log/00000001.rec"
SCREENS: dict[str, Go | str] = {
    "models": "",
    "versions": Go("versions", MODEL),
    **{
        tab: Go("version", MODEL, VERSION, tab)
        for tab in ("overview", "metrics", "evidence", "files", "lineage", "history", "card")
    },
    "distilled": Go("version", "akiki-vad", "0.0.6", "lineage"),
    "unregistered": Go("version", MODEL, "7"),
    "compare": Go("compare", f"{MODEL}:3", f"{MODEL}:4", f"{MODEL}:6"),
    "trend": Go("trend", MODEL, "roc_auc"),
    "inbox": Go("inbox"),
    "serving": Go("serving"),
    "audit": Go("audit"),
    "at": Go("audit", "", "2026-11-24T00:10:00Z"),
    "rules": Go("rules"),
    "tasks": Go("tasks"),
    "problems": Go("problems"),
    "yaml": Go("text", "yaml", f"{MODEL}:{VERSION}"),
    "describe": Go("text", "describe", f"{MODEL}:{VERSION}"),
    "help": Go("help"),
    "palette": "ctrl+p",
    "prompt": "colon",
    "filter": "slash",
}
"""What is posted, or pressed, to come to a screen."""
DIALOGS: dict[str, Sign] = {
    "request": Sign("request", "fraud", "6", stage="production"),
    "approve": Sign("approve", "fraud", "4", stage="production"),
    "reject": Sign("reject", "fraud", "4", stage="production"),
    "promote": Sign("promote", "fraud", "4", stage="production"),
    "promote-where": Sign("promote", "fraud", "6"),
    "rollback": Sign("rollback", "fraud", "2", stage="production"),
    "deprecate": Sign("deprecate", "fraud", "3"),
    "register": Sign("register", "fraud", "7"),
    "alias": Sign("alias", "fraud", "4"),
    "comment": Sign("comment", "fraud", "4"),
    "deploy": Sign("deploy", "fraud", "2"),
    "pull": Sign("pull", "fraud", "2"),
}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample registry in which every file is equally old."""
    folder = tmp_path_factory.mktemp("pictures") / "sample_registry"
    shutil.copytree(find_sample(), folder, ignore=shutil.ignore_patterns("build", "cache", "journal"))
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return folder


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Return a registry that people with keys may sign in; nothing here signs."""
    private = tmp_path_factory.mktemp("private")
    with pytest.MonkeyPatch.context() as patch, Agent() as agent:
        for variable in ("SIGNOFF_STATE_DIR", "SIGNOFF_CACHE_DIR"):
            patch.setenv(variable, str(private))
        yield tell(Story(MemoryStorage(), agent, tmp_path_factory.mktemp("keys")))


def app_on(open_one: Callable[[], Registry], surroundings: Surroundings, who: str, look: str) -> SignoffApp:
    _, theme, plain = LOOKS[look]
    session = Session(open_one, surroundings, read_only=False, who=who, key="")
    return SignoffApp(session, lambda app: Feed(open_one(), app.post_message, watching=False), theme=theme, plain=plain)


def settled(app: SignoffApp) -> bool:
    page = app.page
    answered = all(task.done() for task in page.asked.values())
    read = app.snapshot is not None and app.snapshot.complete and page.scene is not None
    return read and answered and app.session.no_key != "looking for keys" and app.freshness.kind == "live"


async def quiet(pilot: Pilot[None], app: SignoffApp, *, calm_for: int = CALM) -> None:
    """Wait until nothing is being read and the screen stands still for so many looks."""
    calm, before = 0, ""
    for _ in range(1500):
        await pilot.pause(0.02)
        now = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        busy = any(word in now for word in BUSY)
        calm = calm + 1 if settled(app) and not busy and now == before else 0
        before = now
        if calm >= calm_for:
            return
    raise AssertionError(before)


def going(to: Go | Sign | str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return what brings the app to a screen and waits until nothing is being read any more."""

    async def go(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SignoffApp)
        await quiet(pilot, app, calm_for=1)
        if isinstance(to, str):
            await pilot.press(*([to] if to else []))
        else:
            app.post_message(to)
        await quiet(pilot, app)

    return go


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("screen", SCREENS)
def test_picture_of(
    snap_compare: Compare, sample: Path, monkeypatch: pytest.MonkeyPatch, screen: str, look: str
) -> None:
    monkeypatch.chdir(sample.parent)
    surroundings = Surroundings(now=lambda: NOW, nonce=lambda: "0" * 32)

    def open_one() -> Registry:
        storage = LocalStorage("sample_registry", read_only=False)
        return Registry(storage, surroundings=surroundings, environ={}, home=Path("/nonexistent"))

    app = app_on(open_one, surroundings, "", look)
    assert snap_compare(app, terminal_size=LOOKS[look][0], run_before=going(SCREENS[screen]))


@pytest.mark.parametrize("look", ["small", "large"])
@pytest.mark.parametrize("dialog", DIALOGS)
def test_picture_of_the_dialog(snap_compare: Compare, story: Story, dialog: str, look: str) -> None:
    who = "ana@example.org" if dialog in {"request", "register", "deprecate"} else "cy@example.org"
    who = "ben@example.org" if dialog in {"rollback", "promote", "promote-where"} else who
    app = app_on(story.open, story.surroundings, who, look)
    assert snap_compare(app, terminal_size=LOOKS[look][0], run_before=going(DIALOGS[dialog]))
