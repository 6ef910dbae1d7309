"""The ledger: every testable claim, in our words, with its rule, section by section."""

from conc.claims.claim import Claim, Page, Section
from conc.claims.rules import asyncio, bound, multiprocessing, process, summary, threading
from conc.errors import ConcError

_BOUND_PAGE = Page("article/cpu-and-io-bound.md", "CPU-bound and I/O-bound")
_PROCESS_PAGE = Page("article/process-and-thread.md", "Process and thread, the GIL")

_INDEX_PAGE = Page("article/index.md", "Section by section")
_LISTINGS_PAGE = Page("listings.md", "htop, top and ps")

SECTIONS = (
    Section("Introduction", "Introduction", _INDEX_PAGE),
    Section("CPU-Bound VS I/O-Bound", "CPU-Bound-VS-I-O-Bound", _BOUND_PAGE),
    Section(
        "CPU-Bound",
        "CPU-Bound",
        _BOUND_PAGE,
        claims=(
            Claim(
                "C1",
                "The speed of the processor decides how long CPU-bound work takes: a faster"
                " clock, a faster program.",
                ("memory-bound",),
                bound.cpu_time_decides,
            ),
            Claim(
                "C2",
                "Most programs are CPU-bound; summing a list of numbers is an example.",
                ("memory-bound",),
                bound.a_sum_is_cpu_bound,
            ),
        ),
    ),
    Section(
        "I/O-Bound",
        "I-O-Bound",
        _BOUND_PAGE,
        claims=(
            Claim(
                "C3",
                "Waiting decides how long I/O-bound work takes: faster I/O helps, a faster clock"
                " hardly does.",
                ("io-bound",),
                bound.waiting_decides,
            ),
            Claim(
                "C4",
                "Waiting for memory is waiting for I/O.",
                ("memory-bound",),
                bound.memory_is_io,
                surprising=True,
            ),
        ),
    ),
    Section("Process VS Thread in Python", "Process-VS-Thread-in-Python", _PROCESS_PAGE),
    Section(
        "Process in Python",
        "Process-in-Python",
        _PROCESS_PAGE,
        claims=(
            Claim(
                "C5",
                "The GIL lets exactly one native thread execute at a time.",
                ("gil-probe",),
                process.one_thread_at_a_time,
            ),
            Claim(
                "C6",
                "A native thread is a thread of the physical CPU core.",
                ("identities",),
                process.native_thread_is_hardware,
            ),
            Claim(
                "C7",
                "One Python process can't use more than 100 % of a core, however many threads it"
                " has.",
                ("utilisation", "cpu-bound"),
                process.at_most_one_core,
                surprising=True,
            ),
            Claim(
                "C8",
                "To get the most out of CPU-bound work in Python, several processes are needed.",
                ("utilisation", "cpu-bound"),
                process.processes_are_needed,
            ),
            Claim(
                "C9",
                "A C or C++ program with several threads can use more than 100 % of a core.",
                ("utilisation", "cpu-bound"),
                process.c_uses_several_cores,
            ),
            Claim(
                "C10",
                "Compiled code has no interpreter, and so no GIL to mind.",
                ("gil-probe",),
                process.c_has_no_gil,
            ),
        ),
    ),
    Section(
        "Thread in Python",
        "Thread-in-Python",
        _PROCESS_PAGE,
        claims=(
            Claim(
                "C11",
                "Threads do not speed up CPU-bound work in Python.",
                ("cpu-bound", "utilisation"),
                process.threads_do_not_help_cpu,
            ),
            Claim(
                "C12",
                "Threads speed up I/O-bound work in Python.",
                ("io-bound",),
                process.threads_help_io,
            ),
        ),
    ),
    Section(
        "Multiprocessing VS Threading VS AsyncIO in Python",
        "Multiprocessing-VS-Threading-VS-AsyncIO-in-Python",
        _INDEX_PAGE,
    ),
    Section(
        "Multiprocessing",
        "Multiprocessing",
        Page("article/multiprocessing.md", "Multiprocessing"),
        claims=(
            Claim(
                "C13",
                "Several processes can use all cores of the machine.",
                ("cpu-bound", "task-size"),
                multiprocessing.uses_all_cores,
            ),
            Claim(
                "C14",
                "Processes are independent of each other and share no memory.",
                ("shared-memory",),
                multiprocessing.share_no_memory,
            ),
            Claim(
                "C15",
                "Working together across processes goes through the operating system and costs a"
                " slightly larger overhead.",
                ("overhead",),
                multiprocessing.costs_overhead,
            ),
            Claim(
                "C16",
                "For CPU-bound work multiprocessing is the perfect library.",
                ("task-size", "cpu-bound"),
                multiprocessing.perfect_for_cpu,
            ),
        ),
    ),
    Section(
        "Threading",
        "Threading",
        Page("article/threading.md", "Threading"),
        claims=(
            Claim(
                "C17",
                "Threads overlap their waits and so use a CPU that would sit idle.",
                ("io-bound",),
                threading.waits_overlap,
            ),
            Claim(
                "C18",
                "Threads share memory, so they need locks.",
                ("lost-updates",),
                threading.locks_are_necessary,
                surprising=True,
            ),
            Claim(
                "C19",
                "A lock lets one thread write at a time, and costs some overhead.",
                ("lost-updates", "lock-price"),
                threading.a_lock_admits_one,
            ),
            Claim(
                "C20",
                "A core usually has two native threads.",
                (),
                threading.two_threads_a_core,
            ),
            Claim(
                "C21",
                "A Python process can have far more threads than the CPU.",
                ("many-waiting",),
                threading.far_more_threads_than_cores,
            ),
            Claim(
                "C22",
                "All threads are in a pool, managed by an executor of the operating system.",
                ("identities",),
                threading.all_threads_are_pooled,
            ),
            Claim(
                "C23",
                "The operating system can interrupt a thread at any time to run another.",
                ("switching",),
                threading.interrupted_at_any_time,
            ),
            Claim(
                "C24",
                "Being pre-empted is a drawback of threads.",
                ("heartbeat",),
                threading.preemption_is_a_drawback,
            ),
        ),
    ),
    Section(
        "AsyncIO",
        "AsyncIO",
        Page("article/asyncio.md", "AsyncIO"),
        claims=(
            Claim(
                "C25",
                "With asyncio one thread is enough to overlap waits.",
                ("io-bound", "idle-loop"),
                asyncio.one_thread_overlaps_waits,
            ),
            Claim(
                "C26",
                "Without the overhead of threads, asyncio is faster than threads for I/O-bound"
                " work.",
                ("equal-terms",),
                asyncio.faster_than_threads,
                surprising=True,
            ),
            Claim(
                "C27",
                "A thread can't know when its request was sent and turn to other work; asyncio"
                " can.",
                ("selector-loop",),
                asyncio.threads_can_not_know,
            ),
            Claim(
                "C28",
                "asyncio is a single process with a single thread.",
                ("idle-loop",),
                asyncio.one_process_one_thread,
            ),
            Claim(
                "C29",
                "The event loop routinely measures the progress of its tasks.",
                ("idle-loop",),
                asyncio.the_loop_polls,
                surprising=True,
            ),
            Claim(
                "C30",
                "Tasks must cooperate: the loop knows nothing of their progress unless they tell"
                " it.",
                ("heartbeat",),
                asyncio.tasks_must_cooperate,
            ),
        ),
    ),
    Section(
        "Summary",
        "Summary",
        Page("article/summary.md", "Summary"),
        claims=(
            Claim(
                "C31",
                "Threads suit fast I/O and asyncio slow I/O.",
                ("equal-terms",),
                summary.latency_decides_the_winner,
                surprising=True,
            ),
            Claim(
                "C32",
                "Ten kitchens with ten chefs, one kitchen with ten chefs, one kitchen with one"
                " chef.",
                ("kitchens",),
                summary.kitchens,
            ),
        ),
    ),
    Section("Caveats", "Caveats", _INDEX_PAGE),
    Section(
        "HTOP vs TOP",
        "HTOP-vs-TOP",
        _LISTINGS_PAGE,
        claims=(
            Claim(
                "C33",
                "htop mistakes a program with several threads for several processes; top does not.",
                ("listings",),
                summary.htop_misreads,
                surprising=True,
            ),
        ),
    ),
    Section("References", "References", _INDEX_PAGE),
)
"""The article's sections in its order, each with what it claims."""

CLAIMS = tuple(claim for section in SECTIONS for claim in section.claims)
"""All claims, in the order of the sections."""


def get(claim_id: str) -> Claim:
    """Return a claim by its id, in any case; raise :class:`ConcError` naming the known ones."""
    for claim in CLAIMS:
        if claim.id.casefold() == claim_id.casefold():
            return claim
    known = ", ".join(claim.id for claim in CLAIMS)
    raise ConcError(f"there is no claim {claim_id!r}; there are: {known}")


def section_of(claim: Claim) -> Section:
    """Return the section that makes a claim of the ledger."""
    return next(section for section in SECTIONS if claim in section.claims)
