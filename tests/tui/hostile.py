"""A registry in which every text that others can write tries to write to the terminal or to press a key."""

from pathlib import Path

from builders import World

EVIL = (
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x9b31m",
    "\x90q\x9c",
    "\u202eright",
    "a\u200bb",
    "\U000e0041tag",
    "\x7f\x08\r",
    "[@click=app.quit]press[/]",
    "[bold red]markup[/]",
)
TOKEN = "PWNED"
TEXT = "".join(EVIL) + TOKEN


def quoted(text: str) -> str:
    """Return a text as YAML writes it between double quotes."""
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def version_yaml() -> bytes:
    evil = quoted(TEXT)
    return (
        f"description: {evil}\nauthor: {evil}\nlicense: {evil}\nlibrary_name: {evil}\npipeline_tag: {evil}\n"
        f"tags: {{{evil}: {evil}}}\nlanguage: {evil}\nbase_model:\n  - {{model: {evil}, version: {evil}}}\n"
        f"datasets:\n  - {{name: {evil}, revision: {evil}, split: {evil}, uri: {evil}}}\n"
        f"hyperparameters: {{{evil}: {evil}}}\nsource: {{repository: {evil}, commit: {evil}}}\n"
        f"signature: {{inputs: {evil}, outputs: {evil}}}\nintended_uses: {{purpose_of_model: {evil}}}\n"
        f"metrics:\n  - {{name: {evil}, value: {evil}, unit: {evil}, dataset: {{name: {evil}}}, slice: {{{evil}: {evil}}}}}\n"
        f"  - {{name: accuracy, value: 0.9, unit: {evil}, text: {evil}}}\nunknown_{TOKEN}: {evil}\n"
    ).encode()


def hostile_world(folder: Path) -> World:
    """Return a registry of hostile texts in a folder."""
    world = World(folder=folder, roles={"approver": ("ana", "ben", "cy"), "promoter": ("ana", "pam")})
    world.put("registry.yaml", f"title: {quoted(TEXT)}\ndescription: {quoted(TEXT)}\n".encode())
    about = f"title: {quoted(TEXT)}\ndescription: {quoted(TEXT)}\nowners: [{quoted(TEXT)}]\ntags: [{quoted(TEXT)}]\n"
    world.put("models/fraud/model.yaml", about.encode())
    card = (
        f"---\nlicense: {quoted(TEXT)}\ntags: [{quoted(TEXT)}]\n---\n# {TEXT}\n\n[{TEXT}](http://x/{TEXT})\n`{TEXT}`\n"
    )
    files = {"weights.onnx": b"weights", "version.yaml": version_yaml()}
    for version in ("1", "2"):
        world.register(version, files=files, card=card.encode())
    evaluation = (
        f"kind: safety\noutcome: pass\nname: {quoted(TEXT)}\nnotes: {quoted(TEXT)}\nevaluator: {quoted(TEXT)}\n"
    )
    world.evaluate("safety", version="1", text=evaluation.encode())
    world.do("ana", "request", "2", comment=TEXT)
    world.do("ben", "approve", "1", comment=TEXT)
    world.do("ben", "comment", "1", comment=TEXT)
    world.do("ana", "request", "1", comment="[@click=app.quit]please[/]")
    world.do("ben", "approve", "1", comment="[bold]fine[/]")
    world.do("pam", "promote", "1")
    world.do("dan", "deploy", "1", environment=TEXT, status="serving", endpoint=TEXT)
    world.do("dan", "deploy", "1", environment="[@click=app.quit]eu[/]", status="serving", endpoint="x")
    draft = folder / "models/fraud/versions/draft"
    (draft / "evaluations").mkdir(parents=True)
    (draft / "version.yaml").write_bytes(version_yaml())
    (draft / "README.md").write_bytes(card.encode() + b"\xff\xfe\x1b[2J")
    (draft / f"file{TEXT.replace('/', '')}").write_bytes(b"x")
    (draft / "evaluations" / "broken.yaml").write_bytes(b"kind: [\x1b]0;x\x07")
    (folder / "models" / TEXT.replace("/", "")).mkdir()
    (folder / "models/fraud/versions" / TEXT.replace("/", "")).mkdir()
    (folder / "models/fraud/log" / f"junk{TEXT.replace('/', '')}").write_bytes(b"junk")
    return world
