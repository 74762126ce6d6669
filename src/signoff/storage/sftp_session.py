"""Connections to an SFTP server, by paramiko: as many as threads ask at one time, each made anew when it broke.

The rule it keeps: a server whose host key is not known is not spoken to. Hosts are looked up as `ssh` does, in
`~/.ssh/config`; fsspec's configuration for "sftp" is heeded.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from signoff.errors import StorageError

PATIENCE = 30.0
MOST_CHANNELS = 6
ALLOWED = frozenset(
    {"username", "password", "pkey", "key_filename", "passphrase", "allow_agent", "look_for_keys", "port", "timeout"}
)


class Session:
    """One server.

    Args:
        url: `sftp://user@host:port/path`.
        options: As paramiko's `SSHClient.connect` takes them, and `known_hosts`, a file.
    """

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        """Nothing is connected yet."""
        parts = urlsplit(url)
        self.path = "/" + unquote(parts.path).strip("/")
        self._host = parts.hostname or ""
        self._given = {"username": parts.username, "password": parts.password, "port": parts.port}
        self._options = options
        self._client: Any = None
        self._free: list[Any] = []
        self._lock = threading.Lock()
        self._room = threading.Semaphore(MOST_CHANNELS)

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """Lend an SFTP channel; one in which something broke is not lent again.

        One that got an answer, were it a refusal, is always kept: paramiko closes a channel that nobody has any more
        whenever Python tidies up, and waits for ever if that comes while it sends something itself.
        """
        from paramiko import SSHException  # noqa: PLC0415  (only who uses a server pays for its driver)

        with self._room:
            channel, broken = self._take(), False
            try:
                yield channel
            except (EOFError, SSHException, ConnectionError, TimeoutError):
                broken = True
                raise
            finally:
                with self._lock:
                    if broken:
                        self._drop()
                    else:
                        self._free.append(channel)

    def _take(self) -> Any:  # noqa: ANN401
        with self._lock:
            if self._client is not None and not self._client.get_transport().is_active():
                self._drop()
            if self._free:
                return self._free.pop()
            if self._client is None:
                self._client = self._connect()
            channel = self._client.open_sftp()
            channel.get_channel().settimeout(PATIENCE)
            return channel

    def _drop(self) -> None:
        self._free.clear()
        if self._client is not None:
            self._client.close()
        self._client = None

    def _connect(self) -> Any:  # noqa: ANN401
        import paramiko  # noqa: PLC0415  (only who uses a server pays for its driver)
        from fsspec.config import conf  # noqa: PLC0415

        words = {**self._from_ssh(paramiko), **conf.get("sftp", {}), **self._options}
        words |= {name: value for name, value in self._given.items() if value}
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        hosts = words.pop("known_hosts", "")
        if hosts:
            client.load_host_keys(os.fspath(hosts))
        else:
            client.load_system_host_keys()
        host = str(words.pop("hostname", None) or words.pop("host", None) or self._host)
        unknown = sorted(set(words) - ALLOWED)
        if unknown:
            message = f"sftp: there is no option {unknown[0]!r}"
            raise StorageError(message, hint=f"options: {', '.join(sorted(ALLOWED | {'known_hosts'}))}")
        limits = {"timeout": PATIENCE, "banner_timeout": PATIENCE, "auth_timeout": PATIENCE}
        try:
            client.connect(host, **{**limits, **words})
        except BaseException:
            client.close()
            raise
        return client

    def _from_ssh(self, paramiko: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return what `~/.ssh/config` says of the host."""
        file = Path.home() / ".ssh/config"
        if not file.is_file():
            return {}
        said = paramiko.SSHConfig.from_path(str(file)).lookup(self._host)
        found: dict[str, Any] = {"hostname": said.get("hostname", self._host)}
        if "user" in said:
            found["username"] = said["user"]
        if "port" in said:
            found["port"] = int(said["port"])
        if "identityfile" in said:
            found["key_filename"] = [name for name in said["identityfile"] if Path(name).is_file()]
        return found
