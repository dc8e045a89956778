"""Compose: chapters with their placeholders filled by figures, as a document ready to be rendered."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger import rules
from watchkeeper.model import tlp
from watchkeeper.model.figure import Value
from watchkeeper.regime import load
from watchkeeper.report import document as doc
from watchkeeper.report import linter, markup, present, tabulate
from watchkeeper.report.drawings import drawing_of
from watchkeeper.report.figure_card import day
from watchkeeper.report.figures import Figure, card, compute
from watchkeeper.values.refused import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report is before it is composed: its title, its chapters, and which figures "@" means."""

    id: str
    title: str
    subtitle: str
    subject: str
    edition: str | None
    chapters: tuple[str, ...]


@cache
def plans() -> Mapping[str, Plan]:
    """Return every report plan by id, from report/reports/*.yml."""
    found = {}
    cards = (file for file in files("watchkeeper.report").joinpath("reports").iterdir() if file.name.endswith(".yml"))
    for file in sorted(cards, key=lambda f: f.name):
        name = file.name.removesuffix(".yml")
        told = yaml.safe_load(file.read_text("utf-8"))
        found[name] = Plan(id=name, **{**told, "chapters": tuple(told["chapters"])})
    return found


def plan(name: str) -> Plan:
    """Return a report plan; raise `NotFound` with the known ones."""
    if name not in plans():
        raise NotFound(f'No report "{name}"; known: {", ".join(plans())}.')
    return plans()[name]


def chapter_texts(chosen: Plan) -> dict[str, str]:
    """Return the text of each of a plan's chapters by file name."""
    folder = files("watchkeeper.report").joinpath("chapters")
    return {f"report/chapters/{name}.md": folder.joinpath(f"{name}.md").read_text("utf-8") for name in chosen.chapters}


def compose(
    chosen: Plan,
    tables: Mapping[str, pl.DataFrame],
    as_of: date,
    texts: Mapping[str, str] | None = None,
    clearance: str = tlp.STRICTEST,
) -> doc.Document:
    """Return the document of a plan as at a day.

    Args:
        chosen: The plan.
        tables: The case's tables by kind.
        as_of: The day whose knowledge is told; it dates the document too.
        texts: Chapter texts by file name, instead of the ones shipped.
        clearance: TLP label up to which its readers may be shown anything. A figure or source above it is
            withheld by name; no figure is computed anew without what is behind it.

    Raises:
        Invalid: loose digits, unknown placeholders, with file, line and column.
    """
    parsed = {name: markup.parse(text, name) for name, text in (texts or chapter_texts(chosen)).items()}
    linter.check(parsed)
    composer = _Composer(chosen, tables, as_of, tlp.read(clearance))
    for name, blocks in parsed.items():
        composer.chapter(name, blocks)
    return composer.document()


