"""From a Vega-Lite specification to a small inline SVG that stands without JavaScript.

Rendering costs some 0.4 s a chart and the renderer's start another second, so each SVG is kept
under the hash of its specification. Nothing here knows what a chart means.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from xml.etree import ElementTree as ET

from conc import figures
from conc.errors import ConcError
from conc.show.markup import exact

Spec = Mapping[str, object]

_SVG = "http://www.w3.org/2000/svg"
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_CLIP = re.compile(r"(id=\"|url\(#)(clip\d+)")
_DROPPED = frozenset(
    {"aria-hidden", "aria-label", "aria-roledescription", "class", "font-family", "pointer-events"}
    | {"role", "stroke-miterlimit", "version"}
)
_DEFAULTS = {
    "opacity": "1",
    "stroke-width": "1",
    "font-weight": "normal",
    "transform": "translate(0,0)",
}
_TIP = "tip:"
_TOLD = ("data-tip", "data-quantity", "data-value")
"""What a mark says: its tooltip, and what that is about."""


def tip(text: str) -> str:
    """Mark ``text`` as the tooltip of a mark, for the ``description`` of its encoding.

    The mark carries the quantity and the value of the first figure in it.
    """
    said = figures.read(text)
    first = ((one.quantity, exact(one.value)) for one in said.figures)
    return _TIP + json.dumps([str(said), *next(first, ())])


def render(spec: Spec, *, css_class: str, title: str, description: str, cache: Path | None) -> str:
    """Return ``spec`` as an ``<svg>`` element with an accessible title and description.

    Colours may be CSS variables and text inherits the page's font. A mark whose encoding describes
    it by a :func:`tip` carries that text as ``data-tip``, and what its figure is. ``cache``
    is the folder in which drawings are kept; without it, or where it can't be written, every call
    renders anew.
    Raises ConcError where the renderer refuses the specification.
    """
    drawing = _cached(spec, cache)
    # No <title>: browsers would pop it up over every mark, on top of the mark's own tooltip.
    label = f'class="{escape(css_class)}" role="img" aria-label="{escape(title)}"'
    head, _, body = drawing.partition(">")
    return f"{head} {label}><desc>{escape(description)}</desc>{body}"


def _cached(spec: Spec, cache: Path | None) -> str:
    if cache is None:
        return _draw(spec)
    path = cache / f"{_key(spec)}.svg"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        drawing = _draw(spec)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        path.write_text(drawing, encoding="utf-8")
    except OSError:
        pass  # a folder that can't be written costs time, not the page
    return drawing


def _key(spec: Spec) -> str:
    """Hash all that the drawing depends on: specification, this module, and the renderer."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(_renderer().encode())
    digest.update(json.dumps(spec, sort_keys=True).encode())
    return digest.hexdigest()[:32]


def _renderer() -> str:
    """Return the version of what draws. Raises ConcError where that is not installed."""
    try:
        return version("vl-convert-python")
    except PackageNotFoundError:
        raise ConcError(
            "charts are drawn by vl-convert-python, which is not installed; there is none for"
            " Windows on ARM, elsewhere: pip install vl-convert-python"
        ) from None


def _draw(spec: Spec) -> str:
    # Imported here, because a build with warm drawings does not need it.
    import vl_convert  # noqa: PLC0415 — see above

    try:
        # By the newest Vega-Lite that it holds: its version is part of the key of a drawing.
        raw = vl_convert.vegalite_to_svg(dict(spec))
    except ValueError as error:
        # A heading, the reason, and then a stack of JavaScript.
        reason = " ".join(str(error).splitlines()[:2])
        raise ConcError(f"a chart could not be drawn: {reason}") from error
    return _slim(raw)


def _slim(raw: str) -> str:
    """Strip a drawing of what the page does not need, and turn mark labels into ``data-tip``."""
    ET.register_namespace("", _SVG)
    # The renderer counts clips on from drawing to drawing: the same one would differ each time.
    clips: dict[str, int] = {}
    raw = _CLIP.sub(lambda clip: f"{clip[1]}clip{clips.setdefault(clip[2], len(clips))}", raw)
    unique = hashlib.sha256(raw.encode()).hexdigest()[:8]
    raw = _CLIP.sub(rf"\1c{unique}-\2", raw)
    root = ET.fromstring(raw)  # noqa: S314 — written by our own renderer a moment ago
    box = root.get("viewBox", "")
    width, height = box.split()[2:]
    _clean(root)
    root.attrib.clear()
    root.attrib.update({"viewBox": box, "width": width, "height": height})
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element) -> None:
    for child in list(element):
        _clean(child)
        if _invisible(child):
            element.remove(child)
    for index, child in reversed(list(enumerate(element))):
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            element[index : index + 1] = list(child)
    label = element.get("aria-label", "")
    if label.startswith(_TIP):
        told = json.loads(label.removeprefix(_TIP))
        element.attrib.update(zip(_TOLD, told, strict=False))
    for name, value in list(element.attrib.items()):
        rounded = value if name in _TOLD else _NUMBER.sub(_round, value)
        if name in _DROPPED or rounded == _DEFAULTS.get(name):
            del element.attrib[name]
        else:
            element.set(name, rounded)


def _invisible(element: ET.Element) -> bool:
    if element.get("display") == "none":
        return True
    if element.tag == f"{{{_SVG}}}g":
        return len(element) == 0
    drawn = {"fill", "stroke"} & element.attrib.keys()
    return element.tag == f"{{{_SVG}}}path" and not drawn


def _round(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text
