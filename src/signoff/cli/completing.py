"""What a shell completes: models, versions, stages.

The rule it keeps: completing never fails and never complains; where nothing is known nothing is offered.
"""

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from signoff.errors import SignoffError


class Names(click.types.StringParamType):
    """A word that names something of the registry."""

    def __init__(self, kind: str) -> None:
        """Complete models, refs or stages."""
        self.kind = kind

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return what the word may become."""
        del param
        try:
            return [CompletionItem(name) for name in _names(self.kind, ctx, incomplete) if name.startswith(incomplete)]
        except SignoffError:
            return []


KINDS = {
    "ref": Names("ref"),
    "refs": Names("ref"),
    "what": Names("ref"),
    "query": Names("model"),
    "model": Names("model"),
    "stage": Names("stage"),
}


def completes_names(command: click.Command) -> click.Command:
    """Have a command's arguments completed by what they are called."""
    for param in command.params:
        if isinstance(param, click.Argument) and param.name in KINDS:
            param.type = KINDS[param.name]
    return command


def _names(kind: str, context: click.Context, incomplete: str) -> Iterable[str]:
    from signoff.cli.frame import Frame  # noqa: PLC0415  (after the shell has asked)
    from signoff.cli.options import Options  # noqa: PLC0415
    from signoff.cli.output import Output  # noqa: PLC0415

    named = context.params.get("registry") or context.find_root().params.get("registry")
    frame = Frame(options=Options(registry=named, quiet=True), out=Output(quiet=True))
    registry = frame.registry
    if kind == "stage":
        return sorted(registry.reader.trust.newest.document.stages)
    models = registry.models()
    model = next((one for one in models if incomplete.startswith((f"{one}:", f"{one}@"))), None)
    if model is None:
        return [f"{one}:" for one in models] if kind == "ref" else models
    history = registry.reader.log(model).history
    return [
        *(f"{model}:{version}" for version in history.versions),
        *(f"{model}@{pointer}" for pointer in (*history.stages, *history.aliases, "latest")),
    ]
