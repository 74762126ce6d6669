"""The verified chains of a registry, as this process has read them.

The rules it keeps: a chain is read from its first slot, every record verified; policy, fold and pins are computed
anew, only that a signature over given bytes is true is remembered. An alarm or an invalid record is kept with the
chain: whoever shows it goes on, whoever decides on it asks `need_sound` first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from signoff.errors import AlarmError, SignoffError, StorageError, VerificationError
from signoff.policy.history import History
from signoff.policy.log import VerifiedLog, verify_log
from signoff.policy.trust import TrustChain, verify_trust
from signoff.registry.chains import list_chain, read_next, read_slots, slots, sort_out
from signoff.registry.facts import StoredFacts
from signoff.registry.grown import FEWEST, Fresh, Grown, ModelLog
from signoff.registry.packs import Beside, Reading, read_log, read_loose, wrong
from signoff.registry.pins import Pin, PinBook, load_pins, need_pinned, need_same_place, raise_pins
from signoff.registry.vouching import NOTHING, Vouched, Vouching
from signoff.schema import layout
from signoff.storage.base import Entry, Storage
from signoff.storage.spool import Spool

if TYPE_CHECKING:
    from signoff.registry.ahead import Ahead, Read

AT_ONCE = 1000
MOST_HELD = 100
"""So many records a process keeps as values; what it reads beyond them is put aside."""


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
        self._held, self.spool = 0, Spool()
        self._read_last: Fresh | None = None
        self._ahead: Ahead | None = None
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
        records = self.trust.records
        self.trust_alarm = self._chain_alarm(
            layout.TRUST_CHAIN, len(records), lambda at: records[at].id, fault=self.trust.fault
        )

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

    @contextmanager
    def ahead(self, models: Iterable[str]) -> Iterator[Iterator[str]]:
        """Give the same names, each when its log is asked for next: unknown logs are read a few at a time before."""
        from signoff.registry.ahead import Ahead  # noqa: PLC0415  (a command about one model reads nothing ahead)

        self._ahead = Ahead(self.storage, self._vouching, self.trust, known=self._logs.keys())
        try:
            yield self._ahead.models(models)
        finally:
            self._ahead = None

    def forget(self) -> None:
        """Read everything anew from here on."""
        self._logs.clear()
        self._facts.clear()

    def facts(self, model: str) -> StoredFacts:
        """Return the facts of a model."""
        if model not in self._facts:
            self._facts[model] = StoredFacts(self.storage, model)
        return self._facts[model]

    def forget_meaning(self, model: str, digest: str) -> None:
        """Read what a manifest's digest means anew."""
        if model in self._facts:
            self._facts[model].forget(digest)

    def log(self, model: str) -> ModelLog:
        """Return a model's log, with all that stands in its folder now; an unknown model's log is empty."""
        known = self._logs.get(model)
        try:
            behind = None if known is None or known.alarm is not None else self._behind(known.log)
            if known is None or behind is None:
                return self._read_anew(model)
        except StorageError as error:
            return self._unreadable(model, str(error))
        entries, strange = behind
        if not entries:
            if strange != known.strange and not self.storage.paged:
                known = self._logs[model] = replace(known, strange=strange)
            return known
        contents = read_slots(self.storage, known.log.chain, entries, after=len(known.log.records))
        grown = self._grown(model, Grown(known.log, known.history), list(contents))
        return self._keep(model, grown, beside=replace(known, strange=strange))

    def _behind(self, log: VerifiedLog) -> tuple[Sequence[Entry], tuple[str, ...]] | None:
        """Return the slots behind a known log, and strange names; None where it no longer is what stands there.

        Where a long folder takes many requests, only its end is listed: the known head, and what follows.
        """
        count = len(log.records)
        skipped = count - 1 if self.storage.paged else 0
        entries, strange = sort_out(log.chain, list_chain(self.storage, log.chain, after=skipped))
        held = count - max(skipped, 0)
        if len(entries) < held or (skipped > 0 and layout.slot_of(entries[0].name) != count):
            return None
        return entries[held:], strange

    def _unreadable(self, model: str, fault: str) -> ModelLog:
        """Return the empty log of a model whose log's folder is none; an alarm that later says otherwise is kept."""
        log = VerifiedLog(chain=layout.model_chain(model), fault=fault)
        return self._keep(model, Grown(log, History(model=model)), beside=Reading())

    def _read_anew(self, model: str) -> ModelLog:
        chain = layout.model_chain(model)
        read = self._ahead.take(model) if self._ahead else None
        reading = read.reading if read else read_log(self.storage, chain)
        grown = self._verified(model, reading, ahead=read)
        valid = len(grown.log.records)
        if grown.log.fault and valid < reading.packed:
            reading = read_loose(self.storage, chain, wrong(reading, valid + 1))
            grown = self._verified(model, reading)
            if grown.log.fault and len(grown.log.records) == valid:
                reading = replace(reading, problems=reading.problems[:-1])  # the log is at fault, not its pack
        return self._keep(model, grown, beside=reading)

    def _verified(self, model: str, reading: Reading, *, ahead: "Read | None" = None) -> Grown:
        chain, contents = layout.model_chain(model), reading.contents
        note = ahead.note if ahead else self._vouching.find(chain, contents)
        start = Grown(VerifiedLog(chain=chain), History(model=model))
        grown = self._grown(model, start, contents, note=note, signers=ahead.signers if ahead else ())
        if not grown.log.fault and note.count < len(contents):
            self._vouching.remember(chain, contents, spelled=grown.history.entries.spelled)
        return grown

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
        return self._keep(model, self._grown(model, Grown(known.log, known.history), contents), beside=known)

    def known(self, model: str) -> ModelLog:
        """Return a model's log as it was read last."""
        return self._logs.get(model) or self.log(model)

    def take(self, model: str, log: VerifiedLog, history: History) -> None:
        """Take a log over, with its state, that goes on from the known one by what was just verified and written."""
        known = self.known(model)
        self._keep(model, self._settled(log, history, known.history), beside=known)

    def _grown(
        self,
        model: str,
        grown: Grown,
        contents: Sequence[bytes | str],
        *,
        note: Vouched = NOTHING,
        signers: Sequence[bytes | None] = (),
    ) -> Grown:
        """Return a log and its history after more slots; `signers`: of these, where they were looked at already."""
        for begin in range(0, len(contents), AT_ONCE):
            part, known = contents[begin : begin + AT_ONCE], max(note.count - begin, 0)
            by = signers[begin : begin + AT_ONCE] or (self._signers(part, known) if len(part) - known >= FEWEST else ())
            spelled = note.spelled - begin
            log = verify_log(part, self.trust, start=grown.log, vouched=known, spelled=spelled, signers=by)
            grown = self._folded(model, log, grown.history)
            if log.fault:
                break
        return grown

    def _signers(self, contents: Sequence[bytes | str], vouched: int) -> Sequence[bytes | None]:
        from signoff.registry.signed import find_signers  # noqa: PLC0415  (few signatures take no thread)

        return find_signers(contents, self.trust, vouched=vouched)

    def _folded(self, model: str, log: VerifiedLog, before: History) -> Grown:
        from signoff.policy.fold import fold  # noqa: PLC0415  (a list whose lines are kept folds nothing)

        new = log.records[len(before.entries) :]
        facts = self._facts.get(model) or StoredFacts(self.storage, model)
        history = fold(new, self.trust, facts, start=before) if new else before
        self._facts |= {model: facts} if facts.any() else {}
        return self._settled(log, history, before)

    def _settled(self, log: VerifiedLog, history: History, before: History) -> Grown:
        """Return what has grown, with one series of records for both; of very many, all but few are put aside.

        What was read last is put aside when more is read: whoever reads a log makes its views right after it.
        """
        known = len(before.entries)
        self._held += len(log.records) - known
        if self._held > MOST_HELD:
            fresh = Fresh(log.records, history.versions, known, len(before.versions))
            self._read_last = fresh if self._read_last is None else self._read_last.then(fresh, self.spool)
            log.records.onto(self.spool)
        return Grown(log, replace(history, entries=history.entries.within(log.records)))

    def _keep(self, model: str, grown: Grown, *, beside: Beside) -> ModelLog:
        log, history = grown.log, grown.history
        known = ModelLog(
            log=log,
            history=history,
            alarm=self._alarm(log),
            strange=beside.strange,
            packs=beside.packs,
            problems=beside.problems,
        )
        self._logs[model] = known
        return known

    def _alarm(self, log: VerifiedLog) -> SignoffError | None:
        alarm = self._chain_alarm(log.chain, len(log.records), log.records.id_at, fault=log.fault)
        cut = self._cuts.get(log.chain, 0)
        if alarm is None and len(log.records) < cut:
            message = f"HISTORY REWRITTEN: {log.chain} has {len(log.records)} records; the trust chain knows of {cut}"
            return AlarmError(message, hint="records were taken away; restore them from a backup")
        return alarm or self.trust_alarm

    def _chain_alarm(self, chain: str, length: int, id_at: Callable[[int], str], *, fault: str) -> SignoffError | None:
        """Return what is wrong with a chain; one that ends early because of a fault is not called rolled back."""
        try:
            need_pinned(self.pins, chain, length, lambda seq: id_at(seq - 1))
        except AlarmError as alarm:
            if not fault or alarm.message.startswith("HISTORY REWRITTEN"):
                return alarm.with_traceback(None)  # it is kept, and would keep what was at hand with it
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
