"""Which models are still as this process read them, so that looking again at all of a registry costs little more than asking.

The rule it keeps: a model is left alone only on a filesystem of this machine that dates its folders, only while the
folders of its log and of its versions, its model.yaml and every file that its views were made of look as they did, and
only where a change after the reading was sure to show. Nothing here is kept for another process, and nothing is decided
on it: whoever decides reads and verifies.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from signoff.policy.history import History
from signoff.registry.seen import SeenVersions
from signoff.schema import layout
from signoff.storage.base import Storage
from signoff.storage.glancing import Places


class Unchanged:
    """What was read, by models and by folders of models, and how it looked then."""

    def __init__(self, storage: Storage, sure_until: Callable[[], float]) -> None:
        """Begin without any.

        Args:
            storage: The registry's storage.
            sure_until: Returns up to when what changed looks otherwise than whatever changes from now on.
        """
        self._places, self._sure_until = Places(storage), sure_until
        self._marks: dict[str, int] = {}
        self._ahead: dict[str, int] = {}
        self._folders: tuple[tuple[str, ...], int] = ((), 0)

    def looking(self) -> AbstractContextManager[Places]:
        """Look within this `with`."""
        return self._places

    def forget(self, model: str = "") -> None:
        """Take a model for changed; "" stands for all of them."""
        if model:
            self._marks.pop(model, None)
        else:
            self._marks.clear()

    def ahead(self, models: Iterable[str]) -> Iterator[str]:
        """Yield each model after a look at it, which `look` then returns: nothing of it was read before."""
        self._ahead.clear()
        for model in models:
            self._ahead[model] = self._look(model)
            yield model

    def look(self, model: str) -> int:
        """Return how the places of a model look; 0 where a later change might not show, or nothing can be concluded."""
        mark = self._ahead.pop(model, None)
        return self._look(model) if mark is None else mark

    def _look(self, model: str) -> int:
        folder = layout.model_folder(model)
        mark, changed = self._places.look(f"{folder}/{name}" for name in PLACES)
        return mark if changed < self._sure_until() else 0

    def keep(self, model: str, mark: int) -> None:
        """Remember how a model looked before it was read."""
        if mark:
            self._marks[model] = mark

    def is_same(self, model: str, mark: int, seen: SeenVersions | None, history: History) -> bool:
        """Tell whether a model whose places look like this now is as it was when it was read."""
        if not mark or seen is None or self._marks.get(model) != mark or seen.drafts:
            return False
        if len(seen.marks) != len(history.versions):
            return False
        folder = f"{layout.model_folder(model)}/{layout.VERSIONS}"
        return self._places.same(folder, seen.marked(history.versions))

    def find(self, look: Callable[[], Iterable[str]], *, anew: bool) -> None:
        """Look for models where the folders in which that was done hold other names than they did, or `anew`."""
        folders, mark = self._folders
        if mark and not anew and self._places.look(folders)[0] == mark:
            return
        until = self._sure_until()
        folders = tuple(look())
        mark, changed = self._places.look(folders)
        self._folders = folders, mark if changed < until else 0


PLACES = (layout.LOG, layout.VERSIONS, layout.MODEL_FILE)
