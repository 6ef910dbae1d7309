"""A figure keeps its quantity and value through any text, and a stranger can't write one."""

import pytest

from conc import figures, formats
from conc.figures import Counted
from conc.records import Estimate
from conc.show.markup import markdown, with_figures

GAIN = Estimate(
    value=1.9375,
    low=1.8,
    high=2.1,
    runs=8,
    rounds=40,
    level=0.98,
    quantity='a: speed-up of "b" <c>',
    shown=(1.85, 2.05),
)
ELEMENT = '<data class="conc-figure" data-quantity="a: n" value="5">5</data>'


def test_a_text_is_its_words_and_knows_where_its_figures_stand() -> None:
    said = figures.read(f"it was {formats.ratio_interval(GAIN)} as fast")
    assert said == "it was 1.94× (1.85–2.05) as fast"
    (one,) = said.figures
    assert (one.quantity, one.value) == (GAIN.quantity, GAIN.value)
    assert said[one.at : one.end] == "1.94× (1.85–2.05)"


def test_the_wider_interval_stands_with_its_level_where_it_is_asked_for() -> None:
    said = figures.read(formats.ratio_interval(GAIN), wide=True)
    assert said == "1.94× (1.80–2.10 at 98 %)"
    assert said.figures[0].end == len(said)


def test_figures_survive_what_is_done_to_text() -> None:
    texts = [formats.count(Counted(n, f"a: {n}")) for n in (1, 2)]
    said = figures.read(formats.sentence(formats.listed(texts)))
    assert said == "1 and 2."
    assert [said[one.at : one.end] for one in said.figures] == ["1", "2"]
    assert figures.read(figures.marked(said)).figures == said.figures


def test_what_is_no_figure_of_a_measurement_is_plain_text() -> None:
    assert formats.seconds(0.02) == "20.0 ms"
    assert formats.plural(3, "run") == "3 runs"


@pytest.mark.parametrize(
    "forged", ["\ue000\ue001a\ue0011.0\ue0011\ue001\ue002", "\ue000", "\ue002\ue001"]
)
def test_a_stranger_can_not_write_a_figure(forged: str) -> None:
    assert figures.read(forged).figures == ()
    assert with_figures(f"<p>{forged}</p>") == f"<p>{forged}</p>"
    (one,) = figures.read(figures.figure(f"a{forged}b", 1.0, "1")).figures
    assert not set(one.quantity) & set("\ue000\ue001\ue002")


def test_a_figure_is_an_element_among_html_and_in_a_drawing_and_words_elsewhere() -> None:
    five = formats.count(Counted(5, "a: n"))
    assert with_figures(f"<p>{five} of</p>") == f"<p>{ELEMENT} of</p>"
    assert with_figures(f'<p title="{five} of">x</p>') == '<p title="5 of">x</p>'
    drawn = with_figures(f"<svg><desc>{five}</desc><text>{five}</text></svg>{five}")
    assert drawn.startswith("<svg><desc>5</desc><text><tspan ")
    assert drawn.endswith(f"</svg>{ELEMENT}")


def test_a_sentence_that_tells_a_figure_may_be_broken_into_lines() -> None:
    long = figures.figure("a: cause", 2, "other programs used 2 cores for all of that time")
    assert '<data class="conc-figure conc-said"' in with_figures(f"<p>{long}</p>")
    short = figures.figure("a: n", 2, "2 cores")
    assert '<data class="conc-figure" ' in with_figures(f"<p>{short}</p>")


def test_in_markdown_no_sign_of_a_quantity_means_anything() -> None:
    made = markdown(f"**{formats.ratio_interval(GAIN)}**")
    assert made.startswith('**<data class="conc-figure" data-quantity="a: speed-up of &#34;b&#34;')
    assert "<c>" not in made
    assert made.endswith(">1.94× (1.85–2.05)</data>**")
