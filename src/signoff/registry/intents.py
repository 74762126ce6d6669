"""Everything that a front end can have a person sign in a model's log, decided and carried out in one way.

The rule it keeps: what is published is what was decided: the bytes beside a record (a manifest, a card, an evaluation)
are written once the record is sure to have its effect, and before it is signed.
"""

import msgspec

from signoff.registry.asking import NewEvaluation, publish_evaluation
from signoff.registry.asks import Ask, Prepared, Written
from signoff.registry.people import Me
from signoff.registry.registration import Sealing
from signoff.registry.registry import Registry
from signoff.registry.signoffs import need_effective
from signoff.signing.base import Signer


class Registering(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed version, who else built it, what its registrant says."""

    sealing: Sealing
    built_by: tuple[str, ...] = ()
    comment: str = ""


Intent = Ask | NewEvaluation | Registering


def decide(registry: Registry, intent: Intent, me: Me) -> Prepared:
    """Decide what a person wants to sign, without signing it; see `Registry.prepare`."""
    match intent:
        case Ask():
            return registry.prepare(intent, me)
        case NewEvaluation():
            return registry.prepare(intent.ask, me)
        case Registering(sealing=sealing, built_by=built_by, comment=comment):
            registry.reader.refresh_trust(thorough=False)
            return registry.registration.prepare(sealing, me, built_by=built_by, comment=comment)


def carry_out(registry: Registry, intent: Intent, prepared: Prepared, signer: Signer) -> Written:
    """Sign and publish what was decided; see `Signoffs.commit`."""
    need_effective(prepared)
    match intent:
        case Ask():
            return registry.commit(prepared, signer)
        case NewEvaluation():
            publish_evaluation(registry, intent)
            return registry.commit(prepared, signer)
        case Registering(sealing=sealing):
            return registry.registration.publish(sealing, prepared, signer)
