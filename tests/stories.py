"""A registry with people in it, for tests that tell a story: `with Story(tmp_path) as story: story.register("fraud:1")`.

The rules it keeps: every sign-off is real, made by a key of a real ssh-agent and published by the facade; the clock
starts where it is told and moves a minute with every look, unless `wait` moves it further.
"""

import io
import os
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Self

from agents import Agent, make_key
from signoff.cli.main import run
from signoff.records.statement import TRUST_NAMESPACE
from signoff.registry.asks import Ask, Written
from signoff.registry.founding import first_line, found_registry, solo_template, team_template
from signoff.registry.people import Me
from signoff.registry.registry import Registry
from signoff.signing.find import find_identities, signer_for
from signoff.storage.local import LocalStorage
from signoff.values.times import Surroundings

PEOPLE = ("ana", "ben", "cy", "dee")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Result(NamedTuple):
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


class Screen(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Story:
    """A registry in a folder, and the people who work in it.

    Attributes:
        path: The registry's folder.
        home: The home folder of everybody: no keys are in it, all are in the agent.
        people: Who is in the trust document; all of them hold every role unless `rules` says otherwise.
        now: The clock.
    """

    def __init__(
        self,
        folder: Path,
        *,
        people: tuple[str, ...] = PEOPLE[:3],
        template: str = "team",
        rules: Mapping[str, object] | None = None,
        start: datetime = START,
    ) -> None:
        """Describe a registry to be.

        Args:
            folder: An empty folder of the test's own.
            people: Person ids.
            template: "team" (two approvals, not the builder's) or "solo" (of the first person).
            rules: Top-level keys of the trust document to replace: roles, stages …
            start: The clock at the beginning.
        """
        self.path, self.home, self._keys = folder / "registry", folder / "home", folder / "keys"
        self.people, self.template, self.rules = people, template, dict(rules or {})
        self.now = start
        self._nonces = 0
        self._agent = Agent()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Make the keys, start the agent, found the registry and open it."""
        for folder in (self.path, self.home, self._keys):
            folder.mkdir()
        self._stack.enter_context(self._agent)
        for person in self.people:
            self._agent.add_key(make_key(self._keys, "ed25519", person))
        self._found()
        self.registry = self._stack.enter_context(self.opened())
        return self

    def __exit__(self, *_: object) -> None:
        """Remember what was seen, and end the agent."""
        self._stack.close()

    def opened(self) -> Registry:
        """Return the registry, opened anew with this story's clock and keys."""
        return Registry(
            LocalStorage(self.path), surroundings=self.surroundings, environ=self._agent.environ, home=self.home
        )

    @property
    def surroundings(self) -> Surroundings:
        """This story's clock and chance."""
        return Surroundings(now=self._tick, nonce=self._nonce)

    @property
    def environ(self) -> dict[str, str]:
        """What a command line started here needs: the agent, the home folder, the registry."""
        return {
            "SSH_AUTH_SOCK": self._agent.socket,
            "HOME": str(self.home),
            "SIGNOFF_REGISTRY": str(self.path),
        }

    def public_key(self, person: str) -> Path:
        """Return the file of a person's public key."""
        return self._keys / f"{person}.pub"

    def wait(self, **span: float) -> None:
        """Move the clock, as timedelta(**span)."""
        self.now += timedelta(**span)

    def me(self, person: str) -> Me:
        """Return a person with their key."""
        return self.registry.me(who=person)

    def write(self, ref: str, files: Mapping[str, str | bytes] | None = None) -> Path:
        """Write a version's folder, not registered; without files: weights, metadata and a card."""
        model, _, version = ref.rpartition(":")
        folder = self.path / "models" / model / "versions" / version
        for name, content in (files if files is not None else some_files(version)).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    def register(
        self, ref: str, *, by: str = "ana", files: Mapping[str, str | bytes] | None = None, comment: str = ""
    ) -> Written:
        """Write a version's folder, where it is not there yet, and register it."""
        model, _, version = ref.rpartition(":")
        if files is not None or not (self.path / "models" / model / "versions" / version).exists():
            self.write(ref, files)
        return self.registry.register_sealed(self.registry.seal(model, version), self.me(by), comment=comment)

    def sign(self, action: str, ref: str, *, by: str, **fields: object) -> Written:
        """Have a person sign one record; `ref` is MODEL:VERSION, or a MODEL alone for a record about the model."""
        model, colon, version = ref.rpartition(":")
        ask = Ask(action=action, model=model if colon else ref, version=version if colon else None, fields=fields)
        return self.registry.sign(ask, self.me(by))

    def request(self, ref: str, stage: str = "production", *, by: str = "ana", comment: str = "") -> Written:
        """Ask for the approval of a version."""
        return self.sign("request", ref, by=by, stage=stage, comment=comment)

    def approve(self, ref: str, stage: str = "production", *, by: str = "ben", comment: str = "") -> Written:
        """Approve a version for a stage."""
        return self.sign("approve", ref, by=by, stage=stage, comment=comment)

    def reject(self, ref: str, stage: str = "production", *, by: str = "ben", comment: str = "") -> Written:
        """Reject a version for a stage."""
        return self.sign("reject", ref, by=by, stage=stage, comment=comment)

    def promote(self, ref: str, stage: str = "production", *, by: str = "ben", comment: str = "") -> Written:
        """Point a stage at a version."""
        return self.sign("promote", ref, by=by, stage=stage, comment=comment)

    def serve(self, ref: str) -> None:
        """Take a version all the way, in a team: registered by ana, staged, approved by ben and cy, in production."""
        self.register(ref)
        self.promote(ref, "staging", by="ana")
        self.approve(ref, by="ben")
        self.approve(ref, by="cy")
        self.promote(ref, by="ben")

    def run(self, *words: str, screen: int = 0, **environ: str) -> Result:
        """Run the command line in this process.

        Args:
            words: What stands behind `signoff`.
            screen: The width of the terminal that it prints to; 0: a pipe.
            environ: More of the environment.
        """
        out, err = (Screen(), Screen()) if screen else (io.StringIO(), io.StringIO())
        before = dict(os.environ)
        os.environ.update(self.environ, COLUMNS=str(screen or 80), TERM="xterm", **environ)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(list(words))
        finally:
            os.environ.clear()
            os.environ.update(before)
        return Result(code, out.getvalue(), err.getvalue())

    def _found(self) -> None:
        lines = {
            person: " ".join(self.public_key(person).read_text(encoding="utf-8").split()[:2]) for person in self.people
        }
        first = self.people[0]
        document = solo_template(first, lines[first]) if self.template == "solo" else team_template(lines)
        document.update(self.rules)
        line = first_line(document, author=first, surroundings=self.surroundings, comment="founded")
        by_key = {identity.key.line: identity for identity in find_identities(self._agent.environ, self.home)}
        needed = 1 if self.template == "solo" else min(2, len(self.people))
        armors = tuple(
            signer_for(by_key[lines[person]]).sign(line, namespace=TRUST_NAMESPACE) for person in self.people[:needed]
        )
        found_registry(LocalStorage(self.path), line, armors, title="Models of a story")

    def _tick(self) -> datetime:
        self.now += MINUTE
        return self.now

    def _nonce(self) -> str:
        self._nonces += 1
        return f"{self._nonces:032x}"


def some_files(version: str) -> dict[str, str | bytes]:
    """Return the files of a small version: weights that differ by its name, two metrics, a card."""
    return {
        "weights.bin": f"weights of {version}\n".encode() * 20,
        "version.yaml": "license: mit\nmetrics: {accuracy: 0.93, latency_ms: 12}\n",
        "README.md": f"# Version {version}\n\nA model of a story.\n",
    }
