"""People who each have a key in an ssh-agent of their own, and only the command line: as on several machines.

The rule it keeps: nobody's agent, home folder or memory of registries is anybody else's; the registry is all they share.
"""

import io
import os
import subprocess
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Self

from agents import Agent, make_key, plain_environ
from signoff.cli.main import run
from stories import Result


class Crew:
    """`with Crew(tmp_path, "ana", "ben") as crew: crew.run("ana", "init", …)`.

    Attributes:
        path: The registry's folder; it is not made here.
        url: Where the registry is, where it is not in that folder.
        config: Everybody's configuration file.
        folder: Where everything is.
    """

    def __init__(self, folder: Path, *people: str) -> None:
        """Describe people; each gets a home folder, a state folder, a key and an agent."""
        self.folder, self.path, self.people = folder, folder / "registry", people
        self.url, self.config = str(self.path), ""
        self._agents: dict[str, Agent] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Make the keys and start the agents."""
        for person in self.people:
            home = self.folder / person
            (home / "keys").mkdir(parents=True)
            agent = self._stack.enter_context(Agent())
            agent.add_key(make_key(home / "keys", "ed25519", person))
            self._agents[person] = agent
        return self

    def __exit__(self, *_: object) -> None:
        """End the agents."""
        self._stack.close()

    def public_key(self, person: str) -> Path:
        """Return the file of a person's public key."""
        return self.folder / person / "keys" / f"{person}.pub"

    def environ(self, person: str, **more: str) -> dict[str, str]:
        """Return a person's environment; "" is somebody without a key."""
        home = self.folder / (person or "nobody")
        home.mkdir(exist_ok=True)
        if self.config:
            (home / "config.yaml").write_text(self.config)
        mine = {
            "HOME": str(home),
            "SIGNOFF_REGISTRY": self.url,
            "SIGNOFF_STATE_DIR": str(home / "state"),
            "SIGNOFF_CACHE_DIR": str(home / "cache"),
            "SIGNOFF_CONFIG": str(home / "config.yaml"),
            "TERM": "dumb",
        }
        if person:
            mine["SSH_AUTH_SOCK"] = self._agents[person].socket
        return plain_environ(**{**mine, **more})

    def run(self, person: str, *words: str, **more: str) -> Result:
        """Run the command line in this process, as a person."""
        out, err, before = io.StringIO(), io.StringIO(), dict(os.environ)
        os.environ.clear()
        os.environ.update(self.environ(person, **more))
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(list(words))
        finally:
            os.environ.clear()
            os.environ.update(before)
        return Result(code, out.getvalue(), err.getvalue())

    def need(self, person: str, *words: str, **more: str) -> str:
        """Run the command line as a person, with success; return what it printed."""
        done = self.run(person, *words, **more)
        assert done.code == 0, done.err
        return done.out

    def start(self, person: str, *words: str, **more: str) -> "subprocess.Popen[str]":
        """Start the command line in a process of its own, as a person."""
        command = [sys.executable, "-m", "signoff", *words]
        environ = self.environ(person, **more)
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def found(self, *options: str, threshold: int = 2) -> str:
        """Found the registry: everybody is a root, so many of them sign, each with their own key; return its id."""
        admins = [word for person in self.people for word in ("--admin", f"{person}={self.public_key(person)}")]
        first, *others = self.people
        words = ("init", self.url, *admins, "--threshold", str(threshold), *options)
        registry = self.need(first, *words).strip()
        for person in others[: threshold - 1]:
            self.need(person, "trust", "sign", registry[:12])
        if threshold > 1:
            self.need(first, "trust", "apply", registry[:12])
        return registry

    def write(self, ref: str, **files: str) -> Path:
        """Write files of a version into its folder; `__` in a name is a dot."""
        model, _, version = ref.rpartition(":")
        folder = self.path / "models" / model / "versions" / version
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name.replace("__", ".")).write_text(content)
        return folder
