"""Compose: chapters with their placeholders filled by figures, as a document ready to be rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files

import polars as pl
import yaml

from watchkeeper.ledger import proceeds, rules
from watchkeeper.model import tlp
from watchkeeper.report import document as doc
from watchkeeper.report import lint, markup, present, publication, replies, tabulate
from watchkeeper.report.drawings import drawing_of
from watchkeeper.report.figure_card import day
from watchkeeper.report.figures import Figure
from watchkeeper.report.fillers import Fillers, Mention
from watchkeeper.values.refused import Invalid, NotFound

Parsed = Mapping[str, list[markup.RawBlock]]
DRAFT, PUBLICATION = "draft", "publication"
PURPOSES = (DRAFT, PUBLICATION)
_NOTED = "On the method and on what the rows leave out, the notes further up hold here too."
OF_PUBLISHING = ("publication", "correction")  # entries that come out of a report and never go into one


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
    purpose: str = DRAFT,
    trace: str | None = None,
) -> doc.Document:
    """Return the document of a plan as at a day.

    Args:
        chosen: The plan.
        tables: The case's tables by kind.
        as_of: The day whose knowledge is told; it dates the document too.
        texts: Chapter texts by file name, instead of the ones shipped.
        clearance: TLP label up to which its readers may be shown anything. A figure or source above it is
            withheld by name; no figure is computed anew without what is behind it.
        purpose: "draft", or "publication": then only reviewed incidents count, names and quotations are tied to the
            record, and the replies of those named are printed.
        trace: The trace that figures of a trace tell of; the only one there is if not given.

    Raises:
        Invalid: loose digits, unknown placeholders, and what keeps a report from publication, with file, line, column.
    """
    parsed = {name: markup.parse(text, name) for name, text in (texts or chapter_texts(chosen)).items()}
    if purpose not in PURPOSES:
        raise Invalid(f'"{purpose}" is nothing to build a report for; known: {", ".join(PURPOSES)}.')
    if purpose == DRAFT:
        lint.check(_terms_laid_open(parsed))
        return _draft(_Composer.of(chosen, tables, as_of, clearance, purpose, trace).composed(parsed))
    # What this very report makes of a party is not what it says of it: built again, it says the same.
    before = {**tables, **{kind: tables[kind].clear() for kind in OF_PUBLISHING}}
    return _for_publication(_Composer.of(chosen, before, as_of, clearance, purpose, trace), parsed)


def _for_publication(composer: _Composer, parsed: Parsed) -> doc.Document:
    """Return the document if nothing keeps it from publication; raise `Invalid` with all that does."""
    tables, as_of = composer.tables, composer.as_of
    faults = _lint_faults(parsed, publication.known_names(tables, as_of))
    faults += publication.term_faults(parsed, _terms_laid_open(parsed), tables, as_of)
    faults += publication.trace_faults(parsed, composer.plan.subject, tables, as_of, composer.fillers.trace)
    try:
        composer.composed(parsed)
    except Invalid as refusal:
        publication.refuse([*faults, *(refusal.faults or (str(refusal),))])
    used = composer.fillers
    faults += publication.party_faults(used.parties, tables, as_of)
    faults += publication.quote_faults(used.quoted, tables, as_of)
    publication.refuse(faults)
    composer.add_replies(composer.incidents())
    return composer.document()


def _draft(composer: _Composer) -> doc.Document:
    """Return the draft; of a trace it says already what the services answered, since they were asked by its letters."""
    if composer.services():
        composer.add_replies(set())
    return composer.document()


def _lint_faults(parsed: Parsed, known: Mapping[str, str]) -> list[str]:
    found = lint.faults(_terms_laid_open(parsed))
    told = {(fault.file, fault.line, fault.column, fault.rule) for fault in found}
    names = [f for f in lint.faults(parsed, known) if (f.file, f.line, f.column, f.rule) not in told]
    order = {name: place for place, name in enumerate(parsed)}
    return [str(f) for f in sorted([*found, *names], key=lambda f: (order[f.file], f.line, f.column))]


def _terms_laid_open(parsed: Parsed) -> Parsed:
    """Return chapters with each {term "..."} as plain words: what its writer vouches for is that it is no name."""
    return {name: [replace(block, pieces=tuple(map(_laid_open, block.pieces))) for block in blocks]
            for name, blocks in parsed.items()}  # fmt: skip


def _laid_open(piece: markup.Piece) -> markup.Piece:
    if piece.verb != "term" or len(piece.arguments) != 1:
        return piece
    at = piece.column + max(piece.words.find('"'), 0) + 1
    return replace(piece, words=piece.arguments[0], verb=None, arguments=(), column=at)


def _is_traced(figure: Figure) -> bool:
    return rules.rule(figure.card.rule).over == "traces"


def _shown_in(figures: Iterable[Figure]) -> Iterator[str]:
    """Return the parties of which a figure's table tells."""
    for figure in figures:
        used = figure.outcome.claims.implode()
        ties = figure.view.links.filter(pl.col("link_id").is_in(used))
        yield from figure.view.facts.filter(pl.col("fact_id").is_in(used))["party_id"]
        yield from (*ties["subject"], *ties["object"])
        if _is_traced(figure):
            yield from (one.party for one in proceeds.sinks(figure.view) if one.party)


