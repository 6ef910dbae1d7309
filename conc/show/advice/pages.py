"""What pages say in short and advise, by the verdict on each line's claim.

A figure within a line is a number of the verdict, in braces: its name there, then how it is
written. What is known of a claim anyway stands where this machine decided nothing; it advises for
no model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conc.records import Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of a claim by its outcome here, and what is known of it whatever that is.

    Without a claim it rests on no measurement and is said as it stands. ``unless`` is said in its
    place where its own claim came out as it has words for.
    """

    claim: str
    known: str
    by_outcome: Mapping[Outcome, str] = field(default_factory=dict)
    unless: "Line | None" = None


@dataclass(frozen=True, slots=True)
class Short:
    """A page in short: its lines, and what to do."""

    says: tuple[Line, ...]
    do: Line


_WAITS_OVERLAP = Line(
    "C17",
    "A thread that waits holds no GIL, so that others run or wait meanwhile.",
    {
        "holds": "Threads overlap their waits: they reached {share of the ideal throughput:share}"
        " of the throughput that is possible.",
        "does not hold": "The waits of threads overlapped less here than they could: they reached"
        " {share of the ideal throughput:share} of the throughput that is possible.",
    },
)
_EQUAL_TERMS = Line(
    "C26",
    "With as many requests in flight and clients of the same kind, what a request costs its client"
    " tells threads and asyncio apart.",
    {
        "holds": "With as many requests in flight and clients of the same kind, asyncio was faster"
        " than threads.",
        "holds only if": "With as many requests in flight and clients of the same kind, asyncio was"
        " faster than threads under some loads only.",
        "does not hold": "With as many requests in flight and clients of the same kind, asyncio was"
        " not a tenth faster than threads.",
    },
)
_HAND_OVER = Line(
    "C15",
    "To hand a call to a process means to pickle, to send and to unpickle; a thread gets a"
    " reference.",
    {
        "holds": "To hand a call to a process took {process against thread:ratio} as long as to"
        " hand it to a thread.",
        "holds only if": "To hand a call to a process took {process against thread:ratio} as long"
        " as to hand it to a thread.",
        "does not hold": "To hand a call to a process took no longer here than to hand it to a"
        " thread: {process against thread:ratio} as long.",
    },
)
_PROCESSES_NEEDED = Line(
    "C8",
    "No process waits for the GIL of another, and from Python 3.14 on no interpreter does, so"
    " several can compute at the same time.",
    {
        "holds": "For work that computes take processes: pure Python was"
        " {speed-up of processes on pure Python:ratio} as fast.",
        "holds only if": "For pure Python that computes take processes: it was"
        " {speed-up of processes on pure Python:ratio} as fast. For C code that lets go of the GIL"
        " threads are enough.",
        "does not hold": "Processes were not needed here for work that computes: the verdict says"
        " what did as well.",
    },
)

