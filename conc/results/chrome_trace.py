"""Traces in Chrome's trace format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.

The format: "Trace Event Format", by the Chrome project. A phase of a worker is a complete event
(``X``) on its thread. Tasks of an event loop share one thread, on which only their runs are shown;
all their phases stand on a track of each task, as nestable asynchronous events (``b`` and ``e``).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from conc.records import Case, Measurement, Result, Sample, Span
from conc.results import samples

Event = dict[str, object]

US_PER_S = 1_000_000


def traces(result: Result) -> dict[str, str]:
    """Return a file name and its content for each case of a result that was traced."""
    return {
        file_name(case): dumps(to_chrome(sample.spans, case.id))
        for measurement in result.measurements.values()
        for case in measurement.cases
        if (sample := typical(measurement, case)) is not None
    }


def file_name(case: Case) -> str:
    """Name the file of a traced case: ``kitchens-io-threads.json``."""
    words = (case.workload, str(case.parameters.get("work", "")), case.model)
    letters = "-".join(filter(None, words)).replace("_", "-")
    return "".join(letter for letter in letters if letter.isalnum() or letter == "-") + ".json"


def typical(measurement: Measurement, case: Case) -> Sample | None:
    """Return the traced sample of the most typical round, so that pictures can stand side by side.

    That is the round in which the cases of the same work and block took times nearest to their
    medians. Where no round traced all of them, it is the most typical one of the case alone.
    """
    own = _traced(measurement, case)
    cases = [one for one in measurement.cases if _beside(one, case)]
    others = [traced for one in cases if (traced := _traced(measurement, one))]
    common = [place for place in own if all(place in other for other in others)]
    far = _distances(own if not common else {place: own[place] for place in common}, others)
    return own[min(far, key=far.__getitem__)][0] if far else None


_Place = tuple[int, int]
"""A run, and a round in it."""

_Traced = Mapping[_Place, tuple[Sample, float]]
"""The traced samples of a case by their round, each with how far it is from the median."""


def _beside(one: Case, other: Case) -> bool:
    return one.block == other.block and one.parameters.get("work") == other.parameters.get("work")


def _traced(measurement: Measurement, case: Case) -> _Traced:
    timed = samples.timed(measurement, case.id)
    if not timed or samples.is_wrong(measurement, case.id):
        return {}
    middle_s = median(sample.wall_s for sample in timed)
    return {
        (sample.run, sample.round): (sample, abs(sample.wall_s / middle_s - 1) if middle_s else 0)
        for sample in timed
        if sample.spans
    }


def _distances(own: _Traced, others: Iterable[_Traced]) -> dict[_Place, float]:
    """Return how far each round of ``own`` is from the medians of all that were traced in it."""
    return {place: sum(other[place][1] for other in others if place in other) for place in own}


def to_chrome(spans: Sequence[Span], title: str) -> dict[str, object]:
    """Return spans as an object in Chrome's trace format."""
    lanes: dict[tuple[int, int], list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.t0, span.t1)):
        lanes.setdefault((span.pid, span.tid), []).append(span)
    events = [*_names(lanes, title)]
    for lane in lanes.values():
        if share_thread(lane):
            events += [_complete(span) for span in lane if span.phase == "run"]
            events += [event for span in lane for event in _asynchronous(span)]
        else:
            events += [_complete(span) for span in lane]
    return {"traceEvents": events, "displayTimeUnit": "ms", "otherData": {"case": title}}


def dumps(trace: dict[str, object]) -> str:
    """Return a trace as the text of a file."""
    return json.dumps(trace, separators=(",", ":"))


def share_thread(lane: Sequence[Span]) -> bool:
    """Tell whether a thread's spans overlap: they are those of an event loop's tasks."""
    return any(one.t1 > other.t0 for one, other in pairwise(sorted(lane, key=_begin)))


def _begin(span: Span) -> float:
    return span.t0


def _names(lanes: Iterable[tuple[int, int]], title: str) -> Iterator[Event]:
    seen = set()
    for pid, tid in lanes:
        if pid not in seen:
            seen.add(pid)
            yield _metadata("process_name", pid, tid, title)
        yield _metadata("thread_name", pid, tid, f"thread {tid}")


def _metadata(name: str, pid: int, tid: int, value: str) -> Event:
    return {"name": name, "ph": "M", "pid": pid, "tid": tid, "args": {"name": value}}


def _complete(span: Span) -> Event:
    began_us, ended_us = _us(span.t0), _us(span.t1)
    return _event(span, "X", began_us) | {"dur": ended_us - began_us, "args": _arguments(span)}


def _asynchronous(span: Span) -> tuple[Event, Event]:
    begin = _event(span, "b", _us(span.t0)) | {"id": span.task, "args": _arguments(span)}
    return begin, _event(span, "e", _us(span.t1)) | {"id": span.task}


def _event(span: Span, kind: str, at_us: int) -> Event:
    where = {"pid": span.pid, "tid": span.tid}
    # Nestable events of one category and id make one track.
    return {"name": span.phase, "cat": "dish", "ph": kind, "ts": at_us, **where}


def _arguments(span: Span) -> dict[str, object]:
    arguments: dict[str, object] = {"dish": span.task}
    if span.came is not None and span.went is not None:
        arguments |= {"request came": _us(span.came), "answer went": _us(span.went)}
    return arguments


def _us(seconds: float) -> int:
    return round(seconds * US_PER_S)
