"""The same ten dishes, cooked by one chef who goes on with the next while one is in the oven."""

import asyncio
from collections.abc import Sequence

from .kitchens import Dish, Meal, order, prepare


# --8<-- [start:asyncio]
async def bake(dish: Dish) -> str:
    host, port, request = order(dish)
    oven, door = await asyncio.open_connection(host, port)
    door.write(request)
    answer = await oven.read()
    door.close()
    return answer.split()[-1].decode()


async def cook(dish: Dish) -> Meal:
    return prepare(dish), await bake(dish) if dish.oven else "raw"


async def cook_all(dishes: Sequence[Dish]) -> list[Meal]:
    return await asyncio.gather(*(cook(dish) for dish in dishes))


def run_asyncio(dishes: Sequence[Dish]) -> list[Meal]:
    return asyncio.run(cook_all(dishes))


# --8<-- [end:asyncio]
if __name__ == "__main__":
    raw = [Dish(number, chops=40, oven="") for number in range(1, 11)]
    print("asyncio     ", run_asyncio(raw)[-1])