SHORTS: Mapping[str, Short] = {
    "cpu-and-io-bound": Short(
        (
            Line(
                "C3",
                "Work that waits for a network or a disk uses no CPU time while it waits.",
                {
                    "holds": "Work that waits takes as long as its waits: each second of latency"
                    " added {seconds a request per second of latency:seconds} to a request.",
                    "holds only if": "Work that waits takes as long as its waits, where the client"
                    " itself costs little CPU time.",
                    "does not hold": "The time of a request did not follow its latency here: each"
                    " second of it added {seconds a request per second of latency:seconds}.",
                },
            ),
            Line(
                "C4",
                "Waiting for memory is no such wait: the system counts it as CPU time.",
                {
                    "does not hold": "Waiting for memory is no such wait: a sum that did little"
                    " else counted as {CPU share:percent} CPU time.",
                    "holds": "Waiting for memory did not count as CPU time here.",
                },
            ),
        ),
        Line(
            "",
            "Compare CPU time with wall time. About equal: the work computes. Much less: it waits.",
        ),
    ),
    "process-and-thread": Short(
        (
            Line(
                "C7",
                "On a GIL-enabled build one thread at a time runs Python bytecode. C code may let"
                " go of the GIL, and then uses further cores.",
                {
                    "holds": "Whatever its threads ran, a process used one core at most here.",
                    "holds only if": "With threads that run pure Python a process used"
                    " {cores used, pure Python:number} cores; with C code that lets go of the GIL"
                    " it used more.",
                    "does not hold": "With threads that run pure Python a process used"
                    " {cores used, pure Python:number} cores.",
                },
            ),
            Line(
                "C5",
                "On a GIL-enabled build C code that Python calls holds the GIL until it lets go of"
                " it.",
                {
                    "holds": "No other thread could run beside any of the functions that were"
                    " tried.",
                    "holds only if": "C code that Python calls holds the GIL until it lets go of"
                    " it. Some of the functions that were tried did, others did not.",
                    "does not hold": "Other threads ran on beside the functions that were tried.",
                },
            ),
        ),
        _PROCESSES_NEEDED,
    ),
    "multiprocessing": Short(
        (
            Line(
                "C13",
                "Processes can compute on several cores at the same time.",
                {
                    "holds": "Processes kept {cores in use:number} cores busy,"
                    " {share of what independent processes used:share} of what independent ones"
                    " did.",
                    "holds only if": "With tasks that are long enough processes kept"
                    " {cores in use:number} cores busy.",
                    "does not hold": "Processes did not use all usable cores here: they kept"
                    " {cores in use:number} busy.",
                },
            ),
            _HAND_OVER,
        ),
        Line(
            "C16",
            "A task shorter than its hand-over can gain nothing. Send little, and many tasks with"
            " one hand-over.",
            {
                "holds": "Take processes for pure Python that computes.",
                "holds only if": "Take processes for pure Python whose tasks take"
                " {shortest task that pays for certain, s:seconds} or more. Send little, and many"
                " short tasks with one hand-over.",
                "does not hold": "Keep the plain loop: no length of a task that was tried made"
                " processes pay here.",
            },
            unless=Line(
                "C11",
                "On a free-threaded build threads compute at the same time.",
                {
                    "does not hold": "Take threads for pure Python that computes: they were"
                    " {speed-up of threads on pure Python:ratio} as fast, and nothing has to be"
                    " handed over.",
                },
            ),
        ),
    ),
    "threading": Short(
        (
            _WAITS_OVERLAP,
            Line(
                "C18",
                "Threads share memory, and an update is not safe without a lock, even where a test"
                " loses none.",
                {
                    "holds": "Threads share memory, and updates of shared data were lost here. A"
                    " way of writing them that lost none is not safe for that.",
                },
            ),
        ),
        Line(
            "C12",
            "Guard what threads change together with a lock, or hand it through a queue.",
            {
                "holds": "Take threads for calls that block and wait. Guard what they change"
                " together with a lock, or hand it through a queue.",
                "does not hold": "Threads gained less than they could here. Guard what they change"
                " together with a lock, or hand it through a queue.",
            },
        ),
    ),
    "asyncio": Short(
        (
            Line(
                "C25",
                "One thread can wait for many answers: it asks the system for all sockets at once.",
                {
                    "holds": "One thread is enough to overlap waits: its tasks reached"
                    " {share of the ideal throughput:share} of the throughput that is possible.",
                    "does not hold": "The waits of one event loop overlapped less here than they"
                    " could: its tasks reached {share of the ideal throughput:share} of the"
                    " throughput that is possible.",
                },
            ),
            _EQUAL_TERMS,
        ),
        Line(
            "C30",
            "Move whatever computes or blocks out of the event loop: meanwhile no other task runs.",
            {
                "holds": "Where the library is asynchronous, await it, and move whatever computes"
                " or blocks out of the event loop: meanwhile no other task runs.",
                "does not hold": "Where the library is asynchronous, await it. What blocked the"
                " event loop delayed other tasks less here than it should.",
            },
        ),
    ),
    "summary": Short(
        (
            Line(
                "C31",
                "Whether a client computes or waits depends on the requests in flight times the"
                " CPU time of each, set against the latency.",
                {
                    "holds": "Threads were faster with a fast service, and asyncio with a slow"
                    " one.",
                    "holds only if": "Threads were faster with a fast service and asyncio with a"
                    " slow one, at some concurrency levels only.",
                    "does not hold": "How long a service takes does not choose between threads and"
                    " asyncio: a longer latency never turned the winner.",
                },
            ),
        ),
        Line("", "Ask first whether the work computes or waits. Then go through the list below."),
    ),
    "listings": Short(
        (
            Line(
                "C33",
                "The key H in htop hides threads, or lists them again; in top the same key lists"
                " them.",
                {
                    "holds only if": "htop lists every thread as a row until you hide threads; top"
                    " lists a row a process until you ask for threads.",
                    "does not hold": "This htop hides threads, and top does too: a row is a"
                    " process until you ask for threads.",
                },
            ),
        ),
        Line("", "Press H in htop. A row is a process where its PID equals its TGID."),
    ),
    "cpu-bound": Short(
        (
            Line(
                "C11",
                "On a GIL-enabled build one thread at a time runs Python bytecode.",
                {
                    "holds": "Threads did not speed up work that computes: pure Python was"
                    " {speed-up of threads on pure Python:ratio} as fast.",
                    "holds only if": "Threads sped up C code that lets go of the GIL, and not pure"
                    " Python, which was {speed-up of threads on pure Python:ratio} as fast.",
                    "does not hold": "Threads sped up pure Python that computes: it was"
                    " {speed-up of threads on pure Python:ratio} as fast.",
                },
            ),
        ),
        _PROCESSES_NEEDED,
    ),
    "io-bound": Short(
        (_WAITS_OVERLAP, _EQUAL_TERMS),
        Line(
            "C12",
            "Look at what your library offers: asyncio needs one whose calls can be awaited.",
            {
                "holds": "Take what your library offers: threads if it blocks, asyncio if its calls"
                " can be awaited.",
                "does not hold": "Look at what a request costs your client: threads gained less"
                " here than they could.",
            },
        ),
    ),
    "overheads": Short(
        (_HAND_OVER,),
        Line(
            "",
            "Open a pool once and keep it. Hand processes few large pieces, not many small ones.",
        ),
    ),
}
"""By the last part of the page's address."""

