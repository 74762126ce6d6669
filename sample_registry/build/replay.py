"""Tell the sample's story anew: remove every record, and sign the same history with fresh throw-away keys.

Run it after train.py, in an environment where signoff is installed:
    python sample_registry/build/replay.py
"""

import os
import tempfile
from pathlib import Path

from signoff.sample.place import strip_records
from signoff.sample.story import tell

REGISTRY = Path(__file__).parents[1]


def main() -> None:
    """Rebuild the records of the folder that this script is in."""
    with tempfile.TemporaryDirectory() as private:
        os.environ |= {"SIGNOFF_STATE_DIR": f"{private}/state", "SIGNOFF_CACHE_DIR": f"{private}/cache"}
        strip_records(REGISTRY)
        registry = tell(REGISTRY)
        report = registry.verify(deep=True)
        for chain in report.chains:
            print(f"{chain.records:4} {chain.chain}")
        if not report.ok:
            raise SystemExit("\n".join(problem.what for problem in report.problems))
        print(f"registry {registry.id}")


if __name__ == "__main__":
    main()
