"""Importing: read ledger tables into a case; what was read is kept or rejected, never lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.model import capture
from watchkeeper.model.entries import TABLES
from watchkeeper.model.vocabulary import question_of
from watchkeeper.runs import manifest
from watchkeeper.runs.given import days_to_come, usable
from watchkeeper.runs.labelling import Labels
from watchkeeper.runs.receiving import received
from watchkeeper.sources.ledger_tables.ledger_tables import Entry, Reading, Rejected, kind_of, read, read_rows
from watchkeeper.store.case import Case
from watchkeeper.store.foreign_parquet import ARROW, PARQUET, columns_of, read_foreign_parquet
from watchkeeper.values.csv_text import line
from watchkeeper.values.digest import Json, canonical
from watchkeeper.values.refused import Invalid, NotFound
from watchkeeper.values.texts import flagged

_READING_ORDER = (
    "source", "edition", "incident", "party", "claim", "fact", "link", "label", "price", "decision", "tally",
)  # fmt: skip
_VERB = "ledger import"
_OWN_IDS = ("source", "edition", "incident", "party")


@dataclass
class Imported:
    """What an import did: read = kept + rejected; of the kept, `new` were not in the record before.

    `flagged` names file, line and cell of what a reader cannot see, or may take for other letters, in rows kept.
    """

    read: int = 0
    kept: int = 0
    new: int = 0
    rejected: list[tuple[str, Rejected]] = field(default_factory=list)
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flagged: list[tuple[str, int, str]] = field(default_factory=list)


def import_tables(
    case: Case,
    files: Mapping[str, bytes],
    *,
    by: str,
    strict: bool = False,
    today: date | None = None,
    tlp: str | None = None,
    settled: bool = False,
) -> Imported:
    """Read ledger tables into the case as one batch.

    Args:
        case: The case; its write lock is taken for the append.
        files: Bytes by file name, in any order; sources and incidents are read before claims.
        by: Who imports.
        strict: A bad row refuses everything instead of being set aside.
        today: The last day that an entry may name; the clock's if not given.
        tlp: The label of what is imported; if not given AMBER, and what rests on a source is as the source is.
        settled: Decisions stand at once, as those of the bundled ledger do; else they are the importer's, and wait for
            a second account.

    Raises:
        Invalid: a structural fault, or with `strict` any fault; nothing is written.
    """
    files = dict(sorted(files.items()))  # the log may not depend on the order in which they were named
    readings = {name: _reading(data, name) for name, data in files.items()}
    known = _known(case, today or clock.today(), settled=settled, by=by)
    outcome = Imported(headers={name: r.columns for name, r in readings.items()})
    entries: list[tuple[str, Entry]] = []
    for name, reading in sorted(readings.items(), key=lambda item: (_READING_ORDER.index(item[1].kind), item[0])):
        outcome.read += len(reading.kept) + len(reading.rejected)
        outcome.rejected += [(name, bad) for bad in reading.rejected]
        entries += [(name, entry) for entry in reading.kept]
    entries = list(_sift(_parents_first(entries), known, outcome))
    outcome.rejected.sort(key=lambda rejected: (rejected[0], rejected[1].line))
    outcome.flagged.sort()
    if strict and outcome.rejected:
        raise Invalid(
            f"{len(outcome.rejected)} of {outcome.read} rows cannot be kept; with --strict nothing is.",
            tuple(f"{name}:{bad.line}: {bad.reason}" for name, bad in outcome.rejected),
        )
    _write(case, files, entries, outcome, by=by, tlp=tlp)
    return outcome


def _reading(data: bytes, name: str) -> Reading:
    """Return the entries of a CSV, or of a Parquet file, which only a jailed child may look into."""
    if not data.startswith((PARQUET, *ARROW)):
        return read(data, name)
    header = columns_of(data, name=name)
    if kind_of(header) is None:
        return read_rows(header, [], name)  # which says what is wrong with the header
    rows = read_foreign_parquet(data, dict.fromkeys(header, "cell"), name=name)
    return read_rows(header, [[str(row[column] or "") for column in header] for row in rows], name)


def _parents_first(entries: list[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """Return the entries with every incident behind its parent, wherever the files have them."""
    parents = {e.id: {str(e.body["parent_id"])} for _, e in entries if e.kind == "incident" and "parent_id" in e.body}
    sorter = TopologicalSorter(parents)
    with suppress(CycleError):  # two that name each other stay where they are, and are rejected
        sorter.prepare()
    rank: dict[str, int] = {}
    depth = 0
    while sorter.is_active():
        ready = sorter.get_ready()
        rank |= dict.fromkeys(ready, depth)
        sorter.done(*ready)
        depth += 1
    incidents = sorted((e for e in entries if e[1].kind == "incident"), key=lambda e: rank.get(e[1].id, 0))
    before = [e for e in entries if _READING_ORDER.index(e[1].kind) < _READING_ORDER.index("incident")]
    return [*before, *incidents, *entries[len(before) + len(incidents) :]]


def _sift(entries: Iterable[tuple[str, Entry]], known: _Known, outcome: Imported) -> Iterable[tuple[str, Entry]]:
    """Count the rows read; return those that are new, with names resolved against the record."""
    for name, entry in entries:
        complete = known.complete(entry)
        fault = known.fault(complete)
        if fault:
            outcome.rejected.append((name, Rejected(entry.line, fault, entry.cells)))
            continue
        outcome.kept += 1
        cells = dict(zip(outcome.headers[name], entry.cells, strict=True))
        outcome.flagged += [(name, entry.line, words) for words in flagged(cells)]
        if known.add(complete):
            outcome.new += 1
            yield name, complete


def _write(
    case: Case,
    files: Mapping[str, bytes],
    entries: list[tuple[str, Entry]],
    outcome: Imported,
    *,
    by: str,
    tlp: str | None,
) -> None:
    captures = {name: case.keep(data)[0] for name, data in files.items()}
    labels = Labels(case, tlp)
    stamped: list[Mapping[str, Json]] = []
    for name, sha in captures.items():
        body = capture.body(name, len(files[name]), "ledger table")
        stamped += received(case, sha, body, how="ledger import", tlp=labels.own)
    stamped += [
        {
            "kind": e.kind,
            "id": e.id,
            "tlp": labels.of(e.kind, e.id, e.body),
            "body": e.body,
            "from": {"capture": captures[name], "line": e.line},
        }
        for name, e in entries
    ]
    if stamped:
        told = _manifest(captures.values(), [e for _, e in entries], outcome, labels.own)
        run = manifest.entry(case, told, verb=_VERB, tlp=labels.own)
        case.append([*stamped, run], at=clock.stamp(), by=by)


def _manifest(captures: Iterable[str], entries: list[Entry], outcome: Imported, tlp: str) -> bytes:
    """Return the manifest of an import: what it made is the list of the entries that it added, in their order."""
    added = canonical([[e.kind, e.id] for e in entries])
    counts = {"read": outcome.read, "kept": outcome.kept, "rejected": len(outcome.rejected), "new": outcome.new}
    materials = [manifest.capture_material(one) for one in sorted(captures)]
    return manifest.manifest(_VERB, {"entries added": added}, materials, {"tlp": tlp}, counts)


@dataclass
class _Known:
    """What the record and the import so far hold, to resolve names and refuse contradictions of ids."""

    bodies: dict[tuple[str, str], str | None]
    published: dict[str, str | None]
    captures: set[str]
    today: date
    settled: bool
    persons: dict[str, bool]
    by: str

    def complete(self, entry: Entry) -> Entry:
        """Give an entry without a publication day that of its source, and let a decision wait for a second account."""
        if entry.kind == "decision" and not self.settled and question_of(str(entry.body["verdict"])).second:
            # One person may import what looks like the words of two: whoever imports gives them, and answers for them.
            said = f"{entry.body['author']} decided on {entry.body['decided_on']}: {entry.body['reason']}"
            body: dict[str, Json] = {**entry.body, "calls_for": "second", "author": self.by, "reason": said}
            return replace(entry, body=body, id=TABLES["decision"].name(body))
        source = str(entry.body.get("source_id"))
        if (
            entry.kind not in ("claim", "fact", "link", "label", "price", "tally")
            or "published_on" in entry.body
            or not self.published.get(source)
        ):
            return entry
        body = {**entry.body, "published_on": self.published[source]}
        return replace(entry, body=body, id=TABLES[entry.kind].name(body))

    def fault(self, entry: Entry) -> str | None:
        """Return why an entry cannot stand beside the rest of the record, if so."""
        body = entry.body
        missing = [
            f"{' or '.join(kinds)} {name}"
            for kinds, name in _named(body, entry.kind)
            if not any((kind, name) in self.bodies for kind in kinds)
        ]
        if missing:
            return f"names {', '.join(missing)}, which the record does not hold; add it first"
        if body.get("capture") and body["capture"] not in self.captures:
            return f"names capture {body['capture']}, which the case does not hold; add the file first"
        late = days_to_come(body, self.today)
        if late:
            return late
        if not self.settled and self._personal(entry):
            return "is on a person, whose words are encrypted; enter it with `watchkeeper party fact` or `party link`"
        held = self.bodies.get((entry.kind, entry.id))
        if entry.kind in _OWN_IDS and held is not None and held != _text(body):
            return f"{entry.kind} {entry.id} is in the record with other words; none is overwritten: use another id"
        return None

    def _personal(self, entry: Entry) -> bool:
        """Return whether an entry says something of a person: a fact, or the words of a link."""
        if entry.kind not in ("fact", "link") or (entry.kind == "link" and "quote" not in entry.body):
            return False
        ends = [str(entry.body[end]) for end in ("party_id", "subject", "object") if end in entry.body]
        return any(self.persons.get(end) for end in ends)

    def add(self, entry: Entry) -> bool:
        """Note an entry as known; return whether it is new."""
        key = (entry.kind, entry.id)
        new = key not in self.bodies
        self.bodies[key] = _text(entry.body)
        if entry.kind == "party":
            self.persons[entry.id] = entry.body["kind"] == "person"
        if entry.kind == "source":
            published = entry.body.get("published_on")
            self.published[entry.id] = str(published) if published else None
        return new


def _known(case: Case, today: date, *, settled: bool, by: str) -> _Known:
    bodies: dict[tuple[str, str], str | None] = {}
    published: dict[str, str | None] = {}
    persons: dict[str, bool] = {}
    for statement in case.statements():
        bodies.setdefault((statement["kind"], statement["id"]), _text(statement["body"]))
        if statement["kind"] == "source":
            published[statement["id"]] = statement["body"].get("published_on")
        if statement["kind"] == "party":
            persons[statement["id"]] = statement["body"]["kind"] == "person"
    captures = {name for kind, name in bodies if kind == "capture"}
    return _Known(bodies, published, captures, today, settled, persons, by)


def _named(body: Mapping[str, Any], kind: str) -> Iterable[tuple[tuple[str, ...], str]]:
    """Return what an entry names and the record must hold: each with the kinds of which it may be."""
    if kind == "claim":
        yield from ((("incident",), one) for one in (body["incident_id"], *body.get("covers", [])))
        if body["field"] == "in_edition":
            yield ("edition",), str(body["value"])
    elif kind == "incident" and "parent_id" in body:
        yield ("incident",), body["parent_id"]
    elif kind == "decision":
        yield from ((question_of(body["verdict"]).of, body[key]) for key in ("subject", "other") if key in body)
    elif kind in ("fact", "link", "label"):
        yield from ((("party",), body[key]) for key in ("party_id", "subject", "object") if key in body)
    if "source_id" in body and kind != "source":
        yield ("source",), str(body["source_id"])


def _text(body: Mapping[str, Any]) -> str:
    return repr(sorted(body.items()))


def read_paths(case: Case, paths: Sequence[Path], *, by: str, strict: bool = False, tlp: str | None = None) -> Imported:
    """Import ledger tables named as files or as folders of CSV files, as `import_tables` does.

    Raises:
        NotFound: a path does not exist; Invalid: two files of one name, a file that cannot be read whole,
            or as in `import_tables`.
    """
    named: dict[str, Path] = {}
    for path in paths:
        found = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        if not path.exists() or not found:
            raise NotFound(
                f"{path} {'holds no .csv file' if path.exists() else 'does not exist'}; nothing was imported."
            )
        for file in found:
            if file.name in named:
                raise Invalid(
                    f"Two files are called {file.name}; a reject file could not tell their lines apart. "
                    "Import them one by one."
                )
            usable(file, "imported")
            named[file.name] = file
    files = {name: file.read_bytes() for name, file in named.items()}
    return import_tables(case, files, by=by, strict=strict, tlp=tlp)


def write_rejects(outcome: Imported, path: Path) -> None:
    """Write every rejected row with file, line and reason before its cells as they were read.

    A cell that would start a formula has an apostrophe before it, as in every CSV of ours; it goes when it is mended.
    """
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(line(["file", "line", "reason", "cells"]))
        handle.writelines(line([name, bad.line, bad.reason, *bad.cells]) for name, bad in outcome.rejected)
