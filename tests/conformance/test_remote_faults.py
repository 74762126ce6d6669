"""Networks and services at their worst: no record is lost, none is there twice, and nobody is told "written" wrongly."""

import hashlib
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from faulty import Cutter, Fault, faulty
from servers import Server
from signoff.errors import AlreadyExistsError, NotFoundError, StorageError, VerificationError
from signoff.storage import remote_put, remote_stream
from signoff.storage.base import Storage
from signoff.storage.places import open_place
from signoff.storage.sftp_session import Session

Start = Callable[[str], Server]
FEW = 5 * 1024 * 1024
WEB = ("moto", "fake-gcs", "azurite")
FAULTS: tuple[Fault, ...] = ("drop", "lose", "cut", "delay", "500", "503", "429", "failed")


def fresh(server: Server) -> str:
    url = f"{server.base.rstrip('/')}/f{secrets.token_hex(6)}"
    if server.kind == "sftp":
        Path(urlsplit(url).path).mkdir(parents=True)
    return url


def opened(server: Server, url: str) -> Storage:
    return open_place(url, options=server.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))


def behind(server: Server, port: int, url: str) -> Storage:
    other = server.through(port)
    return opened(other, url.replace(server.base, other.base))


def append(storage: Storage, who: str, count: int, told: list[tuple[int, bytes]]) -> None:
    """Append to a log, doing the same again where it is not known what happened, as a person would."""
    slot = 1
    for number in range(count):
        content = f"{who} {number} {secrets.token_hex(8)}\n".encode()
        while True:
            try:
                storage.put_new(f"log/{slot:08d}.rec", content)
            except AlreadyExistsError:
                slot += 1
            except StorageError:
                continue
            else:
                told.append((slot, content))
                slot += 1
                break


def need_every_record_once(storage: Storage, told: list[tuple[int, bytes]], *, count: int) -> None:
    names = [entry.name for entry in storage.entries("log")]
    assert names == [f"{slot:08d}.rec" for slot in range(1, count + 1)]
    found = {int(name[:8]): storage.read(f"log/{name}", most=200) for name in names}
    assert sorted(told) == sorted(found.items())


@pytest.mark.parametrize("name", WEB)
def test_two_writers_behind_a_bad_network_lose_nothing_and_write_nothing_twice(name: str, server: Start) -> None:
    found = server(name)
    url = fresh(found)
    chance = random.Random(name)
    with faulty(found.port) as proxy:
        proxy.judge = lambda _number, _method: chance.choice(FAULTS) if chance.random() < 0.25 else ""
        told: list[tuple[int, bytes]] = []
        writers = [threading.Thread(target=append, args=(behind(found, proxy.port, url), who, 6, told)) for who in "ab"]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(90)
    need_every_record_once(opened(found, url), told, count=12)


@pytest.mark.parametrize("name", WEB)
@pytest.mark.parametrize("fault", ["lose", "failed", "cut"])
def test_a_write_whose_answer_is_lost_is_written_once_and_is_no_failure(name: str, fault: Fault, server: Start) -> None:
    found = server(name)
    url = fresh(found)
    with faulty(found.port) as proxy:
        storage = behind(found, proxy.port, url)
        storage.put_new("log/1", b"first")
        lost = iter([fault])
        proxy.judge = lambda _number, method: next(lost, "") if method in {"PUT", "POST"} else ""
        storage.put_new("log/2", b"second")
        with pytest.raises(AlreadyExistsError):
            storage.put_new("log/2", b"other")
    assert opened(found, url).read("log/2", most=9) == b"second"


@pytest.mark.parametrize("name", WEB)
def test_a_service_that_is_down_is_told_with_path_cause_and_advice_and_nothing_is_claimed(
    name: str, server: Start
) -> None:
    found = server(name)
    url = fresh(found)
    with faulty(found.port) as proxy:
        storage = behind(found, proxy.port, url)
        storage.put_new("log/1", b"first")
        proxy.judge = lambda _number, _method: "503"
        asks: tuple[Callable[[], object], ...] = (
            lambda: storage.put_new("log/2", b"second"),
            lambda: storage.read("log/1", most=9),
            lambda: storage.entries("log"),
        )
        for ask in asks[WEB.index(name) :][:1]:
            with pytest.raises(StorageError, match=r"'log(/\d)?'.*503") as told:
                ask()
            assert told.value.hint
            assert not isinstance(told.value, NotFoundError | AlreadyExistsError)
        proxy.judge = lambda _number, _method: ""
        assert [entry.name for entry in storage.entries("log")] == ["1"]


