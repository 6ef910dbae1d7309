"""What an attestation stands for: what runs of this project made, and nothing of a contributor."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from conc.claims import rounds
from conc.claims.rounds import Column, Round
from conc.show import origins
from conc.show.__main__ import steps

OURS, THEIRS = b"measured by a run", b"measured by somebody"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a site with a round, the raw file that it names, and a contributed one."""
    for folder in ("data", "rounds", "machines"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "result.json").write_text("{}")
    (tmp_path / "data" / "samples.csv").write_text("a,b")
    (tmp_path / "machines" / "ours.json.xz").write_bytes(OURS)
    (tmp_path / "machines" / "theirs.json.gz").write_bytes(THEIRS)
    column = Column(
        image="ubuntu-24.04",
        python="3.15",
        role=rounds.NEWEST,
        commit="0" * 40,
        run=1,
        file="ours.json.xz",
        digest=hashlib.sha256(OURS).hexdigest(),
    )
    made = Round(month="2026-11", rules=1, conc="0.1.0", columns=(column,))
    (tmp_path / "rounds" / "2026-11.json").write_bytes(rounds.encode(made))
    return tmp_path


def test_the_rounds_the_data_and_the_raw_files_that_rounds_name_are_attested(site: Path) -> None:
    lines = [line.split("  ") for line in origins.checksums(site)]
    found = {name: digest for digest, name in lines}
    assert [*found] == ["data/result.json", "rounds/2026-11.json", "machines/ours.json.xz"]
    for name, digest in found.items():
        assert hashlib.sha256((site / name).read_bytes()).hexdigest() == digest


def test_a_raw_file_that_is_not_as_its_round_names_it_is_not_attested(site: Path) -> None:
    (site / "machines" / "ours.json.xz").write_bytes(THEIRS)
    assert not any("machines/" in line for line in origins.checksums(site))


def test_the_command_prints_them_as_a_workflow_reads_them(site: Path) -> None:
    done = CliRunner().invoke(steps, ["checksums", str(site)])
    assert done.exit_code == 0
    assert done.output.splitlines() == [*origins.checksums(site)]
