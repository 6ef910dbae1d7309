"""What changed in the rules, so that a verdict that turned can be told from data that did."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the rules: which claims it judges otherwise, and how.

    ``claims`` are ids; empty where all are concerned.
    """

    version: int
    what: str
    claims: tuple[str, ...] = ()


CHANGES = (
    Change(1, "The first rules: a claim is judged by intervals of 98 %."),
    Change(
        2,
        "Centre and interval come from runs: the Hodges–Lehmann centre of each, and Student’s t"
        " between them. Four runs suffice, or seven rounds in two.",
    ),
    Change(
        2,
        "No machine is called busy. A disturbance is named with its figure, and leaves undecided"
        " only what it could have caused. That parallel work gains nothing is said only where 1.25"
        " cores could be had for certain, and no other program took them.",
    ),
    Change(2, "It is called a definition.", ("C6",)),
    Change(
        2,
        "Cores in use decide where their interval does, or nearly all rounds do: 7 of 7, 11 of 12.",
        ("C7", "C9", "C11"),
    ),
    Change(
        2,
        "All work that lets go of the GIL is put together, and set against processes in one test.",
        ("C8",),
    ),
    Change(2, "The article speaks of programs in C, so one is measured.", ("C10",)),
    Change(
        2,
        "The cores that processes use are set against those of independent processes, round by"
        " round; the chunk of that measurement is one more length of a task.",
        ("C13", "C16"),
    ),
    Change(2, "Up to twice as long is a slight overhead, more is not.", ("C15",)),
    Change(2, "Losses are told by form and by switch interval.", ("C18",)),
    Change(2, "One machine is no sample of what is usual.", ("C20",)),
    Change(2, "What pre-emption costs is set beside what it protects.", ("C24",)),
    Change(
        2,
        "Two comparisons were fixed beforehand: up to ten in flight, and a hundred or more.",
        ("C26",),
    ),
    Change(
        2,
        "At each concurrency level the shortest latency is set against the longest.",
        ("C31",),
    ),
    Change(2, "The three kitchens of the article are judged, and no other.", ("C32",)),
    Change(2, "What htop lists is told apart from what that is taken for.", ("C33",)),
    Change(
        3,
        "What processes gain in pure Python is told by the experiment on CPU-bound work, which"
        " measures it most often.",
        ("C8",),
    ),
    Change(
        3,
        "Where each run has one round, the interval of a ratio is wider: by half of what one run"
        " more could have moved it, had the cores been in their other state.",
    ),
    Change(3, "A thread is set against a task round by round.", ("C24",)),
    Change(
        3,
        "The two comparisons are the corners where a client has least to do and most: few requests"
        " that wait long, many that are answered soon.",
        ("C26",),
    ),
    Change(
        3,
        "A kitchen agrees with its picture where its time is nearer to what that predicts than to"
        " twice or half of it. It was ±15 %, which none but the simplest could keep to.",
        ("C32",),
    ),
    Change(
        3,
        "Where a verdict needs several comparisons at once, their intervals are not widened: it can"
        " be wrong only where one of them is.",
        ("C26", "C31"),
    ),
    Change(
        4,
        "That the work is pure Python is the condition only where nothing else in one process comes"
        " near processes on it; where that is open for interpreters, so is the verdict.",
        ("C8",),
    ),
)
"""What each version changed, in order. A change to a rule is entered here with a new version."""

RULES_VERSION = CHANGES[-1].version
"""The version of the rules that judge now."""
