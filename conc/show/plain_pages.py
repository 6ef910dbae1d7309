"""Each finished page as Markdown, and ``llms.txt``, which lists them: for programs that read.

They are made from the finished HTML, so they hold the very figures that the page shows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

LEFT_OUT = (
    "svg, nav, script, style, button, form, input, .headerlink, .tabbed-labels, .conc-unseen,"
    " .conc-dispute"
)
"""What means nothing without a browser. What a drawing shows stands in the table behind it."""


_MATRIX = re.compile(r'<table class="conc-matrix">.*?</table>', re.DOTALL)
"""What is larger than all other pages together, and has its verdicts in the pages of machines."""


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page as Markdown, with its address below the site's, its title and what it is about."""

    address: str
    title: str
    description: str
    markdown: str

    @property
    def file(self) -> str:
        """Its file below the site's folder, beside the page itself."""
        return f"{self.address}index.md" if not self.address.endswith(".html") else ""


def plain_page(html: str, address: str) -> PlainPage:
    """Return a finished page as Markdown."""
    page = BeautifulSoup(_MATRIX.sub("", html), "html.parser")
    for part in page.select(LEFT_OUT):
        part.decompose()
    content = page.find("article") or page.find("main") or page
    about = page.find("meta", attrs={"name": "description"})
    heading = page.find("h1")
    return PlainPage(
        address,
        heading.get_text(strip=True) if heading else address,
        str(about.get("content", "")) if about else "",
        _markdown(content).strip() + "\n",
    )


def _markdown(content: Tag) -> str:
    converter = MarkdownConverter(
        heading_style="atx", bullets="-", escape_misc=False, code_language_callback=_language
    )
    return str(converter.convert_soup(content))


def _language(code: Tag) -> str:
    """Return the language of a block of code, which the theme notes at the element around it."""
    around = code.find_parent("div", class_="highlight")
    names = map(str, around.get_attribute_list("class")) if around else ()
    return next((name.removeprefix("language-") for name in names if "language-" in name), "")


def llms_txt(title: str, description: str, pages: Iterable[PlainPage], site: str = "") -> str:
    """Return the list of pages that ``llms.txt`` is, with their addresses below ``site``."""
    lines = [f"# {title}", "", f"> {description}", "", "## Pages", ""]
    lines += [f"- [{page.title}]({site}{page.file}): {page.description}" for page in pages]
    lines += [
        "",
        "## Data",
        "",
        f"- [All samples]({site}data/result.json): times in seconds, sizes in bytes",
        f"- [All verdicts]({site}data/verdicts.json): each claim, its outcome and its numbers",
    ]
    return "\n".join(lines) + "\n"
