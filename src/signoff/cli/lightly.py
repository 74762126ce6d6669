"""Imports that a cold command does without.

The rule it keeps: every module behaves as ever; what is not needed is imported later or not at all. Where a library
changed so that this is not possible any more, it costs time only.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

PUT_OFF = "inspect"
"""Click imports it for texts of help and for generators: with what it imports itself, a sixth of a cold list."""
UNNEEDED = "typing_extensions"
"""Msgspec takes of it, where it is installed, what `typing` has since Python 3.11: a quarter of a cold list."""
LOCK = threading.RLock()


class PutOff(ModuleType):
    """A module that is executed when something of it is first asked for, once, whichever thread asks."""

    def __init__(self, spec: ModuleSpec, loader: Loader) -> None:
        """Wait with what `loader` would do."""
        super().__init__(spec.name)
        self.__spec__, self.__loader__, self.__package__ = spec, loader, spec.parent
        self.__file__, self.__cached__ = spec.origin, spec.cached
        self._waiting: Loader | None = loader

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (a module holds anything)
        """Execute the module, and return what was asked for."""
        if name != "__path__":  # which tells packages, and is asked of each module at its import
            with LOCK:
                loader = self.__dict__.pop("_waiting", None)
                if loader is not None:
                    loader.exec_module(self)
                    self.__class__ = ModuleType  # type: ignore[assignment]  # (now it is a module like any other)
        return ModuleType.__getattribute__(self, name)


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
    if spec is not None and spec.loader is not None:
        sys.modules[name] = PutOff(spec, spec.loader)
