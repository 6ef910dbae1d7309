"""What was simulated is shown as it is, and kept only as long as the code that judges stays."""

import re
from pathlib import Path

import pytest

from conc.claims.nulls import NULLS
from conc.show import blocks, simulation
from conc.show.shown import Shown
from conc.show.simulation import Held, Rule, Simulation

SOME = Simulation(
    rules=(Rule(claim="C7", at="cores used", line=1.08, results=1000, wrong=13),),
    coverage=(
        Held(runs=8, rounds=5, quantity="speed-up", share=0.951, half_width=0.048, results=400),
    ),
)


def test_each_rule_is_simulated_on_each_of_its_lines() -> None:
    (first, *_) = simulation.simulate_rules(1)

    assert (first.claim, first.at, first.results) == (NULLS[0].claim, NULLS[0].at, 1)
    assert first.wrong in {0, 1}


def test_what_was_kept_is_shown_and_not_simulated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation.keep(SOME, tmp_path)
    monkeypatch.setattr(simulation, "simulate_rules", None)
    blocks.use(Shown(None, cache=tmp_path))
    shown = blocks.simulated()

    for text in ("C7", "cores used", "13", "1,000", "95 %", "4.8 %"):
        assert text in shown


def test_other_code_simulates_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation.keep(SOME, tmp_path)
    monkeypatch.setattr(simulation, "_digest", lambda: "other")
    monkeypatch.setattr(simulation, "simulate_rules", lambda _: iter(SOME.rules))
    monkeypatch.setattr(simulation, "simulate_coverage", lambda _: iter(()))
    found = simulation.kept(tmp_path)

    assert found == Simulation(rules=SOME.rules)
    assert simulation.kept(tmp_path) == found
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_kept_and_can_not_be_read_is_simulated_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation.keep(SOME, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text("{", encoding="utf-8")
    monkeypatch.setattr(simulation, "simulate_rules", lambda _: iter(()))
    monkeypatch.setattr(simulation, "simulate_coverage", lambda _: iter(SOME.coverage))

    assert simulation.kept(tmp_path) == Simulation(coverage=SOME.coverage)


def test_what_was_not_simulated_has_no_table() -> None:
    assert [table.title[:5] for table in simulation.tables(Simulation(rules=SOME.rules))] == [
        "Wrong"
    ]


def test_what_was_found_stands_in_sentences_above_the_tables(tmp_path: Path) -> None:
    rules = (*SOME.rules, Rule(claim="C8", at="cores used", line=1.1, results=1000, wrong=30))
    simulation.keep(Simulation(rules=rules, coverage=SOME.coverage), tmp_path)
    blocks.use(Shown(None, cache=tmp_path))
    shown, _, folded = blocks.simulated().partition("<details>")
    said = re.sub("<[^>]*>", "", shown)

    assert shown.count("data-quantity") == 11
    assert (
        "On 2 such lines 43 of 2,000 simulated verdicts were decisive, and so wrong: 2.1 %" in said
    )
    assert "on the worst line 30 of 1,000 (C8)" in said
    assert "held what is true in 95 % of the simulated measurements" in said
    assert folded.count("<table") == 2
