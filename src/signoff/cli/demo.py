"""`signoff demo`: a writable copy of the sample registry in which the newcomer approves and promotes.

The rule it keeps: a demo lies in a folder of its own, which is named and may be deleted at any time.
"""

import tempfile
from pathlib import Path

import click

from signoff.cli.frame import Frame, framed
from signoff.cli.opening import show_tui


@click.command("demo")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--no-tui", is_flag=True, help="Only make it, and say how to use it.")
@framed
def demo(frame: Frame, folder: Path | None, *, no_tui: bool) -> int | None:
    """Make a writable copy of the sample registry with throw-away keys, and open it.

    You are you@example.org in it: an approver and promoter who built nothing. credit-approval:6 waits for you.
    """
    from signoff.sample.demo import make_demo  # noqa: PLC0415  (a help page needs no story)

    made = make_demo(folder or Path(tempfile.mkdtemp(prefix="signoff-demo-")))
    use = f"-r {made.path} --key {made.key}"
    if frame.out.as_json:
        frame.out.document(made)
        return None
    if not no_tui and frame.out.terminal:
        code = show_tui(made.path, frame.settings, key=made.key)
        frame.out.say(f"the demo is still there: signoff {use}; delete {Path(made.path).parent} when you are done")
        return code
    frame.out.line(f"registry  {made.path}")
    frame.out.line(f"you are   {made.person}, with the key {made.key}")
    frame.out.line("try")
    for words in (
        "inbox",
        "check credit-approval:6 production",
        "approve credit-approval:6 production -m 'Fine with me'",
        "promote credit-approval:6 production",
        "status",
        "verify --deep",
    ):
        frame.out.line(f"  signoff {words} {use}")
    return None
