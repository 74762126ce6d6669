"""What each action asks a person for, before it can be signed: one row for each.

The rule it keeps: pure values; a dialog knows no action by its name, it shows what stands here. Names of fields are
those of records, where there is one.
"""

from collections.abc import Mapping

import msgspec

from signoff.errors import InvalidValueError
from signoff.registry.asking import parse_tags


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is typed.

    Attributes:
        name: Its name in the record.
        label: What it is, for people.
        required: Whether nothing can be signed without it.
        stand_in: What stands for it while a required one is empty, so that the rules can be asked before it is typed.
        example: What is shown while it is empty.
        start: What stands in it at first.
        moves: Whether what it says changes what the rules are asked about.
    """

    name: str
    label: str
    required: bool = False
    stand_in: str = ""
    example: str = ""
    start: str = ""
    moves: bool = False


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is on only where a person says so."""

    name: str
    label: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What one action asks for.

    Attributes:
        button: The word that signs.
        title: The question, with `{ref}` and the names of fields.
        before: The question while something is still to be chosen; "": the button's word and the reference.
        steps: What is chosen from lists first, by the names in `options.STEPS`.
        fields: What is typed.
        ticks: What is ticked.
        any_of: Fields of which one must be typed.
        typed: Whether the version's name must be typed to sign.
        words: The fields that the words behind `:action` fill; the last one takes the rest.
        hashes: Whether the version's files are hashed first.
    """

    button: str
    title: str
    before: str = ""
    steps: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    ticks: tuple[Tick, ...] = ()
    any_of: tuple[str, ...] = ()
    typed: bool = False
    words: tuple[str, ...] = ()
    hashes: bool = False


COMMENT = Field(name="comment", label="Comment, for everybody")
REASON = Field(name="reason", label="Reason, for everybody", required=True, stand_in="not said yet")
STAGED = ("stage",)

FORMS: dict[str, Form] = {
    "register": Form(
        button="Register",
        title="Register {ref}",
        fields=(Field(name="built_by", label="Who else built it", example="people, with commas"), COMMENT),
        hashes=True,
    ),
    "request": Form(
        button="Request", title="Ask for {stage} of {ref}", steps=STAGED, fields=(COMMENT,), words=("stage", "comment")
    ),
    "approve": Form(
        button="Approve", title="Approve {ref} for {stage}", steps=STAGED, fields=(COMMENT,), words=("stage", "comment")
    ),
    "reject": Form(
        button="Reject",
        title="Reject {ref} for {stage}",
        steps=STAGED,
        fields=(COMMENT,),
        typed=True,
        words=("stage", "comment"),
    ),
    "promote": Form(
        button="Promote",
        title="Promote {ref} to {stage}",
        steps=STAGED,
        fields=(COMMENT,),
        typed=True,
        words=("stage", "comment"),
    ),
    "rollback": Form(
        button="Roll back",
        title="Roll {stage} back to {ref}",
        before="Roll a stage of {model} back",
        steps=("return",),
        fields=(REASON,),
        typed=True,
        words=("stage", "reason"),
    ),
    "break_glass": Form(
        button="Break glass",
        title="Break glass: {ref} to {stage} without quorum",
        steps=STAGED,
        fields=(REASON,),
        typed=True,
        words=("stage", "reason"),
    ),
    "deprecate": Form(
        button="Deprecate",
        title="Deprecate {ref}",
        before="Deprecate or revoke {ref}",
        steps=("way",),
        fields=(REASON, Field(name="replaced_by", label="Version to use instead")),
        words=("reason",),
    ),
    "revoke": Form(
        button="Revoke",
        title="Revoke {ref}, for good",
        fields=(REASON, Field(name="severity", label="Severity, in your words")),
        typed=True,
        words=("reason",),
    ),
    "restore": Form(
        button="Restore",
        title="Take the deprecation of {ref} back",
        fields=(Field(name="reason", label="Reason, for everybody"),),
        words=("reason",),
    ),
    "alias": Form(
        button="Sign",
        title="Alias {alias} of {ref}",
        before="An alias of {ref}",
        steps=("alias",),
        fields=(COMMENT,),
        words=("alias", "comment"),
    ),
    "comment": Form(
        button="Comment",
        title="Say something about {ref}",
        fields=(Field(name="comment", label="For everybody", required=True, stand_in="not said yet"),),
        words=("comment",),
    ),
    "annotate": Form(
        button="Annotate",
        title="Annotate {ref}",
        fields=(
            Field(name="tags", label="Tags", example="team=risk, -old"),
            Field(name="description", label="Description"),
            Field(name="semver", label="Semantic version"),
            Field(name="notes", label="Notes"),
        ),
        any_of=("tags", "description", "semver", "notes"),
        words=("tags",),
    ),
    "evaluate": Form(
        button="Sign",
        title="Have an evaluation of {ref} count",
        before="Have an evaluation of {ref} count",
        steps=("evaluation",),
        fields=(COMMENT,),
        words=("file",),
    ),
    "withdraw": Form(
        button="Withdraw", title="Withdraw a record about {ref}", steps=("mine",), fields=(COMMENT,), words=("comment",)
    ),
    "review": Form(
        button="Review",
        title="Review a break-glass of {model}",
        steps=("emergency",),
        fields=(
            Field(name="outcome", label="What you found", required=True, stand_in="justified", start="justified"),
            COMMENT,
        ),
        words=("outcome", "comment"),
    ),
    "deploy": Form(
        button="Report",
        title="Report that {ref} is {status}",
        before="Report what {ref} does",
        steps=("status",),
        fields=(
            Field(name="environment", label="Environment", required=True, stand_in="not said yet", example="eu-west"),
            Field(name="endpoint", label="Endpoint", example="where it can be reached"),
            Field(name="instances", label="Instances", example="how many serve it"),
            COMMENT,
        ),
        words=("environment", "status", "comment"),
    ),
    "pull": Form(
        button="Pull",
        title="Pull {ref}",
        fields=(Field(name="destination", label="Into the folder", required=True, example="a new or empty one"),),
        ticks=(Tick(name="unapproved", label="deliver it although no stage approved it"),),
        words=("destination",),
    ),
}
"""Action -> its form."""

NEW_ALIAS = Field(
    name="alias", label="The alias", required=True, stand_in="not-said-yet", example="champion", moves=True
)


class Fault(msgspec.Struct, frozen=True):
    """Why what was typed cannot be signed: in which field, in words."""

    field: str
    words: str


def form_of(action: str, fields: Mapping[str, object]) -> Form:
    """Return what an action asks for, with what is known already: a new alias is named by hand."""
    form = FORMS[action]
    if action == "alias" and fields.get("new"):
        return msgspec.structs.replace(form, fields=(NEW_ALIAS, *form.fields))
    return form


def fields_of_words(action: str, words: str) -> dict[str, object]:
    """Return the fields that words behind `:action` fill."""
    names = FORMS[action].words if words.strip() else ()
    parts = words.split(maxsplit=len(names) - 1) if names else []
    return dict(zip(names, parts, strict=False))


def fault_of(form: Form, typed: Mapping[str, str]) -> Fault | None:
    """Return what is missing or not well formed in what was typed."""
    for field in form.fields:
        if field.required and not typed.get(field.name, "").strip():
            return Fault(field.name, f"{field.label.partition(',')[0].lower()}: it is asked for")
    if form.any_of and not any(typed.get(name, "").strip() for name in form.any_of):
        return Fault(form.any_of[0], "there is nothing to sign yet: fill one of the fields")
    try:
        spoken(form, typed)
    except InvalidValueError as error:
        where = "instances" if "instances" in error.message else "tags"
        return Fault(where, f"{error.message}; {error.hint}")
    return None


def spoken(form: Form, typed: Mapping[str, str]) -> dict[str, object]:
    """Return the record's fields that were typed; a required one that is empty has its stand-in.

    Raises:
        InvalidValueError: Something is not well formed.
    """
    said = {field.name: typed.get(field.name, "").strip() or field.stand_in for field in form.fields}
    found: dict[str, object] = {name: _meant(name, text) for name, text in said.items() if text}
    return {"set": found} if form.any_of else found


def _meant(name: str, text: str) -> object:
    match name:
        case "instances":
            return _number(text)
        case "tags":
            words = tuple(word.strip() for word in text.split(",") if word.strip())
            removed = tuple(word[1:] for word in words if word.startswith("-"))
            return parse_tags(tuple(word for word in words if not word.startswith("-")), removed)
        case "built_by":
            return tuple(word.strip() for word in text.split(",") if word.strip())
        case "replaced_by":
            return text.rpartition(":")[2]
        case _:
            return text


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    message = f"instances: {text!r} is no number"
    raise InvalidValueError(message, hint="write it in digits, as 2")
