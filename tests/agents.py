"""Stock tools for tests of signing: keys made by ssh-keygen, a real ssh-agent, and an agent that answers what it is told.

The rule it keeps: an agent lives as long as its `with` block, on a socket path short enough for every system.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

ALGORITHMS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "rsa2048": ("-t", "rsa", "-b", "2048"),
    "rsa3072": ("-t", "rsa", "-b", "3072"),
    "rsa4096": ("-t", "rsa", "-b", "4096"),
}
START_SECONDS = 10.0


def make_key(folder: Path, kind: str = "ed25519", name: str = "", *, passphrase: str = "") -> Path:
    """Have ssh-keygen make a key; return the path of its private half (the public one has `.pub` behind it)."""
    path = folder / (name or f"id_{kind}")
    run("ssh-keygen", "-q", *ALGORITHMS[kind], "-N", passphrase, "-C", f"{path.name}@example.org", "-f", str(path))
    return path


def run(*command: str, stdin: bytes = b"", environ: dict[str, str] | None = None) -> bytes:
    """Run a stock tool that must succeed, and return what it printed."""
    return subprocess.run(command, input=stdin, capture_output=True, check=True, env=environ).stdout


def plain_environ(**more: str) -> dict[str, str]:
    """Return this process's environment without anybody's agent, display or askpass."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SSH_") and name != "DISPLAY"}
    return {**kept, **more}


class Folder:
    """A temporary folder with a short path, and an askpass program that says what it is told."""

    def __init__(self) -> None:
        """Make the folder."""
        self.path = Path(tempfile.mkdtemp(prefix="so"))

    def askpass(self, says: str, *, agrees: bool = True) -> dict[str, str]:
        """Return the environment that makes OpenSSH's tools ask a program which answers `says`."""
        program = self.path / f"askpass-{says}-{agrees}"
        program.write_text(f"#!/bin/sh\nprintf '%s\\n' '{says}'\nexit {0 if agrees else 1}\n")
        program.chmod(0o700)
        return plain_environ(SSH_ASKPASS=str(program), SSH_ASKPASS_REQUIRE="force", DISPLAY=":0")

    def remove(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path)


class Agent:
    """A real ssh-agent of its own: `with Agent() as agent: agent.add_key(path)`."""

    def __init__(self, *, confirms: bool | None = None) -> None:
        """Say what a person does when the agent asks to confirm; None: there is no ssh-askpass to ask with."""
        self.folder = Folder()
        self.socket = str(self.folder.path / "agent")
        self.confirms = confirms
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        """Return an environment in which programs find this agent, and no other."""
        return plain_environ(SSH_AUTH_SOCK=self.socket)

    def __enter__(self) -> Self:
        """Start the agent and wait until it listens."""
        environ = plain_environ() if self.confirms is None else self.folder.askpass("yes", agrees=self.confirms)
        command = ["ssh-agent", "-D", "-a", self.socket]
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not Path(self.socket).exists():
            assert time.monotonic() < deadline, "ssh-agent did not start"
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        """End the agent and remove what it left."""
        self.stop()
        self.folder.remove()

    def stop(self) -> None:
        """End the agent; its socket's path may stay behind, as after a crash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def pause(self) -> None:
        """Have the agent keep its socket and answer nobody."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def add_key(self, path: Path, *options: str) -> None:
        """Have ssh-add give the agent a key, with options such as `-c`."""
        run("ssh-add", "-q", *options, str(path), environ=self.environ)

    def lock(self, password: str = "secret") -> None:
        """Have ssh-add lock the agent."""
        run("ssh-add", "-x", environ={**self.folder.askpass(password), "SSH_AUTH_SOCK": self.socket})


class ScriptedAgent:
    """A server on a socket that answers each connection with the next of given bytes, whatever was asked."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        """Take the answers, frames with their length in front; after the last one it hangs up."""
        self.folder = Folder()
        self.socket = str(self.folder.path / "agent")
        self.answers = tuple(answers)
        self.asked: list[bytes] = []
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self) -> Self:
        """Listen."""
        self.server.bind(self.socket)
        self.server.listen()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until every answer was fetched."""
        self.thread.join()
        self.server.close()
        self.folder.remove()

    def serve(self) -> None:
        """Answer one connection after another."""
        for answer in self.answers:
            connection, _ = self.server.accept()
            with connection:
                self.asked.append(connection.recv(1 << 20))
                connection.sendall(answer)
