"""The commands that say what was measured, and what simulated results say."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conc.cli.common import (
    FAILED,
    Name,
    echo_json,
    file_option,
    json_option,
    output_option,
    result_of,
    results_option,
    say,
    write,
)

if TYPE_CHECKING:
    from conc.records import Result


def _claims() -> Sequence[str]:
    from conc.claims.ledger import CLAIMS

    return [claim.id for claim in CLAIMS]


@click.command()
@json_option
@file_option
@results_option
def report(*, as_json: bool, file: Path | None, folder: Path | None) -> None:
    """Show what was measured: a table for each experiment.

    \b
    Examples:
      conc report
      conc report --json | jq .
      conc report --file laptop.json
    """
    result = result_of(file, folder)
    from conc.show import terminal

    if as_json:
        echo_json(terminal.report_data(result))
    else:
        click.echo(terminal.report(result))


@click.command()
@click.argument("claims", nargs=-1, type=Name("claim", _claims))
@json_option
@file_option
@results_option
@click.pass_context
def verdicts(
    context: click.Context,
    claims: tuple[str, ...],
    *,
    as_json: bool,
    file: Path | None,
    folder: Path | None,
) -> None:
    """Judge the article's claims by what was measured; all unless some are named.

    The exit code is 0 whatever the verdicts are, and 1 where a figure is impossible.

    \b
    Examples:
      conc verdicts
      conc verdicts C7 C26
      conc verdicts --json | jq -r '.[] | select(.outcome == "does not hold").says'
    """
    result = result_of(file, folder)
    from conc.claims import ledger
    from conc.show import verdicts as written
    from conc.show.shown import Shown

    shown = Shown(result)
    chosen = [ledger.get(claim) for claim in claims] or ledger.CLAIMS
    if as_json:
        echo_json(written.to_data(shown, chosen))
    else:
        click.echo(written.to_text(shown, chosen, as_table=sys.stdout.isatty()))
    for broken in shown.broken:
        say(f"impossible figure in {broken.experiment}: {broken.sentence}")
    if shown.broken:
        context.exit(FAILED)


@click.command()
@click.option(
    "--format",
    "form",
    type=Name("format", lambda: ("pyperf", "csv", "json", "github-action-benchmark")),
    required=True,
    help="pyperf: for python -m pyperf. csv: one line a sample. json: the result file itself."
    " github-action-benchmark: the speed-ups, for its tool customBiggerIsBetter.",
)
@output_option
@file_option
@results_option
def export(form: str, output: Path, file: Path | None, folder: Path | None) -> None:
    """Hand the raw samples, or the ratios, to other tools.

    \b
    Examples:
      conc export --format pyperf -o here.json
      python -m pyperf stats here.json
      conc export --format csv > samples.csv
      conc export --format github-action-benchmark --file .conc/results/tries/*.json
    """
    from conc.results import store
    from conc.results.export import to_csv, to_github_action_benchmark, to_pyperf

    result = result_of(file, folder)
    writers: dict[str, Callable[[Result], bytes]] = {
        "pyperf": lambda result: to_pyperf(result).encode(),
        "csv": lambda result: to_csv(result).encode(),
        "json": store.encode,
        "github-action-benchmark": to_github_action_benchmark,
    }
    content = writers[form](result)
    write(output, content)


@click.command()
@click.argument("first", metavar="A", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("second", metavar="B", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def compare(first: Path, second: Path, *, as_json: bool) -> None:
    """Compare two result files: verdicts that differ, key ratios, and what can't be compared.

    A and B are result files, whole or contributed ones. Ratios are compared, never times: two
    machines differ in those whatever the model.

    \b
    Examples:
      conc compare .conc/results/*3.13*.json .conc/results/*3.14*.json
      conc compare here.json docs/machines/laptop.json.gz --json
    """
    from conc.claims import contributed, findings
    from conc.results import contribution
    from conc.show import comparing

    results = {path: contribution.load(path) for path in (first, second)}
    for path, result in results.items():
        for says in contributed.unfit(result):
            say(f"{path.name}: take care, {says}")
    found = [findings.of_result(results[path], findings.name_of(path)) for path in (first, second)]
    if as_json:
        echo_json(comparing.to_data(*found))
    else:
        click.echo(comparing.to_text(*found))


@click.command()
@click.option("--rules", is_flag=True, help="How often rules are wrong where no effect is.")
@click.option("--coverage", is_flag=True, help="How often intervals hold what is true.")
@click.option("--history", is_flag=True, help="How often steady rounds announce a change.")
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many results of each to simulate.",
)
@json_option
@results_option
def simulate(  # noqa: PLR0913 - an option each
    *, rules: bool, coverage: bool, history: bool, times: int, as_json: bool, folder: Path | None
) -> None:
    """Judge simulated results, in noise as virtual machines have it, and print how often it errs.

    Nothing is measured. Without an option rules and coverage are simulated, and the page Method
    shows them.

    \b
    Examples:
      conc simulate
      conc simulate --rules --times 1000
      conc simulate --history
    """
    from conc.results import store
    from conc.show import simulation, tables

    both = not (rules or coverage or history) or (rules and coverage)
    found = simulation.Simulation(
        rules=tuple(simulation.simulate_rules(times)) if rules or both else (),
        coverage=tuple(simulation.simulate_coverage(times)) if coverage or both else (),
        history=tuple(simulation.simulate_history(times)) if history else (),
    )
    if both:
        simulation.keep(found, (folder or store.results_folder()).parent / "charts")
    if as_json:
        echo_json(found)
    else:
        click.echo("\n\n".join(tables.to_text(table) for table in simulation.tables(found)))
