"""Runs the whole app over a world in memory, in a real terminal; a file is told what was edited."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tui.tabs_app import app_of, tell

if __name__ == "__main__":
    world = tell()
    app = app_of(world)
    app.run(mouse=False)
    Path(sys.argv[1]).write_bytes(world.get("models/fraud/versions/1/README.md"))
    raise SystemExit(app.return_code)
