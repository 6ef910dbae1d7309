"""What the captured listings show: rows of every view, and what this version of htop does."""

import re
from collections.abc import Sequence

from conc.formats import plural
from conc.records import Capture
from conc.results.evidence import Evidence
from conc.show.screens import EXPERIMENT, PROGRAMS, find, label, remedy, rows_of
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.registry import Views

CPU_OF_LEADER_SINCE = (3, 3)
"""From this htop on the row of a process shows the CPU% of its main thread alone."""

HIDING_MERGED = "22 August 2026"
"""When htop's default changed in its development version (htop's pull request 2083)."""


def rows_table(evidence: Evidence) -> Table:
    """Return how many rows each view had for each program, and what the kernel knew."""
    measurement = evidence.of(EXPERIMENT).measurement
    found = measurement.captures
    programs = dict.fromkeys(one.program for one in found)
    rows: dict[str, dict[str, Cell]] = {}
    for one in found:
        rows.setdefault(label(one), {})[one.program] = rows_cell(one)
    rows["the kernel"] = {program: truth_cell(found, program) for program in programs}

    def of(program: str) -> Column[str]:
        heading = PROGRAMS.get(program, program)
        return columns.words(program, heading, lambda view: rows[view].get(program), "rows")

    return Table.of(
        "Rows that each view has for each program",
        (columns.name("view", "view", str), *map(of, programs)),
        rows,
        notes=("In brackets: rows that are threads, by the kernel's own count.",),
    ).resting_on(measurement)


def default_sentence(evidence: Evidence) -> str:
    """Say what htop as installed does with threads."""
    return about_default(as_installed(evidence))


def cpu_sentence(evidence: Evidence) -> str:
    """Say what the CPU% of the first row means in this version of htop."""
    return about_cpu(as_installed(evidence))


def origin_sentence(evidence: Evidence) -> str:
    """Say which tools were captured, and how much of the machine they saw."""
    return about_origin(evidence.of(EXPERIMENT).measurement.captures)


def as_installed(evidence: Evidence) -> Capture:
    """Return the capture of htop as installed, of the program with threads."""
    return find(evidence.of(EXPERIMENT).measurement.captures, "threads", "htop as installed")


def rows_cell(capture: Capture) -> Cell:
    """Return how many rows a capture has, and how many of them are threads."""
    if capture.missing:
        return Cell("not captured")
    threads = f" ({plural(capture.thread_rows, 'thread')})" if capture.thread_rows else ""
    return Cell(f"{len(capture.rows)}{threads}", len(capture.rows))


def truth_cell(found: Sequence[Capture], program: str) -> Cell:
    """Return how many processes and threads a program really had."""
    truth = next((one.truth for one in found if one.program == program and one.truth), [])
    if not truth:
        return Cell("not known")
    processes = plural(sum(thread.is_process for thread in truth), "process")
    return Cell(f"{processes}, {plural(len(truth), 'thread')} in all", len(truth))


def about_default(capture: Capture) -> str:
    """Say what htop as installed listed for the program with threads, by its own settings."""
    if capture.missing:
        return f"htop was not captured here: {capture.missing}{remedy(capture)}."
    listed = plural(rows_of(capture), "row")
    tool = f"htop {capture.version}"
    if capture.settings.get("hide_userland_threads") == "1":
        return (
            f"{tool} hides threads as it is installed: the program with four more threads has"
            f" {listed}. Releases up to 3.5.3 list them; the default changed in a merge of"
            f" {HIDING_MERGED}, for new configurations only. Press H to see the threads."
        )
    return (
        f"{tool} lists threads as it is installed: the program with four more threads has {listed},"
        " each with its thread id in the column PID, so that one process looks like several."
        f" Press H and the threads are gone. A change merged on {HIDING_MERGED} hides them by"
        " default, for new configurations only; no release had it by then."
    )


def about_cpu(capture: Capture) -> str:
    """Say what CPU% means in the row of the process, which changed with htop 3.3."""
    if capture.missing:
        return "What CPU% means depends on the version of htop, and none was captured here."
    if version_of(capture) < CPU_OF_LEADER_SINCE:
        return (
            f"In htop {capture.version} the CPU% of the process's own row is the sum of all its"
            " threads: adding up the rows counts the work twice."
            " From htop 3.3 on that row shows the main thread alone while threads are listed."
        )
    return (
        f"In htop {capture.version} the CPU% of the process's own row is that of its main thread"
        " alone while threads are listed, and the sum of all threads once they are hidden. Before"
        " htop 3.3 it was the sum in both, so that adding up the rows counted the work twice."
    )


def about_origin(found: Sequence[Capture]) -> str:
    """Say which tools were captured, and how much of the machine they could see."""
    there = [one for one in found if not one.missing]
    tools = dict.fromkeys(f"{one.tool} {one.version}" for one in there)
    if not tools:
        return "No tool could be captured here."
    alone = all(one.isolated for one in there)
    sight = (
        "The programs ran in process namespaces of their own, so their ids are small, and root"
        " in a column USER or UID is the namespace's, not the machine's."
        if alone
        else "The system allows no process namespaces, so the ids are the machine's, each tool"
        " was asked for the program's processes alone, and the column USER or UID says user in"
        " place of a name."
    )
    return f"Captured with {', '.join(tools)}. {sight}"


def version_of(capture: Capture) -> tuple[int, ...]:
    """Return a version as numbers, as far as it is made of them."""
    return tuple(int(part) for part in re.findall(r"\d+", capture.version)[:2])


VIEWS = Views(
    tables={
        "listings/rows": rows_table,
    },
    sentences={
        "listings/htop-default": default_sentence,
        "listings/htop-cpu": cpu_sentence,
        "listings/origin": origin_sentence,
    },
)
