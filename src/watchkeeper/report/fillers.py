"""Fillers: what stands in the place of each placeholder of a chapter, taken from the record and never typed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger import rules
from watchkeeper.model import tlp
from watchkeeper.model.figure import Value
from watchkeeper.regime import load
from watchkeeper.report import document as doc
from watchkeeper.report import trace_notes
from watchkeeper.report.figure_card import day
from watchkeeper.report.figures import Figure, card, compute
from watchkeeper.report.markup import Piece
from watchkeeper.report.named import Named, Naming, label_of, standing_of
from watchkeeper.values import country
from watchkeeper.values.refused import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a chapter names a party, or quotes a source: file, line and column, and the place on paper."""

    where: str
    place: str
    subject: str
    words: str


@dataclass
class Fillers:
    """Fills placeholders, and keeps what they used: figures, labels, parties named, words quoted, entries.

    `subject` and `edition` are the plan's; `where` and `place` say where the placeholder stands that is being filled.
    """

    subject: str
    edition: str | None
    tables: Mapping[str, pl.DataFrame]
    as_of: date
    clearance: str
    publication: bool = False
    trace: str | None = None
    cited: set[str] = field(default_factory=set)
    figures: dict[str, Figure] = field(default_factory=dict)
    parties: list[Mention] = field(default_factory=list)
    quoted: list[Mention] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)
    where: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        self.naming = Naming(self.tables, self.as_of, self.clearance)
        self._noted: set[tuple[str, str, str]] = set()

    def fill(self, piece: Piece) -> tuple[doc.Inline, ...]:
        """Return what stands in the place of a piece of a chapter.

        Raises:
            Invalid: an unknown placeholder, or one whose arguments cannot be read; NotFound: the record lacks it.
        """
        if piece.verb is None:
            return (doc.Text(piece.words),)
        fillers: dict[str, Callable[..., tuple[doc.Inline, ...]]] = {
            "fig": self._fig,
            "doc": self._doc,
            "cite": self._cite,
            "quote": self._quote,
            "measure": self._measure,
            "asat": self._asat,
            "party": self._party,
            "state": self._state,
            "term": self._term,
            "attribution": self._attribution,
            "theft": self._theft,
            "wallet": self._wallet,
        }
        if piece.verb not in fillers:
            raise Invalid(f'"{piece.verb}" is no placeholder; known: {", ".join(fillers)}.')
        chosen = fillers[piece.verb]
        try:
            inspect.signature(chosen).bind(*piece.arguments)
        except TypeError as error:
            raise Invalid(f"{piece.words}: {error}.") from error
        return chosen(*piece.arguments)

    def figure(self, named: str) -> tuple[str, Figure]:
        """Return a figure by id, "@" meaning the report's own subject; `id@edition` asks for an edition."""
        name, at, edition = named.replace("@.", f"{self.subject}.").partition("@")
        wanted = edition if at else self._plans_edition(name)
        key = f"{name}@{wanted}" if wanted else name
        if key not in self.figures:
            self.figures[key] = compute(
                name,
                self.tables,
                edition=wanted,
                as_of=self.as_of,
                reviewed_only=self.publication,
                trace=self.trace,
            )
        return key, self.figures[key]

    def _plans_edition(self, name: str) -> str | None:
        """Return the plan's edition for a figure of its own subject that counts incidents."""
        own = name.startswith(f"{self.subject}.") and rules.rule(card(name).rule).counts is None
        return self.edition if own else None

    def _fig(self, named: str, value: str | None = None, form: str = "words") -> tuple[doc.Inline, ...]:
        key, figure = self.figure(named)
        values = {v.name: v for v in figure.outcome.values}
        if value is not None and value not in values:
            raise NotFound(f'{key} has no value "{value}"; known: {", ".join(values)}.')
        chosen = figure.outcome.values[0] if value is None else values[value]
        if not tlp.allowed(figure.tlp, self.clearance):
            return (doc.Number(tlp.withheld(figure.tlp), key),)
        number = doc.Number(_form(chosen, form), key)
        return (number, *self._noted_once(key, trace_notes.of_figure(figure)))

    def _noted_once(self, key: str, words: str | None) -> tuple[doc.Inline, ...]:
        """Return a note, once a paragraph for each thing that it is on: more would bury the others."""
        once = (key, words or "", self.place)
        if words is None or once in self._noted:
            return ()
        self._noted.add(once)
        return (doc.Note(words, shared=True),)

    def _attribution(self) -> tuple[doc.Inline, ...]:
        """Return who is said to be behind the theft, or that no claim in the record says it."""
        _, figure = self.figure("proceeds.method")
        words = trace_notes.attribution(figure)
        if not tlp.allowed(figure.tlp, self.clearance):
            return (doc.Text(f"Who is said to be behind it is {tlp.withheld(figure.tlp)}."),)
        return (doc.Text(words), *self._noted_once("attribution", trace_notes.of_figure(figure)))

    def _theft(self) -> tuple[doc.Inline, ...]:
        """Return what was followed, from what and by which method; a trace that may not be told of says no more."""
        _, figure = self.figure("proceeds.method")
        if not tlp.allowed(figure.tlp, self.clearance):
            return (doc.Text(f"What was followed is {tlp.withheld(figure.tlp)}."),)
        words, label = trace_notes.theft(figure, self.clearance)
        self.cited.add(label)
        return (doc.Text(words), *self._noted_once("theft", trace_notes.of_figure(figure)))

    def _wallet(self, address: str) -> tuple[doc.Inline, ...]:
        """Return a wallet by a label that two accounts reviewed, or by the party that it is; it has no other name."""
        found = trace_notes.wallet(self.tables, address, self.as_of, reviewed_only=self.publication)
        if found.party:
            return self._party(found.party)
        if not tlp.allowed(found.tlp, self.clearance):
            return (doc.Text(f"a wallet, {tlp.withheld(found.tlp)}"),)
        self.cited.add(found.tlp)
        self.entries.add(found.label_id)
        told = self.source(found.source_id)
        said = told if isinstance(told, str) else note_of(told)
        return (doc.Text(found.words), *self._noted_once(address, f"Labelled so by: {said}"))

    def source(self, source: str) -> Mapping[str, Any] | str:
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
        told = self.source(source)
        if isinstance(told, str):
            return (doc.Text(told),)
        return (doc.Text(str(told["reference"]).split(",")[0]), doc.Note(note_of(told)))

    def _cite(self, source: str) -> tuple[doc.Inline, ...]:
        told = self.source(source)
        return (doc.Note(told if isinstance(told, str) else note_of(told)),)

    def _quote(self, source: str, words: str) -> tuple[doc.Inline, ...]:
        told = self.source(source)
        self.quoted.append(Mention(self.where, self.place, source, words))
        if isinstance(told, str):
            return (doc.Text(told),)
        if told["redistribute"] == "hash_only" and self.clearance != tlp.STRICTEST:
            return (doc.Text("[words withheld: only a hash of this source may be passed on]"), doc.Note(note_of(told)))
        return (doc.Quote(words), doc.Note(note_of(told)))

    def _measure(self, key: str) -> tuple[doc.Inline, ...]:
        told = load.measure(key)
        return (doc.Text(told.authority), doc.Note(f"{told.title}. Checked: {told.weakest}."))

    def _asat(self) -> tuple[doc.Inline, ...]:
        return (doc.Text(day(self.as_of)),)

    def _party(self, party: str, words: str | None = None) -> tuple[doc.Inline, ...]:
        named = self.naming.named(party, words)
        if not tlp.allowed(named.tlp, self.clearance):
            self.parties.append(Mention(self.where, self.place, named.shown, tlp.withheld(named.tlp)))
            return (doc.Text(f"a party, {tlp.withheld(named.tlp)}"),)
        self.cited.add(named.tlp)
        self.entries.add(named.fact_id)
        self.parties.append(Mention(self.where, self.place, named.shown, named.words))
        once = (named.shown, named.words, self.place)
        if once in self._noted:  # one note a paragraph: more would bury the others
            return (doc.Text(named.words),)
        self._noted.add(once)
        return (doc.Text(named.words), doc.Note(self._note_of_party(named)))

    def _note_of_party(self, named: Named) -> str:
        told = self.source(named.source_id)
        source = told if isinstance(told, str) else note_of(told)
        where = f" {named.locator}." if named.locator else ""
        return " ".join(part for part in (f"Named so by: {source}{where}", self._said_of(named)) if part)

    def _said_of(self, named: Named) -> str:
        """Return what a note says of the party: in a publication its reply, in a draft that nobody reviewed it."""
        found = standing_of(self.tables, named.shown, self.as_of)
        if not self.publication:
            return "Candidate; not reviewed by two accounts." if found.status.word == "candidate" else ""
        if found.request is None:
            return ""
        own = label_of(found.request)
        if not tlp.allowed(own, self.clearance):
            return f"Whether its reply was sought is {tlp.withheld(own)}."
        self.cited.add(own)
        return found.request.sentence(named.words, clearance=own)

    def _state(self, code: str) -> tuple[doc.Inline, ...]:
        return (doc.Text(country.by_alpha2(code).un_name),)

    def _term(self, words: str) -> tuple[doc.Inline, ...]:
        if not any(letter.isalpha() for letter in words):
            raise Invalid(f'"{words}" has no letter, so it is no term; a number must come from a figure.')
        return (doc.Text(words),)


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


def note_of(source: Mapping[str, Any]) -> str:
    """Return the footnote that describes a source."""
    published = f", {source['published_on'].isoformat()}" if source["published_on"] else ", undated"
    via = f"; known to us through: {source['via']}" if source["via"] else ""
    named = f"{source['publisher']}, {source['title']}{published}"
    return f"{named}: {source['reference']}{via}. Checked: {source['checked']}."