USE: Mapping[str, Line] = {
    "Pure Python that computes": SHORTS["multiprocessing"].do,
    "C code that computes": Line(
        "C11",
        "Threads can run beside each other in it where it holds no GIL.",
        {
            "holds": "Threads gained nothing here.",
            "holds only if": "Take threads where it lets go of the GIL.",
            "does not hold": "Take threads: here they sped up even pure Python.",
        },
    ),
    "Waiting, with a library that blocks": Line(
        "C12",
        "A thread that waits holds no GIL.",
        {
            "holds": "Take threads.",
            "does not hold": "Threads gained less than they could here: look at what a request"
            " costs the client.",
        },
    ),
    "Waiting, with an async library": Line(
        "C26",
        "An event loop needs one thread for all its waits, and less memory for each.",
        {
            "holds": "Take asyncio: at equal terms it was faster than threads.",
            "holds only if": "Take either; under some loads asyncio was faster at equal terms.",
            "does not hold": "Take either: at equal terms asyncio was not a tenth faster. A"
            " waiting task needs less memory than a thread.",
        },
    ),
    "Waiting and computing": Line(
        "C30",
        "A task that computes or blocks keeps all others of its event loop waiting.",
        {
            "holds": "Wait in threads or tasks, and compute in processes: a task that computed kept"
            " all others of its loop waiting.",
            "does not hold": "A task that computed delayed the others of its loop less here than it"
            " should.",
        },
        unless=Line(
            "C11",
            "On a free-threaded build threads compute at the same time.",
            {
                "does not hold": "Compute in threads, which ran at the same time here, and wait in"
                " threads or tasks.",
            },
        ),
    ),
}
"""What to use, by the kind of work."""
