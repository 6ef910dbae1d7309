"""Drawings: small, with the page's colours, drawn once."""

import re
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from conc.errors import ConcError
from conc.show import svg

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "background": "transparent",
    "width": 100,
    "height": 50,
    "data": {"values": [{"x": 1.23456789, "y": 2, "tip": svg.tip("1.2 <of> 2")}]},
    "mark": {"type": "point", "color": "var(--conc-threads)"},
    "encoding": {
        "x": {"field": "x", "type": "quantitative"},
        "y": {"field": "y", "type": "quantitative"},
        "description": {"field": "tip"},
    },
}


def render(cache: Path | None, spec: svg.Spec = SPEC) -> str:
    return svg.render(spec, css_class="wide", title="T & t", description="<d>", cache=cache)


def test_a_drawing_keeps_the_variables_and_drops_what_a_page_does_not_need(tmp_path: Path) -> None:
    drawing = render(tmp_path)
    assert 'stroke="var(--conc-threads)"' in drawing
    assert 'data-tip="1.2 &lt;of&gt; 2"' in drawing
    for dropped in ("aria-roledescription", "mark-group", "font-family", "1.23456789"):
        assert dropped not in drawing


def test_two_drawings_of_a_page_share_no_id(tmp_path: Path) -> None:
    clipped = SPEC | {"mark": {"type": "line", "clip": True}}
    drawings = [render(tmp_path, clipped | {"width": width}) for width in (100, 101)]
    (one,), (other,) = (re.findall(r'id="([^"]+)"', drawing) for drawing in drawings)
    assert one != other
    assert f'clip-path="url(#{one})"' in drawings[0]


def test_a_drawing_is_the_same_whatever_was_drawn_before_it() -> None:
    clipped = SPEC | {"mark": {"type": "line", "clip": True}}
    assert render(None, clipped) == render(None, clipped)


def test_title_and_description_are_escaped(tmp_path: Path) -> None:
    drawing = render(tmp_path)
    assert 'aria-label="T &amp; t"' in drawing
    assert "<desc>&lt;d&gt;</desc>" in drawing


def test_a_kept_drawing_is_found_again_and_another_specification_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = render(tmp_path)
    monkeypatch.setattr(svg, "_draw", lambda _: "<svg>drawn again</svg>")
    assert render(tmp_path) == first
    assert "drawn again" in render(tmp_path, SPEC | {"width": 101})


def test_a_folder_that_cannot_be_written_costs_time_and_not_the_drawing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert "<desc>" in render(blocked / "cache")


def test_a_specification_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(ConcError, match="could not be drawn") as caught:
        render(None, SPEC | {"mark": {"type": "pie"}})
    assert "\n" not in str(caught.value)


def test_without_what_draws_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(svg, "version", version)
    with pytest.raises(ConcError, match="vl-convert-python, which is not installed"):
        render(tmp_path)
