"""Long logs in little time: comments, each truly signed, without what deciding and writing cost."""

import hashlib

from builders import Said, TestSigner, World
from signoff.records.statement import NO_RECORD, RECORD_NAMESPACE
from signoff.registry.packing import Packing
from signoff.schema import layout


def put_comments(world: World, count: int, *, model: str = "fraud", who: str = "ben") -> None:
    """Put comments into a model's log, behind what is there."""
    chain, signer, policy = layout.model_chain(model), TestSigner(who), world.policy(world.length("trust"))
    begin, registry = world.length(chain), world.id
    prev = world.head(chain) if begin else NO_RECORD
    for seq in range(begin + 1, begin + count + 1):
        content = comment(registry, seq, prev, signer=signer, model=model, policy=policy)
        prev = hashlib.sha256(content[: content.index(b"\n") + 1]).hexdigest()
        world.put(layout.record_path(chain, seq), content)


def comment(
    registry: str,
    seq: int,
    prev: str,
    *,
    signer: TestSigner,
    policy: dict[str, Said],
    model: str = "fraud",
    text: str = "with a sentence of usual length about what was seen",
) -> bytes:
    """Return a signed comment."""
    line = (
        f'{{"_type":"https://in-toto.io/Statement/v1","predicate":{{"action":"comment","author":"{signer.name}",'
        f'"chain":"models/{model}","comment":"number {seq}, {text}","key":"{signer.fingerprint}","nonce":"{seq:032x}",'
        f'"policy":{{"seq":{policy["seq"]},"sha256":"{policy["sha256"]}"}},"prev":"{prev}","registry":"{registry}",'
        f'"seq":{seq},"time":"2026-11-23T08:00:02Z","version":null}},"predicateType":"urn:signoff:record:v1",'
        f'"subject":[{{"digest":{{"sha256":"{registry}"}},"name":"{model}"}}]}}\n'
    ).encode()
    return line + signer.sign(line, namespace=RECORD_NAMESPACE)


def pack(world: World, model: str = "fraud") -> tuple[str, ...]:
    """Pack a model's log as `signoff doctor` does; return the paths of the packs."""
    return tuple(one.path for one in Packing(world.storage).put(world.log(model)))
