"""The verified chains of a registry, as this process has read them.

The rules it keeps: a chain is read from its first slot, every record verified; policy, fold and pins are computed
anew, only that a signature over given bytes is true is remembered. An alarm or an invalid record is kept with the
chain: whoever shows it goes on, whoever decides on it asks `need_sound` first.
"""

from collections.abc import Sequence

import msgspec

from signoff.errors import AlarmError, SignoffError, StorageError, VerificationError
from signoff.policy.fold import fold
from signoff.policy.history import History
from signoff.policy.log import VerifiedLog, verify_log
from signoff.policy.trust import TrustChain, TrustRecord, verify_trust
from signoff.records.record import LogRecord
from signoff.registry.chains import read_next, read_slots, slots
from signoff.registry.facts import StoredFacts
from signoff.registry.pins import Pin, PinBook, load_pins, need_pinned, need_same_place, raise_pins
from signoff.registry.vouching import Vouching
from signoff.schema import layout
from signoff.storage.base import Entry, Storage


class ModelLog(msgspec.Struct, frozen=True, kw_only=True):
    """A model's log and what it says.

    Attributes:
        log: The verified records.
        history: The state after them.
        alarm: Why nothing may be decided on it; None while it is sound.
        strange: Names in the log's folder that are no records.
    """

    log: VerifiedLog
    history: History
    alarm: SignoffError | None
    strange: tuple[str, ...] = ()

    def need_sound(self) -> None:
        """Raise the alarm, if there is one."""
        if self.alarm is not None:
            raise self.alarm


