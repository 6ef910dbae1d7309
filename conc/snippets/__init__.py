"""The snippets: the code that pages show, that a reader copies, and that conc times.

In the repository they lie in its own folder ``snippets``; in an installed package, here. Either way
they are modules of this package, so that no folder of a reader's can shadow them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what the type checker can't see: that the modules lie in another folder
    from snippets import (
        c_threads,
        cpu_bound,
        gil_latency,
        gil_probe,
        heartbeat,
        identities,
        idle,
        idle_loop,
        inherited_objects,
        initial_state,
        io_bare,
        io_bound,
        io_bound_asyncio,
        kitchens,
        kitchens_asyncio,
        known_functions,
        listing_asyncio,
        listing_count,
        listing_idle_pool,
        listing_processes,
        listing_threads,
        lock_price,
        lost_updates,
        many_waiting,
        memory_bound,
        overhead,
        overwrites,
        own_function,
        selector_loop,
        shared_memory,
        switching,
        task_size,
        utilisation,
    )

if not (Path(__file__).parent / "cpu_bound.py").is_file():
    __path__ = [str(Path(__file__).parents[2] / "snippets")]
