"""From an ask to a published record.

The rules it keeps: an ask is decided with the rules that every reader uses, before anything is signed; what is signed
is exactly what was decided; at the moment of writing everything that could have moved is looked at again. A slot is
created, never replaced; whoever loses the race decides again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from signoff.errors import (
    AlreadyExistsError,
    ConflictError,
    InvalidValueError,
    NotFoundError,
    RefusedError,
    VerificationError,
)
from signoff.policy.checks import Case, Check, Finding
from signoff.policy.fold import Judged, fold
from signoff.policy.history import History
from signoff.policy.log import VerifiedLog, go_on
from signoff.policy.stage import CHECKS, EMERGENCY, RETURN, run_checks
from signoff.records.record import LogRecord, compose_line, join_record, named, read_line
from signoff.records.statement import ACTIONS, RECORD_NAMESPACE, Action, Named
from signoff.registry.asks import Ask, CardNow, Look, Prepared, Written, difference, once
from signoff.registry.bases import needed_by, present_of
from signoff.registry.completion import complete, digest_about
from signoff.registry.grown import ModelLog
from signoff.registry.journal import Journal
from signoff.registry.packing import Packing
from signoff.registry.people import Me
from signoff.registry.reader import Reader
from signoff.schema import layout
from signoff.signing.base import Signer
from signoff.values.times import Surroundings, stamp

BINDING: dict[str, Iterable[Check]] = {"promote": CHECKS, "break_glass": EMERGENCY, "rollback": RETURN}
MOST_TRIES = 200


class Signoffs:
    """Decides asks and writes records to the logs of one registry."""

    def __init__(self, reader: Reader, surroundings: Surroundings, *, card_now: CardNow) -> None:
        """Write through this reader's storage.

        Args:
            reader: The registry's chains.
            surroundings: Clock and chance.
            card_now: Returns the sha256 of a version's model card as it is now.
        """
        self._reader = reader
        self._surroundings = surroundings
        self.card_now = card_now
        self._journal = Journal(reader.storage)
        self._packing = Packing(reader.storage)
        self.checkpoint_age_days: Callable[[], int | None] = lambda: None

    def prepare(self, ask: Ask, me: Me) -> Prepared:
        """Decide an ask, without signing anything.

        Raises:
            VerificationError: The log or the trust chain is not sound.
            InvalidValueError: The ask is not well formed.
            NotFoundError: The version is not registered.
        """
        known = self._reader.next_records(ask.model)
        known.need_sound()
        now, card_now = self._surroundings.now(), once(self.card_now)
        case = self._case(Look(ask=ask, history=known.history, now=now, card_now=card_now)) if ask.stage else None
        standing = case.standing if case else None
        fields = complete(ask, known.history, standing, card_now=card_now)
        action = self._action(ask, me, known, fields=fields, now=now)
        digest = digest_about(ask, known.history)
        line = compose_line(action, self._subject(ask, digest))
        findings = run_checks(case) if case else ()
        judged = Judged(read_line(line), self._reader.trust, self._reader.facts(ask.model), state=known.history)
        replaces = fields.get("from")
        return Prepared(
            ask=ask,
            person=me.person,
            identity=me.identity,
            line=line,
            action=action,
            chain=known.log.chain,
            seq=len(known.log.records) + 1,
            digest=digest,
            findings=findings,
            reasons=self._all_reasons(ask, judged, case, findings),
            standing=standing,
            replaces=str(replaces) if replaces is not None else None,
            moment=now,
            judged=judged,
        )

    def findings(
        self, model: str | History, version: str, stage: str, *, now: datetime, which: Iterable[Check] = CHECKS
    ) -> tuple[Finding, ...]:
        """Return what every check of a rule says of a version, as things are now, or as its model's log was just read.

        Raises:
            NotFoundError: The version is not registered, or no rule names the stage.
        """
        history = self._reader.next_records(model).history if isinstance(model, str) else model
        ask = Ask(action="promote", model=history.model, version=version, fields={"stage": stage})
        return run_checks(self._case(Look(ask=ask, history=history, now=now, card_now=self.card_now)), which)

    def _case(self, look: Look) -> Case:
        model, version, stage = look.ask.model, str(look.ask.version), look.ask.stage
        history, trust = look.history, self._reader.trust.newest.document
        state = history.versions.get(version)
        if state is None:
            message = f"{model}:{version} is not registered"
            raise NotFoundError(message, hint=f"register it first: signoff register {model}:{version}")
        if stage not in trust.stages:
            message = f"no rule names the stage {stage!r}"
            raise NotFoundError(message, hint=f"stages of this registry: {', '.join(trust.stages) or 'none'}")
        latest = look.now if history.latest is None else max(look.now, history.latest)
        asks_checkpoint = trust.stages[stage].max_checkpoint_age_days is not UNSET
        return Case(
            version=state,
            stage=stage,
            trust=trust,
            stages=history.stages,
            versions=history.versions,
            card=look.card_now(model, version),
            at=latest,
            facts=self._reader.facts(model),
            present=present_of(
                self._reader, state, checkpoint_age_days=self.checkpoint_age_days() if asks_checkpoint else None
            ),
        )

    def _action(self, ask: Ask, me: Me, known: ModelLog, *, fields: dict[str, object], now: datetime) -> Action:
        trust = self._reader.trust
        predicate = {
            **fields,
            "action": ask.action,
            "registry": trust.registry,
            "chain": known.log.chain,
            "seq": len(known.log.records) + 1,
            "prev": known.log.head,
            "policy": {"seq": trust.newest.seq, "sha256": trust.newest.id},
            "nonce": self._surroundings.nonce(),
            "author": me.person,
            "key": me.identity.key.fingerprint,
            "time": stamp(now),
        }
        try:
            return msgspec.convert(predicate, ACTIONS.get(ask.action, Action))
        except msgspec.ValidationError as error:
            message = f"cannot {ask.words}: {error}"
            raise InvalidValueError(message, hint="see: signoff help") from None

    def _subject(self, ask: Ask, digest: str | None) -> Named:
        if digest is None or ask.version is None:
            return named(ask.model, self._reader.trust.registry)
        return named(f"{ask.model}:{ask.version}", digest)

    def _all_reasons(
        self, ask: Ask, judged: Judged, case: Case | None, findings: tuple[Finding, ...]
    ) -> tuple[str, ...]:
        found, state = list(judged.reasons), judged.state.versions.get(ask.version or "")
        if case is not None and ask.action in BINDING:
            which = BINDING[ask.action]
            asked = findings if which is CHECKS else run_checks(case, which)
            said = [f"rule not met: {one.check}: {one.detail}" for one in asked if one.outcome != "met"]
            found += [reason for reason in said if reason not in found]
        if state is not None and ask.action == "purge":
            found += [f"{one} is built on it" for one in needed_by(self._reader, state.digest)]
        if state is not None and ask.action == "approve":
            present = self._reader.facts(ask.model).manifest(state.version, state.digest)
            found += [] if present else ["its SHA256SUMS is missing or not the registered one"]
        return tuple(found)

    def commit(self, prepared: Prepared, signer: Signer, *, just_decided: bool = False) -> Written:
        """Sign and publish what was decided.

        Args:
            prepared: What was decided.
            signer: Who holds the key.
            just_decided: Nothing happened since: what could have moved was looked at right before it was decided.

        Raises:
            RefusedError: It would have no effect.
            ConflictError: Something moved since it was decided, and the decision is another one now.
            SigningError: The key's holder did not sign.
            StorageError: The record could not be published.
        """
        for tries in range(MOST_TRIES):
            prepared = prepared if just_decided and not tries else self._again(prepared, signer)
            need_effective(prepared)
            armored = signer.sign(prepared.line, namespace=RECORD_NAMESPACE)
            path = layout.record_path(prepared.chain, prepared.seq)
            content = join_record(prepared.line, [armored])
            log, history = self._need_counting(prepared, armored)
            try:
                self._reader.storage.put_new(path, content)
            except AlreadyExistsError:
                if signer.needs_touch:
                    raise self._conflict(prepared, "somebody wrote first; look again and touch again") from None
                continue
            id_ = log.records.head
            self._reader.take(prepared.ask.model, log, history)
            self._journal.tell(prepared.chain, prepared.seq, id_)
            self._packing.follow(self._reader.known(prepared.ask.model))
            return Written(prepared=prepared, id=id_, chain=prepared.chain, seq=prepared.seq, path=path)
        raise self._conflict(prepared, f"others were faster {MOST_TRIES} times")

    def _need_counting(self, prepared: Prepared, armored: bytes) -> tuple[VerifiedLog, History]:
        """Return the log with this signature's record and its state; every reader takes it, and it has its effect."""
        known, trust = self._reader.known(prepared.ask.model), self._reader.trust
        try:
            log = go_on(known.log, replace(prepared.judged.record, armor=armored), trust)
        except VerificationError as error:
            message = f"nothing was written: no reader would accept it: {error}"
            raise VerificationError(message, hint="sign it again, with the key that was chosen") from None
        if prepared.judged.state is known.history and not prepared.identity.key.is_hardware:
            history = prepared.judged.once_signed(log.records[-1])
        else:  # whether a key was touched is for the signature to say
            history = fold(log.records[-1:], trust, self._reader.facts(prepared.ask.model), start=known.history)
        reasons = history.entries[-1].reasons
        if reasons:
            raise RefusedError(prepared.ask.words, reasons, hint="nothing was written")
        return log, history

    def _again(self, prepared: Prepared, signer: Signer) -> Prepared:
        """Return the same decision on the log as it is now, or say what changed."""
        trust_moved = self._reader.refresh_trust(thorough=False)
        known = self._reader.next_records(prepared.ask.model)
        if not trust_moved and len(known.log.records) + 1 == prepared.seq:
            return prepared
        me = Me(person=prepared.person, identity=prepared.identity)
        again = self.prepare(prepared.ask, me)
        if again.decided == prepared.decided and not (signer.needs_touch and prepared.reasons):
            return again
        raise self._conflict(prepared, difference(prepared, again))

    def what_moved(self, before: Prepared, after: Prepared) -> str:
        """Return what moved between two decisions of an ask that its author should see before signing, or "".

        Records about other versions that change nothing for the decision are none of it.
        """
        newer = self._newer(before)
        said = [_written(one) for one in newer if after.decided != before.decided or one.subject == _subject_of(after)]
        if after.policy != before.policy:
            said.append(f"the rules are those of trust record {after.policy} now")
        if after.decided != before.decided:
            said.append(difference(before, after))
        return "; ".join(said)

    def _newer(self, prepared: Prepared) -> list[LogRecord]:
        entries = self._reader.next_records(prepared.ask.model).history.entries
        return [one.record for one in entries[prepared.seq - 1 :]]

    def _conflict(self, prepared: Prepared, why: str) -> ConflictError:
        who = ", ".join(_written(one) for one in self._newer(prepared))
        message = f"cannot {prepared.ask.words}: someone was first: {who or 'the trust chain moved'}; {why}"
        return ConflictError(message, hint="look at what changed, then ask again")


def need_effective(prepared: Prepared) -> None:
    """Check that the record would have its effect.

    Raises:
        RefusedError: It would not; with every reason.
    """
    if prepared.reasons:
        hint = f"see every rule: signoff check {prepared.ask.model}:{prepared.ask.version} {prepared.ask.stage}"
        raise RefusedError(prepared.ask.words, prepared.reasons, hint=hint if prepared.ask.stage else "")


def _written(record: LogRecord) -> str:
    return f"{record.author} wrote record {record.seq} ({record.envelope.action})"


def _subject_of(prepared: Prepared) -> Named:
    return read_line(prepared.line).subject
