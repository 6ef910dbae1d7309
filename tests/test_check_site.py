"""The look at a built site: it finds what is not there, what leads nowhere and what weighs much."""

import os
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
        page.write_text('<!doctype html><h1 id="top">A page</h1><a href="#top">up</a>')
    return tmp_path / "site"


def test_an_index_has_the_address_of_its_folder_and_any_other_page_its_own(docs: Path) -> None:
    expected = ["", "article/", "article/one/", "method/", "play/"]
    assert check_site.addresses(docs) == expected


def test_a_whole_site_is_counted(
    site: Path, docs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_site.main(site, docs) == 0
    assert capsys.readouterr().out == "site: 5 pages, 5 links, first view at most 0 KiB\n"


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


def put(site: Path, html: str, address: str = "article/one") -> None:
    (site / address / "index.html").write_text(html, encoding="utf-8")


@pytest.mark.parametrize(
    "link",
    [
        "../../",
        "../one/#here",
        "#here",
        "?show=a,b#here",
        "../../data/r%C3%A9sult.json#any",
        "/conc/article/one/",
        "https://example.org/nowhere#there",
        "mailto:nobody@example.org",
        "data:,",
    ],
)
def test_a_link_that_leads_somewhere_or_elsewhere_is_none_to_complain_of(
    site: Path, docs: Path, link: str
) -> None:
    (site / "data").mkdir()
    (site / "data" / "résult.json").write_text("{}")
    put(site, '<link rel="canonical" href="https://example.org/conc/">', "")
    put(site, f'<p id="here"><a href="{link}">x</a>')
    assert check_site.main(site, docs) == 0


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ('<a href="../two/">x</a>', "a link to nothing: ../two/"),
        ('<a href="#there">x</a>', "a link to no place in its page: #there"),
        ('<a href="../../#there">x</a>', "a link to no place in its page: ../../#there"),
        ('<img loading="lazy" src="a.svg">', "a link to nothing: a.svg"),
        ('<script src="/a.js"></script>', "a link to nothing: /a.js"),
        ('<svg><a href="b/"><text>x</text></a></svg>', "a link to nothing: b/"),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_its_page(
    site: Path, docs: Path, html: str, says: str
) -> None:
    put(site, html)
    assert check_site.main(site, docs) == f"article/one/index.html: {says}"


HEAVY = 60 * 1024


@pytest.mark.parametrize(
    "first",
    [
        '<link rel="stylesheet" href="../../a"><script src="../../b"></script>',
        '<link rel="preload" href="../../a"><img src="../../b">',
    ],
)
def test_a_page_whose_first_view_is_too_heavy_is_named(site: Path, docs: Path, first: str) -> None:
    for name in "ab":
        (site / name).write_bytes(os.urandom(HEAVY))
    put(site, first.replace("<img ", '<img loading="lazy" '))
    if "<img" in first:
        assert check_site.main(site, docs) == 0, "what is seen later is not of the first view"
    put(site, first)
    assert check_site.main(site, docs) == (
        "article/one/index.html: the first view weighs 120 KiB, more than 110"
    )


def test_what_a_page_needs_twice_weighs_once(site: Path, docs: Path) -> None:
    (site / "a").write_bytes(os.urandom(HEAVY))
    put(site, '<link rel="stylesheet" href="../../a"><link rel="preload" href="../../a?again">')
    assert check_site.main(site, docs) == 0
