"""A registry behind a web server is looked at, verified and pulled from; nothing is written there, and it says why."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from signoff.errors import StorageError
from signoff.registry.opening import open_storage
from stories import Story


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """Serve a folder's registry over HTTP."""
    (tmp_path / "registry").mkdir(exist_ok=True)
    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "story" / "registry")))
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()
    thread.join()


def test_a_registry_behind_a_web_server_is_read_and_pulled_from(tmp_path: Path, web: str) -> None:
    (tmp_path / "story").mkdir()
    with Story(tmp_path / "story") as story:
        story.serve("fraud:1")
        assert "fraud" in story.run("ls", "-r", web).out
        done = story.run("pull", "fraud@production", str(tmp_path / "serving"), "-r", web)
        assert done.code == 0, done.err
        assert (tmp_path / "serving/weights.bin").read_bytes()
        done = story.run("comment", "fraud", "-m", "hello", "--as", "ana", "-r", web)
        assert done.code == 7
        assert "http: has no step that never replaces" in done.err


@pytest.mark.parametrize(("url", "words"), [("gopher://host/x", "gopher"), ("s3://", "names no bucket")])
def test_a_url_that_nobody_knows_is_refused_with_advice(url: str, words: str) -> None:
    with pytest.raises(StorageError, match=words) as told:
        open_storage(url)
    assert told.value.hint
