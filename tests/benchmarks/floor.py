"""What a cold Python program needs at least to resolve a version and verify one signature: the floor beside `signoff show`."""

import argparse
import hashlib
import sys

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

parser = argparse.ArgumentParser()
parser.add_argument("file")
with open(parser.parse_args().file, "rb") as file:  # noqa: PTH123  (pathlib is not part of the floor)
    content = file.read()
said = yaml.load(content, yaml.CSafeLoader)  # noqa: TID251  (the floor, on a file of ours)
key = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
key.public_key().verify(key.sign(content), content)
sys.stdout.write(f"{said['license']} {hashlib.sha256(content).hexdigest()}\n")
