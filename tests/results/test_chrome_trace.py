"""Traces are valid in Chrome's trace format and say what the spans say."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import jsonschema  # type: ignore[import-untyped] # it has no types
import msgspec
import pytest

from conc.experiments.kitchens.dishes import EXPERIMENT
from conc.models import stand_in
from conc.records import Case, Sample, Span
from conc.results import chrome_trace
from tests.invented.results import invented_result, invented_setting
from tests.invented.spans import invented_spans, span

COUNT = {"type": "integer", "minimum": 0}
PLACE = {"pid": COUNT, "tid": COUNT}
FORMAT = {
    "type": "object",
    "required": ["traceEvents"],
    "additionalProperties": False,
    "properties": {
        "displayTimeUnit": {"enum": ["ms", "ns"]},
        "otherData": {"type": "object", "additionalProperties": {"type": "string"}},
        "traceEvents": {
            "type": "array",
            "items": {
                "oneOf": [
                    {
                        "required": ["name", "ph", "pid", "tid", "args"],
                        "additionalProperties": False,
                        "properties": PLACE
                        | {
                            "name": {"enum": ["process_name", "thread_name"]},
                            "ph": {"const": "M"},
                            "args": {
                                "required": ["name"],
                                "properties": {"name": {"type": "string"}},
                            },
                        },
                    },
                    {
                        "required": ["name", "cat", "ph", "ts", "dur", "pid", "tid"],
                        "additionalProperties": False,
                        "properties": PLACE
                        | {
                            "name": {"type": "string"},
                            "cat": {"type": "string"},
                            "ph": {"const": "X"},
                            "ts": COUNT,
                            "dur": COUNT,
                            "args": {"type": "object"},
                        },
                    },
                    {
                        "required": ["name", "cat", "ph", "ts", "id", "pid", "tid"],
                        "additionalProperties": False,
                        "properties": PLACE
                        | {
                            "name": {"type": "string"},
                            "cat": {"type": "string"},
                            "ph": {"enum": ["b", "e"]},
                            "ts": COUNT,
                            "id": {"type": ["integer", "string"]},
                            "args": {"type": "object"},
                        },
                    },
                ]
            },
        },
    },
}
"""The rules of the "Trace Event Format" for the kinds of events that are used."""

SETTING = invented_setting(interpreters=True)
TRACED = [case for case in EXPERIMENT.cases(SETTING) if case.parameters["traced"]]


def is_valid(trace: dict[str, object]) -> bool:
    """Check a trace against the format: its shape, and that events nest as they must."""
    jsonschema.validate(trace, FORMAT)
    events = trace["traceEvents"]
    assert isinstance(events, list)
    return _slices_nest(events) and _asynchronous_pair(events)


def _slices_nest(events: Sequence[dict[str, Any]]) -> bool:
    threads = defaultdict(list)
    for event in events:
        if event["ph"] == "X":
            threads[event["pid"], event["tid"]].append((event["ts"], -event["dur"]))
    for slices in threads.values():
        open_until: list[int] = []
        for began, negative in sorted(slices):
            while open_until and open_until[-1] <= began:
                open_until.pop()
            if open_until and began - negative > open_until[-1]:
                return False
            open_until.append(began - negative)
    return True


def _asynchronous_pair(events: Sequence[dict[str, Any]]) -> bool:
    depth: defaultdict[tuple[object, ...], list[object]] = defaultdict(list)
    for event in events:
        track = depth[event["pid"], event.get("cat"), event.get("id")]
        if event["ph"] == "b":
            track.append(event["name"])
        elif event["ph"] == "e" and (not track or track.pop() != event["name"]):
            return False
    return not any(depth.values())


@pytest.mark.parametrize("case", TRACED, ids=lambda case: case.id)
def test_every_trace_is_valid(case: Case) -> None:
    assert is_valid(chrome_trace.to_chrome(invented_spans(case), case.id))


def test_the_validator_refuses_slices_that_cross() -> None:
    trace = chrome_trace.to_chrome([span("run", 0, 2), span("run", 3, 4)], "two runs")
    events = trace["traceEvents"]
    assert isinstance(events, list)
    events[-1]["ts"] = 1_000_000
    events[-1]["dur"] = 2_000_000
    assert not is_valid(trace)


def test_a_phase_is_a_slice_in_microseconds_on_its_thread() -> None:
    events = chrome_trace.to_chrome([span("wait", 0.001, 0.0135, task=3)], "t")["traceEvents"]
    assert isinstance(events, list)
    assert events[-1] == {
        "name": "wait",
        "cat": "dish",
        "ph": "X",
        "ts": 1000,
        "dur": 12500,
        "pid": 4000,
        "tid": 4000,
        "args": {"dish": 3},
    }


def test_a_wait_says_what_the_service_logged() -> None:
    waited = Span(pid=1, tid=1, task=1, phase="wait", t0=0.0, t1=0.02, came=0.001, went=0.019)
    events = chrome_trace.to_chrome([waited], "t")["traceEvents"]
    assert isinstance(events, list)
    assert events[-1]["args"] == {"dish": 1, "request came": 1000, "answer went": 19000}


def test_tasks_that_share_a_thread_have_a_track_each_and_run_on_it() -> None:
    spans = [
        span("run", 0.0, 0.003),
        span("queue", 0.0, 0.003, task=2),
        span("run", 0.003, 0.006, task=2),
        span("wait", 0.003, 0.015),
    ]
    events = chrome_trace.to_chrome(spans, "t")["traceEvents"]
    assert isinstance(events, list)
    assert [e["args"]["dish"] for e in events if e["ph"] == "X"] == [1, 2]
    assert {e["id"] for e in events if e["ph"] == "b"} == {1, 2}
    assert sum(e["ph"] == "b" for e in events) == len(spans)


def test_a_result_has_a_file_for_each_traced_case() -> None:
    files = chrome_trace.traces(invented_result([EXPERIMENT]))
    assert {"kitchens-cpu-sequential.json", "kitchens-io-asyncio.json"} <= set(files)
    assert all(is_valid(json.loads(text)) for text in files.values())


def test_a_hostile_case_names_no_other_folder() -> None:
    case = Case(
        workload="../../x",
        model=stand_in("<b>"),
        parameters={"work": "/etc/passwd", "traced": True},
    )
    assert chrome_trace.file_name(case) == "x-etcpasswd-b.json"


def test_the_sample_nearest_to_the_median_stands_for_the_case() -> None:
    result = invented_result([EXPERIMENT])
    measurement = result.measurements["kitchens"]
    case = measurement.cases[0]
    chosen = chrome_trace.typical(measurement, case)
    timed = [s for s in measurement.samples if s.case == case.id and not s.warmup]
    middle = sorted(s.wall_s for s in timed)[len(timed) // 2]
    traced = [s for s in timed if s.spans]
    assert chosen is not None
    assert abs(chosen.wall_s - middle) == min(abs(s.wall_s - middle) for s in traced)


def test_pictures_of_one_work_are_of_one_round() -> None:
    result = invented_result([EXPERIMENT], noise=0.2)
    measurement = result.measurements["kitchens"]
    drawn = [
        sample
        for case in measurement.cases
        if case.parameters["work"] == "mixed" and case.parameters["traced"]
        if (sample := chrome_trace.typical(measurement, case)) is not None
    ]
    assert len(drawn) == 4
    assert len({(sample.run, sample.round) for sample in drawn}) == 1


def test_a_round_that_is_far_from_the_medians_is_not_drawn() -> None:
    result = invented_result([EXPERIMENT], noise=0.001)
    measurement = result.measurements["kitchens"]
    threads = next(case for case in TRACED if case.model == "threads")
    usual = chrome_trace.typical(measurement, threads)
    assert usual is not None

    def slowed(sample: Sample) -> Sample:
        same = (sample.run, sample.round) == (usual.run, usual.round)
        return msgspec.structs.replace(sample, wall_s=9.0) if same else sample

    samples = [slowed(sample) for sample in measurement.samples]
    other = chrome_trace.typical(msgspec.structs.replace(measurement, samples=samples), threads)
    assert other is not None
    assert (other.run, other.round) != (usual.run, usual.round)