@pytest.mark.parametrize("name", WEB)
def test_a_working_file_that_others_changed_meanwhile_is_not_overwritten_by_a_second_try(
    name: str, server: Start
) -> None:
    found = server(name)
    url = fresh(found)
    with faulty(found.port) as proxy:
        storage, other = behind(found, proxy.port, url), opened(found, url)
        storage.put_new("README.md", b"one")

        def judge(_number: int, method: str) -> Fault:
            if method not in {"PUT", "POST"}:
                return ""
            proxy.judge = lambda _number, _method: ""
            other.replace("README.md", b"theirs", expected=b"one")
            return "503"

        proxy.judge = judge
        with pytest.raises(AlreadyExistsError, match="changed meanwhile"):
            storage.replace("README.md", b"mine", expected=b"one")
        assert other.read("README.md", most=9) == b"theirs"


@pytest.mark.parametrize("name", WEB)
def test_a_large_file_arrives_whole_or_not_at_all(name: str, server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_put, "LARGEST_PUT", FEW)
    monkeypatch.setattr(remote_put, "PART", FEW)
    found = server(name)
    url = fresh(found)
    content = secrets.token_bytes(1024) * 1024 * 9  # two parts
    digest = hashlib.sha256(content).hexdigest()
    with faulty(found.port) as proxy:
        storage = behind(found, proxy.port, url)
        with pytest.raises(VerificationError):
            storage.put_stream("v/weights.bin", BytesIO(content), size=len(content), sha256="0" * 64)
        with pytest.raises(StorageError):
            storage.put_stream("v/weights.bin", BytesIO(content[:-1]), size=len(content))
        assert [path for path, _ in opened(found, url).walk("") if path.startswith("v/")] == []
        assert storage.put_stream("v/weights.bin", BytesIO(content), size=len(content)) == digest
        with pytest.raises(AlreadyExistsError):
            storage.put_stream("v/weights.bin", BytesIO(content), size=len(content))
        chance = random.Random(name)
        proxy.judge = lambda _number, _method: chance.choice(FAULTS) if chance.random() < 0.2 else ""
        with storage.open("v/weights.bin") as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == digest


@pytest.mark.parametrize(
    ("name", "part", "size"),
    [
        ("moto", "partNumber=2", 12),
        pytest.param("azurite", "comp=block&", 65, marks=pytest.mark.slow),  # its library sends up to 64 MiB as one
    ],
)
def test_a_part_of_a_large_file_that_was_not_answered_is_sent_again_whole(
    name: str, part: str, size: int, server: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_put, "LARGEST_PUT", FEW)
    monkeypatch.setattr(remote_put, "PART", FEW)
    found = server(name)
    url = fresh(found)
    content = secrets.token_bytes(1024) * 1024 * size
    with faulty(found.port) as proxy:
        storage = behind(found, proxy.port, url)
        storage.put_new("log/1", b"first")
        lost: Iterator[Fault] = iter(["503"])
        proxy.judge = lambda number, _method: next(lost, "") if part in proxy.requests[number] else ""
        storage.put_stream("v/weights.bin", BytesIO(content), size=len(content))
        assert next(lost, "") == "", "a part was refused once"
    with opened(found, url).open("v/weights.bin") as stream:
        assert hashlib.sha256(stream.read()).digest() == hashlib.sha256(content).digest()


def test_a_file_that_becomes_shorter_while_it_is_read_is_not_taken_for_whole(server: Start) -> None:
    found = server("moto")
    url = fresh(found)
    storage = opened(found, url)
    content = secrets.token_bytes(remote_stream.RANGE * 2)
    storage.put_new("v/weights.bin", content)
    with storage.open("v/weights.bin") as stream:
        assert stream.read(10) == content[:10]
        storage.remove("v/weights.bin")
        storage.put_new("v/weights.bin", content[: remote_stream.RANGE + 5])
        with pytest.raises(StorageError, match=r"'v/weights.bin': it became shorter"):
            stream.read()


def test_an_sftp_channel_that_refused_something_is_lent_again(server: Start) -> None:
    found = server("sshd")
    session = Session(fresh(found), dict(found.options))
    lent: list[object] = []

    def refuse() -> None:
        with session.channel() as channel:
            lent.append(channel)
            channel.stat("missing")

    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            refuse()
    assert lent[0] is lent[1]


def test_an_sftp_connection_that_is_cut_again_and_again_loses_nothing_and_writes_nothing_twice(server: Start) -> None:
    found = server("sshd")
    url = fresh(found)
    cutter = Cutter(found.port)
    try:
        known = Path(str(found.options["known_hosts"]))
        host = known.read_text().splitlines()[0].split(" ", 1)[1]
        with known.open("a") as file:
            file.write(f"[127.0.0.1]:{cutter.port} {host}\n")
        told: list[tuple[int, bytes]] = []
        writers = [
            threading.Thread(target=append, args=(behind(found, cutter.port, url), who, 6, told)) for who in "ab"
        ]
        for writer in writers:
            writer.start()
        until = time.monotonic() + 60
        while any(writer.is_alive() for writer in writers) and time.monotonic() < until:
            time.sleep(0.8)
            cutter.cut()
        for writer in writers:
            writer.join(60)
    finally:
        cutter.close()
    need_every_record_once(opened(found, url), told, count=12)
