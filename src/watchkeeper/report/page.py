"""Page: a document as one HTML file that asks nothing of the network and runs no script.

Every number opens its figure card as a popover. The same cards stand at the end of the page, where
an anchor ("report.html#fig-cyber.instances") leads; paper shows them there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from watchkeeper.report import figure_card, numbering, quotes
from watchkeeper.report.document import Document, Inline, Note, Number, Quote, Recommendation, Text
from watchkeeper.report.drawing import Drawing, to_svg

_STYLES = {
    "plain": Markup("{}"),
    "strong": Markup("<strong>{}</strong>"),
    "emphasis": Markup("<em>{}</em>"),
}
_NUMBER = Markup('<button type="button" class="number" popovertarget="{}" title="Open the figure">{}</button>')
_NOTE = Markup('<sup><a id="note-{0}-back" href="#note-{0}" role="doc-noteref" aria-label="Note {0}">{0}</a></sup>')


def render(document: Document) -> bytes:
    """Return the document as one self-contained HTML file in UTF-8."""
    document = quotes.in_document(document)
    said = {
        "document": document,
        "at": figure_card.day(document.as_at),
        "blocks": _blocks(document),
        "recommendations": [
            (block.number, _runs(_without_notes(block.inlines), count(1)))
            for block in document.blocks
            if isinstance(block, Recommendation)
        ],
        "cards": figure_card.cards(document.figures),
        "notes": numbering.notes(document.blocks),
        "annexes": numbering.annexes(document),
    }
    return (_environment().get_template("report.html").render(said).rstrip() + "\n").encode()


def _blocks(document: Document) -> list[dict[str, Any]]:
    numbers = count(1)
    return [
        {
            "kind": type(one.block).__name__,
            "block": one.block,
            "label": one.label,
            "anchor": one.anchor,
            "items": [_runs(item, numbers) for item in numbering.items(one.block)],
        }
        for one in numbering.placed(document.blocks)
    ]


def _runs(inlines: Sequence[Inline], numbers: Iterator[int]) -> Markup:
    return Markup("").join(_run(inline, numbers) for inline in inlines)


def _run(inline: Inline, numbers: Iterator[int]) -> Markup:
    match inline:
        case Text(words, style):
            return _STYLES[style].format(words)
        case Number(words, key):
            return _NUMBER.format(figure_card.anchor(key), words)
        case Quote(words):
            return Markup("<q>{}</q>").format(words)
        case Note():
            return _NOTE.format(next(numbers))


def _without_notes(inlines: Sequence[Inline]) -> list[Inline]:
    return [inline for inline in inlines if not isinstance(inline, Note)]


@cache
def _environment() -> Environment:
    folder = files("watchkeeper.report").joinpath("templates")
    names = ("report.html", "report.css")
    made = Environment(
        loader=DictLoader({name: folder.joinpath(name).read_text("utf-8") for name in names}),
        autoescape=lambda name: name != "report.css",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(anchor=figure_card.anchor, svg=_svg)
    return made


def _svg(drawing: Drawing) -> Markup:
    return Markup(to_svg(drawing))  # noqa: S704 - to_svg escapes the words it is given
