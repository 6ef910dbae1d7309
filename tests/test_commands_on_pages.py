"""Every command that a page or the README shows is one that there is, as it stands."""

import re
from collections.abc import Iterator

import pytest

from conc import cli
from conc.claims import ledger
from conc.experiments.registry import EXPERIMENTS
from tests.tracked import ROOT

PAGES = (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md")
BLOCK = re.compile(r"^ *```(?:console|sh)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CONC = re.compile(r"^\s*(?:\$ )?(?:pipx run \S+ \S+ )?conc ([^#\n]+)", re.MULTILINE)
MAKE = re.compile(r"^\s*(?:\$ )?make (\w+)", re.MULTILINE)


def blocks() -> Iterator[str]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        yield from BLOCK.findall(text)
        if page.name == "README.md":
            yield "\n".join(line for line in text.splitlines() if line.startswith("    "))


COMMANDS = sorted({found.strip() for block in blocks() for found in CONC.findall(block)})
TARGETS = sorted({found for block in blocks() for found in MAKE.findall(block)})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_conc_is_understood(command: str) -> None:
    name, *arguments = command.split()
    with cli.conc.commands[name].make_context(name, arguments) as context:
        assert context.command.name == name


def test_commands_name_experiments_and_claims_that_are_there() -> None:
    measures = [command.split()[1:] for command in COMMANDS if command.startswith("measure")]
    contexts = [cli.conc.commands["measure"].make_context("measure", words) for words in measures]
    named = {name for context in contexts for name in context.params["experiments"]}
    assert named <= {one.name for one in EXPERIMENTS}
    claims = {word for command in COMMANDS for word in re.findall(r"\bC\d+\b", command)}
    assert claims <= {claim.id for claim in ledger.CLAIMS}


@pytest.mark.parametrize("target", TARGETS)
def test_a_command_of_make_is_a_target(target: str) -> None:
    assert re.search(rf"^{target}( \w+)*:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_pages_show_commands() -> None:
    assert len(COMMANDS) > 10
    assert TARGETS
