"""Every model serves the same ten dishes."""

import sys

import pytest

from conc.snippets import kitchens, kitchens_asyncio
from tests.snippets.running import printed

CHOPPED = 3999 * 4000 * 7999 // 6  # the squares of all numbers below 4,000


@pytest.fixture
def dishes(url: str) -> list[kitchens.Dish]:
    oven = url + "Dish"
    return [kitchens.Dish(1, 1, oven), kitchens.Dish(2, 0, oven), kitchens.Dish(3, 2, "")]


@pytest.fixture
def expected(dishes: list[kitchens.Dish]) -> list[kitchens.Meal]:
    return kitchens.run_sequential(dishes)


def test_a_dish_is_chopped_as_often_as_asked_and_baked_if_it_has_an_oven(
    expected: list[kitchens.Meal],
) -> None:
    assert [chopped for chopped, _ in expected] == [CHOPPED, 0, 2 * CHOPPED]
    stars = [baked for _, baked in expected]
    assert stars[2] == "raw"
    assert stars[0] == stars[1]
    assert 1 <= float(stars[0]) <= 5


def test_threads_serve_the_same(dishes: list[kitchens.Dish], expected: list[kitchens.Meal]) -> None:
    assert kitchens.run_threads(dishes) == expected


def test_processes_serve_the_same(
    dishes: list[kitchens.Dish], expected: list[kitchens.Meal]
) -> None:
    assert kitchens.run_processes(dishes) == expected


def test_asyncio_serves_the_same(
    dishes: list[kitchens.Dish], expected: list[kitchens.Meal]
) -> None:
    assert kitchens_asyncio.run_asyncio(dishes) == expected


if sys.version_info >= (3, 14):

    def test_interpreters_serve_the_same(
        dishes: list[kitchens.Dish], expected: list[kitchens.Meal]
    ) -> None:
        assert kitchens.run_interpreters(dishes) == expected


@pytest.mark.parametrize("script", ["kitchens.py", "kitchens_asyncio.py"])
def test_the_scripts_print_the_same_dish_for_each_model(script: str) -> None:
    served = [line.split(maxsplit=1)[1] for line in printed(script)]
    assert set(served) == {f"({40 * CHOPPED}, 'raw')"}
