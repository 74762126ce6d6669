"""Sixteen writers on one log of every kind of server: none is lost, none is twice, and no reader sees a part."""

import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from servers import HONEST, SLOW, Server
from signoff.errors import NotFoundError
from signoff.storage.base import Storage
from signoff.storage.places import open_place

Start = Callable[[str], Server]
PROCESSES, THREADS, EACH = 2, 8, 1
SIZE = 20_000
WRITE = """
import json, sys, threading
from datetime import UTC, datetime
from signoff.errors import AlreadyExistsError
from signoff.storage.places import open_place

url, options, who = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
told, going = [], threading.Barrier(int(sys.argv[4]) + 1)

def write(thread):
    storage = open_place(url, options=options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    storage.capabilities()
    going.wait()
    for number in range(int(sys.argv[5])):
        name = f"{who} {thread} {number}"
        content = f"{name:<20}".encode() * 1000
        slot = len(storage.entries("log"))
        while True:
            try:
                storage.put_new(f"log/{slot:08d}", content)
            except AlreadyExistsError:
                slot += 1
            else:
                told.append(f"{slot:08d} {name}")
                break

threads = [threading.Thread(target=write, args=(thread,)) for thread in range(int(sys.argv[4]))]
for thread in threads:
    thread.start()
print("ready", flush=True)
sys.stdin.readline()
going.wait()
for thread in threads:
    thread.join()
print("\\n".join(told))
"""


def launch(server: Server, url: str, who: int) -> subprocess.Popen[str]:
    options = msgspec.json.encode(server.options).decode()
    command = [sys.executable, "-W", "ignore", "-c", WRITE, url, options, str(who), str(THREADS), str(EACH)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def watch(storage: Storage, over: threading.Event, seen: list[int]) -> None:
    """Read the log again and again; every record must be whole whenever it is seen."""
    while not over.is_set():
        try:
            names = [entry.name for entry in storage.entries("log")]
        except NotFoundError:
            names = []
        for name in names[-3:]:
            content = storage.read(f"log/{name}", most=SIZE)
            assert len(content) == SIZE
            assert content == content[:20] * 1000
            seen.append(len(content))
        time.sleep(0.01)


@pytest.mark.parametrize("name", [*HONEST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_sixteen_writers_append_to_one_log_and_none_is_lost_or_twice(name: str, server: Start) -> None:
    found = server(name)
    url = f"{found.base.rstrip('/')}/c{secrets.token_hex(6)}"
    if found.kind == "sftp":
        Path(urlsplit(url).path).mkdir()
    storage = open_place(url, options=found.options, now=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    storage.put_new("log/00000000", b"." * SIZE)  # proves the place
    writers = [launch(found, url, who) for who in range(PROCESSES)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    over, seen = threading.Event(), list[int]()
    reader = threading.Thread(target=watch, args=(storage, over, seen))
    reader.start()
    told: dict[str, str] = {}
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        out, _ = writer.communicate(timeout=120)
        assert writer.returncode == 0
        told |= {line[:8]: line[9:] for line in out.splitlines()}
    over.set()
    reader.join()
    slots = [entry.name for entry in storage.entries("log")]
    count = PROCESSES * THREADS * EACH
    assert slots == [f"{slot:08d}" for slot in range(count + 1)]
    assert {slot: storage.read(f"log/{slot}", most=SIZE)[:20].decode().strip() for slot in slots[1:]} == told
    assert seen
