"""A pull, from a reference to a folder: the caller's conditions, the rules, the bytes.

The rule it keeps: nothing is delivered from a log that is not sound, or where a condition of the caller is not met.
"""

from collections.abc import Callable
from typing import Protocol

from signoff.errors import NotFoundError
from signoff.registry.checkpoints import Checkpoints
from signoff.registry.heads import parse_heads
from signoff.registry.pulling import EVERYTHING, Pulled, Pulling, Wanted
from signoff.registry.reader import Reader
from signoff.registry.signoffs import Signoffs
from signoff.registry.snapshot import ModelView
from signoff.values.refs import Ref, parse_ref
from signoff.values.times import Surroundings


class Opened(Protocol):
    """What a pull needs of an opened registry."""

    reader: Reader
    surroundings: Surroundings

    @property
    def signoffs(self) -> Signoffs:
        """What knows the rules."""

    @property
    def checkpoints(self) -> Checkpoints:
        """Its checkpoints."""

    def model(self, name: str, *, complete: bool = True) -> ModelView:
        """Return a model."""


def pull(
    registry: Opened,
    ref: str,
    destination: str,
    wanted: Wanted | None = None,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Pulled:
    """Deliver a version into a folder of this machine; the folder is complete or untouched.

    Args:
        registry: Where from.
        ref: A reference.
        destination: The folder.
        wanted: What of it, and on which conditions; None: everything.
        dry_run: Only decide.
        progress: Told how many bytes were copied.

    Raises:
        RefusedError: The rules refuse it.
        VerificationError: Something is not what was signed.
        AlarmError: History was taken back or rewritten.
    """
    asked = wanted or EVERYTHING
    if asked.heads is not None:
        registry.checkpoints.need_covered(parse_heads(asked.heads), source="the list of heads")
    if asked.max_age_days is not None:
        registry.checkpoints.need_fresh(asked.max_age_days)
    parsed = parse_ref(ref)
    model = registry.model(parsed.model, complete=False)
    registry.reader.log(model.name).need_sound()
    view = model.need(parsed)
    if view.state is None:
        message = f"{view.ref} is not registered"
        raise NotFoundError(message, hint=f"register it first: signoff register {view.ref}")
    pulling = Pulling(registry.reader, registry.signoffs)
    plan = pulling.plan(
        Ref(view.model, parsed.selector, parsed.kind), view.state, asked, now=registry.surroundings.now()
    )
    return Pulled.planned(plan) if dry_run else pulling.deliver(plan, destination, progress=progress)
