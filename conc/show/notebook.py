"""A notebook's page without JupyterLab: the same cells, in the site's own style."""

import re

_EXTRAS = re.compile(
    r"<(?P<tag>style|script|clipboard-copy)\b.*?</(?P=tag)>"
    r"|<div class=\"clipboard-copy-txt\".*?</div>"
    r"|<a class=\"anchor-link\".*?</a>"
    r"|<!--.*?-->"
    r"| tabindex=\"0\"",
    re.DOTALL,
)
_SOURCE = re.compile(
    r"<div class=\"highlight[^\"]*\"><pre><span></span>(?P<code>.*?)\s*</pre></div>", re.DOTALL
)


def slim(html: str) -> str:
    """Return a converted notebook without the 570 KB of styles and scripts that Lab would need.

    Its code cells become code blocks like any other of the site.
    """
    bare = _EXTRAS.sub("", html)
    return _SOURCE.sub(
        r'<div class="highlight"><pre><span></span><code>\g<code></code></pre></div>', bare
    )
