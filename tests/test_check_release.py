"""What is released has sound metadata, and a check that can fail."""

import sys
from pathlib import Path

import pytest

import conc
from tests import check_release
from tests.tracked import ROOT


def test_what_is_built_names_the_version_of_the_code_and_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, source = check_release.built(tmp_path)
    check_release.check_metadata(wheel, source)
    monkeypatch.setattr(conc, "__version__", "99.0")
    with pytest.raises(AssertionError):
        check_release.check_metadata(wheel, source)


def test_a_folder_that_holds_another_release_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conc_measured-0.0.1.tar.gz").touch()
    monkeypatch.setattr(sys, "argv", ["check_release", str(tmp_path)])
    with pytest.raises(SystemExit, match="is not empty"):
        check_release.main()


def test_the_citation_names_the_version_of_the_code() -> None:
    assert f"\nversion: {conc.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
