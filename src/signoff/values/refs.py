"""References: every way in which people name a version.

The rule it keeps: one text means one thing, `str(parse_ref(text))` is its plain form, and parsing that gives the same.
"""

import re
from typing import Literal

import msgspec

from signoff.errors import InvalidValueError
from signoff.values.names import ModelName, PointerName, VersionName

DIGEST_PREFIX = re.compile(r"[0-9a-f]{8,64}")
MLFLOW = "models:/"
FORMS = "use MODEL:VERSION, MODEL@stage, MODEL@alias, MODEL@latest or MODEL@sha256:DIGEST"


class Ref(msgspec.Struct, frozen=True):
    """A reference to one version of one model.

    Attributes:
        model: The model's name, or a title that a source spelled it with.
        selector: A version name, a stage or alias name, "latest", or 8 to 64 hex digits.
        kind: What the selector is.
    """

    model: str
    selector: str
    kind: Literal["version", "pointer", "digest"]

    def __str__(self) -> str:
        """Return the plain form, as `fraud:7`."""
        match self.kind:
            case "version":
                return f"{self.model}:{self.selector}"
            case "pointer":
                return f"{self.model}@{self.selector}"
            case "digest":  # pragma: no branch  (mypy proves that there is no other)
                return f"{self.model}@sha256:{self.selector}"


def version_ref(model: str, version: str) -> Ref:
    """Return the reference to a version by its name."""
    return Ref(model, version, "version")


def parse_model(text: str) -> ModelName:
    """Return the model that `fraud` or `models:/fraud` names.

    Raises:
        InvalidValueError: It is not a model name.
    """
    return ModelName(text.removeprefix(MLFLOW))


def parse_ref(text: str) -> Ref:
    """Return the reference that a text is, in any of the accepted forms.

    Raises:
        InvalidValueError: The text is no reference; the hint lists the forms.
    """
    if text.startswith(MLFLOW):
        return _parse_mlflow(text)
    at, colon = text.rfind("@"), text.rfind(":")
    if at > 0 and (at > colon or text.startswith("sha256:", at + 1)):
        return _pointed(text[:at], text[at + 1 :], text)
    if colon > 0:
        return _versioned(text[:colon], text[colon + 1 :], text)
    message = f"{text!r} is not a reference to a version"
    raise InvalidValueError(message, hint=FORMS)


def _parse_mlflow(text: str) -> Ref:
    body = text.removeprefix(MLFLOW)
    model, at, pointer = body.rpartition("@")
    if at:
        return _pointed(model, pointer, text)
    model, _, version = body.rpartition("/")
    return _versioned(model, version, text)


def _versioned(model: str, version: str, text: str) -> Ref:
    if not model:
        message = f"{text!r} names no model"
        raise InvalidValueError(message, hint=FORMS)
    return Ref(model, VersionName(version), "version")


def _pointed(model: str, pointer: str, text: str) -> Ref:
    if not model:
        message = f"{text!r} names no model"
        raise InvalidValueError(message, hint=FORMS)
    if not pointer.startswith("sha256:"):
        return Ref(model, pointer if pointer == "latest" else PointerName(pointer), "pointer")
    prefix = pointer.removeprefix("sha256:")
    if not DIGEST_PREFIX.fullmatch(prefix):
        message = f"{prefix!r} in {text!r} is not a digest"
        raise InvalidValueError(message, hint="give 8 to 64 lower-case hex digits after 'sha256:'")
    return Ref(model, prefix, "digest")
