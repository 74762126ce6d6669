"""Imports that a cold command does without.

The rule it keeps: every module behaves as ever; what is not needed is imported later or not at all. Where a library
changed so that this is not possible any more, it costs time only.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

PUT_OFF = "inspect"
"""Click imports it for texts of help and for generators: with what it imports itself, a sixth of a cold list."""
UNNEEDED = "typing_extensions"
"""Msgspec takes of it, where it is installed, what `typing` has since Python 3.11: a quarter of a cold list."""


class PutOff(ModuleType):
    """A module that is executed when something of it is first asked for."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (a module holds anything)
        """Execute the module, and return what was asked for."""
        spec = self.__spec__
        if spec is None or spec.loader is None or name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]  # (from here on it is a module like any other)
        spec.loader.exec_module(self)
        return getattr(self, name)


def import_lightly() -> None:
    """Import msgspec without what it does not need, and let one module wait that click seldom needs."""
    put_off(PUT_OFF)
    if UNNEEDED in sys.modules:
        return
    sys.modules[UNNEEDED] = None  # type: ignore[assignment]  # (that is how to say that a module is not there)
    try:
        import_module("msgspec")
    except ImportError:
        return  # a later msgspec needs it: whoever imports msgspec next gets both
    finally:
        del sys.modules[UNNEEDED]


def put_off(name: str) -> None:
    """Let a module wait until something of it is asked for, unless it is here already or cannot be found."""
    spec = PathFinder.find_spec(name) if name not in sys.modules else None
    if spec is None or spec.loader is None:
        return
    module = PutOff(name)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    sys.modules[name] = module
