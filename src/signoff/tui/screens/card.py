"""A model card on its way to a screen: read, rendered part by part on the desk, kept by its digest and the width.

The rule it keeps: between two parts the desk does what others ask; a card that was rendered is not rendered again.
"""

from collections.abc import Callable

from signoff.errors import NotFoundError, SignoffError
from signoff.registry.registry import Registry
from signoff.registry.texts import Writing, card_writing
from signoff.tui.cards import card_parts, front_text, left_out, render_part
from signoff.tui.pages import Text
from signoff.tui.present import Pieces
from signoff.tui.screens.page import Page

MOST_KEPT = 4
Rendering = tuple[str, int]


class CardReading:
    """The card of one version, for the page that shows it."""

    def __init__(self, page: Page, model: str, version: str, *, show: Callable[[], None]) -> None:
        """Begin without having read it; `show` is called when there is more to show."""
        self.page, self.model, self.version, self.show = page, model, version, show
        self.writing: Writing | None = None
        self.fault: SignoffError | None = None
        self.asked_for: object = None
        self.width = 0
        self.kept: dict[Rendering, list[Pieces]] = {}
        self.parts: tuple[str, ...] = ()
        self.done: dict[Rendering, int] = {}

    def text(self) -> Text:
        """Return what of the card is there, and what is still to come."""
        if self.fault is not None:
            hint: Text = (((self.fault.hint, "dim"),),) if self.fault.hint else ()
            return (((_words(self.fault), "dim"),), *hint)
        if self.writing is None:
            return ((("reading the model card …", "dim"),),)
        lines = self.kept.get(self._key, [])
        done = self.done.get(self._key, 0)
        if done < len(self.parts):
            percent = 100 * done // len(self.parts)
            return (*lines, ((f"rendering … {percent} %", "dim"),))
        return tuple(lines)

    @property
    def _key(self) -> Rendering:
        return (self.writing.digest if self.writing else "", self.width)

    def ask(self, width: int) -> None:
        """Have the card read where it may be another one, and rendered where it is not yet, for this width."""
        snapshot = self.page.scene.snapshot if self.page.scene else None
        if self.asked_for is not snapshot:
            self.asked_for = snapshot
            self.page.ask(self._read, self._took, lane="card")
        if width != self.width:
            self.width = width
            self._render_next()

    def _read(self, registry: Registry) -> tuple[Writing, tuple[str, ...]]:
        writing = card_writing(registry, self.model, self.version)
        return writing, card_parts(writing.text)

    def _took(self, answer: tuple[Writing, tuple[str, ...]] | SignoffError) -> None:
        if isinstance(answer, SignoffError):
            self.fault, self.writing = answer, None
        else:
            self.fault, (self.writing, self.parts) = None, answer
        self._render_next()

    def _render_next(self) -> None:
        """Ask for the next part that is missing; show what is there."""
        self.show()
        if self.writing is None:
            return
        key, text = self._key, self.writing.text
        done = self.done.setdefault(key, 0)
        lines = self.kept.setdefault(key, [])
        if done >= len(self.parts):
            return
        part, first, last = self.parts[done], done == 0, done + 1 == len(self.parts)

        def then(answer: Text | SignoffError) -> None:
            if key != self._key or isinstance(answer, SignoffError) or self.done[key] != done:
                return
            above, below = front_text(text)
            lines.extend((*(above if first else ()), *answer, *((*_rest(text), *below) if last else ())))
            self.done[key] = done + 1
            self._forget_old()
            self._render_next()

        self.page.ask(lambda _: render_part(part, key[1]), then, lane="rendering")

    def _forget_old(self) -> None:
        while len(self.kept) > MOST_KEPT:
            oldest = next(iter(self.kept))
            del self.kept[oldest], self.done[oldest]


def _rest(text: str) -> Text:
    words = left_out(text)
    return (((words, "warn"),),) if words else ()


def _words(error: SignoffError) -> str:
    return "this version has no model card (README.md)" if isinstance(error, NotFoundError) else error.message
