"""3,000 changed records in the slots of real logs: nothing is valid for us that stock tools would not accept there.

The judge knows jq and ssh-keygen only: jq says whether line 1 is canonical JSON and what stands in it, `ssh-keygen -Y verify`
says whether the author that it names signed it. It is asked for everything that we accept, and for a sample of the rest.
"""

import hashlib
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from agents import run
from conformance.golden import SAID
from conformance.real_registry import Founded, founded, records_of, tell_short_story
from signoff.policy.log import VerifiedLog, verify_log
from signoff.policy.trust import TrustChain
from signoff.signing.find import signer_for

MUTATIONS = 3000
SAMPLE = 60
SEED = 20261123
NAMESPACE = "signoff-record-v1"
NO_RECORD = "0" * 64
PLAIN = """def plain: if type == "number" then (if . == floor and fabs <= 9007199254740992 then . + 0 else error("number") end)
  elif type == "object" and (keys | all(explode | all(. < 128)) | not) then error("key") else . end;
if type == "object" then walk(plain) else error("no object") end"""
FIELDS = """[._type, .predicateType, (.predicate | .registry, .chain, .seq, .prev, .policy.seq, .policy.sha256, .author, .key)]"""
ESCAPED_DEL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u007f")
Payload = dict[str, object]
ODD_TAGS = tuple(
    {"tags": tags} for tags in ({"\u00e9": "x"}, {"\x7f": "x"}, {"b": None, "a": ""}, {"": "\x7f"}, {"a": 1})
)


class Slot(msgspec.Struct, frozen=True):
    """A record, the log below it, and what must stand in its place."""

    content: bytes
    below: VerifiedLog
    registry: str

    @property
    def line(self) -> bytes:
        return self.content[: self.content.index(b"\n") + 1]

    @property
    def armor(self) -> bytes:
        return self.content[len(self.line) :]

    @property
    def payload(self) -> Payload:
        said: Payload = json.loads(self.line)
        return said

    @property
    def place(self) -> list[object]:
        """Return what the first fields must say."""
        types = ["https://in-toto.io/Statement/v1", "urn:signoff:record:v1"]
        return [*types, self.registry, self.below.chain, len(self.below.records) + 1, self.below.head]

    @property
    def policy(self) -> int:
        """Return the oldest trust record that may be cited."""
        return self.below.records[-1].envelope.policy.seq if self.below.records else 1


class Judge:
    """Asks jq and ssh-keygen."""

    def __init__(self, folder: Path, trust: Mapping[int, Payload], ids: Mapping[int, str]) -> None:
        """Write an `allowed_signers` for each trust record: who it names with which keys."""
        self.folder = folder
        self.ids = ids
        for seq, document in trust.items():
            people = msgspec.convert(document["people"], dict[str, dict[str, object]])
            lines = [
                f'{who} namespaces="{NAMESPACE}" {key}\n'
                for who, said in people.items()
                for key in msgspec.convert(said["keys"], list[str])
            ]
            (folder / f"people.{seq}").write_text("".join(lines))

    def accepts(self, content: bytes, slot: Slot) -> bool:
        """Return whether a record may stand in a slot."""
        line, _, armor = content.partition(b"\n")
        (self.folder / "line").write_bytes(line + b"\n")
        (self.folder / "armor").write_bytes(armor)
        command = ["jq", "-cS", f"{PLAIN} | ., {FIELDS}", str(self.folder / "line")]
        done = subprocess.run(command, capture_output=True, check=False)
        printed = ESCAPED_DEL.sub(rb"\1" + b"\x7f", done.stdout).split(b"\n")
        if done.returncode or len(printed) != 3 or printed[0] != line:
            return False
        *place, policy, policy_id, author, key = json.loads(printed[1])
        if not isinstance(author, str) or "\0" in author or not isinstance(policy, int):
            return False  # nobody can be asked for
        if place != slot.place or policy not in self.ids or self.ids[policy] != policy_id or policy < slot.policy:
            return False
        return str(key) == self.signer(policy, author, line + b"\n")

    def signer(self, policy: int, author: str, line: bytes) -> str:
        """Return the fingerprint with which the author signed a line; "" where they did not."""
        command = ["ssh-keygen", "-Y", "verify", "-f", str(self.folder / f"people.{policy}"), "-I", author]
        command += ["-n", NAMESPACE, "-s", str(self.folder / "armor")]
        done = subprocess.run(command, input=line, capture_output=True, check=False)
        return done.stdout.split()[-1].decode() if done.returncode == 0 else ""


def we_accept(content: bytes, slot: Slot, trust: TrustChain) -> bool:
    return len(verify_log([content], trust, start=slot.below).records) > len(slot.below.records)


