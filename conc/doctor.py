"""What this machine can and can't decide, and what would help: the findings of ``conc doctor``.

:func:`look_around` reads; :func:`examine` judges what was read, and touches nothing.
"""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Literal

from conc.experiments.cpu_bound import EXPERIMENT as CPU_BOUND
from conc.experiments.parts import compiler
from conc.measure.listings.programs import NotCaptured
from conc.measure.listings.tools import views_here
from conc.measure.machine import describe_interpreter, describe_machine
from conc.measure.meter import others
from conc.measure.meter import reading as meter
from conc.models import MODELS, Model
from conc.records import Estimate, Interpreter, Machine, Record, Result
from conc.results import causes, samples, statistics, store
from conc.results.causes import Witnessed

LOOK_S, SPIN = 1.0, 200_000
"""How long the load is looked at, and how often a loop does nothing whose speed is taken then."""

NARROW = 0.05
"""Relative half-width of the noise floor up to which differences of ten percent can be decided."""

State = Literal["ready", "limited", "missing"]


class Finding(Record, frozen=True, kw_only=True):
    """One thing looked at: what was found, what that means for the verdicts, what would help."""

    subject: str
    state: State
    found: str
    means: str
    helps: str = ""


class Surroundings(Record, frozen=True, kw_only=True):
    """All that is looked at.

    ``load`` is what was witnessed while this process computed for a while; ``noise`` is the ratio
    of the sequential case to itself when this machine was last measured, ``None`` before that.
    ``htop`` is the version whose screens are captured; ``no_htop`` and ``no_compiler`` say why
    there is none, and are empty where there is one. ``other_conc`` is the version of another
    distribution of that name.
    """

    machine: Machine
    interpreter: Interpreter
    load: Witnessed
    reads_proc: bool
    noise: Estimate | None
    htop: str = ""
    no_htop: str = ""
    no_compiler: str = ""
    other_conc: str = ""


def look_around(folder: Path | None = None) -> Surroundings:
    """Read what the findings rest on; ``folder`` holds the results, by default the usual one.

    Raises:
        ConcError: There is a result file for this machine, and it can't be read.

    """
    machine, interpreter = describe_machine(), describe_interpreter()
    path = store.result_path(folder or store.results_folder(), machine, interpreter)
    htop, no_htop = captured_htop()
    return Surroundings(
        machine=machine,
        interpreter=interpreter,
        load=look_at_load(),
        reads_proc=Path("/proc/self/smaps_rollup").exists(),
        noise=noise_floor(store.load_ours(path)) if path.exists() else None,
        htop=htop,
        no_htop=no_htop,
        no_compiler=compiler.why_none(),
        other_conc=other_conc(),
    )


def examine(around: Surroundings) -> tuple[Finding, ...]:
    """Judge what was found, the weightiest first."""
    machine, interpreter = around.machine, around.interpreter
    return (
        _cores(machine),
        *_shared(machine),
        _noise(around.noise),
        _load(around.load, machine.limits),
        _proc(reads_proc=around.reads_proc, system=machine.system),
        _gil(interpreter),
        *(_model(model, interpreter) for model in MODELS if model.needs),
        _start_methods(interpreter),
        _htop(around, machine.system),
        _compiler(around.no_compiler),
        *_other_conc(around.other_conc),
    )


def look_at_load(seconds: float = LOOK_S) -> Witnessed:
    """Compute for a while, and return what others did meanwhile and how the speed changed."""
    before, opening = others.read(), meter.read()
    until_s = opening.ended_s + seconds
    spins = [_spin_s()]
    while time.perf_counter() < until_s:
        spins.append(_spin_s())
    usage = opening.until(meter.read())
    around = others.between(before, others.read(), usage.cpu_s)
    return Witnessed(
        others_cores=around.others_cores,
        delayed=None if usage.run_delay_s is None else usage.run_delay_s / usage.wall_s,
        stolen=around.stolen,
        spread=causes.spread(spins),
    )


def _spin_s() -> float:
    """Return the CPU time of a loop of some milliseconds."""
    began_s = time.thread_time()
    for _ in range(SPIN):
        pass
    return time.thread_time() - began_s


