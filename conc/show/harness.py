"""The lines of conc that make a case ready: what is open before the clock, and what is timed.

A page shows them as they stand, for what a snippet's own function does beside them is not timed.
"""

import importlib
import inspect

from conc.errors import ConcError


def made_ready(experiment: str, *names: str) -> str:
    """Return functions of a module of ``conc.experiments`` as a block of Markdown.

    Raises ConcError for a module or a function that is not there.
    """
    try:
        module = importlib.import_module(f"conc.experiments.{experiment}")
        functions = [inspect.unwrap(getattr(module, name)) for name in names]
    except (ModuleNotFoundError, AttributeError) as error:
        raise ConcError(f"a page asks for code that is not there: {error}") from error
    code = "\n\n".join(inspect.getsource(function) for function in functions)
    return f"```python\n{code}```"
