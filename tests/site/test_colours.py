"""The colours of the models: legible in both schemes, and apart for colour-blind readers."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conc.models import MODELS, NAMES

CSS = Path(__file__).parents[2] / "docs" / "assets" / "conc.css"
PAPER = {"light": "#ffffff", "dark": "#1e2129"}  # --md-default-bg-color of Material's schemes
SEEN_APART = 10.0

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", 2009, severity 1.0, on linear RGB.
VISIONS = {
    "protanopia": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deuteranopia": [
        [0.3673, 0.8606, -0.2280],
        [0.2801, 0.6726, 0.0473],
        [-0.0118, 0.0430, 0.9689],
    ],
    "tritanopia": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
    "full vision": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)

Vector = NDArray[np.float64]


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of the models, and those that charts set beside them."""
    blocks = re.findall(r"\{([^}]*--conc-ideal: [^}]*)\}", CSS.read_text("utf-8"))
    assert len(blocks) == 2
    place = ("light", "dark").index(scheme)
    beside = dict(re.findall(r"--conc-([a-z]+): (#[0-9a-f]{6})", blocks[place]))
    return beside | {model.name: (model.light, model.dark)[place] for model in MODELS}


def linear(colour: str) -> Vector:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: Vector) -> Vector:
    share = TO_XYZ @ rgb.clip(0, 1) / WHITE
    f = np.where(share > 216 / 24389, np.cbrt(share), (841 / 108) * share + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("scheme", PAPER)
def test_each_colour_is_legible_as_text_on_the_page(scheme: str) -> None:
    poor = {n: c for n, c in colours(scheme).items() if contrast(c, PAPER[scheme]) < 4.5}
    assert not poor


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scheme", PAPER)
def test_models_are_told_apart(scheme: str, vision: str) -> None:
    seen = {
        model: lab(np.array(VISIONS[vision]) @ linear(colours(scheme)[model])) for model in NAMES
    }
    distances = {
        (one, other): float(np.linalg.norm(seen[one] - seen[other]))
        for one, other in combinations(NAMES, 2)
    }
    assert min(distances.values()) >= SEEN_APART, min(distances.items(), key=lambda item: item[1])
