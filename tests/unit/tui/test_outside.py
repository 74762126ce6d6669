"""Programs of the person's own are found by the environment and get private files."""

import signal
import stat
from pathlib import Path

import pytest

from builders import World
from signoff.errors import SignoffError
from signoff.tui.doing_outside import edit
from signoff.tui.outside import copied_by_tmux, edited, editor_of, keep, page_out, pager_of, run_in_front
from signoff.tui.screens.page import Subject
from signoff.tui.session import Session


def program(folder: Path, name: str, script: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_the_pager_is_the_persons_else_less_else_more_else_none(tmp_path: Path) -> None:
    path = str(tmp_path)
    assert pager_of({"PATH": path}) == ()
    program(tmp_path, "more", "")
    assert pager_of({"PATH": path}) == ("more",)
    program(tmp_path, "less", "")
    assert pager_of({"PATH": path, "PAGER": "gone -x"}) == ("less", "-R")
    program(tmp_path, "most", "")
    assert pager_of({"PATH": path, "PAGER": "most -s"}) == ("most", "-s")
    assert pager_of({"PATH": path, "PAGER": "'unclosed"}) == ("less", "-R")


def test_visual_wins_over_editor(tmp_path: Path) -> None:
    for name in ("one", "two"):
        program(tmp_path, name, "")
    environ = {"PATH": str(tmp_path), "VISUAL": "one", "EDITOR": "two"}
    assert editor_of(environ) == ("one",)
    assert editor_of({**environ, "VISUAL": ""}) == ("two",)
    assert editor_of({"PATH": str(tmp_path)}) == ()


def test_a_pager_gets_text_without_escapes_in_a_private_file(tmp_path: Path) -> None:
    pager = program(tmp_path, "pager", f'cp "$1" {tmp_path}/seen; stat -c %a "$(dirname "$1")" > {tmp_path}/mode')
    page_out((pager,), (((("a\x1b[2J", "bad"), ("b", "dim")), (), (("é", "plain"),))), plain=False)
    assert (tmp_path / "seen").read_text() == "a\\x1b[2Jb\n\né\n"
    assert (tmp_path / "mode").read_text() == "700\n"


def test_an_editor_changes_a_copy_and_one_that_gives_up_is_told(tmp_path: Path) -> None:
    editor = program(tmp_path, "editor", 'echo more >> "$1"')
    assert edited((editor,), "README.md", b"text\n") == b"text\nmore\n"
    with pytest.raises(SignoffError, match="ended with 3"):
        edited((program(tmp_path, "sulk", "exit 3"),), "README.md", b"")
    with pytest.raises(SignoffError, match="cannot be run"):
        run_in_front((str(tmp_path / "gone"),), tmp_path)
    with pytest.raises(SignoffError, match=r"took README\.md away"):
        edited((program(tmp_path, "thief", 'rm "$1"'),), "README.md", b"")


def test_ctrl_c_in_a_program_is_not_ours_and_afterwards_is_again(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    run_in_front((program(tmp_path, "interrupts", "kill -INT $PPID"),), tmp_path)
    assert signal.getsignal(signal.SIGINT) == before


def test_a_text_that_is_kept_is_private_and_has_its_suffix() -> None:
    path = keep("model.yaml", b"title: x\n")
    try:
        assert path.read_bytes() == b"title: x\n"
        assert path.name.startswith("signoff-model-")
        assert path.suffix == ".yaml"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        path.unlink()


def test_tmux_is_asked_only_inside_tmux_and_may_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "tmux", f'cat > {tmp_path}/buffer; echo "$@" > {tmp_path}/words')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert not copied_by_tmux("fraud:7", environ)
    assert copied_by_tmux("fraud:7", {**environ, "TMUX": "/tmp/x,1,0"})
    assert (tmp_path / "buffer").read_text() == "fraud:7"
    assert (tmp_path / "words").read_text() == "load-buffer -w -\n"
    program(tmp_path, "tmux", "exit 1")
    assert not copied_by_tmux("fraud:7", {**environ, "TMUX": "/tmp/x,1,0"})


class TestEdit:
    """From the subject to the file in the registry."""

    @staticmethod
    def session(world: World) -> Session:
        return Session(world.registry, world.surroundings, read_only=False, who="", key="")

    def test_a_card_is_edited_in_place(self, tmp_path: Path) -> None:
        world = World(stages={"production": {"approvals": 1, "bind_card": True}})
        world.register(card=b"# One\n")
        world.do("ben", "approve")
        editor = program(tmp_path, "editor", 'echo more >> "$1"')
        said = edit(self.session(world), (editor,), Subject("fraud", "1"))
        assert said == (
            "written: models/fraud/versions/1/README.md;"
            " approvals for production lapse, since they are bound to the card"
        )
        assert world.get("models/fraud/versions/1/README.md") == b"# One\nmore\n"

    def test_nothing_is_written_where_nothing_was_changed(self, tmp_path: Path) -> None:
        world = World()
        world.register(card=b"# One\n")
        said = edit(self.session(world), (program(tmp_path, "true", ""),), Subject("fraud", "1"))
        assert said == "README.md: nothing was changed"

    def test_what_was_typed_is_kept_where_it_cannot_be_written(self, tmp_path: Path) -> None:
        world = World()
        world.register()
        editor = program(tmp_path, "editor", 'echo "title: [oops" > "$1"')
        with pytest.raises(SignoffError, match=r"not written, your text is kept in /.*signoff-model-") as raised:
            edit(self.session(world), (editor,), Subject("fraud"))
        kept = Path(raised.value.message.partition("kept in ")[2].partition(":")[0])
        assert kept.read_text() == "title: [oops\n"
        kept.unlink()
