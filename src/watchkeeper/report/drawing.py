"""Drawing: a chart as a short list of shapes, set as SVG for a page and natively by typst for paper.

One list feeds both, so the two cannot differ. Units are points, x runs right and y runs down.
Coordinates are rounded to a hundredth of a point on the way out: the same chart is the same bytes.
A drawing without a text for those who cannot see it is not made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
Weight = Literal["regular", "bold"]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape; an empty `fill` or `stroke` is none."""

    points: tuple[Point, ...]
    fill: str = ""
    stroke: str = ""
    stroke_pt: float = 0.5


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line through points."""

    points: tuple[Point, ...]
    stroke: str
    stroke_pt: float = 0.5


@dataclass(frozen=True, slots=True)
class Rect:
    """A box by its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    stroke_pt: float = 0.5


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle by its centre."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    stroke_pt: float = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str
    stroke_pt: float = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; (x, y) is its anchor on the baseline. `upward` turns it a quarter to the left."""

    x: float
    y: float
    string: str
    size: float
    anchor: Anchor = "start"
    weight: Weight = "regular"
    fill: str = "#1a1a1a"
    upward: bool = False


Item = Polygon | Polyline | Rect | Circle | Line | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes, later ones on top, with a short `title` and the `alt` text that stands in for the picture.

    Raises:
        ValueError: The title or the alt text is blank.
    """

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    alt: str

    def __post_init__(self) -> None:
        if not (self.title.strip() and self.alt.strip()):
            raise ValueError("a drawing needs a title and an alt text: say what the picture shows")


def text_width(string: str, size: float) -> float:
    """Return a width in pt that a line does not exceed in Noto Sans, Liberation Sans or narrower faces.

    Fonts are not measured, so the same chart is the same bytes anywhere; DejaVu Sans runs up to a tenth wider.
    """
    return size * sum(map(_em, string))


def to_svg(drawing: Drawing) -> str:
    """Return the drawing as one self-contained SVG element; it takes the typeface of the page around it."""
    width, height = _number(drawing.width), _number(drawing.height)
    size = f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="inherit">'
    words = f"<title>{escape(drawing.title)}</title>", f"<desc>{escape(drawing.alt)}</desc>"
    return "\n".join((head, *words, *map(_element, drawing.items), "</svg>\n"))


def to_typst_data(drawing: Drawing) -> dict[str, object]:
    """Return the drawing as plain data for `draw` in `templates/drawing.typ`; numbers are pt, colours hex or ""."""
    return {
        "width": _rounded(drawing.width),
        "height": _rounded(drawing.height),
        "title": drawing.title,
        "alt": drawing.alt,
        "items": [dict(_fields(item)) for item in drawing.items],
    }


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "mwMW@%&":
        return 0.95
    if letter in " .,:;'|!()-ijlfrt":
        return 0.35
    if letter in "ckszvxy":
        return 0.51
    return 0.68 if letter.isupper() else 0.57


def _element(item: Item) -> str:
    if isinstance(item, Text):
        turn = f' transform="rotate(-90 {_number(item.x)} {_number(item.y)})"' if item.upward else ""
        return (
            f'<text x="{_number(item.x)}" y="{_number(item.y)}" font-size="{_number(item.size)}"'
            f' text-anchor="{item.anchor}" font-weight="{_css(item.weight)}" fill="{item.fill}"{turn}>'
            f"{escape(item.string)}</text>"
        )
    return f"<{type(item).__name__.lower()} {_shape(item)} {_paint(item)}/>"


def _shape(item: Polygon | Polyline | Rect | Circle | Line) -> str:
    match item:
        case Polygon(points=points) | Polyline(points=points):
            return f'points="{" ".join(f"{_number(x)},{_number(y)}" for x, y in points)}"'
        case Rect(x=x, y=y, width=width, height=height):
            return f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        case Circle(x=x, y=y, radius=radius):
            return f'cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"'
        case Line(x1=x1, y1=y1, x2=x2, y2=y2):
            return f'x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}"'


def _paint(item: Polygon | Polyline | Rect | Circle | Line) -> str:
    fill = "none" if isinstance(item, Polyline | Line) else item.fill or "none"
    if not item.stroke:
        return f'fill="{fill}"'
    return f'fill="{fill}" stroke="{item.stroke}" stroke-width="{_number(item.stroke_pt)}" stroke-linejoin="round"'


def _fields(item: Item) -> Iterator[tuple[str, object]]:
    yield "kind", type(item).__name__.lower()
    for name in item.__slots__:
        value = getattr(item, name)
        if name == "points":
            yield name, [[_rounded(x), _rounded(y)] for x, y in value]
        else:
            yield name, _rounded(value) if isinstance(value, float) else value


def _css(weight: Weight) -> str:
    return "normal" if weight == "regular" else "bold"


def _rounded(value: float) -> float:
    return round(float(value), 2) + 0.0  # + 0.0: a rounded -0.001 is 0, not -0


def _number(value: float) -> str:
    return f"{_rounded(value):.2f}".rstrip("0").rstrip(".")
