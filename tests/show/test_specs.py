"""Axes that hold what they should, with labels that have room."""

import pytest

from conc import formats
from conc.models import find
from conc.show import specs, svg


@pytest.mark.parametrize("top", [0.011, 0.98, 1.4, 2.0, 7.3, 130, 99_999])
def test_an_axis_from_zero_has_a_few_round_ticks_within_it(top: float) -> None:
    axis = specs.zero_axis("t", top)
    assert axis.low == 0
    assert axis.high > top
    assert 3 <= len(axis.ticks) <= 7
    assert all(tick <= axis.high for tick in axis.ticks)


@pytest.mark.parametrize("values", [(1e-6, 0.3), (0.02, 0.05), (1.0, 1.0), (9.0, 120_000.0)])
def test_a_log_axis_holds_its_values_and_labels_a_few_ticks(values: tuple[float, ...]) -> None:
    axis = specs.log_axis("t", values, formats.tick)
    assert axis.low < min(values) <= max(values) < axis.high
    assert 1 <= len(axis.ticks) <= 6
    assert len(axis.labels) == len(axis.ticks)


def test_a_log_axis_leaves_out_what_is_not_above_zero() -> None:
    assert specs.log_axis("t", [0.0, 1.0, 2.0], formats.tick).low > 0


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((900.0, 3e7), ("1 KiB", "10 KiB", "100 KiB", "1 MiB", "10 MiB")),
        ((3e5, 2.5e6), ("500 KiB", "1 MiB", "2 MiB")),
        ((9e4, 9e4), ("70 KiB", "100 KiB")),
        ((1e3, 2e10), ("1 KiB", "100 KiB", "10 MiB", "1 GiB")),
    ],
)
def test_an_axis_of_bytes_marks_round_numbers_in_the_units_of_the_sentences(
    values: tuple[float, ...], labels: tuple[str, ...]
) -> None:
    axis = specs.byte_axis("memory", values)
    assert axis.labels == labels
    assert axis.low < min(values) <= max(values) < axis.high


def test_worker_counts_are_all_marked_while_they_are_few() -> None:
    assert specs.count_ticks(4) == (1, 2, 3, 4)
    assert specs.count_ticks(64) == (1, 2, 4, 8, 16, 32, 64)


@pytest.mark.parametrize(("low", "top"), [(0.93, 2.1), (0.2, 2.0), (0.95, 1.05), (0.0, 3.0)])
def test_an_axis_between_two_values_has_no_empty_half_and_two_ticks_at_least(
    low: float, top: float
) -> None:
    axis = specs.axis_between("t", low, top)
    assert 0 <= axis.low <= low < top < axis.high
    assert len(axis.ticks) >= 2
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)


def test_a_bar_far_longer_than_all_others_does_not_push_the_marks_together() -> None:
    rows = [
        specs.DotRow("a", find("threads"), (specs.Dot(1.0, 0.9, 40.0, "a"),)),
        specs.DotRow("b", find("threads"), (specs.Dot(2.0, 1.9, 2.1, "b"),)),
    ]
    assert max(specs.reach(rows)) == 3.0


@pytest.mark.parametrize("name", ["wide", "narrow"])
def test_a_bar_that_goes_on_beyond_the_edge_ends_in_an_arrow(name: str) -> None:
    def drawn(high: float) -> str:
        row = specs.DotRow("a", find("threads"), (specs.Dot(1.0, 0.5, high, "a"),))
        spec = specs.dots([row], specs.zero_axis("t", 2.0))[name]
        return svg.render(spec, css_class="c", title="t", description="d", cache=None)

    assert drawn(40.0).count("var(--conc-threads)") > drawn(1.5).count("var(--conc-threads)")