def noise_floor(result: Result) -> Estimate | None:
    """Return the ratio of the sequential case to its own twin, the A/A arm of ``cpu-bound``.

    ``None`` where that was not measured, or with too few rounds to have an interval.
    """
    measurement = result.measurements.get(CPU_BOUND.name)
    if measurement is None:
        return None
    twins = (case for case in measurement.cases if case.model == "sequential" and case.against)
    estimate = next((samples.speedup(measurement, case.id) for case in twins), None)
    return estimate if estimate and math.isfinite(statistics.half_width(estimate)) else None


def _cores(machine: Machine) -> Finding:
    usable = machine.usable_cores
    found = f"{usable:g} usable of {machine.cores} ({machine.cpu})"
    if machine.limits:
        found += f"; {'; '.join(machine.limits)}"
    if usable < 2:  # noqa: PLR2004 - two is the fewest that can work in parallel
        return Finding(
            subject="cores",
            state="missing",
            found=found,
            means="No two workers compute at once here: claims on parallel speed-up stay "
            '"not tested here".',
            helps="a machine, an affinity or a cgroup quota with two cores or more",
        )
    return Finding(
        subject="cores",
        state="limited" if machine.limits else "ready",
        found=found,
        means=f"Speed-ups of CPU-bound work can be seen up to {usable:g}×.",
        helps="lift the limit to see what the whole machine does" if machine.limits else "",
    )


def _shared(machine: Machine) -> Iterator[Finding]:
    """Yield what makes cores differ from what they seem to be, where there is any of it."""
    if machine.threads_per_core and machine.threads_per_core > 1:
        yield Finding(
            subject="hardware threads",
            state="limited",
            found=f"{machine.threads_per_core} for each physical core",
            means="Two workers on one physical core get less than twice of one: read speed-ups "
            "against the yardstick, not against the number of cores.",
        )
    if machine.virtualisation:
        yield Finding(
            subject="virtualisation",
            state="limited",
            found=machine.virtualisation,
            means="Neighbours that this system does not see can take its cores; figures may be "
            "wider, and verdicts undecided.",
            helps="hardware of your own, or the profile full at a quiet hour",
        )
    if machine.frequency_scaling and machine.frequency_scaling != "performance":
        yield Finding(
            subject="clock rate",
            state="limited",
            found=f"governor {machine.frequency_scaling}",
            means="The clock rate follows the load, so a short sample may run slower.",
            helps="cpupower frequency-set --governor performance, for the time of measuring",
        )


def _noise(noise: Estimate | None) -> Finding:
    if noise is None:
        return Finding(
            subject="noise floor",
            state="missing",
            found="not measured yet",
            means="How small a difference can be decided here is not known.",
            helps="conc measure cpu-bound",
        )
    width = statistics.half_width(noise)
    narrow = width <= NARROW
    return Finding(
        subject="noise floor",
        state="ready" if narrow else "limited",
        found=f"sequential against itself {noise.value:.2f}× ({noise.low:.2f}–{noise.high:.2f})",
        means=f"Differences below ±{100 * width:.1f} % drown in this machine's noise.",
        helps="" if narrow else "stop what runs beside, then conc measure cpu-bound --refresh",
    )


def _load(seen: Witnessed, limits: Sequence[str]) -> Finding:
    """Say what disturbs a measurement now, as verdicts say what disturbed one."""
    cause = causes.cause(seen, limits)
    if cause.kind != "unknown":
        slowed = cause.kind == "speed"
        return Finding(
            subject="load",
            state="limited",
            found=cause.sentence,
            means="Times scatter as much: intervals come out wider."
            if slowed
            else "A parallel speed-up measured now would come out too small.",
            helps="a quieter hour, or more time: conc measure --profile full"
            if slowed
            else "stop what runs beside; conc measure also waits a while for quiet",
        )
    told = seen.others_cores is not None
    return Finding(
        subject="load",
        state="ready" if told else "missing",
        found=causes.known(seen),
        means="The machine is quiet enough to measure."
        if told
        else "Samples carry no witness of other programs: they show only in the width of the "
        "intervals.",
    )


