"""One thing that a person wants to sign, from the wish to the record: what was chosen, what was decided, who signs.

The rule it keeps: no widget is known here. What was shown is decided again at the moment of signing; what moved
meanwhile is said, never signed.
"""

from collections.abc import Iterable, Mapping

import msgspec

from signoff.registry.asking import NewEvaluation, ask_evaluate
from signoff.registry.asks import Prepared, Written
from signoff.registry.elsewhere import person_elsewhere
from signoff.registry.evaluations import unsigned_evaluations
from signoff.registry.intake import folder_size
from signoff.registry.intents import Intent, Registering, carry_out, decide
from signoff.registry.people import Me
from signoff.registry.registration import Sealing
from signoff.registry.registry import Registry
from signoff.registry.signers import pasted, quiet_signer, signer_for
from signoff.tui.asked import Asked, Choice, Option, ask_of, next_step, take
from signoff.tui.forms import Form, form_of, spoken
from signoff.tui.messages import Sign
from signoff.tui.options import choice_of, evaluation_choice, identity_choice, person_choice
from signoff.tui.scene import Scene
from signoff.tui.session import Session
from signoff.tui.tasks import Task

Typed = Mapping[str, str]
IDENTITY, PERSON = "identity", "person"
RETYPED = "this is what it means as it is typed now"


