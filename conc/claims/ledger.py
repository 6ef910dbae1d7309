"""The ledger: every testable claim, in our words, with its rule, section by section."""

from conc.claims.claim import Claim, Known, Page, Section
from conc.claims.rules import asyncio, bound, multiprocessing, process, summary, threading
from conc.errors import ConcError
from conc.figures import Counted

DOCS = "https://docs.python.org/3/"

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
                known=Known(
                    "A higher clock frequency lets a core retire more instructions in the"
                    " same time.",
                    "https://docs.kernel.org/admin-guide/pm/cpufreq.html",
                    "Linux, where the clock can change",
                ),
            ),
            Claim(
                "C2",
                "Most programs are CPU-bound; summing a list of numbers is an example.",
                ("memory-bound",),
                bound.a_sum_is_cpu_bound,
                known=Known(
                    "A list holds references to its numbers, not the numbers themselves.",
                    f"{DOCS}faq/design.html#how-are-lists-implemented-in-cpython",
                    "CPython, every version",
                ),
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
                known=Known(
                    "CPU time does not pass while a process sleeps.",
                    f"{DOCS}library/time.html#time.process_time",
                    "Python 3.3 and later",
                ),
            ),
            Claim(
                "C4",
                "Waiting for memory is waiting for I/O.",
                ("memory-bound",),
                bound.memory_is_io,
                surprising=True,
                known=Known(
                    "The system counts user time, the time spent executing in user mode; it"
                    " has no count of waits for memory within it.",
                    "https://man7.org/linux/man-pages/man2/getrusage.2.html",
                    "Linux",
                ),
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
                known=Known(
                    "The GIL lets one thread at a time execute Python bytecode. It is"
                    " released for I/O, and by some extension modules while they compute.",
                    f"{DOCS}glossary.html#term-global-interpreter-lock",
                    "CPython, GIL-enabled builds",
                ),
            ),
            Claim(
                "C6",
                "A native thread is a thread of the physical CPU core.",
                ("identities",),
                process.native_thread_is_hardware,
                known=Known(
                    "The native id of a thread is the one that the kernel assigned to it.",
                    f"{DOCS}library/threading.html#threading.get_native_id",
                    "Python 3.8 and later",
                ),
            ),
            Claim(
                "C7",
                "One Python process can't use more than 100 % of a core, however many threads it"
                " has.",
                ("utilisation", "cpu-bound"),
                process.at_most_one_core,
                surprising=True,
                known=Known(
                    "Hashing more than 2,047 bytes at once releases the GIL.",
                    f"{DOCS}library/hashlib.html",
                    "Python 3, GIL-enabled builds",
                ),
            ),
            Claim(
                "C8",
                "To get the most out of CPU-bound work in Python, several processes are needed.",
                ("utilisation", "cpu-bound"),
                process.processes_are_needed,
                known=Known(
                    "A pool of interpreters runs Python code on several cores within one"
                    " process: each interpreter has a GIL of its own.",
                    f"{DOCS}library/concurrent.futures.html#interpreterpoolexecutor",
                    "Python 3.14 and later",
                ),
            ),
            Claim(
                "C9",
                "A C or C++ program with several threads can use more than 100 % of a core.",
                ("utilisation", "cpu-bound"),
                process.c_uses_several_cores,
                known=Known(
                    "Each POSIX thread is an entity that the kernel schedules by itself.",
                    "https://man7.org/linux/man-pages/man7/pthreads.7.html",
                    "Linux",
                ),
            ),
            Claim(
                "C10",
                "A C or C++ program has no interpreter, and so no GIL to mind.",
                ("utilisation", "gil-probe"),
                process.c_has_no_gil,
                known=Known(
                    "C code that Python calls may release the GIL while it touches no Python"
                    " object; otherwise it holds it.",
                    "https://docs.python.org/3.14/c-api/threads.html#detaching-the-thread-state-from-extension-code",
                    "CPython, GIL-enabled builds",
                ),
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
                known=Known(
                    "Because of the GIL only one thread can execute Python code at once,"
                    " though certain libraries may get around that.",
                    f"{DOCS}library/threading.html",
                    "CPython, GIL-enabled builds",
                ),
            ),
            Claim(
                "C12",
                "Threads speed up I/O-bound work in Python.",
                ("io-bound",),
                process.threads_help_io,
                known=Known(
                    "Threads suit several tasks that are bound by I/O and run at the same time.",
                    f"{DOCS}library/threading.html",
                    "Python 3",
                ),
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
                known=Known(
                    "Subprocesses in place of threads let a program use several processors of"
                    " a machine.",
                    f"{DOCS}library/multiprocessing.html#introduction",
                    "Python 3",
                ),
            ),
            Claim(
                "C14",
                "Processes are independent of each other and share no memory.",
                ("shared-memory",),
                multiprocessing.share_no_memory,
                known=Known(
                    "shared_memory lets several processes access the same bytes.",
                    f"{DOCS}library/multiprocessing.shared_memory.html",
                    "Python 3.8 and later",
                ),
            ),
            Claim(
                "C15",
                "Working together across processes goes through the operating system and costs a"
                " slightly larger overhead.",
                ("overhead",),
                multiprocessing.costs_overhead,
                known=Known(
                    "Only what can be pickled can be handed to a pool of processes, and come back.",
                    f"{DOCS}library/concurrent.futures.html#processpoolexecutor",
                    "Python 3.2 and later",
                ),
            ),
            Claim(
                "C16",
                "For CPU-bound work multiprocessing is the perfect library.",
                ("task-size", "cpu-bound"),
                multiprocessing.perfect_for_cpu,
                known=Known(
                    "For very long iterables a large chunksize can be much faster with"
                    " processes; with threads it changes nothing.",
                    f"{DOCS}library/concurrent.futures.html#concurrent.futures.Executor.map",
                    "Python 3.5 and later",
                ),
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
                known=Known(
                    "The GIL is released around I/O that may block, so that other threads run"
                    " meanwhile.",
                    "https://docs.python.org/3.14/c-api/threads.html",
                    "CPython, GIL-enabled builds",
                ),
            ),
            Claim(
                "C18",
                "Threads share memory, so they need locks.",
                ("lost-updates",),
                threading.locks_are_necessary,
                surprising=True,
                known=Known(
                    "i = i + 1 is among the operations that are not thread-safe.",
                    "https://docs.python.org/3.13/faq/library.html#what-kinds-of-global-value-mutation-are-thread-safe",
                    "Python 3",
                ),
            ),
            Claim(
                "C19",
                "A lock lets one thread write at a time, and costs some overhead.",
                ("lost-updates", "lock-price"),
                threading.a_lock_admits_one,
                known=Known(
                    "Once a thread has acquired a lock, further attempts to acquire it block"
                    " until it is released.",
                    f"{DOCS}library/threading.html#lock-objects",
                    "Python 3",
                ),
            ),
            Claim(
                "C20",
                "A core usually has two native threads.",
                (),
                threading.two_threads_a_core,
                known=Known(
                    "A core consists of one or more threads, each of which is a logical CPU.",
                    "https://docs.kernel.org/arch/x86/topology.html",
                    "Linux on x86",
                ),
            ),
            Claim(
                "C21",
                "A Python process can have far more threads than the CPU.",
                ("many-waiting",),
                threading.far_more_threads_than_cores,
                known=Known(
                    "How many threads there can be is limited by the user’s and the system’s"
                    " settings, not by the number of CPUs.",
                    "https://man7.org/linux/man-pages/man3/pthread_create.3.html",
                    "Linux",
                ),
            ),
            Claim(
                "C22",
                "All threads are in a pool, managed by an executor of the operating system.",
                ("identities",),
                threading.all_threads_are_pooled,
                known=Known(
                    "An executor that uses a pool of threads is a class of concurrent.futures.",
                    f"{DOCS}library/concurrent.futures.html#threadpoolexecutor",
                    "Python 3.2 and later",
                ),
            ),
            Claim(
                "C23",
                "The operating system can interrupt a thread at any time to run another.",
                ("switching",),
                threading.interrupted_at_any_time,
                known=Known(
                    "The switch interval is how long a Python thread ideally runs before"
                    " another; which one is next, the operating system decides. Long internal"
                    " functions make it longer.",
                    f"{DOCS}library/sys.html#sys.setswitchinterval",
                    "CPython 3.2 and later, GIL-enabled builds",
                ),
            ),
            Claim(
                "C24",
                "Being pre-empted is a drawback of threads.",
                ("heartbeat",),
                threading.preemption_is_a_drawback,
                known=Known(
                    "All scheduling on Linux is pre-emptive.",
                    "https://man7.org/linux/man-pages/man7/sched.7.html",
                    "Linux",
                ),
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
                known=Known(
                    "A SelectorEventLoop is based on the selectors module, which waits for many"
                    " sockets at once.",
                    f"{DOCS}library/asyncio-eventloop.html#asyncio.SelectorEventLoop",
                    "Python 3.4 and later, by default on all systems but Windows",
                ),
            ),
            Claim(
                "C26",
                "Without the overhead of threads, asyncio is faster than threads for I/O-bound"
                " work.",
                ("equal-terms", "io-bound"),
                asyncio.faster_than_threads,
                surprising=True,
                known=Known(
                    "asyncio is called a fit for code that is bound by I/O; nothing is said"
                    " of its speed against threads.",
                    f"{DOCS}library/asyncio.html",
                    "Python 3",
                ),
            ),
            Claim(
                "C27",
                "A thread can't know when its request was sent and turn to other work; asyncio"
                " can.",
                ("selector-loop",),
                asyncio.threads_can_not_know,
                known=Known(
                    "selectors offers I/O multiplexing to any thread.",
                    f"{DOCS}library/selectors.html",
                    "Python 3.4 and later",
                ),
            ),
            Claim(
                "C28",
                "asyncio is a single process with a single thread.",
                ("idle-loop",),
                asyncio.one_process_one_thread,
                known=Known(
                    "An event loop runs in a thread, and executes all callbacks and tasks in"
                    " that thread.",
                    f"{DOCS}library/asyncio-dev.html#concurrency-and-multithreading",
                    "Python 3.4 and later",
                ),
            ),
            Claim(
                "C29",
                "The event loop routinely measures the progress of its tasks.",
                ("idle-loop",),
                asyncio.the_loop_polls,
                surprising=True,
                known=Known(
                    "epoll_wait blocks until a file descriptor delivers an event, a signal"
                    " comes or its time is up.",
                    "https://man7.org/linux/man-pages/man2/epoll_wait.2.html",
                    "Linux",
                ),
            ),
            Claim(
                "C30",
                "Tasks must cooperate: the loop knows nothing of their progress unless they tell"
                " it.",
                ("heartbeat",),
                asyncio.tasks_must_cooperate,
                known=Known(
                    "Code that blocks should not be called directly: all tasks and I/O"
                    " operations of the loop are delayed by as long as it takes.",
                    f"{DOCS}library/asyncio-dev.html#running-blocking-code",
                    "Python 3.4 and later",
                ),
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
                ("io-bound", "equal-terms"),
                summary.latency_decides_the_winner,
                surprising=True,
                known=Known(
                    "asyncio is offered for code that is bound by I/O; no latency is named.",
                    f"{DOCS}library/asyncio.html",
                    "Python 3",
                ),
            ),
            Claim(
                "C32",
                "Ten kitchens with ten chefs, one kitchen with ten chefs, one kitchen with one"
                " chef.",
                ("kitchens",),
                summary.kitchens,
                known=Known(
                    "On a free-threaded build threads run in parallel on the cores there are.",
                    f"{DOCS}howto/free-threading-python.html",
                    "Python 3.13 and later",
                ),
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
                known=Known(
                    "The key H hides user threads, or lists them again.",
                    "https://man7.org/linux/man-pages/man1/htop.1.html",
                    "htop 2 and later",
                ),
            ),
        ),
    ),
    Section("References", "References", _INDEX_PAGE),
)
"""The article's sections in its order, each with what it claims."""

CLAIMS = tuple(claim for section in SECTIONS for claim in section.claims)
"""All claims, in the order of the sections."""

NUMBER = Counted(len(CLAIMS), "verdicts: all claims")
"""How many there are, as sentences write it."""


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
