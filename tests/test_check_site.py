"""The look at a built site: it finds the page that is not there."""

from pathlib import Path

import pytest

from tests import check_site


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for name in ("index.md", "method.md", "play.ipynb", "article/index.md", "article/one.md"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    (tmp_path / "docs" / "conc.css").touch()
    return tmp_path / "docs"


@pytest.fixture
def site(docs: Path, tmp_path: Path) -> Path:
    for address in check_site.addresses(docs):
        page = tmp_path / "site" / address / "index.html"
        page.parent.mkdir(exist_ok=True, parents=True)
        page.write_text("<!doctype html>")
    return tmp_path / "site"


def test_an_index_has_the_address_of_its_folder_and_any_other_page_its_own(docs: Path) -> None:
    expected = ["", "article/", "article/one/", "method/", "play/"]
    assert check_site.addresses(docs) == expected


def test_a_whole_site_is_counted(
    site: Path, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_site.main(site, docs) == 0
    assert capsys.readouterr().out == "site: 5 pages\n"


@pytest.mark.parametrize("address", ["", "article", "article/one", "play"])
def test_a_page_that_is_missing_or_empty_is_named(site: Path, docs: Path, address: str) -> None:
    page = site / address / "index.html"
    page.write_text("")
    assert check_site.main(site, docs) == f"the site lacks a page: {page}"
    page.unlink()
    assert check_site.main(site, docs) == f"the site lacks a page: {page}"


def test_no_site_and_no_sources_are_no_success(site: Path, docs: Path, tmp_path: Path) -> None:
    assert "lacks a page" in str(check_site.main(tmp_path / "nowhere", docs))
    assert "there is no page" in str(check_site.main(site, tmp_path / "nowhere"))
