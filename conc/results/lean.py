"""A result with what verdicts and key figures rest on, and no more: eighteen of them come a month.

Every sample keeps its wall time and its CPU time, to three digits, which is a tenth of what
neighbouring samples differ by. What disturbed is kept as its mean over the samples of a case, for
that is how it is told. Warm-ups, and what only drawings show, are left out; of the result that
pages of a hosted site are about, traces, screens and short lists stay.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import msgspec

from conc.records import Measurement, Result, Sample, Value
from conc.results.contribution import reduced

DIGITS = 3
"""The significant digits of a time or a count."""

DELAY_DIGITS = 2
"""Those of the time that a worker waited for a CPU, which is taken from its wall time."""

SHOWN_ALONE = ("own_s.", "way_s.")
"""What counts begin with that no verdict reads."""

LATENCIES = "latency_s"
"""The list that is longest by far, one of a request."""

PERCENTILES = (".p0", ".p95")
"""The percentiles that no verdict reads."""


def lean(result: Result, *, drawn: bool = False) -> Result:
    """Return a result without what neither verdicts nor key figures need.

    With ``drawn`` it keeps what most drawings need: all but the latencies of requests.
    """
    return msgspec.structs.replace(
        result,
        measurements={name: _lean(one, drawn=drawn) for name, one in result.measurements.items()},
    )


def _lean(measurement: Measurement, *, drawn: bool) -> Measurement:
    places = {case.id: place for place, case in enumerate(measurement.cases)}
    ordered = sorted(measurement.samples, key=lambda one: (places[one.case], one.run, one.round))
    return msgspec.structs.replace(
        measurement,
        samples=[
            small
            for _, of_case in groupby(ordered, key=lambda one: one.case)
            for small in _of_case([*of_case], drawn=drawn)
        ],
        captures=[
            one if drawn else msgspec.structs.replace(one, raw=b"") for one in measurement.captures
        ],
    )


def _of_case(samples: Sequence[Sample], *, drawn: bool) -> list[Sample]:
    """Return the samples of a case; those of warm-ups met the same disturbance as the others."""
    # A look at a function is all that its case has, and what is said of that rests on it.
    kept = [one for one in samples if not one.warmup] or (samples if drawn else [])
    others_cores = _mean(samples, lambda one: one.others_cores)
    stolen = _mean(samples, lambda one: one.stolen)
    stalled = _mean(samples, lambda one: one.stalled)
    return [
        Sample(
            case=one.case,
            run=one.run,
            round=one.round,
            position=0,
            warmup=one.warmup,
            started_s=0.0,
            wall_s=_rounded(one.wall_s, DIGITS),
            cpu_s=None if one.cpu_s is None else _rounded(one.cpu_s, DIGITS),
            run_delay_s=(
                None if one.run_delay_s is None else _rounded(one.run_delay_s, DELAY_DIGITS)
            ),
            answer=one.answer,
            values=_drawn(one.values) if drawn else _counted(one.values),
            spans=one.spans if drawn else [],
            others_cores=others_cores,
            stolen=stolen,
            stalled=stalled,
        )
        for one in kept
    ]


def _drawn(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return what a sample counted with its lists as they are, but for the longest."""
    listed: dict[str, Value] = {
        name: [_rounded(one, DIGITS) for one in value]
        for name, value in values.items()
        if isinstance(value, list) and name != LATENCIES
    }
    others = {name: value for name, value in values.items() if name not in listed}
    return _counted(others) | listed


def _counted(values: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: _rounded(value, DIGITS) if isinstance(value, float) else value
        for name, value in reduced(values).items()
        if not name.startswith(SHOWN_ALONE) and not name.endswith(PERCENTILES)
    }


def _mean(samples: Sequence[Sample], read: Callable[[Sample], float | None]) -> float | None:
    """Return the mean of a reading, by the time that it was read over."""
    told = [(value, one.wall_s) for one in samples if (value := read(one)) is not None]
    if not told:
        return None
    wall_s = sum(seconds for _, seconds in told)
    return _rounded(sum(value * seconds for value, seconds in told) / wall_s, DIGITS)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