class Mutator:
    """Changes records, by chance that is the same in every run."""

    def __init__(self, made: Founded, slots: list[Slot]) -> None:
        """Sign with the keys of this registry's people."""
        self.chance = random.Random(SEED)
        self.slots = slots
        self.made = made
        self.signers = {who: signer_for(me.identity) for who, me in made.me.items()}
        self.kinds: dict[str, Callable[[Slot], bytes]] = {
            "bytes": self.change_bytes,
            "text around": self.add_text,
            "armor": self.change_armor,
            "another's armor": self.take_armor,
            "spelled otherwise": lambda slot: self.spell(slot) + slot.armor,
            "spelled otherwise, signed": lambda slot: self.signed(self.spell(slot), self.author(slot)),
            "says otherwise": lambda slot: self.say(slot) + slot.armor,
            "says otherwise, signed": lambda slot: self.signed(self.say(slot), self.author(slot)),
            "says otherwise, signed by anybody": lambda slot: self.signed(self.say(slot), self.anybody()),
            "another action, signed": self.act_otherwise,
            "another's name": self.forge,
            "signed in another way": self.sign_otherwise,
        }

    def author(self, slot: Slot) -> str:
        return str(msgspec.convert(slot.payload["predicate"], Payload)["author"])

    def anybody(self) -> str:
        return self.chance.choice(list(self.signers))

    def signed(self, line: bytes, who: str, namespace: str = NAMESPACE) -> bytes:
        return line + self.signers[who].sign(line, namespace=namespace)

    def change_bytes(self, slot: Slot) -> bytes:
        """Flip a bit, insert, delete, double or cut."""
        content, at = bytearray(slot.content), self.chance.randrange(len(slot.content))
        size = self.chance.choice((1, 1, 1, 2, 4, 16, 70, 71))
        match self.chance.randrange(6):
            case 0:
                content[at] ^= 1 << self.chance.randrange(8)
            case 1:
                content[at:at] = self.chance.randbytes(size)
            case 2:
                del content[at : at + size]
            case 3:
                content[at:at] = content[at : at + size]
            case 4:
                content[at : at + size] = self.chance.randbytes(size)
            case _:
                del content[at:]
        return bytes(content)

    def add_text(self, slot: Slot) -> bytes:
        """Put text, line ends, marks and zeros around and between."""
        text = self.chance.choice(
            (b"\n", b" ", b"\r\n", b"\0", b"\xef\xbb\xbf", b"{}\n", b"ok\n", b"-----BEGIN X-----\n")
        )
        match self.chance.randrange(6):
            case 0:
                return text + slot.content
            case 1:
                return slot.line[:-1] + text + slot.line[-1:] + slot.armor
            case 2:
                return slot.line + text + slot.armor
            case 3:
                return slot.content + text
            case 4:
                return slot.content.replace(b"\n", b"\r\n")
            case _:
                return slot.content.rstrip(b"\n")

    def change_armor(self, slot: Slot) -> bytes:
        """Wrap, pad, case, repeat the armor in another way."""
        head, *lines, foot = slot.armor.splitlines()
        text = b"".join(lines)
        width = self.chance.choice((1, 60, 64, 69, 71, 76, 10_000))
        wrapped = [text[at : at + width] for at in range(0, len(text), width)]
        changed = {
            0: [head, *wrapped, foot],
            1: [head, *lines[:-1], lines[-1].rstrip(b"="), foot],
            2: [head, *lines[:-1], lines[-1] + b"=", foot],
            3: [head, *(b" " + line for line in lines), foot],
            4: [head, *(line + b"\t" for line in lines), foot],
            5: [head.title(), *lines, foot],
            6: [head, b"", *lines, foot],
            7: [head, b"Comment: mine", *lines, foot],
            8: [head, *lines, foot, head, *lines, foot],
            9: [head, *lines, foot + b" "],
            10: [head, *reversed(lines), foot],
            11: [head, text[:-4] + bytes([text[-4] ^ 1]) + text[-3:], foot],
        }[self.chance.randrange(12)]
        return slot.line + b"".join(line + b"\n" for line in changed)

    def take_armor(self, slot: Slot) -> bytes:
        """Take the armor of another record."""
        return slot.line + self.chance.choice(self.slots).armor

    def spell(self, slot: Slot) -> bytes:
        """Write the same payload, or nearly, in another way."""
        line, number = (
            slot.line[:-1],
            self.chance.choice(("1.0", "1e0", "10E-1", "01", "-0", "+1", "0x1", "1E400", "NaN")),
        )
        payload = slot.payload
        turned = dict(reversed(payload.items()))
        text = '"author":"'
        letter = line[line.index(text.encode()) + len(text) :][:1]
        spellings: dict[int, Callable[[], bytes]] = {
            0: lambda: json.dumps(payload, sort_keys=True).encode(),
            1: lambda: json.dumps(payload, sort_keys=True, separators=(",", ":"), indent=0).replace("\n", "").encode(),
            2: lambda: json.dumps(turned, separators=(",", ":"), ensure_ascii=False).encode(),
            3: lambda: json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode(),
            4: lambda: line.replace(text.encode() + letter, f"{text}\\u{letter[0]:04x}".encode()),
            5: lambda: line.replace(text.encode() + letter, f"{text}\\u{letter[0]:04X}".encode()),
            6: lambda: line.replace(b"models/", b"models\\/"),
            7: lambda: re.sub(rb'"seq":(\d+)', rb'"seq":0,"seq":\1', line, count=1),
            8: lambda: re.sub(rb'"seq":(\d+)', rb'"seq":\1,"seq":\1', line),
            9: lambda: re.sub(rb'"seq":(\d+)', b'"seq":' + number.encode(), line),
            10: lambda: re.sub(rb'"seq":(\d+)', rb'"seq":\1.0', line),
            11: lambda: re.sub(rb'"seq":(\d+)', rb'"seq":\1e0', line),
            12: lambda: re.sub(rb'"seq":(\d+)', rb'"seq":"\1"', line),
            13: lambda: b"[" + line + b"]",
            14: lambda: line + b" ",
            15: lambda: line + b"\r",
            16: lambda: line.decode().encode("utf-16"),
            17: lambda: line.replace(b"{", b"{/**/", 1),
            18: lambda: line.replace(b'"}', b'",}', 1),
            19: lambda: line,
        }
        return spellings[self.chance.randrange(20)]() + b"\n"

    def say(self, slot: Slot) -> bytes:
        """Say something else in one place, or more, canonically where that can be."""
        payload = slot.payload
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            self.change_one(payload)
        return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

    def change_one(self, payload: Payload) -> None:
        predicate = msgspec.convert(payload["predicate"], Payload)
        payload["predicate"] = predicate
        places: list[tuple[dict[str, object], str]] = [(payload, key) for key in ("_type", "predicateType", "subject")]
        places += [(predicate, key) for key in (*predicate, "extra", "comment", "instances", "caf\u00e9", "zz", "")]
        where, key = self.chance.choice(
            places + 2 * [(predicate, "comment"), (predicate, "extra"), (predicate, "nonce")]
        )
        if self.chance.random() < 0.1 and key in where:
            del where[key]
        else:
            where[key] = self.value()

    def act_otherwise(self, slot: Slot) -> bytes:
        """Do any of the actions, with one of its keys changed, in this place."""
        payload = slot.payload
        before = msgspec.convert(payload["predicate"], Payload)
        kept = ("registry", "chain", "seq", "prev", "policy", "author", "key", "time", "nonce")
        action = self.chance.choice((*SAID, "annotate", "deploy"))
        said: Payload = {key: before[key] for key in kept} | {"action": action} | SAID[action]
        changed = self.chance.choice(list(SAID[action]))
        if self.chance.random() < 0.5:
            said[changed] = self.value()
        if action == "annotate":
            said["set"] = self.chance.choice(ODD_TAGS)
        elif action == "deploy":
            said["instances"] = self.chance.choice((0, -1, 2**53, 2**53 + 1, 2**64, 1.0, True))
        payload["predicate"] = said
        return self.signed(
            json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n",
            self.author(slot),
        )

    def value(self) -> object:
        deep: object = "x"
        for _ in range(self.chance.choice((3, 40, 70, 300))):
            deep = [deep]
        record = self.chance.choice(self.slots)
        known = msgspec.convert(record.payload["predicate"], Payload)
        return self.chance.choice(
            (
                *(
                    None,
                    True,
                    False,
                    0,
                    1,
                    -1,
                    2,
                    7,
                    2**53,
                    2**53 + 1,
                    -(2**53),
                    2**64,
                    1.0,
                    1.5,
                    1e300,
                    deep,
                    [],
                    {},
                    [1, [2]],
                ),
                *(
                    "",
                    "x",
                    "a b",
                    "ana",
                    "ben",
                    "cy",
                    "eve",
                    "models/fraud",
                    "\x7f",
                    "\x00",
                    "\x1b[2J",
                    "\u202e",
                    "\u2028",
                ),
                *(
                    "caf\u00e9",
                    "e\u0301",
                    "\U0001f600",
                    "\\u007f",
                    "\\\x7f",
                    "line\nend",
                    '"',
                    "x" * 70_000,
                    "\ufeff",
                    "\uffff",
                ),
                *(
                    {"b": 1, "a": {"d": None, "c": "\x7f\x7f"}},
                    {"\u00e9": 1},
                    {"": ""},
                    *ODD_TAGS,
                    {"seq": 1, "sha256": "0" * 64},
                ),
                *(known[self.chance.choice(("prev", "policy", "author", "key", "seq", "chain", "nonce", "time"))],),
                *(
                    hashlib.sha256(record.line).hexdigest(),
                    record.payload["subject"],
                    {"seq": 1, "sha256": record.registry},
                ),
            )
        )

    def forge(self, slot: Slot) -> bytes:
        """Name another author, another key, or both, and sign with the one or the other."""
        payload, other = slot.payload, self.anybody()
        predicate = msgspec.convert(payload["predicate"], Payload)
        names = self.chance.choice((("author",), ("key",), ("author", "key")))
        said = {"author": other, "key": self.signers[other].identity.key.fingerprint}
        payload["predicate"] = {**predicate, **{name: said[name] for name in names}}
        line = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        return self.signed(line, self.chance.choice((other, self.author(slot))))

    def sign_otherwise(self, slot: Slot) -> bytes:
        """Sign the same line again: in other namespaces, with another hash, twice, or over part of it."""
        who = self.author(slot)
        match self.chance.randrange(6):
            case 0:
                return self.signed(
                    slot.line, who, self.chance.choice(("signoff-trust-v1", "file", "signoff-record-v10"))
                )
            case 1:
                command = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-O", "hashalg=sha256"]
                return slot.line + run(*command, "-f", str(self.made.keys[who]), stdin=slot.line)
            case 2:
                return slot.line + self.signed(slot.line[:-1], who)[len(slot.line) - 1 :]
            case 3:
                return slot.line + self.signed(slot.line + b"\n", who)[len(slot.line) + 1 :]
            case 4:
                return self.signed(slot.line, who) + slot.armor
            case _:
                return self.signed(slot.line, who)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    with founded(tmp_path_factory.mktemp("made")) as registry:
        tell_short_story(registry)
        yield registry


