"""Our package under its own name, in a folder that holds nothing else.

This folder comes first on the path of every worker: so a ``conc.py`` of a reader's never takes the
place of our modules, and none of our other folders takes the place of a reader's.
"""

from os.path import dirname

__path__ = [dirname(dirname(dirname(dirname(__file__))))]  # noqa: PTH120 - as above


def __getattr__(name: str) -> object:
    """Give what the package itself offers: a reader's module may import that."""
    from importlib import import_module  # noqa: PLC0415 - most workers are never asked

    return getattr(import_module("conc.__init__"), name)
