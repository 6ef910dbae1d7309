"""What tracing costs: ten dishes traced, against the same untraced, in pairs, model by model."""

import math
import random
import sys
import time
from collections.abc import Iterator

from conc.experiments.experiment import Service
from conc.experiments.kitchens import dishes
from conc.measure import machine
from conc.measure.service import ratings_service
from conc.models import ModelName
from conc.results import statistics
from tests.bench.figures import Figure, at_most, show

ROUNDS = 60
LIMIT_PERCENT = 2.0


def figures() -> Iterator[Figure]:
    """Compare the two arms of each model, with dishes that are prepared and baked."""
    setting = machine.setting("quick")
    with ratings_service() as service:
        for model in dishes.possible_models(setting):
            ratios = list(compare(model, service.address))
            estimate = statistics.centre_ratio([[ratio] for ratio in ratios])
            name = f"tracing: {model}"
            cost = 100 * (estimate.value - 1)
            yield at_most(f"{name}, cost of tracing", cost, "%", LIMIT_PERCENT)
            yield Figure(f"{name}, its interval ±", 100 * statistics.half_width(estimate), "%")


def compare(model: ModelName, service: Service) -> Iterator[float]:
    """Yield the log ratio traced/untraced of each round."""
    setting, order = machine.setting("quick"), random.Random(1)
    cases = {
        traced: dishes.make_case("mixed", model, setting, traced=traced) for traced in (False, True)
    }
    with (
        dishes.open_case(cases[False], service) as bare,
        dishes.open_case(cases[True], service) as traced,
    ):
        for _ in range(ROUNDS):
            arms = [(False, bare), (True, traced)]
            order.shuffle(arms)
            seconds = {}
            for name, trial in arms:
                began_s = time.perf_counter()
                served = trial.act()
                seconds[name] = time.perf_counter() - began_s
                trial.read(served)
            yield math.log(seconds[True] / seconds[False])


if __name__ == "__main__":
    sys.exit(not show(figures()))
