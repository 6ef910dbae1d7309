"""What a page says in two or three sentences, and what to do: from the verdicts that are decided.

Where this machine could not decide a claim, what is known of it from source and documentation
stands in its place, and is said to be that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import htpy as h

from conc.errors import ConcError, MissingError
from conc.records import Outcome
from conc.show import verdicts
from conc.show.shown import Shown


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of a claim: by its outcome here, else what is known of it anyway."""

    claim: str
    known: str
    by_outcome: Mapping[Outcome, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Short:
    """A page in short: its lines, and what to do."""

    says: tuple[Line, ...]
    do: Line


_WAITS_OVERLAP = Line(
    "C17",
    "Threads overlap their waits: ten of them wait ten times in about the time of one wait.",
    {"does not hold": "The waits of threads overlapped less here than they could."},
)
_EQUAL_TERMS = Line(
    "C26",
    "With as many requests in flight and clients of the same kind, threads and asyncio are close. "
    "What a request costs the client, and very many at once, set them apart.",
    {
        "holds": "With as many requests in flight and clients of the same kind, asyncio was faster "
        "than threads.",
        "does not hold": "With as many requests in flight and clients of the same kind, asyncio "
        "was not faster than threads.",
    },
)
_PURE_PYTHON = Line(
    "C11",
    "Threads do not speed up pure Python on a GIL-enabled build: they take turns.",
    {
        "does not hold": "Threads sped up work that computes: here no GIL is in their way.",
        "holds only if": "Threads sped up C code that lets go of the GIL, and not pure Python.",
    },
)
_HAND_OVER = Line(
    "C15",
    "To hand a call to a process means to pickle, to send and to unpickle; a thread gets a "
    "reference.",
    {
        "holds": "To hand a call to a process costs clearly more than to hand it to a thread.",
        "holds only if": "To hand a call to a process costs far more than to hand it to a thread.",
        "does not hold": "To hand a call to a process cost no more here than to hand it to a "
        "thread.",
    },
)

SHORTS: Mapping[str, Short] = {
    "cpu-and-io-bound": Short(
        (
            Line(
                "C3",
                "Work that waits for a network or a disk takes as long as its waits. A faster "
                "processor hardly helps.",
                {
                    "holds only if": "Work that waits takes as long as its waits, as long as the "
                    "client itself costs little CPU time.",
                    "does not hold": "The time of a request did not follow its latency here.",
                },
            ),
            Line(
                "C4",
                "Waiting for memory is no such wait: it counts as CPU time, and no other thread "
                "gets the core meanwhile.",
                {"holds": "Waiting for memory did not count as CPU time here."},
            ),
        ),
        Line(
            "C1",
            "Compare CPU time with wall time. About equal: the work computes. Much less: it waits.",
        ),
    ),
    "process-and-thread": Short(
        (
            Line(
                "C7",
                "On a GIL-enabled build a process is kept to one core while its threads run pure "
                "Python. C code that lets go of the GIL uses more.",
                {
                    "holds": "Whatever its threads ran, a process used one core at most here.",
                    "does not hold": "A process used several cores with threads alone: here no GIL "
                    "is in their way.",
                },
            ),
            Line(
                "C10",
                "C code that Python calls holds the GIL until it lets go of it: hashing and "
                "compressing do, sorting and pickling don’t.",
                {
                    "does not hold": "C code that Python called held the GIL to its end here.",
                    "holds": "All C code that was tried let go of the GIL here.",
                },
            ),
        ),
        Line(
            "C8",
            "For pure Python that computes take processes, or interpreters from Python 3.14 on; "
            "for C code that lets go of the GIL take threads.",
            {
                "holds": "For work that computes take processes.",
                "does not hold": "For work that computes, threads or interpreters do as well as "
                "processes here.",
            },
        ),
    ),
    "multiprocessing": Short(
        (
            Line(
                "C13",
                "Processes can use all usable cores, once a task takes much longer than its "
                "hand-over.",
                {
                    "holds": "Processes used all usable cores.",
                    "does not hold": "Processes did not use all usable cores here.",
                },
            ),
            _HAND_OVER,
        ),
        Line(
            "C16",
            "Take processes for pure Python whose tasks are well above the break-even below. Send "
            "little, and many tasks with one hand-over.",
            {
                "holds": "Take processes for pure Python that computes.",
                "does not hold": "Keep the plain loop: no length of a task that was tried made "
                "processes pay here.",
            },
        ),
    ),
    "threading": Short(
        (
            _WAITS_OVERLAP,
            Line(
                "C18",
                "They share memory, and an update of shared data can be lost, even where a test "
                "loses none.",
            ),
        ),
        Line(
            "C19",
            "Take threads for calls that block and wait. Guard what they change together with a "
            "lock, or hand it through a queue.",
        ),
    ),
    "asyncio": Short(
        (
            Line(
                "C25",
                "One thread is enough to overlap any number of waits.",
                {"does not hold": "The waits of one event loop overlapped less than they could."},
            ),
            _EQUAL_TERMS,
        ),
        Line(
            "C30",
            "Take asyncio where the library is asynchronous and much is in flight. Move whatever "
            "computes or blocks out of the event loop: it stops all other tasks.",
        ),
    ),
    "summary": Short(
        (
            Line(
                "C31",
                "How long a service takes does not choose between threads and asyncio. How many "
                "requests are in flight does, times what each costs the client.",
                {
                    "holds": "Threads were faster with a fast service, and asyncio with a slow "
                    "one.",
                    "holds only if": "How long a service takes chooses between threads and asyncio "
                    "under a condition only.",
                },
            ),
        ),
        Line(
            "C8",
            "Ask first whether the work computes or waits. Then go through the list below.",
        ),
    ),
    "listings": Short(
        (
            Line(
                "C33",
                "htop lists every thread as a row until you hide threads; top lists a row a "
                "process until you ask for threads.",
            ),
        ),
        Line("C33", "Press H in htop. A row is a process where its PID equals its TGID."),
    ),
    "cpu-bound": Short((_PURE_PYTHON,), Line("C8", "For pure Python take processes.")),
    "io-bound": Short(
        (_WAITS_OVERLAP, _EQUAL_TERMS),
        Line("C12", "Take what your library offers: threads if it blocks, asyncio if it awaits."),
    ),
    "overheads": Short(
        (_HAND_OVER,),
        Line(
            "C15",
            "Open a pool once and keep it. Hand processes few large pieces, not many small ones.",
        ),
    ),
}
"""By the last part of the page's address."""


def in_short(shown: Shown, name: str) -> h.Renderable:
    """Return a page in short, with a link to each verdict. Raises ConcError for an unknown name."""
    if name not in SHORTS:
        raise ConcError(f"no page in short is named {name!r}; there are: {', '.join(SHORTS)}")
    short = SHORTS[name]
    return h.div(".conc-short")[
        h.p(".conc-short-title")["In short"],
        h.ul[(h.li[_said(shown, line)] for line in short.says)],
        h.p[h.strong["Do this:"], " ", _said(shown, short.do)],
    ]


def _said(shown: Shown, line: Line) -> h.Renderable:
    outcome = _outcome(shown, line.claim)
    text = line.by_outcome.get(outcome, line.known) if outcome else line.known
    decided = outcome not in {None, "undecided", "not tested here"}
    source = line.claim if decided else f"{line.claim}, not decided here"
    link = shown.link(f"{verdicts.PAGE}#{line.claim}")
    return h.fragment[text, " ", h.a(".conc-source", href=link)[source]]


def _outcome(shown: Shown, claim: str) -> Outcome | None:
    """Return the outcome of a claim, ``None`` where nothing was measured at all."""
    try:
        return shown.verdicts[claim].outcome
    except MissingError:
        return None
