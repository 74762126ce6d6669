"""What a list of versions says where it shows none."""

from msgspec.structs import replace

from builders import World
from signoff.tui.screens.versions import READING, words_for_none


def test_a_model_that_was_not_read_yet_is_not_said_to_have_no_versions() -> None:
    world = World()
    world.register()
    model = world.registry().snapshot().need_model("fraud")
    assert words_for_none("fraud", model).startswith("no version fits the filter")
    empty = replace(model, versions=())
    assert words_for_none("fraud", empty) == "no versions: signoff register fraud:VERSION"
    assert words_for_none("fraud", replace(empty, unread=True)) == READING
    assert words_for_none("fraud", None) == "the model fraud is gone: esc goes back"
