"""Serves a folder's files as S3 on 127.0.0.1, from memory, filled without requests; it ends with its standard input.

Run it: `python bucket.py FOLDER PORT`; it prints a line once it answers.
"""

import os
import sys
from pathlib import Path

from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

ACCOUNT, BUCKET, PREFIX = "123456789012", "large", "r"


def main(root: Path, port: int) -> None:
    """Fill the store, then serve it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    store = s3_backends[ACCOUNT]["aws"]
    store.create_bucket(BUCKET, "us-east-1")
    for folder, _, names in os.walk(root):
        for name in names:
            place = Path(folder) / name
            store.put_object(BUCKET, f"{PREFIX}/{place.relative_to(root)}", place.read_bytes())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
