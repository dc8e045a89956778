"""Page: a document as one HTML file that asks nothing of the network and runs no script.

Every number opens its figure card as a popover. The same cards stand at the end of the page, where
an anchor ("report.html#fig-cyber.instances") leads; paper shows them there. Of several editions of
a figure the first that the report uses also answers to the name without its edition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from watchkeeper.report import figure_card, numbering, quotes
from watchkeeper.report.charts.map import DISCLAIMER
from watchkeeper.report.document import Document, Inline, Note, Number, Quote, Recommendation, TableBlock, Text
from watchkeeper.report.drawing import Drawing, to_svg

# A column with more letters than this in a cell is text; with fewer, dates and ids that are not to be cut.
_LONG, _SHORT = 60, 18
_STYLES = {
    "plain": Markup("{}"),
    "strong": Markup("<strong>{}</strong>"),
    "emphasis": Markup("<em>{}</em>"),
}
_NUMBER = Markup(
    '<button type="button" class="number" popovertarget="{0}" title="Open the figure"'
    ' aria-label="{1}, {2}; open the figure">{1}</button>'
)
_NOTE = Markup('<sup><a id="note-{0}-back" href="#note-{0}" role="doc-noteref" aria-label="Note {0}">{0}</a></sup>')
_NOTE_AGAIN = Markup('<sup><a href="#note-{0}" role="doc-noteref" aria-label="Note {0}">{0}</a></sup>')


def render(document: Document) -> bytes:
    """Return the document as one self-contained HTML file in UTF-8."""
    document = quotes.in_document(document)
    titles = {key: told["title"] for key, told in document.figures.items()}
    said = {
        "document": document,
        "at": figure_card.day(document.as_at),
        "blocks": _blocks(document, titles),
        "recommendations": [
            (block.number, _runs(_without_notes(block.inlines), numbering.Numbers(), titles))
            for block in document.blocks
            if isinstance(block, Recommendation)
        ],
        "cards": figure_card.cards(document.figures),
        "aliases": _aliases(document.figures),
        "disclaimer": DISCLAIMER,
        "notes": numbering.notes(document.blocks),
        "annexes": numbering.annexes(document),
    }
    return (_environment().get_template("report.html").render(said).rstrip() + "\n").encode()


def _blocks(document: Document, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    numbers = numbering.Numbers()
    return [
        {
            "kind": type(one.block).__name__,
            "block": one.block,
            "label": one.label,
            "anchor": one.anchor,
            "items": [_runs(item, numbers, titles) for item in numbering.items(one.block)],
        }
        for one in numbering.placed(document.blocks)
    ]


def _aliases(keys: Mapping[str, object]) -> dict[str, str]:
    """Return, by the key that takes it, each anchor without an edition that no figure has as its own."""
    taken = {figure_card.anchor(key) for key in keys}
    found = {}
    for key in keys:
        plain = figure_card.anchor(key.partition("@")[0])
        if plain not in taken:
            found[key] = plain
            taken.add(plain)
    return found


def _runs(inlines: Sequence[Inline], numbers: numbering.Numbers, titles: Mapping[str, str]) -> Markup:
    return Markup("").join(_run(inline, numbers, titles) for inline in inlines)


def _run(inline: Inline, numbers: numbering.Numbers, titles: Mapping[str, str]) -> Markup:
    match inline:
        case Text(words, style):
            return _STYLES[style].format(words)
        case Number(words, key):
            return _NUMBER.format(figure_card.anchor(key), words, titles[key])
        case Quote(words):
            return Markup("<q>{}</q>").format(words)
        case Note():
            number, first = numbers.of(inline)
            return (_NOTE if first else _NOTE_AGAIN).format(number)


def _without_notes(inlines: Sequence[Inline]) -> list[Inline]:
    return [inline for inline in inlines if not isinstance(inline, Note)]


@cache
def _environment() -> Environment:
    folder = files("watchkeeper.report").joinpath("templates")
    made = Environment(
        loader=DictLoader({"report.html": folder.joinpath("report.html").read_text("utf-8")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = Markup(folder.joinpath("report.css").read_text("utf-8"))  # noqa: S704 - our own file
    made.filters.update(anchor=figure_card.anchor, classes=_classes, svg=_svg)
    return made


def _classes(table: TableBlock | figure_card.Rows) -> list[str]:
    """Return the class of each column: its side, and whether it is given room for text or kept on one line."""
    longest = [max((len(row[place]) for row in table.rows), default=0) for place in range(len(table.header))]
    fill = ["long" if most > _LONG else "short" if most <= _SHORT else "" for most in longest]
    return [f"{side} {room}".rstrip() for side, room in zip(table.align, fill, strict=True)]


def _svg(drawing: Drawing) -> Markup:
    return Markup(to_svg(drawing))  # noqa: S704 - to_svg escapes the words it is given
