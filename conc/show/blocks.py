"""What a page's block asks for, by name. Blocks can be handed nothing: the result is kept here."""

from collections.abc import Callable
from typing import TypeVarTuple

from conc.errors import MissingError
from conc.show import changes, harness, machines, marks, page, project, verdicts, versions
from conc.show.markup import plain
from conc.show.shown import Shown

Ts = TypeVarTuple("Ts")

_shown: Shown | None = None
_in_site = False


def use(shown: Shown | None, *, in_site: bool = False) -> None:
    """Let blocks show ``shown`` from now on; ``None`` goes back to finding a result on disk.

    In a site a block gives a mark, which :func:`conc.show.build.finish` replaces; elsewhere (a
    test, a Python prompt) it gives its HTML at once.
    """
    global _shown, _in_site
    _shown, _in_site = shown, in_site


def answer() -> str:
    """Return what each model gained for both kinds of work, as one picture in HTML."""
    return _html("answer")


def chart(name: str) -> str:
    """Return a chart as HTML, with its caption, its origin and the table behind it."""
    return _html("chart", name)


def flowchart() -> str:
    """Return the way to a model by questions, with this machine's figures, as HTML."""
    return _html("flowchart")


def in_short(name: str) -> str:
    """Return a page in two or three sentences and what to do, as HTML."""
    return _html("in_short", name)


def what_to_use() -> str:
    """Return what to use for each kind of work, by the verdicts on this machine, as HTML."""
    return _html("what_to_use")


def clone() -> str:
    """Return the commands that clone the project and measure a machine, as Markdown."""
    return project.clone()


def without_clone(*, beside: bool = False) -> str:
    """Return the one line that tries a function without a clone, as Markdown.

    It has an environment of its own, or with ``beside`` that of the reader's project.
    """
    return project.without_clone(beside=beside)


def in_a_workflow() -> str:
    """Return the job that tries a function in a workflow, as Markdown."""
    return project.in_a_workflow()


def made_ready(experiment: str, *names: str) -> str:
    """Return the lines that open a pool before the clock starts, as Markdown."""
    return harness.made_ready(experiment, *names)


def last_measured() -> str:
    """Return when and on what all that is shown was measured, as a line of HTML."""
    return _html("last_measured")


def table(name: str) -> str:
    """Return a table as HTML, with its origin."""
    return _html("table", name)


def tried(example: str) -> str:
    """Return what a terminal shows of trying one of the page's own functions, as HTML."""
    return _html("tried", example)


def said_of_known() -> str:
    """Return what was said of each function of known nature that no section is about, as HTML."""
    return _html("said_of_known")


def tried_json(example: str) -> str:
    """Return what ``--json`` writes of trying one of the page's own functions, as HTML."""
    return _html("tried_json", example)


def sentence(name: str) -> str:
    """Return a sentence whose direction follows the evidence, as Markdown."""
    return _said(page.sentence, name)


def downloads() -> str:
    """Return the list of raw files, linked from the page that asks, as HTML."""
    return _html("downloads")


def machines_count() -> str:
    """Return how many machines and interpreters there are, and on what they differ."""
    return _said(machines.count)


def history_year() -> str:
    """Return which claims held everywhere all year, as HTML."""
    return _html("history_year")


def history_ratios() -> str:
    """Return the key ratios of each image and Python over the rounds, as HTML."""
    return _html("history_ratios")


def history_rounds() -> str:
    """Return the list of all rounds, as HTML."""
    return _html("history_rounds")


def machines_matrix() -> str:
    """Return the verdicts on all claims by all machines and interpreters, as HTML."""
    return _html("machines_matrix")


def machines_differing() -> str:
    """Return a sentence for each claim on which machines differ, as HTML."""
    return _html("machines_differing")


def machines_ratios() -> str:
    """Return the key ratios of all machines and interpreters side by side, as HTML."""
    return _html("machines_ratios")


def timeline(*names: str) -> str:
    """Return the timelines of traced runs, such as ``io threads``, as one figure in HTML."""
    return _html("timeline", *names)


def screen(program: str, view: str) -> str:
    """Return a captured screen, such as ``htop as installed``, with what its rows are, as HTML."""
    return _html("screen", program, view)


def more_screens(program: str, *but: str) -> str:
    """Return the other screens of a program, apart from those named, folded up, as HTML."""
    return _html("more_screens", program, *but)


def verdict(claim: str) -> str:
    """Return a claim with its verdict, the numbers behind it and where to look on, as HTML."""
    return _html("verdict", claim)


def verdict_counts() -> str:
    """Return how many claims hold, do not hold and so on, as a sentence."""
    return _said(verdicts.counts)


def verdict_bar() -> str:
    """Return how many claims have each outcome as one bar in HTML."""
    return _html("verdict_bar")


def verdicts_table() -> str:
    """Return the table of all claims with the filters above it, as HTML."""
    return _html("verdicts_table")


def sections_table() -> str:
    """Return where each section of the article is retold, and its claims, as HTML."""
    return _html("sections_table")


def surprises() -> str:
    """Return the few corrections that a reader of the article expects least, as HTML."""
    return _html("surprises")


def versions_summary() -> str:
    """Return which interpreters of which machine stand side by side, and which do not."""
    return _said(versions.summary)


def versions_changes() -> str:
    """Return what changed from one version of Python to the next, as HTML."""
    return _html("versions_changes")


def versions_table() -> str:
    """Return one machine under each version of Python, as HTML."""
    return _html("versions_table")


def rule_changes() -> str:
    """Return what each version of the rules changed, as HTML."""
    return _html("rule_changes")


def simulated() -> str:
    """Return how often rules are wrong and intervals hold in simulated noise, as HTML."""
    return _html("simulated")


def agreement() -> str:
    """Return how the verdicts of the last builds on this machine agree, as a sentence."""
    return _said(changes.agreement)


def turned_verdicts() -> str:
    """Return which verdicts turned since the build before, and why, as HTML."""
    return _html("turned_verdicts")


def _now() -> Shown:
    """Return what is shown; ConcError if its file can't be read."""
    if _shown is None:
        use(Shown.newest())
    assert _shown is not None
    return _shown


def _html(maker: str, *asked: str) -> str:
    if _in_site:
        return marks.mark(maker, *asked, words=marks.words(_now(), maker, *asked))
    return marks.make(_now(), maker, *asked)


def _said(say: Callable[[Shown, *Ts], str], *asked: *Ts) -> str:
    """Return a sentence as Markdown; its element tells what code made from what an author wrote."""
    try:
        said = say(_now(), *asked)
    except MissingError as error:
        said = f"*Not measured here: {plain(str(error))}.*"
    return f'<span class="conc-said">{said}</span>'
