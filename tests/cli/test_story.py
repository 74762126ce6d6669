"""The stories that tests tell are true: what their people sign has its effect."""

from pathlib import Path

from stories import Story


def test_a_version_of_a_story_reaches_production(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        story.serve("fraud:1")
        view = story.registry.find("fraud@production")
        assert (view.ref, view.author, view.stages) == ("fraud:1", "ana", ("staging", "production"))
        assert story.registry.verify(deep=True).ok


def test_who_works_alone_approves_their_own(tmp_path: Path) -> None:
    with Story(tmp_path, people=("ana",), template="solo") as story:
        story.register("fraud:1")
        story.approve("fraud:1", by="ana")
        story.promote("fraud:1", by="ana")
        assert story.registry.find("fraud@production").version == "1"


def test_the_command_line_runs_inside_a_story(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        done = story.run("help")
        assert done.code == 0
        assert "one command's help" in done.out
