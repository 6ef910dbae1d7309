"""The snippets: the code that pages show, that a reader copies, and that conc times.

In the repository they lie in its own folder ``snippets``; in an installed package, here. Either way
they are modules of this package, so that no folder of a reader's can shadow them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what the type checker can't see: that the modules lie in another folder
    from snippets import c_threads as c_threads
    from snippets import cpu_bound as cpu_bound
    from snippets import gil_latency as gil_latency
    from snippets import gil_probe as gil_probe
    from snippets import heartbeat as heartbeat
    from snippets import identities as identities
    from snippets import idle as idle
    from snippets import idle_loop as idle_loop
    from snippets import io_bare as io_bare
    from snippets import io_bound as io_bound
    from snippets import io_bound_asyncio as io_bound_asyncio
    from snippets import kitchens as kitchens
    from snippets import kitchens_asyncio as kitchens_asyncio
    from snippets import listing_asyncio as listing_asyncio
    from snippets import listing_count as listing_count
    from snippets import listing_idle_pool as listing_idle_pool
    from snippets import listing_processes as listing_processes
    from snippets import listing_threads as listing_threads
    from snippets import lock_price as lock_price
    from snippets import lost_updates as lost_updates
    from snippets import many_waiting as many_waiting
    from snippets import memory_bound as memory_bound
    from snippets import overhead as overhead
    from snippets import own_function as own_function
    from snippets import selector_loop as selector_loop
    from snippets import shared_memory as shared_memory
    from snippets import switching as switching
    from snippets import task_size as task_size
    from snippets import utilisation as utilisation

if not (Path(__file__).parent / "cpu_bound.py").is_file():
    __path__ = [str(Path(__file__).parents[2] / "snippets")]
