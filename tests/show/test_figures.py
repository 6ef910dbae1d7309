"""Numbers in prose: the grammar between double braces."""

import re
from collections.abc import Callable

import msgspec
import pytest

from conc.errors import ConcError, MissingError
from conc.records import Result
from conc.show import figures
from tests.invented import invented_result

Shower = Callable[[Result], None]

RESULT = invented_result(rounds=3)


@pytest.mark.parametrize(
    ("expression", "pattern"),
    [
        (
            "cpu-bound speed-up processes workers=cores pool=warm",
            r"^1\.\d\d× \(1\.\d\d–\d\.\d\d\)$",
        ),
        ("cpu-bound wall-time sequential", r"^1\d\.\d ms \("),
        ("io-bound throughput threads workers=10 latency_ms=20", r"items/s \("),
        ("io-bound latency-p99 asyncio workers=10 latency_ms=20", r"ms$"),
        ("overhead cost threads workload=hand_over", r"(µs|ms) \("),
        ("machine usable-cores", "^2$"),
        ("interpreter version", r"^3\.13\.1$"),
    ],
)
def test_an_expression_becomes_what_was_measured(
    shown: Shower, expression: str, pattern: str
) -> None:
    shown(RESULT)
    text = figures.render(expression)
    assert re.search(pattern, text), text


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("cpu speed-up threads", "no experiment is named 'cpu'; known: cpu-bound"),
        ("cpu-bound speed threads", "no statistic is named 'speed'; known: .*speed-up"),
        ("cpu-bound speed-up fibers", "no model is named 'fibers'; known: asyncio"),
        ("cpu-bound speed-up threads pools=warm", "no name is named 'pools'; known: .*pool"),
        ("cpu-bound speed-up threads workers=2", "2 cases fit: .*pool=cold.*pool=warm"),
        ("machine owner", "no field is named 'owner'; known: .*cpu"),
        ("cpu-bound", "write EXPERIMENT STATISTIC MODEL"),
    ],
)
def test_a_wrong_expression_is_named_with_what_is_known(
    shown: Shower, expression: str, complaint: str
) -> None:
    shown(RESULT)
    with pytest.raises(ConcError, match=complaint) as caught:
        figures.render(expression)
    assert not isinstance(caught.value, MissingError)
    assert f"{{{{ {expression} }}}}" in str(caught.value)


@pytest.mark.parametrize(
    "expression",
    [
        "cpu-bound speed-up interpreters workers=2 pool=warm",
        "cpu-bound speed-up threads workers=64 pool=warm",
        "cpu-bound latency-p50 sequential",
    ],
)
def test_what_was_not_measured_here_is_missing_and_never_made_up(
    shown: Shower, expression: str
) -> None:
    shown(RESULT)
    with pytest.raises(MissingError):
        figures.render(expression)


def test_a_machine_of_a_stranger_writes_no_markup_into_the_prose(shown: Shower) -> None:
    evil = msgspec.structs.replace(RESULT.machine, cpu="<b>[x](javascript:alert(1))*\n# y")
    shown(msgspec.structs.replace(RESULT, machine=evil))
    text = figures.render("machine cpu")
    assert not set("<>[]*#\n") & set(text.replace("&#", ""))