@dataclass
class _Composer:
    plan: Plan
    tables: Mapping[str, pl.DataFrame]
    as_of: date
    clearance: str
    purpose: str
    fillers: Fillers
    blocks: list[doc.Block] = field(default_factory=list)
    passages: list[doc.Passage] = field(default_factory=list)
    noted: set[str] = field(default_factory=set)
    paragraphs: int = 0
    recommendations: int = 0
    box: str | None = None
    file: str = ""

    @classmethod
    def of(
        cls,
        plan: Plan,
        tables: Mapping[str, pl.DataFrame],
        as_of: date,
        clearance: str,
        purpose: str,
        trace: str | None = None,
    ) -> _Composer:
        """Return a composer that has nothing yet."""
        label = tlp.read(clearance)
        fillers = Fillers(plan.subject, plan.edition, tables, as_of, label, purpose == PUBLICATION, trace)
        return cls(plan, tables, as_of, label, purpose, fillers)

    def composed(self, parsed: Parsed) -> _Composer:
        """Add the blocks of all chapters; raise `Invalid` with the first placeholder that cannot be filled."""
        for self.file, raw in parsed.items():
            for block in raw:
                try:
                    self._block(block)
                except (NotFound, Invalid) as error:
                    raise Invalid(f"{self.fillers.where}: {error}") from error
        return self

    def incidents(self) -> set[str]:
        """Return the incidents that the figures count."""
        return {one for figure in self.fillers.figures.values() for one in figure.outcome.incidents.to_list()}

    def services(self) -> list[Mention]:
        """Return the parties that tables of a trace name: those whose label its findings carry."""
        found = [
            party
            for figure in self.fillers.figures.values()
            if _is_traced(figure) and tlp.allowed(figure.tlp, self.clearance)
            for party in (one.party for one in proceeds.sinks(figure.view))
            if party
        ]
        return [Mention("", "table", party, party) for party in dict.fromkeys(found)]

    def add_replies(self, incidents: set[str]) -> None:
        """Add the chapter on who was asked and what was answered, and note what it rests on."""
        used = self.fillers
        named = [*used.parties, *self.services()]
        heard = replies.chapter(self.tables, named, incidents, self.as_of, self.clearance)
        self.blocks += heard.blocks
        used.cited |= heard.labels
        used.entries |= heard.entries

    def document(self) -> doc.Document:
        """Return the composed document with every figure it used."""
        used = self.fillers
        told = {key: present.to_json(figure, self.clearance) for key, figure in used.figures.items()}
        return doc.Document(
            id=self.plan.id,
            title=self.plan.title,
            subtitle=self.plan.subtitle,
            cover=self._cover(),
            as_at=self.as_of,
            blocks=tuple(self.blocks),
            figures=told,
            clearance=self.clearance,
            tlp=tlp.strictest([*used.cited, *(f["tlp"] for f in told.values() if not f.get("withheld"))]),
            passages=tuple(self.passages),
            parties=tuple(dict.fromkeys([*(one.subject for one in used.parties), *_shown_in(used.figures.values())])),
            entries=tuple(sorted(used.entries)),
        )

    def _cover(self) -> tuple[str, ...]:
        at = day(self.as_of)
        opens = "Figures of this report open to the rows they count; each row names its source."
        every = self.fillers.figures.values()
        counts = [one for one in every if rules.rule(one.card.rule).over == "incidents"]
        left_out = {one for figure in counts for one in figure.view.unreviewed.to_list()}
        counted = (
            "Incidents count if two accounts reviewed them, or a final edition of its own publisher lists them.",
            f"Incidents left out as candidates: {len(left_out):,}.",
        )
        traced = ("What a trace found is shown only if two accounts reviewed the trace.",)
        is_traced = any(map(_is_traced, every))
        standing = {
            DRAFT: ("Draft: candidate findings, not reviewed by a second person.",),
            PUBLICATION: (
                f"Built for publication on the record of {at}.",
                *(counted if counts or not is_traced else ()),
                *(traced if is_traced else ()),
            ),
        }[self.purpose]
        return ("Not a United Nations document", f"As at {at}", *standing, opens, *self._built_for())

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
        self.fillers.where = f"{self.file}:{block.line}"
        makers[block.kind](block)

    def _heading(self, block: markup.RawBlock) -> None:
        self.blocks.append(doc.Heading(self._words(block, "heading"), int(block.arguments[0])))

    def _paragraph(self, block: markup.RawBlock) -> None:
        self.paragraphs += 1
        self.blocks.append(doc.Paragraph(self._inlines(block, f"paragraph {self.paragraphs}"), self.paragraphs))

    def _recommendation(self, block: markup.RawBlock) -> None:
        self.recommendations += 1
        place = f"recommendation {self.recommendations}"
        self.blocks.append(doc.Recommendation(self._inlines(block, place), self.recommendations))

    def _box(self, block: markup.RawBlock) -> None:
        self.box = self._words(block, "box")
        self.blocks.append(doc.Box(self.box, ()))

    def _item(self, block: markup.RawBlock) -> None:
        last = self.blocks[-1] if self.blocks else None
        of_box = self.box is not None and isinstance(last, doc.Box)
        item = self._inlines(block, f"box “{self.box}”" if of_box else f"point after paragraph {self.paragraphs}")
        if isinstance(last, doc.Box) and of_box:
            self.blocks[-1] = doc.Box(last.title, (*last.items, item))
        elif isinstance(last, doc.Bullets):
            self.blocks[-1] = doc.Bullets((*last.items, item))
        else:
            self.blocks.append(doc.Bullets((item,)))

    def _table(self, block: markup.RawBlock) -> None:
        key, figure = self._shown(block, "table")
        if self._withhold(key, figure):
            return
        table = tabulate.table(key, figure, block.arguments[1:])
        traced = figure.view.trace is not None and _is_traced(figure)
        if table.rows:
            self.blocks.append(replace(table, notes=self._notes(figure, table.notes)))
            return
        # An empty frame would read as if nothing had been stated.
        found = "Nothing of the kind was found in the rows held." if traced else ""
        left_out = "Only what two accounts reviewed is shown; candidates are left out."
        told = (f"{table.caption}: no row.", found or (left_out if self.purpose == PUBLICATION else ""))
        words = " ".join(filter(None, told))
        if words not in self.noted:  # other columns of the same rows
            self.noted.add(words)
            self.blocks.append(doc.Paragraph((doc.Text(words),), None))

    def _notes(self, figure: Figure, notes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the notes under a table or chart; of a trace each is printed once, and after that pointed to."""
        if not _is_traced(figure):
            return notes
        new = tuple(one for one in notes if one not in self.noted)
        self.noted.update(new)
        return new if len(new) == len(notes) else (*new, _NOTED)

    def _chart(self, block: markup.RawBlock) -> None:
        key, figure = self._shown(block, "chart")
        if self._withhold(key, figure):
            return
        try:
            drawing = drawing_of(figure)
        except NotFound as nothing:  # an early day is a day like another: the report says so and goes on
            self.blocks.append(doc.Paragraph((doc.Text(f"{figure.card.title}. {nothing}"),), None))
            return
        notes = self._notes(figure, (*figure.outcome.notes, figure.card.is_not))
        self.blocks.append(doc.ChartBlock(key, figure.card.title, drawing, notes))

    def _shown(self, block: markup.RawBlock, place: str) -> tuple[str, Figure]:
        """Return the figure that a table or chart shows, and note where it stands."""
        key, figure = self.fillers.figure(block.arguments[0])
        piece = markup.Piece(f":{block.kind} {block.arguments[0]}", None, (), block.line, 1)
        self.passages.append(doc.Passage(self.file, place, ((piece, (doc.Number(figure.card.title, key),)),)))
        return key, figure

    def _withhold(self, key: str, figure: Figure) -> bool:
        """Put a line in the place of a table or chart above the clearance; return whether it was."""
        if tlp.allowed(figure.tlp, self.clearance):
            return False
        words = (doc.Text(f"{figure.card.title}: "), doc.Number(tlp.withheld(figure.tlp), key), doc.Text("."))
        self.blocks.append(doc.Paragraph(words, None))
        return True

    def _words(self, block: markup.RawBlock, place: str) -> str:
        return "".join(i.words for i in self._inlines(block, place) if not isinstance(i, doc.Note))

    def _inlines(self, block: markup.RawBlock, place: str) -> tuple[doc.Inline, ...]:
        self.fillers.place = place
        runs = tuple((piece, self._filled(piece)) for piece in block.pieces)
        self.passages.append(doc.Passage(self.file, place, runs))
        return tuple(inline for _, inlines in runs for inline in inlines)

    def _filled(self, piece: markup.Piece) -> tuple[doc.Inline, ...]:
        if piece.verb is not None:
            self.fillers.where = f"{self.file}:{piece.line}:{piece.column}"
        return self.fillers.fill(piece)
