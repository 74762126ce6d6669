"""What a cold Python program needs at least to list models from an index: the floor beside `signoff ls`."""

import argparse
import sqlite3
import sys

parser = argparse.ArgumentParser()
parser.add_argument("index")
index = sqlite3.connect(f"file:{parser.parse_args().index}?mode=ro", uri=True)
for model, count, newest in index.execute("select model, count(*), max(version) from v group by model"):
    sys.stdout.write(f"{model} {count} {newest}\n")