class Reader:
    """Reads chains, each slot once, and remembers them for the next call."""

    def __init__(self, storage: Storage, *, demanded: str = "") -> None:
        """Read the trust chain.

        Args:
            storage: The registry's storage.
            demanded: The registry id that the caller wants, or "".

        Raises:
            VerificationError: There is no valid trust chain.
            AlarmError: It is another registry than the demanded one, or than the one that was here before.
        """
        self.storage = storage
        self._demanded = demanded
        self._logs: dict[str, ModelLog] = {}
        self._facts: dict[str, StoredFacts] = {}
        self.seen: dict[str, Pin] = {}
        self.trust_alarm: SignoffError | None = None
        self.trust_strange: tuple[str, ...] = ()
        self.trust: TrustChain = self._read_trust()
        self.pins: PinBook = load_pins(self.trust.registry, storage.url)
        if not demanded:
            need_same_place(self.pins, storage.url)
        self._vouching = Vouching(self.trust.registry)
        self._check_trust()

    def _read_trust(self) -> TrustChain:
        entries, self.trust_strange = slots(self.storage, layout.TRUST_CHAIN)
        trust = verify_trust(read_slots(self.storage, layout.TRUST_CHAIN, entries))
        if self._demanded and trust.registry != self._demanded:
            message = f"this is registry {trust.registry}, not {self._demanded}"
            raise AlarmError(message, hint="the folder was exchanged, or the id that was asked for is wrong")
        return trust

    def _check_trust(self) -> None:
        self._cuts = self.trust.longest_cut
        self.trust_alarm = self._chain_alarm(layout.TRUST_CHAIN, self.trust.records, fault=self.trust.fault)

    def refresh_trust(self, *, thorough: bool = True) -> bool:
        """Read the trust chain again; return whether it changed, in which case every log is folded anew.

        Args:
            thorough: False: look only whether the next slot is taken, as a writer asks again.
        """
        if not thorough and read_next(self.storage, layout.TRUST_CHAIN, len(self.trust.records) + 1) is None:
            return False
        before = self.trust
        self.trust = self._read_trust()
        self._check_trust()
        if self.trust == before:
            self.trust = before
            return False
        self._logs.clear()
        return True

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._logs.clear()
        self._facts.clear()

    def facts(self, model: str) -> StoredFacts:
        """Return the facts of a model."""
        if model not in self._facts:
            self._facts[model] = StoredFacts(self.storage, model)
        return self._facts[model]

    def log(self, model: str) -> ModelLog:
        """Return a model's log, with all that stands in its folder now; an unknown model's log is empty."""
        chain = layout.model_chain(model)
        try:
            entries, strange = slots(self.storage, chain)
        except StorageError as error:
            return self._unreadable(model, str(error))
        known = self._logs.get(model)
        if known is not None and known.alarm is None and len(entries) == len(known.log.records):
            return known
        return self._extend(model, entries, strange)

    def _unreadable(self, model: str, fault: str) -> ModelLog:
        """Return the empty log of a model whose log's folder is none; an alarm that later says otherwise is kept."""
        log = VerifiedLog(chain=layout.model_chain(model), fault=fault)
        return self._keep(model, log, state=History(model=model), strange=())

    def _extend(self, model: str, entries: Sequence[Entry], strange: tuple[str, ...]) -> ModelLog:
        chain = layout.model_chain(model)
        known = self._logs.get(model)
        fresh = known is None or known.alarm is not None or len(entries) < len(known.log.records)
        start = VerifiedLog(chain=chain) if fresh or known is None else known.log
        contents = list(read_slots(self.storage, chain, entries, after=len(start.records)))
        vouched = 0 if start.records else self._vouching.count(chain, contents)
        log = verify_log(contents, self.trust, start=start, vouched=vouched)
        if not start.records and not log.fault:
            self._vouching.remember(chain, contents, vouched=vouched)
        state = History(model=model) if fresh or known is None else known.history
        return self._keep(model, log, state=state, strange=strange)

    def next_records(self, model: str) -> ModelLog:
        """Return a model's log after looking only whether the next slots are taken: what a writer asks again."""
        known = self._logs.get(model)
        if known is None:
            return self.log(model)
        contents: list[bytes | str] = []
        chain = layout.model_chain(model)
        while (content := read_next(self.storage, chain, len(known.log.records) + len(contents) + 1)) is not None:
            contents.append(content)
            if isinstance(content, str):
                break
        if not contents:
            return known
        log = verify_log(contents, self.trust, start=known.log)
        return self._keep(model, log, state=known.history, strange=known.strange)

    def known(self, model: str) -> ModelLog:
        """Return a model's log as it was read last."""
        return self._logs.get(model) or self.log(model)

    def take(self, model: str, log: VerifiedLog, history: History) -> None:
        """Take a log over, with its state, that goes on from the known one by what was just verified and written."""
        self._keep(model, log, state=history, strange=self.known(model).strange)

    def _keep(self, model: str, log: VerifiedLog, *, state: History, strange: tuple[str, ...]) -> ModelLog:
        new = log.records[len(state.entries) :]
        history = fold(new, self.trust, self.facts(model), start=state) if new else state
        known = ModelLog(log=log, history=history, alarm=self._alarm(log), strange=strange)
        self._logs[model] = known
        return known

    def _alarm(self, log: VerifiedLog) -> SignoffError | None:
        alarm = self._chain_alarm(log.chain, log.records, fault=log.fault)
        cut = self._cuts.get(log.chain, 0)
        if alarm is None and len(log.records) < cut:
            message = f"HISTORY REWRITTEN: {log.chain} has {len(log.records)} records; the trust chain knows of {cut}"
            return AlarmError(message, hint="records were taken away; restore them from a backup")
        return alarm or self.trust_alarm

    def _chain_alarm(
        self, chain: str, records: Sequence[LogRecord | TrustRecord], *, fault: str
    ) -> SignoffError | None:
        """Return what is wrong with a chain; one that ends early because of a fault is not called rolled back."""
        try:
            need_pinned(self.pins, chain, len(records), lambda seq: records[seq - 1].id)
        except AlarmError as alarm:
            if not fault or _rewritten(alarm):
                return alarm
        return VerificationError(fault, hint="look at it with: signoff doctor") if fault else None

    def known_models(self) -> tuple[str, ...]:
        """Return the models whose logs this client has seen or the trust chain knows: they must not disappear."""
        chains = dict.fromkeys((*self.pins.pins, *self._cuts))
        return tuple(model for chain in chains if (model := layout.model_of_chain(chain)))

    def remember(self) -> None:
        """Raise this client's pins to every sound head that was read."""
        if self.trust_alarm is not None:
            return
        heads = self.seen | {layout.TRUST_CHAIN: Pin(len(self.trust.records), self.trust.newest.id)}
        for known in self._logs.values():
            if known.alarm is None and known.log.records:
                heads[known.log.chain] = Pin(len(known.log.records), known.log.head)
        raise_pins(self.pins, heads)
        self._vouching.save()


def _rewritten(alarm: AlarmError) -> bool:
    return alarm.message.startswith("HISTORY REWRITTEN")
