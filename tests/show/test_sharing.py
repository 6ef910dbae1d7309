"""The picture of a page that is shared."""

from xml.etree import ElementTree as ET

import pytest

from conc.show import sharing
from conc.show.shown import Shown
from tests.invented.results import invented_result

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("page", "file"),
    [("", "home.png"), ("article/", "article.png"), ("article/asyncio/", "article-asyncio.png")],
)
def test_each_page_has_a_file_of_its_own(page: str, file: str) -> None:
    assert sharing.file(page) == f"assets/shared/{file}"


def test_the_picture_is_a_png_of_the_usual_size() -> None:
    made = sharing.picture(Shown(invented_result(noise=0.01)), "A title", "A site")
    assert made.startswith(PNG)
    assert (int.from_bytes(made[16:20]), int.from_bytes(made[20:24])) == (1200, 630)


def test_it_shows_the_title_and_what_each_model_gained() -> None:
    drawn = ET.fromstring(sharing._drawing(Shown(invented_result(noise=0.01)), "A < B", "A site"))
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A < B", "A site", "threads", "processes"} <= set(texts)


def test_it_stands_without_a_result() -> None:
    assert "A title" in sharing._drawing(Shown(None), "A title", "A site")
