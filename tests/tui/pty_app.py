"""Runs the widget app in a real terminal; the argument says how it misbehaves."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from signoff.tui.driver import SignoffDriver
from tui.widget_app import WidgetApp, keys


class Misbehaving(WidgetApp):
    """An app that hangs, crashes or tells its keys, as asked."""

    def __init__(self, how: str) -> None:
        super().__init__(keys(1000))
        self.how = how
        self.driver_class = SignoffDriver

    def key_x(self) -> None:
        if self.how == "hang":
            while True:
                pass
        if self.how == "crash":
            message = "a defect"
            raise RuntimeError(message)
        self.exit(return_code=0)


if __name__ == "__main__":
    app = Misbehaving(sys.argv[1])
    app.run(mouse=False)
    raise SystemExit(app.return_code)