@pytest.fixture(scope="module")
def slots(made: Founded) -> list[Slot]:
    """Return every record of every log in its slot."""
    trust = made.registry.reader.trust
    below: dict[Path, VerifiedLog] = {}
    found = []
    for path in records_of(made.root):
        chain = str(path.parent.parent.relative_to(made.root))
        start = below.get(path.parent, VerifiedLog(chain=chain))
        found.append(Slot(path.read_bytes(), start, trust.registry))
        below[path.parent] = verify_log([path.read_bytes()], trust, start=start)
    return found


@pytest.fixture
def judge(made: Founded, tmp_path: Path) -> Judge:
    trust, ids = {}, {}
    for path in sorted((made.root / ".signoff/trust").glob("*.rec")):
        line = path.read_bytes().partition(b"\n")[0] + b"\n"
        trust[int(path.stem)] = json.loads(line)["predicate"]["trust"]
        ids[int(path.stem)] = hashlib.sha256(line).hexdigest()
    return Judge(tmp_path, trust, ids)


def test_judge_and_we_accept_the_records_as_they_are(made: Founded, slots: list[Slot], judge: Judge) -> None:
    assert len(slots) == 12
    for slot in slots:
        assert judge.accepts(slot.content, slot)
        assert we_accept(slot.content, slot, made.registry.reader.trust)


