"""What more machines are predicted to bring, from what a hop costs."""

import pytest

from conc.results.differences import WORTH_IT
from conc.results.scaling import MACHINES, Hop

HOP = Hop(there_and_back_s=0.002, each_s=0.001)


def test_machines_share_calls_until_handing_them_out_is_the_limit() -> None:
    assert HOP.predicted(0.018, 2) == pytest.approx(2 * 0.9)
    assert HOP.predicted(0.018, 16) == pytest.approx(16 * 0.9)
    assert HOP.predicted(0.018, 1000) == pytest.approx(18)


def test_more_machines_never_make_it_slower_and_never_gain_more_than_they_are() -> None:
    for call_s in (1e-6, 1e-3, 1.0, 60.0):
        gains = [HOP.predicted(call_s, count) for count in MACHINES]
        assert gains == sorted(gains)
        assert all(gain < count for gain, count in zip(gains, MACHINES, strict=True))


@pytest.mark.parametrize("hop", [HOP, Hop(0.002, 0.01), Hop(0.05, 0.001)])
def test_another_machine_pays_from_where_two_are_predicted_to_be_worth_it(hop: Hop) -> None:
    from_s = hop.pays_from_s()
    assert hop.predicted(from_s, 2) == pytest.approx(WORTH_IT)
    assert hop.predicted(0.9 * from_s, 2) < WORTH_IT < hop.predicted(1.1 * from_s, 2)
