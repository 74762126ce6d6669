"""What a version is built on, in other models' logs, as they are now.

The rule it keeps: bases are found by digest; the name that a record gives only says where to look first. Two logs have
no common order, so this is asked when somebody signs or pulls, never inside the fold.
"""

from collections.abc import Iterator

import msgspec

from signoff.policy.checks import Present
from signoff.policy.history import History, VersionState
from signoff.records.statement import Named
from signoff.registry.models import find_models
from signoff.registry.reader import Reader
from signoff.values.names import ModelName


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A registered version that another one is built on."""

    model: str
    state: VersionState
    history: History

    @property
    def ref(self) -> str:
        """Its reference."""
        return f"{self.model}:{self.state.version}"

    @property
    def stages(self) -> frozenset[str]:
        """The stages that point at it."""
        return frozenset(one.stage for one in self.history.stages.values() if one.version == self.state.version)


def find_base(reader: Reader, material: Named) -> Base | None:
    """Return the registered version that a material is, looking first where its name says.

    Raises:
        VerificationError: A log that could say that it is revoked is not sound.
    """
    named = material.name.rpartition(":")[0]
    found = None if ModelName.fault(named) else _in_model(reader, named, material.digest.sha256)
    if found is not None:
        return found
    others = (_in_model(reader, model, material.digest.sha256) for model in find_models(reader)[0] if model != named)
    return next((one for one in others if one is not None), None)


def _in_model(reader: Reader, model: str, digest: str) -> Base | None:
    known = reader.log(model)
    known.need_sound()
    history = known.history
    state = next((one for one in history.versions.values() if one.digest == digest), None)
    return Base(model=model, state=state, history=history) if state else None


def walk_bases(reader: Reader, state: VersionState) -> Iterator[tuple[Named, Base | None]]:
    """Yield every material that a version is built on, at any remove, with the registered version that it is."""
    seen: set[str] = set()
    pending = list(state.materials)
    while pending:
        material = pending.pop(0)
        if material.digest.sha256 in seen:
            continue
        seen.add(material.digest.sha256)
        base = find_base(reader, material)
        yield material, base
        pending += base.state.materials if base else ()


def present_of(reader: Reader, state: VersionState, *, checkpoint_age_days: int | None) -> Present:
    """Return what the present says of a version: revoked bases, and the stages that its own bases hold."""
    found = list(walk_bases(reader, state))
    own = {material.digest.sha256 for material in state.materials}
    return Present(
        revoked=tuple(
            f"{base.ref} is revoked: {base.state.revoked.reason}"
            for _, base in found
            if base is not None and base.state.revoked is not None
        ),
        bases=tuple((material.name, base.stages) for material, base in found if base and material.digest.sha256 in own),
        checkpoint_age_days=checkpoint_age_days,
    )


def needed_by(reader: Reader, digest: str) -> tuple[str, ...]:
    """Return the registered, not purged versions of any model that name a digest among their materials."""
    return tuple(
        f"{model}:{state.version}"
        for model in find_models(reader)[0]
        for state in reader.log(model).history.versions.values()
        if state.purged is None and any(one.digest.sha256 == digest for one in state.materials)
    )