class Decision:
    """What is to be signed, as far as it was said."""

    def __init__(self, session: Session, scene: Scene, sign: Sign) -> None:
        """Begin with what somebody asked for.

        Args:
            session: The person and the desk.
            scene: What was on the screen when it was asked.
            sign: The action, the version, and fields that are known already.
        """
        self.session, self.scene = session, scene
        self.asked = Asked(action=sign.action, model=sign.model, version=sign.version, fields=sign.fields)
        self.taken: list[str] = []
        self.elsewhere: Me | None = None
        self.sealing: Sealing | None = None
        self.evaluation: NewEvaluation | None = None

    @property
    def form(self) -> Form:
        """What the action asks for."""
        return form_of(self.asked.action, self.asked.fields)

    @property
    def must_hash(self) -> bool:
        """Whether the version's files have to be hashed before anything can be decided."""
        return self.form.hashes and self.sealing is None

    def title(self) -> str:
        """Return the question, as far as it is known."""
        form, asked = self.form, self.asked
        before = form.before or f"{form.button} {{ref}}"
        said = {name: str(text) or "…" for name, text in asked.fields.items()}
        return (before if self.step() else form.title).format_map({**said, "ref": asked.ref, "model": asked.model})

    def step(self) -> str:
        """Return what is to be chosen next, or ""."""
        return next_step(self.form.steps, self.asked, self.taken)

    async def read_first(self) -> None:
        """Read the model where what the screen showed of it was only kept: a person is asked about what was read."""
        model = self.scene.snapshot.find_model(self.asked.model)
        if model is not None and model.source is not None:
            read = await self.session.desk.ask(lambda registry: registry.model(model.name))
            snapshot = self.scene.snapshot.with_model(read)
            self.scene = msgspec.structs.replace(self.scene, snapshot=snapshot)

    async def choice(self, step: str) -> Choice:
        """Return what there is to choose from."""
        desk, asked = self.session.desk, self.asked
        if step == IDENTITY:
            return identity_choice(await desk.ask(lambda registry: registry.mine()))
        if step == PERSON:
            return person_choice(self.scene, self.session.who)
        if step != "evaluation":
            return choice_of(step, asked, self.scene)
        if "file" in asked.fields:
            file = str(asked.fields["file"])
            named = await desk.ask(lambda registry: ask_evaluate(registry, asked.ref, file, comment=""))
            return evaluation_choice(asked, (named,), ())
        return evaluation_choice(asked, *await desk.ask(lambda registry: unsigned_evaluations(registry, asked.ref)))

    async def choose(self, step: str, chosen: Option) -> None:
        """Take an option."""
        match step:
            case "identity":
                self.session.use(str(chosen.fields["who"]), str(chosen.fields["key"]))
                self.elsewhere = None
            case "person":
                who, key = str(chosen.fields["who"]), str(chosen.fields["key"])
                self.elsewhere = await self.session.desk.ask(
                    lambda registry: person_elsewhere(registry.reader.trust.newest, who=who, key=key)
                )
            case _:
                self.taken.append(step)
                self.evaluation = chosen.evaluation or self.evaluation
                self.asked = take(self.asked, chosen)

    async def size(self) -> int:
        """Return how many bytes hashing the version reads; refused before a byte is read where it would be in vain."""
        asked = self.asked

        def job(registry: Registry) -> int:
            registry.registration.need_allowed(asked.model, asked.version, self.signer(registry))
            return folder_size(registry.registration, asked.model, asked.version)

        return await self.session.desk.ask(job)

    def seal(self, registry: Registry, task: Task) -> Sealing:
        """Hash the version's files, as a task; what was hashed before in this session is not hashed again."""
        asked, hashed = self.asked, self.session.hashed
        return registry.registration.seal(
            asked.model, asked.version, progress=task.progress, stopped=task.stopped, hashed=hashed
        )

    def signer(self, registry: Registry) -> Me:
        """Return who signs, here or elsewhere."""
        return self.elsewhere or self.session.choose(registry)

    async def find_signer(self) -> bool:
        """Find who signs; return whether another key of this machine could, too.

        Raises:
            SigningError: No key here belongs to a person of the registry.
            InvalidValueError: Keys of several people are here and nobody said which.
        """

        def job(registry: Registry) -> tuple[Me, bool]:
            me = self.signer(registry)
            return me, any(one.identity.key != me.identity.key for one in registry.mine())

        me, others = await self.session.desk.ask(job)
        self.scene = msgspec.structs.replace(self.scene, person=me.person)
        return others

    def intent(self, typed: Typed) -> Intent:
        """Return what is to be signed, as it is typed now."""
        said = spoken(self.form, typed)
        if self.sealing is not None:
            built_by = said.get("built_by", ())
            assert isinstance(built_by, tuple)
            return Registering(sealing=self.sealing, built_by=built_by, comment=str(said.get("comment", "")))
        if self.evaluation is not None:
            ask = self.evaluation.ask
            return msgspec.structs.replace(
                self.evaluation, ask=msgspec.structs.replace(ask, fields={**ask.fields, **said})
            )
        names = {field.name for field in self.form.fields}
        chosen = {name: value for name, value in self.asked.fields.items() if name not in names}
        return ask_of(msgspec.structs.replace(self.asked, fields=chosen), said)

    async def decide(self, typed: Typed) -> Prepared:
        """Have it decided, as it is typed now."""
        intent = self.intent(typed)
        return await self.session.desk.ask(lambda registry: decide(registry, intent, self.signer(registry)))

    async def again(self, typed: Typed, shown: Prepared) -> tuple[Prepared, str]:
        """Return it decided again, and what moved since it was shown, in words; "" where nothing did."""
        intent, moving = self.intent(typed), [field.name for field in self.form.fields if field.moves]

        def job(registry: Registry) -> tuple[Prepared, str]:
            prepared = decide(registry, intent, self.signer(registry))
            moved = registry.signoffs.what_moved(shown, prepared)
            if moved and _meaning(prepared, moving) != _meaning(shown, moving):
                moved = RETYPED
            if prepared.identity != shown.identity or prepared.person != shown.person:
                moved = "; ".join(part for part in (moved, "another key would sign now") if part)
            return prepared, moved

        return await self.session.desk.ask(job)

    async def sign(self, typed: Typed, prepared: Prepared) -> Written:
        """Have the key's holder sign, without the terminal."""
        intent, signer = self.intent(typed), quiet_signer(prepared.identity)
        return await self.session.desk.ask(lambda registry: carry_out(registry, intent, prepared, signer))

    def sign_here(self, typed: Typed, prepared: Prepared) -> Written:
        """Sign in this thread, with the terminal: the key's holder may want to ask something there."""
        intent, signer = self.intent(typed), signer_for(prepared.identity)
        return self.session.desk.here(lambda registry: carry_out(registry, intent, prepared, signer))

    async def paste(self, typed: Typed, prepared: Prepared, armor: str) -> Written:
        """Publish with a signature that was made elsewhere."""
        intent, signer = self.intent(typed), pasted(prepared.identity, lambda *_: armor)
        return await self.session.desk.ask(lambda registry: carry_out(registry, intent, prepared, signer))


def _meaning(prepared: Prepared, moving: Iterable[str]) -> list[object]:
    return [prepared.ask.fields.get(name) for name in moving]