@dataclass
class _Composer:
    plan: Plan
    tables: Mapping[str, pl.DataFrame]
    as_of: date
    clearance: str
    cited: set[str] = field(default_factory=set)
    figures: dict[str, Figure] = field(default_factory=dict)
    blocks: list[doc.Block] = field(default_factory=list)
    paragraphs: int = 0
    recommendations: int = 0
    box: str | None = None
    at: str = ""

    def chapter(self, name: str, raw: list[markup.RawBlock]) -> None:
        """Add the blocks of one chapter."""
        for block in raw:
            try:
                self._block(block)
            except (NotFound, Invalid) as error:
                raise Invalid(f"{name}:{self.at}: {error}") from error

    def document(self) -> doc.Document:
        """Return the composed document with every figure it used."""
        told = {key: present.to_json(figure, self.clearance) for key, figure in self.figures.items()}
        at = f"As at {day(self.as_of)}"
        return doc.Document(
            id=self.plan.id,
            title=self.plan.title,
            subtitle=self.plan.subtitle,
            cover=(
                "Not a United Nations document",
                at,
                "Draft: candidate findings, not reviewed by a second person.",
                "Figures of this report open to the rows they count; each row names its source.",
                *self._built_for(),
            ),
            as_at=self.as_of,
            blocks=tuple(self.blocks),
            figures=told,
            clearance=self.clearance,
            tlp=tlp.strictest([*self.cited, *(f["tlp"] for f in told.values() if not f.get("withheld"))]),
        )

    def _built_for(self) -> tuple[str, ...]:
        if self.clearance == tlp.STRICTEST:
            return ()
        return (f"Built for readers cleared to TLP:{self.clearance}; what is above that is withheld and says so.",)

    def _block(self, block: markup.RawBlock) -> None:
        makers: dict[str, Callable[[markup.RawBlock], None]] = {
            "heading": self._heading,
            "paragraph": self._paragraph,
            "item": self._item,
            "recommendation": self._recommendation,
            "table": self._table,
            "chart": self._chart,
            "box": self._box,
        }
        if block.kind != "item":
            self.box = None
        self.at = str(block.line)
        makers[block.kind](block)

    def _heading(self, block: markup.RawBlock) -> None:
        self.blocks.append(doc.Heading(self._words(block), int(block.arguments[0])))

    def _paragraph(self, block: markup.RawBlock) -> None:
        self.paragraphs += 1
        self.blocks.append(doc.Paragraph(self._inlines(block), self.paragraphs))

    def _recommendation(self, block: markup.RawBlock) -> None:
        self.recommendations += 1
        self.blocks.append(doc.Recommendation(self._inlines(block), self.recommendations))

    def _box(self, block: markup.RawBlock) -> None:
        self.box = self._words(block)
        self.blocks.append(doc.Box(self.box, ()))

    def _item(self, block: markup.RawBlock) -> None:
        last = self.blocks[-1] if self.blocks else None
        item = self._inlines(block)
        if self.box is not None and isinstance(last, doc.Box):
            self.blocks[-1] = doc.Box(last.title, (*last.items, item))
        elif isinstance(last, doc.Bullets):
            self.blocks[-1] = doc.Bullets((*last.items, item))
        else:
            self.blocks.append(doc.Bullets((item,)))

    def _table(self, block: markup.RawBlock) -> None:
        key, figure = self._figure(block.arguments[0])
        if self._withhold(key, figure):
            return
        self.blocks.append(tabulate.table(key, figure, block.arguments[1:]))

    def _chart(self, block: markup.RawBlock) -> None:
        key, figure = self._figure(block.arguments[0])
        if self._withhold(key, figure):
            return
        try:
            drawing = drawing_of(figure)
        except NotFound as nothing:  # an early day is a day like another: the report says so and goes on
            self.blocks.append(doc.Paragraph((doc.Text(f"{figure.card.title}. {nothing}"),), None))
            return
        notes = (*figure.outcome.notes, figure.card.is_not)
        self.blocks.append(doc.ChartBlock(key, figure.card.title, drawing, notes))

    def _withhold(self, key: str, figure: Figure) -> bool:
        """Put a line in the place of a table or chart above the clearance; return whether it was."""
        if tlp.allowed(figure.tlp, self.clearance):
            return False
        words = (doc.Text(f"{figure.card.title}: "), doc.Number(tlp.withheld(figure.tlp), key), doc.Text("."))
        self.blocks.append(doc.Paragraph(words, None))
        return True

    def _figure(self, named: str) -> tuple[str, Figure]:
        """Return a figure by id, "@" meaning the report's own subject; `id@edition` asks for an edition."""
        name, at, edition = named.replace("@.", f"{self.plan.subject}.").partition("@")
        wanted = edition if at else self._plans_edition(name)
        key = f"{name}@{wanted}" if wanted else name
        if key not in self.figures:
            self.figures[key] = compute(name, self.tables, edition=wanted, as_of=self.as_of)
        return key, self.figures[key]

    def _plans_edition(self, name: str) -> str | None:
        """Return the plan's edition for a figure of its own subject that counts incidents."""
        own = name.startswith(f"{self.plan.subject}.") and rules.rule(card(name).rule).counts is None
        return self.plan.edition if own else None

    def _words(self, block: markup.RawBlock) -> str:
        return "".join(i.words for i in self._inlines(block) if not isinstance(i, doc.Note))

    def _inlines(self, block: markup.RawBlock) -> tuple[doc.Inline, ...]:
        return tuple(inline for piece in block.pieces for inline in self._inline(piece))

    def _inline(self, piece: markup.Piece) -> tuple[doc.Inline, ...]:
        if piece.verb is None:
            return (doc.Text(piece.words),)
        self.at = f"{piece.line}:{piece.column}"
        fillers: dict[str, Callable[..., tuple[doc.Inline, ...]]] = {
            "fig": self._fig,
            "doc": self._doc,
            "cite": self._cite,
            "quote": self._quote,
            "measure": self._measure,
            "asat": self._asat,
        }
        if piece.verb not in fillers:
            raise Invalid(f'"{piece.verb}" is no placeholder; known: {", ".join(fillers)}.')
        fill = fillers[piece.verb]
        try:
            inspect.signature(fill).bind(*piece.arguments)
        except TypeError as error:
            raise Invalid(f"{piece.words}: {error}.") from error
        return fill(*piece.arguments)

    def _fig(self, named: str, value: str | None = None, form: str = "words") -> tuple[doc.Inline, ...]:
        key, figure = self._figure(named)
        values = {v.name: v for v in figure.outcome.values}
        if value is not None and value not in values:
            raise NotFound(f'{key} has no value "{value}"; known: {", ".join(values)}.')
        chosen = figure.outcome.values[0] if value is None else values[value]
        words = _form(chosen, form)
        return (doc.Number(words if tlp.allowed(figure.tlp, self.clearance) else tlp.withheld(figure.tlp), key),)

    def _source(self, source: str) -> dict[str, Any] | str:
        """Return a source, or what is said in its place if it is above the clearance."""
        table = self.tables["source"]
        found = table.filter(table["source_id"] == source)
        if found.is_empty():
            raise NotFound(f"No source {source} in this case.")
        (told,) = found.to_dicts()
        if not tlp.allowed(told["tlp"], self.clearance):
            return f"a source {tlp.withheld(told['tlp'])}"
        self.cited.add(told["tlp"])
        return told

    def _doc(self, source: str) -> tuple[doc.Inline, ...]:
        told = self._source(source)
        if isinstance(told, str):
            return (doc.Text(told),)
        return (doc.Text(str(told["reference"]).split(",")[0]), doc.Note(_note(told)))

    def _cite(self, source: str) -> tuple[doc.Inline, ...]:
        told = self._source(source)
        return (doc.Note(told if isinstance(told, str) else _note(told)),)

    def _quote(self, source: str, words: str) -> tuple[doc.Inline, ...]:
        told = self._source(source)
        return (doc.Text(told),) if isinstance(told, str) else (doc.Quote(words), doc.Note(_note(told)))

    def _measure(self, key: str) -> tuple[doc.Inline, ...]:
        told = load.measure(key)
        where = told.authority
        return (doc.Text(where), doc.Note(f"{told.title}. Checked: {told.weakest}."))

    def _asat(self) -> tuple[doc.Inline, ...]:
        return (doc.Text(day(self.as_of)),)


def _form(value: Value, form: str) -> str:
    forms: dict[str, Callable[[], str]] = {
        "words": value.words,
        "millions": value.millions,
        "low": lambda: Value(value.name, value.low, value.low, value.unit).millions(),
        "high": lambda: Value(value.name, value.high, value.high, value.unit).millions(),
    }
    if form not in forms:
        raise Invalid(f'"{form}" is no form of a value; known: {", ".join(forms)}.')
    return forms[form]()


def _note(source: Mapping[str, Any]) -> str:
    published = f", {source['published_on'].isoformat()}" if source["published_on"] else ", undated"
    via = f"; known to us through: {source['via']}" if source["via"] else ""
    named = f"{source['publisher']}, {source['title']}{published}"
    return f"{named}: {source['reference']}{via}. Checked: {source['checked']}."
