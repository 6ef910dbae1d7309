"""Axes that hold what they should, with labels that have room."""

import pytest

from conc import formats
from conc.show import specs


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
    assert 1 <= len(axis.ticks) <= 8
    assert len(axis.labels) == len(axis.ticks)


def test_a_log_axis_leaves_out_what_is_not_above_zero() -> None:
    assert specs.log_axis("t", [0.0, 1.0, 2.0], formats.tick).low > 0


def test_worker_counts_are_all_marked_while_they_are_few() -> None:
    assert specs.count_ticks(4) == (1, 2, 3, 4)
    assert specs.count_ticks(64) == (1, 2, 4, 8, 16, 32, 64)
