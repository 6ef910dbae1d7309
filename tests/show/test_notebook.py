"""A notebook's page without JupyterLab."""

from conc.show.notebook import slim


def test_styles_scripts_and_copies_of_the_code_are_gone() -> None:
    html = (
        "<script src='a'></script><style type=\"text/css\">\n.jp {}\n</style><!-- MathJax -->"
        '<div class="clipboard-copy-txt" id="cell-1">x = 1</div><p tabindex="0">kept</p>'
    )
    assert slim(html) == "<p>kept</p>"


def test_a_code_cell_becomes_a_code_block_of_the_site() -> None:
    html = '<div class="highlight-ipynb hl-python"><pre><span></span><b>x</b> = 1\n</pre></div>'
    expected = '<div class="highlight"><pre><span></span><code><b>x</b> = 1</code></pre></div>'
    assert slim(html) == expected


def test_output_stays_as_it_is() -> None:
    html = '<div class="jp-RenderedText"><pre>1.5 &lt; 2\n</pre></div>'
    assert slim(html) == html
