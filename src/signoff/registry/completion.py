"""What an ask leaves to be found: the log's and the files' part of a record.

The rule it keeps: what is filled in is what the author would see at this moment; readers compute their own.
"""

from signoff.errors import NotFoundError
from signoff.policy.approvals import Standing
from signoff.policy.history import History
from signoff.registry.asks import Ask, CardNow


def complete(ask: Ask, history: History, standing: Standing | None, *, card_now: CardNow) -> dict[str, object]:
    """Return the action's own keys of the predicate, as plain values; `standing`: of the version for the stage."""
    fields = {key: value for key, value in ask.fields.items() if key != "digest" and value not in ("", None)}
    fields |= {key: None for key in ("card",) if ask.action == "register" and ask.fields.get("card") is None}
    if ask.action not in {"withdraw", "review"}:
        fields["version"] = ask.version
    match ask.action:
        case "approve" | "reject":
            fields |= {"card": card_now(ask.model, str(ask.version)), "evidence": _evidence(ask, history)}
        case "promote":
            card = card_now(ask.model, str(ask.version))
            counted = standing.counted if standing else ()
            fields |= {"from": _holder(ask, history), "card": card, "approvals": [one.record for one in counted]}
        case "rollback" | "break_glass":
            fields["from"] = _holder(ask, history)
        case "alias":
            pointed = history.aliases.get(str(ask.fields["alias"]))
            fields["from"] = pointed.version if pointed else None
        case _:
            pass
    return fields


def _holder(ask: Ask, history: History) -> str | None:
    state = history.stages.get(ask.stage)
    return state.version if state else None


def _evidence(ask: Ask, history: History) -> list[dict[str, object]]:
    state = history.versions.get(str(ask.version))
    return [{"name": one.name, "digest": {"sha256": one.digest}} for one in state.evaluations] if state else []


def digest_about(ask: Ask, history: History) -> str | None:
    """Return the digest of the version that is asked about; None where it is about the model.

    Raises:
        NotFoundError: The version is not registered.
    """
    if ask.version is None:
        return None
    if ask.action == "register":
        return str(ask.fields["digest"])
    state = history.versions.get(ask.version)
    if state is None:
        message = f"{ask.model}:{ask.version} is not registered"
        raise NotFoundError(message, hint=f"register it first: signoff register {ask.model}:{ask.version}")
    return state.digest