def test_nothing_is_valid_for_us_that_stock_tools_do_not_accept(made: Founded, slots: list[Slot], judge: Judge) -> None:
    mutator, trust = Mutator(made, slots), made.registry.reader.trust
    accepted: dict[bytes, tuple[str, Slot]] = {}
    refused: list[tuple[str, bytes, Slot]] = []
    counts: Counter[tuple[str, str]] = Counter()
    kinds = list(mutator.kinds.items())
    for number in range(MUTATIONS):
        kind, change = kinds[number % len(kinds)]
        slot = mutator.chance.choice(slots)
        content = change(slot)
        if we_accept(content, slot, trust):
            counts[kind, "accepted"] += 1
            accepted.setdefault(content, (kind, slot))
        else:
            counts[kind, "refused"] += 1
            refused.append((kind, content, slot))
    only_we_accept = [(kind, content) for content, (kind, slot) in accepted.items() if not judge.accepts(content, slot)]
    sample = mutator.chance.sample(refused, SAMPLE)
    only_we_refuse = Counter(kind for kind, content, slot in sample if judge.accepts(content, slot))
    said = [f"{kind}: {how}: {count}" for (kind, how), count in sorted(counts.items())]
    said += [
        f"judged: {len(accepted)} different accepted ones, {SAMPLE} refused ones; of these it accepts {dict(only_we_refuse)}"
    ]
    sys.stdout.write("\n".join(said) + "\n")
    assert only_we_accept == []
    assert len(accepted) > 200, "a judge who is asked nothing finds nothing"
    assert len(refused) > 1000