def _proc(*, reads_proc: bool, system: str) -> Finding:
    if reads_proc:
        return Finding(
            subject="/proc",
            state="ready",
            found="readable",
            means="Run delay, context switches of all threads and shared memory (PSS) are read.",
        )
    return Finding(
        subject="/proc",
        state="missing",
        found=f"{system} has none that tells what is needed",
        means="Run delay and shared memory (PSS) are absent from every sample here.",
        helps="measure on Linux too, and compare the two machines",
    )


def _gil(interpreter: Interpreter) -> Finding:
    named = f"{interpreter.implementation} {interpreter.version}, {interpreter.build} build"
    if interpreter.build == "free-threaded" and interpreter.gil:
        return Finding(
            subject="GIL",
            state="limited",
            found=f"{named}, but an imported extension has switched the GIL on",
            means="Threads are measured with the GIL, as on a GIL-enabled build.",
            helps="newer versions of the extension modules, or PYTHON_GIL=0",
        )
    with_gil = interpreter.gil
    return Finding(
        subject="GIL",
        state="ready",
        found=named,
        means=f"Threads are measured {'with' if with_gil else 'without'} the GIL.",
        helps=f"a {'free-threaded' if with_gil else 'GIL-enabled'} interpreter beside it shows "
        "the other side",
    )


def _model(model: Model, interpreter: Interpreter) -> Finding:
    """Tell of a model that is not possible everywhere whether it is here."""
    if interpreter.offers(model):
        return Finding(
            subject=model.name,
            state="ready",
            found=f"{model.pool.rpartition(':')[2]} is there",
            means=f"The model {model.name} is measured.",
        )
    return Finding(
        subject=model.name,
        state="missing",
        found=f"{model.distribution} not in Python {interpreter.version}".lstrip(),
        means=f"The model {model.name} is left out.",
        helps=model.needs,
    )


def _start_methods(interpreter: Interpreter) -> Finding:
    forks = "fork" in interpreter.start_methods
    return Finding(
        subject="start methods",
        state="ready" if forks else "limited",
        found=f"{', '.join(interpreter.start_methods)} (default {interpreter.start_method})",
        means="The cost of starting a process is measured for each of them.",
        helps="" if forks else "a system with fork, to see what starting a process can cost least",
    )


def _htop(around: Surroundings, system: str) -> Finding:
    if around.htop:
        return Finding(
            subject="htop",
            state="ready",
            found=around.htop,
            means="Its screens of threads and processes can be captured.",
        )
    return Finding(
        subject="htop",
        state="missing",
        found=around.no_htop,
        means="The page on htop and top shows no screen of it.",
        helps="apt-get install htop, or your system's way" if system == "Linux" else "",
    )


def _compiler(reason: str) -> Finding:
    return Finding(
        subject="C compiler",
        state="missing" if reason else "ready",
        found=reason or "it compiles the program that is measured",
        means="Threads of Python are compared with library code that releases the GIL, not with C."
        if reason
        else "Threads of Python can be compared with threads of C.",
        helps="gcc or clang, called cc, with the headers of the C library" if reason else "",
    )


def _other_conc(version: str) -> Iterator[Finding]:
    if version:
        yield Finding(
            subject="another conc",
            state="limited",
            found=f"the distribution conc {version} is installed too",
            means="It is a tool for corpora, and is imported under the same name.",
            helps="a virtual environment for each of the two",
        )


def captured_htop() -> tuple[str, str]:
    """Return the version of htop that is captured here, and else why none is."""
    try:
        for view in views_here(sys.platform):
            if view.tool == "htop":
                return view.version(), ""
    except NotCaptured as reason:
        return "", str(reason)
    return "", "its screens are captured on Linux only"


def other_conc() -> str:
    """Return the version of a distribution named conc that is not ours; empty without one."""
    others = (
        found.version
        for found in metadata.distributions(name="conc")
        if not any(entry.group == "mkdocs.plugins" for entry in found.entry_points)
    )
    return next(others, "")
