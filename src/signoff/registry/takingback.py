"""How a record is taken back, in words: what every front end says after it was written.

The rule it keeps: nothing that was signed disappears; what takes it back is a further record.
"""

from signoff.registry.asks import Ask, Written

BACK = {
    "request": "signoff withdraw {record}",
    "approve": "signoff withdraw {record}",
    "reject": "signoff withdraw {record}",
    "promote": "signoff rollback {model} {stage} -m REASON",
    "break_glass": "signoff rollback {model} {stage} -m REASON; somebody else reviews it with: signoff review {record}",
    "rollback": "signoff rollback {model} {stage} -m REASON",
    "deprecate": "signoff restore {ref}",
    "restore": "signoff deprecate {ref} -m REASON",
}
FOR_GOOD = {
    "register": "these bytes are {ref} for ever; a wrong version is left behind with: signoff deprecate {ref}",
    "revoke": "a revocation is for good; mended bytes are a new version",
    "purge": "a purge is for good; the name stays taken",
    "evaluate": "a changed file of that name, signed again, takes its place: signoff evaluate {ref} FILE",
    "deploy": "the next report of the same environment takes its place: signoff deploy {ref} ENVIRONMENT STATUS",
    "annotate": "the next annotation of the same key takes its place: signoff annotate {ref}",
    "comment": "what was said stays; say more with: signoff comment {ref}",
    "withdraw": "it can be signed again, as before it was withdrawn",
    "review": "a review is for good",
}


def back_words(written: Written) -> str:
    """Return how to take a record back, in words; "" where there is nothing to say."""
    ask = written.prepared.ask
    ref = f"{ask.model}:{ask.version}" if ask.version else ask.model
    words = {"record": written.id[:12], "model": ask.model, "stage": ask.stage, "ref": ref}
    if ask.action == "alias":
        return _alias_back(ask, written.prepared.replaces)
    if ask.action in BACK and (ask.action != "promote" or written.prepared.replaces):
        return "take it back with: " + BACK[ask.action].format_map(words)
    return FOR_GOOD.get(ask.action, "").format_map(words)


def _alias_back(ask: Ask, before: str | None) -> str:
    name = ask.fields["alias"]
    way = f"{ask.model} {name} --remove" if before is None else f"{ask.model}:{before} {name}"
    return f"take it back with: signoff alias {way}"
