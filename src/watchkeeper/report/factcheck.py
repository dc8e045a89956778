"""Fact-check sheet: a report sentence by sentence, each with all that it rests on, for a second person to tick off.

Three files: the sentences as CSV, the entries behind them as CSV, and both to read. The column "checked by" is empty:
it is filled by hand. No account stands in them; how many looked at a party does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from jinja2 import DictLoader, Environment, StrictUndefined

from watchkeeper.model.protection import label
from watchkeeper.model.tlp import STRICTEST, allowed, withheld
from watchkeeper.report import trace_notes
from watchkeeper.report.document import Document, Inline, Note, Number, Passage, Quote
from watchkeeper.report.fillers import Mention
from watchkeeper.report.markup import Piece
from watchkeeper.report.named import Naming, label_of, standing_of
from watchkeeper.report.publication import entries_of, held_quotes
from watchkeeper.report.statements import named_ids
from watchkeeper.values import amount
from watchkeeper.values.csv_text import line

Tables = Mapping[str, pl.DataFrame]
SHEET, ENTRIES, PAGE = "fact-check.csv", "fact-check-entries.csv", "fact-check.html"
FILES = (SHEET, ENTRIES, PAGE)
_NOTES = (
    (
        "One line a sentence, in the order of the report; a table or chart is one line. Cover, captions, cards and the "
        "chapter on replies are written by the program from the record and have no line here."
    ),
    "Status and reply of a party are those before this report was published.",
    "Under “terms” stand words of which the writer says that they name nobody.",
    "Whoever compares a line with what it rests on writes a name under “checked by”.",
)
_KINDS = ("claim", "tally", "fact", "link", "label", "finding", "trace")
# A cell with more ids is not read by anybody; all of them stand in the second file.
_LISTED = 40
_ABOUT = ("incident_id", "address", "party_id", "series", "subject")  # what an entry speaks of, by its kind
_COLUMNS = (
    *("number", "file", "line", "place", "sentence", "figures", "entries", "sources", "quotations", "parties"),
    *("terms", "checked by"),
)
_ENTRY = (
    *("entry", "kind", "about", "says", "sentences", "source", "published", "reference", "capture", "locator"),
    *("quote", "basis", "checked"),
)
# A sentence ends here, unless what stands before is an abbreviation or an initial.
_END = re.compile(r"(?<=[.!?])[\"'”’)]*(?:\s+|\Z)")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|cf|No|Nos|Mr|Mrs|Ms|Dr|Co|Ltd|Inc|Corp|St|vs|approx|p|pp|para)|\b[A-Z])\.\Z")


@dataclass
class _Sentence:
    """One sentence: where it begins, and the pieces of it with what became of them."""

    file: str
    line: int
    place: str
    runs: list[tuple[Piece, Inline]] = field(default_factory=list)

    @property
    def words(self) -> str:
        said = (f"“{run.words}”" if isinstance(run, Quote) else run.words for _, run in self.runs)
        return " ".join("".join(said).split())

    def figures(self) -> list[str]:
        return list(dict.fromkeys(run.key for _, run in self.runs if isinstance(run, Number)))

    def pieces(self, *verbs: str) -> list[Piece]:
        return list(dict.fromkeys(piece for piece, _ in self.runs if piece.verb in verbs))


def sheet(document: Document, tables: Tables) -> dict[str, bytes]:
    """Return the files of the fact-check sheet of a document, for the readers it was composed for."""
    sentences = [one for passage in document.passages for one in _sentences(passage)]
    maker = _Maker(document, tables)
    rows = [maker.row(number, one) for number, one in enumerate(sentences, start=1)]
    entries = maker.entries()
    said = {
        "document": document,
        "columns": _COLUMNS,
        "rows": rows,
        "entry_columns": _ENTRY,
        "entries": entries,
        "notes": _NOTES,
    }
    page = _template().render(said).rstrip() + "\n"
    return {SHEET: _csv(_COLUMNS, rows), ENTRIES: _csv(_ENTRY, entries), PAGE: page.encode()}


class _Maker:
    """Makes the rows, and keeps which sentence rests on which entry."""

    def __init__(self, document: Document, tables: Tables) -> None:
        self.document, self.tables, self.on = document, tables, document.as_at
        self.held = held_quotes(tables, self.on)
        self.naming = Naming(tables, self.on, document.clearance)
        self.used: dict[str, list[int]] = {}
        self.known = {one for kind in _KINDS for one in tables[kind][f"{kind}_id"]}

    def row(self, number: int, sentence: _Sentence) -> dict[str, str]:
        quotes = [piece for piece in sentence.pieces("quote") if self._open_source(piece.arguments[0])]
        entries = list(dict.fromkeys([*self._counted(sentence), *self._quoted(quotes), *self._names(sentence)]))
        for entry in entries:
            self.used.setdefault(entry, []).append(number)
        sources = (piece.arguments[0] for piece in sentence.pieces("doc", "cite", "quote"))
        cited = [*filter(self._open_source, sources), *(piece.arguments[0] for piece in sentence.pieces("measure"))]
        return {
            "number": str(number),
            "file": sentence.file,
            "line": str(sentence.line),
            "place": sentence.place,
            "sentence": sentence.words,
            "figures": "; ".join(sentence.figures()),
            "entries": _listed(entries),
            "sources": "; ".join(dict.fromkeys(cited)),
            "quotations": "; ".join(f"{one.arguments[0]}: “{one.arguments[1]}”" for one in quotes),
            "parties": "; ".join(dict.fromkeys(self._party(one) for one in sentence.pieces("party"))),
            "terms": "; ".join(one.arguments[0] for one in sentence.pieces("term")),
            "checked by": "",
        }

    def _counted(self, sentence: _Sentence) -> Iterator[str]:
        for key in sentence.figures():
            told = self.document.figures[key]
            if not told.get("withheld"):
                # A derivation may speak of incidents and words as well; what these rest on is named beside them.
                yield from sorted(set(named_ids(told)) & self.known)

    def _quoted(self, quotes: Iterable[Piece]) -> Iterator[str]:
        for piece in quotes:
            yield from entries_of(Mention("", "", *piece.arguments), self.held)

    def _names(self, sentence: _Sentence) -> Iterator[str]:
        for piece in sentence.pieces("party"):
            yield self.naming.named(*piece.arguments).fact_id

    def _open_source(self, source: str) -> bool:
        found = self.tables["source"].filter(pl.col("source_id") == source)["tlp"].to_list()
        return all(allowed(one, self.document.clearance) for one in found)

    def _party(self, piece: Piece) -> str:
        named = self.naming.named(*piece.arguments)
        if not allowed(named.tlp, self.document.clearance):
            return f"{named.shown}: {withheld(named.tlp)}"
        found = standing_of(self.tables, named.shown, self.on)
        by = len(set(found.status.reviewers))
        reply = f"{found.request.id} {found.request.state}" if found.request else "no request"
        if found.request and not allowed(label_of(found.request), self.document.clearance):
            reply = withheld(label_of(found.request))
        return f"{named.shown} “{named.words}”: {found.status.word}, reviewed by {by} accounts; reply: {reply}"

    def entries(self) -> list[dict[str, str]]:
        """Return a row for each entry that a sentence rests on, as far as the readers may be shown it."""
        sources = {row["source_id"]: row for row in self.tables["source"].iter_rows(named=True)}
        found: dict[str, dict[str, str]] = {}
        for kind in _KINDS:
            table = self.tables[kind]
            for row in table.filter(pl.col(f"{kind}_id").is_in(list(self.used))).iter_rows(named=True):
                one = row[f"{kind}_id"]
                found[one] = self._entry(kind, one, row, sources.get(row.get("source_id"), {}))
        return [found[one] for one in self.used if one in found]

    def _entry(self, kind: str, one: str, row: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, str]:
        head = {"entry": one, "kind": kind, "sentences": _numbers(self.used[one])}
        if not allowed(row["tlp"], self.document.clearance):
            return {**dict.fromkeys(_ENTRY, ""), **head, "says": withheld(row["tlp"])}
        if kind in ("finding", "trace"):  # what a run entered: its row lies in held bytes, and no source states it
            about, says = trace_notes.about(kind, row), trace_notes.says(kind, row)
            where = {"capture": _text(row.get("capture")), "locator": _text(row.get("locator")), "basis": "held"}
            return {**dict.fromkeys(_ENTRY, ""), **head, "about": about, "says": says, **where, "checked": "computed"}
        open_ = allowed(source.get("tlp"), self.document.clearance)
        return {
            **dict.fromkeys(_ENTRY, ""),
            **head,
            "about": _text(next((row[name] for name in _ABOUT if row.get(name)), None)),
            "says": self._says(kind, row),
            "source": row["source_id"] if open_ else withheld(source.get("tlp")),
            "published": _text(row["published_on"]),
            "reference": _text(source.get("reference")) if open_ else "",
            "capture": _text(row.get("capture")),
            "locator": _text(row["locator"]),
            "quote": self._words(row, source),
            "basis": row.get("basis") or "cited",
            "checked": row["checked"],
        }

    def _says(self, kind: str, row: Mapping[str, Any]) -> str:
        if not allowed(label(kind, _value_of(kind), row["tlp"]), self.document.clearance):
            return withheld(label(kind, _value_of(kind), row["tlp"]))
        if kind == "label":
            return f"label: {row['label']} ({row['kind']}, {row['label_basis']})"
        if kind == "link":
            return f"{row['relation']}: {row['object']}"
        name = row.get("field") or f"{row['scope']} {row['key']}"
        if row.get("unit") not in amount.units():
            return f"{name}: {_text(row['value'])}"
        ends = [row[end] for end in ("low", "high", "value") if row.get(end) is not None]
        said = dict.fromkeys(amount.readable(int(end), row["unit"]) for end in ends)
        return f"{name}: {' to '.join(said)} {row['unit']}"

    def _words(self, row: Mapping[str, Any], source: Mapping[str, Any]) -> str:
        """Return the words quoted; of a source of which only a hash may be passed on, to nobody but those inside."""
        if row.get("quote") and self.document.clearance != STRICTEST and source.get("redistribute") == "hash_only":
            return "withheld: only a hash of this source may be passed on"
        return _text(row.get("quote"))


def _value_of(kind: str) -> str:
    return "body/label" if kind == "label" else "body/value"


def _sentences(passage: Passage) -> Iterator[_Sentence]:
    """Return the sentences of a passage; only words of the chapter end one, never those of a source."""
    now = _Sentence(passage.file, 0, passage.place)
    for piece, inlines in passage.runs:
        for inline in inlines:
            if isinstance(inline, Note):
                now.runs.append((piece, Note("")))  # it belongs to the sentence and is none of its words
                continue
            parts = _parts(inline.words) if piece.verb is None and not isinstance(inline, Number) else [inline.words]
            for place, part in enumerate(parts):
                if place and now.words:
                    yield now
                    now = _Sentence(passage.file, 0, passage.place)
                if part.strip():
                    now.line = now.line or piece.line
                now.runs.append((piece, inline if part == inline.words else replace(inline, words=part)))
    if now.words:
        yield now


def _parts(words: str) -> list[str]:
    """Return a text cut behind each end of a sentence; "" behind the last if the text ends with one."""
    parts, begin = [], 0
    for match in _END.finditer(words):
        head = words[begin : match.end()].rstrip()
        if match.end() > begin and not _NO_END.search(head.rstrip("\"'”’)")):
            parts.append(words[begin : match.end()])
            begin = match.end()
    return [*parts, words[begin:]]


def _listed(ids: Sequence[str]) -> str:
    more = f"; and {len(ids) - _LISTED} more in {ENTRIES}" if len(ids) > _LISTED else ""
    return "; ".join(ids[:_LISTED]) + more


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, dict.fromkeys(numbers)))


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    # The mark at its head lets a spreadsheet read it as UTF-8.
    return "".join(["\ufeff", line(columns), *(line([row[name] for name in columns]) for row in rows)]).encode()


@cache
def _template() -> Any:
    text = files("watchkeeper.report").joinpath("templates", PAGE).read_text("utf-8")
    made = Environment(
        loader=DictLoader({PAGE: text}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template(PAGE)
