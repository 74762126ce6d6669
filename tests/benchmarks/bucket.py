"""Serves a folder's files as S3 on 127.0.0.1, from memory, filled without requests; it ends with its standard input.

Run it: `python bucket.py FOLDER PORT`; it prints a line once it answers. Listings cost what they show: moto's own go
through every key of the bucket for each, half a second among 400,000.
"""

import gc
import os
import sys
from bisect import bisect_left, insort
from pathlib import Path
from typing import Any

from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

ACCOUNT, BUCKET, PREFIX = "123456789012", "large", "r"
LAST = "\U0010ffff"

Page = tuple[list[Any], bool, str | None]


class Listing:
    """The sorted names of a bucket, in the place of what moto asks its store for."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401  (the server has no types)
        """Begin with the names that are there, and learn of those to come."""
        self._keys = store.get_bucket(BUCKET).keys
        self._names = sorted(self._keys)
        self._put, self._delete = store.put_object, store.delete_object
        store.put_object, store.delete_object, store.list_objects_v2 = self.put, self.delete, self.listed

    def put(self, bucket: str, name: str, *words: object, **more: object) -> Any:  # noqa: ANN401
        """Put an object, and its name in its place."""
        if name not in self._keys:
            insort(self._names, name)
        return self._put(bucket, name, *words, **more)

    def delete(self, bucket: str, name: str, *words: object, **more: object) -> Any:  # noqa: ANN401
        """Delete an object, and its name."""
        if name in self._keys:
            del self._names[bisect_left(self._names, name)]
        return self._delete(bucket, name, *words, **more)

    def listed(self, *, prefix: str | None, delimiter: str | None, max_keys: int, **more: Any) -> Page:  # noqa: ANN401
        """Return a page of keys and folders in order, whether there is more, and behind which name."""
        prefix, behind = prefix or "", more["continuation_token"] or more["start_after"] or ""
        found: list[Any] = []
        place = bisect_left(self._names, max(prefix, behind))
        while place < len(self._names) and self._names[place].startswith(prefix):
            name = self._names[place]
            end = name.find(delimiter, len(prefix)) if delimiter else -1
            shown = name if end < 0 else name[: end + 1]
            if shown > behind:
                if len(found) == max_keys:
                    last = found[-1]
                    return found, True, last if isinstance(last, str) else last.name
                found.append(self._keys[name] if end < 0 else shown)
            place = place + 1 if end < 0 else bisect_left(self._names, shown + LAST, place)
        return found, False, None


def main(root: Path, port: int) -> None:
    """Fill the store, then serve it."""
    gc.disable()  # collections among millions of values that stay take longer than all else
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    store = s3_backends[ACCOUNT]["aws"]
    store.create_bucket(BUCKET, "us-east-1")
    for folder, _, names in os.walk(root):
        for name in names:
            place = f"{folder}/{name}"
            key = f"{PREFIX}{place.removeprefix(str(root))}"
            store.put_object(BUCKET, key, Path(place).read_bytes(), disable_notification=True)
    Listing(store)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
