"""Pages as Markdown: what a program reads, without what a browser alone can use."""

from pathlib import Path

from conc.show import build, marks
from conc.show.plain_pages import llms_txt, plain_page
from conc.show.shown import Shown
from tests.invented.results import invented_result

PAGE = """
<html><head><meta name="description" content="About it."></head><body><nav>Menu</nav><article>
<h1>Title<a class="headerlink" href="#title">¶</a></h1>
<p>One <strong>two</strong> 1.94× <a href="../b/">there</a>.</p>
<div class="language-python highlight"><pre><span></span><code>x_1 = 1
</code></pre></div>
<figure><svg><text>drawn</text></svg><table><thead><tr><th>a</th></tr></thead>
<tbody><tr><td>1</td></tr></tbody></table></figure><button>Copy</button>
</article></body></html>
"""


def test_a_page_keeps_its_words_links_code_and_tables() -> None:
    page = plain_page(PAGE, "a/")
    assert page.title == "Title"
    assert page.description == "About it."
    assert page.file == "a/index.md"
    assert page.markdown.startswith("# Title\n")
    for part in ("One **two** 1.94× [there](../b/).", "```python\nx_1 = 1\n", "| a |", "| 1 |"):
        assert part in page.markdown


def test_a_page_leaves_out_what_needs_a_browser() -> None:
    markdown = plain_page(PAGE, "a/").markdown
    for part in ("Menu", "¶", "drawn", "Copy"):
        assert part not in markdown


def test_the_matrix_of_machines_is_left_out_before_it_is_read() -> None:
    matrix = '<div><table class="conc-matrix"><tr><td>C1</td></tr></table></div>'
    assert plain_page(PAGE.replace("<figure>", f"{matrix}<figure>"), "a/") == plain_page(PAGE, "a/")


def test_a_page_that_is_a_file_by_itself_has_none_as_markdown() -> None:
    assert plain_page(PAGE, "404.html").file == ""


def test_the_list_of_pages_names_each_with_its_address_and_what_it_is_about() -> None:
    text = llms_txt("Site", "What it is.", [plain_page(PAGE, "a/")], "https://example.org/")
    assert text.startswith("# Site\n\n> What it is.\n")
    assert "- [Title](https://example.org/a/index.md): About it.\n" in text


def test_finishing_a_site_writes_its_pages_as_markdown_with_their_figures(tmp_path: Path) -> None:
    asked = PAGE.replace("</article>", f"{marks.mark('answer')}</article>")
    for name in ("index.html", "b/index.html", "404.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(asked, encoding="utf-8")
    build.finish(tmp_path, Shown(invented_result()))
    assert (tmp_path / "b" / "index.md").is_file()
    assert "usable cores" in (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "b/index.md" in (tmp_path / "llms.txt").read_text(encoding="utf-8")
    assert "404" not in (tmp_path / "llms.txt").read_text(encoding="utf-8")
