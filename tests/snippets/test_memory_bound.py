"""Both lists hold the same numbers, and the same sum."""

from conc.snippets import memory_bound
from tests.snippets.running import printed


def test_the_shuffled_list_holds_the_same_numbers_in_another_order() -> None:
    in_order, shuffled = memory_bound.in_order(500), memory_bound.shuffled(500)
    assert shuffled != in_order
    assert sorted(shuffled) == in_order


def test_no_number_is_one_that_python_keeps_a_single_copy_of() -> None:
    assert min(memory_bound.in_order(10)) > 256


def test_the_sum_is_taken_as_often_as_asked() -> None:
    assert memory_bound.run_sequential([1, 2, 3], 4) == 24


def test_the_script_prints_a_cost_for_each_order_and_size() -> None:
    assert [line.endswith(" ns each") for line in printed("memory_bound.py")] == [True] * 4
