"""Page: a document as one HTML file that asks nothing of the network and runs no script.

Every number opens its figure card as a popover; the same cards stand at the end of the page, where
an anchor ("report.html#fig-cyber.instances") leads, paper shows them, and a browser without
popovers jumps to.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from watchkeeper.report import figure_card, numbering
from watchkeeper.report.document import Block, Document, Inline, Recommendation
from watchkeeper.report.drawing import to_svg


def render(document: Document) -> bytes:
    """Return the document as one self-contained HTML file in UTF-8."""
    blocks = numbering.placed(document.blocks)
    said = {
        "document": document,
        "at": figure_card.day(document.as_at),
        "blocks": blocks,
        "cards": figure_card.cards(document.figures),
        "notes": numbering.notes(document.blocks),
        "recommendations": [one.block for one in blocks if isinstance(one.block, Recommendation)],
        "annexes": numbering.annexes(document),
    }
    return (_environment().get_template("report.html").render(said).rstrip("\n") + "\n").encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=DictLoader({name: _template(name) for name in ("report.html", "report.css")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(kind=_kind, anchor=figure_card.anchor, svg=lambda drawing: Markup(to_svg(drawing)))  # noqa: S704 to_svg escapes what it is given
    made.filters["style_sheet"] = lambda name: Markup(_template(name))  # noqa: S704 our own file
    return made


@cache
def _template(name: str) -> str:
    return files("watchkeeper.report").joinpath("templates", name).read_text("utf-8")


def _kind(part: Block | Inline) -> str:
    return type(part).__name__


