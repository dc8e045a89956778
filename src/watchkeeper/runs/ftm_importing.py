"""FtM importing: FollowTheMoney entities become parties, facts and links of one source; none is lost on the way.

Every line is kept or rejected, every value kept or set aside, each with its reason. What may be said of a living
person is encrypted, and needs a lawful basis and an end. The same file again adds nothing, not even what was erased.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.model import capture
from watchkeeper.model.entries import TABLES
from watchkeeper.model.tlp import ON_ENTRY, allowed, read, strictest
from watchkeeper.runs import manifest
from watchkeeper.runs.claiming import Personal
from watchkeeper.runs.given import usable
from watchkeeper.runs.receiving import received
from watchkeeper.sources.ftm import ftm, rows
from watchkeeper.sources.ftm.model import edges
from watchkeeper.store import chance
from watchkeeper.store.case import Case
from watchkeeper.values.digest import Json, canonical, of_bytes
from watchkeeper.values.refused import Invalid, NotFound

_VERB = "import ftm"
_MARK = "secondary"  # a file of entities is somebody's transcription of what it cites
_NO_BASIS = "may be a living person: say why it may be held and until when (--personal BASIS --retain-until DATE)"
_WORDS = ("value", "note")
Entry = dict[str, Any]


@dataclass
class Imported:
    """What an import did: lines read = kept + not read + rejected, values read = kept + set aside; what is new.

    `unread` counts the lines of schemata that have no place in the record, `left` what the record held before.
    """

    read: int = 0
    kept: int = 0
    rejected: list[ftm.Rejected] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    values: int = 0
    aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    left: int = 0

    def words(self) -> list[str]:
        """Return what a user must know of it, one sentence a line."""
        new = ", ".join(f"{self.new[kind]} {kind}" for kind in ("party", "fact", "link"))
        aside = sum(self.aside.values())
        unread, rejected = sum(self.unread.values()), len(self.rejected)
        told = [
            f"lines: read {self.read} = kept {self.kept} + of schemata not read {unread} + rejected {rejected}",
            f"values: read {self.values} = kept {self.values - aside} + set aside {aside}",
            f"new: {new}; in the record before: {self.left}",
        ]
        told += [f"not read: {n} {schema}" for schema, n in sorted(self.unread.items())]
        return [*told, *(f"set aside: {n} {prop}: {why}" for (prop, why), n in sorted(self.aside.items()))]


def import_ftm(
    case: Case, path: Path, *, source: str, by: str, tlp: str | None = None, personal: Personal | None = None
) -> Imported:
    """Read a file of entities into the case as one batch.

    Args:
        case: The case; its write lock is taken for the append.
        path: The file.
        source: The source of the record that the file is, or comes from.
        by: Who imports.
        tlp: A stricter label than the source's; the source's if not given.
        personal: Why what may be said of living persons is held, and until when; without it such entities are rejected.

    Raises:
        NotFound: no such file or source; Invalid: a structural fault, a laxer label, an end that has come already.
    """
    usable(path, "imported")
    data = path.read_bytes()
    found = case.tables["source"].filter(case.tables["source"]["source_id"] == source)
    if found.is_empty():
        raise NotFound(
            f"No source {source} in this case; see `watchkeeper ledger sources`. Enter it first with "
            "`watchkeeper ledger import`, so that every fact says where it comes from. Nothing was imported."
        )
    if personal is not None and personal.retain_until <= clock.today():
        raise Invalid(f"{personal.retain_until} has come already; name the day until which they may be held.")
    (told,) = found.to_dicts()
    reading = ftm.read(data, path.name)
    label = _label(case, told, of_bytes(data), tlp)
    run = _Run(case, told, of_bytes(data), by, label, personal)
    entries = list(run.entries(reading))
    if entries or run.outcome.kept:
        _write(case, path.name, data, entries, run)
    return run.outcome


def _label(case: Case, source: Mapping[str, Any], sha256: str, asked: str | None) -> str:
    held = case.tables["capture"].filter(case.tables["capture"]["capture"] == sha256)["tlp"].to_list()
    label = strictest([source["tlp"], *held])
    if asked is not None and not allowed(label, read(asked)):
        raise Invalid(
            f"Source {source['source_id']} is TLP:{label}, and the import TLP:{asked}: what it says would be open to "
            "more people than the source. Leave --tlp out, or give a stricter one. Nothing was imported."
        )
    return asked or label


def _write(case: Case, name: str, data: bytes, entries: list[Entry], run: _Run) -> None:
    sha256, _ = case.keep(data)
    about = capture.body(name, len(data), "FollowTheMoney entities")
    stamped = [*received(case, sha256, about, how=_VERB, tlp=run.label), *entries]
    if not stamped:
        return
    counts = {
        "read": run.outcome.read,
        "kept": run.outcome.kept,
        "rejected": len(run.outcome.rejected),
        "new": len(entries),
    }
    added = canonical([[entry["kind"], entry["id"]] for entry in entries])
    made = manifest.manifest(
        _VERB,
        {"entries added": added},
        [manifest.capture_material(sha256)],
        {"tlp": run.label, "source": run.source["source_id"]},
        counts,
    )
    case.append([*stamped, manifest.entry(case, made, verb=_VERB, tlp=run.label)], at=clock.stamp(), by=run.by)


class _Run:
    """One import: the ids of the file and of the record, and what became of every line and value."""

    def __init__(
        self, case: Case, source: Mapping[str, Any], sha256: str, by: str, label: str, personal: Personal | None
    ) -> None:
        self.source, self.by, self.label, self.outcome = source, by, label, Imported()
        self._sha256, self._personal = sha256, personal
        self._kinds = dict(case.tables["party"].select("party_id", "kind").iter_rows())
        self._held = _held(case, sha256)
        self._unread: set[tuple[str, ftm.Value]] = set()
        self._parties: dict[str, str] = {}  # by id in the file, referents too
        self._persons: set[str] = set()

    def entries(self, reading: ftm.Reading) -> Iterator[Entry]:
        """Yield the entries to log, parties before what is said of them."""
        self.outcome.read, self.outcome.rejected = reading.read, list(reading.rejected)
        self.outcome.values = sum(len(entity.values) for entity in reading.kept)
        parties = [entity for entity in reading.kept if rows.kind_of(entity)]
        rest = [entity for entity in reading.kept if not rows.kind_of(entity)]
        for entity in parties:
            yield from self._judged(entity, self._party)
        claimed = Counter(referent for entity in parties for referent in entity.referents)
        for entity in parties:  # only now: what was merged into one must not hide an entity of its own
            if entity.id in self._parties:
                for referent in entity.referents:
                    if claimed[referent] == 1:  # of two that both took it in, which one is meant cannot be known
                        self._parties.setdefault(referent, self._parties[entity.id])
        for entity in rest:
            if entity.schema in edges():
                yield from self._judged(entity, self._link)
            elif entity.schema == "CryptoWallet":
                yield from self._judged(entity, self._wallet)
            else:
                self.outcome.unread[entity.schema[:40]] += len(entity.lines)
                self._aside(entity, entity.values, "its schema is not read")
        self.outcome.rejected.sort(key=lambda one: one.line)

    def _judged(self, entity: ftm.Entity, take: Any) -> Iterator[Entry]:
        try:
            made = list(take(entity))
        except Invalid as refusal:
            reason = "; ".join(refusal.faults) or refusal.summary
            self.outcome.rejected += [ftm.Rejected(line, reason) for line in entity.lines]
            self._aside(entity, entity.values, "its entity was rejected")
            return
        self.outcome.kept += len(entity.lines)
        for entry in made:
            self.outcome.new[entry["kind"]] += 1
            yield entry

    def _party(self, entity: ftm.Entity) -> Iterator[Entry]:
        name, kind = rows.party_id(self.source["source_id"], entity.id), rows.kind_of(entity)
        person = rows.may_be_person(entity)
        if person and self._personal is None:
            raise Invalid(_NO_BASIS)
        if self._kinds.setdefault(name, str(kind)) != kind:
            raise Invalid(f"{name} is in the record as {self._kinds[name]}, and here {entity.schema}; a person decides")
        self._parties[entity.id] = name
        self._persons |= {name} if person else set()
        cells = {"party_id": name, "kind": kind, "note": f"Read from a {entity.schema} of a FollowTheMoney file."}
        if name not in self._held:
            self._held.add(name)
            yield self._entry("party", TABLES["party"].read(cells), name, entity.lines[0])
        else:
            self.outcome.left += 1
        facts, aside = rows.facts(entity)
        for one in aside:
            self._aside(entity, [one.origin], one.reason)
        yield from self._facts(entity, facts, name)

    def _wallet(self, entity: ftm.Entity) -> Iterator[Entry]:
        facts, aside = rows.wallets(entity)
        if not all(fact.about in self._parties for fact in facts):
            raise Invalid("names a holder that was not kept as a party")
        for one in aside:
            self._aside(entity, [one.origin], one.reason)
        for fact in facts:
            yield from self._facts(entity, [fact], self._parties[fact.about])

    def _facts(self, entity: ftm.Entity, facts: Iterable[rows.Fact], party: str) -> Iterator[Entry]:
        for fact in facts:
            person = party in self._persons
            # The id of a person's entity is often made of a name; line and place find it in the capture.
            where = (
                f"line {fact.origin.line}, {'' if person else f'{entity.id}, '}{fact.origin.prop} {fact.origin.place}"
            )
            cells = {"party_id": party, "field": fact.field, "value": fact.value, **self._said(where)}
            try:
                body = TABLES["fact"].read(cells)
            except Invalid as refusal:
                self._aside(entity, [fact.origin], refusal.faults[0] if refusal.faults else refusal.summary)
                continue
            if (party, fact.field, where) in self._held:
                self.outcome.left += 1
                continue
            self._held.add((party, fact.field, where))
            yield self._entry("fact", body, TABLES["fact"].name(body), fact.origin.line, person=person)

    def _link(self, entity: ftm.Entity) -> Iterator[Entry]:
        _, edge = edges()[entity.schema]
        named = [one.text for prop in (edge.subject, edge.object) for one in entity.of(prop)]
        persons = any(self._parties.get(end) in self._persons for end in named)
        row, aside = rows.link(entity, described=not persons)
        ends = {name: self._parties.get(str(row[name])) for name in ("subject", "object")}
        if None in ends.values():
            raise Invalid("names an end that was not kept as a party")
        where = f"line {entity.lines[0]}" if persons else f"line {entity.lines[0]}, {entity.id}"
        body = TABLES["link"].read({**row, **ends, **self._said(where)})
        for one in aside:
            self._aside(entity, [one.origin], one.reason)
        key = (ends["subject"], row["relation"], ends["object"], where)
        if key in self._held:
            self.outcome.left += 1
        else:
            self._held.add(key)
            yield self._entry("link", body, TABLES["link"].name(body), entity.lines[0], person=persons)

    def _said(self, where: str) -> dict[str, str | None]:
        published = self.source["published_on"]
        return {
            "source_id": self.source["source_id"],
            "capture": self._sha256,
            "locator": where,
            "published_on": published.isoformat() if published else None,
            "checked": _MARK,
            "author": self.by,
            "entered_on": clock.today().isoformat(),
        }

    def _entry(self, kind: str, body: Mapping[str, Json], name: str, line: int, *, person: bool = False) -> Entry:
        entry: Entry = {"kind": kind, "id": name, "tlp": self.label, "body": body}
        words = [one for one in _WORDS if one in body]
        if person and words and self._personal is not None:
            until = self._personal.retain_until.isoformat()
            why = {"lawful_basis": self._personal.lawful_basis, "retain_until": until}
            entry |= {
                "id": f"{kind[0]}-{chance.draw(10).hex()}",  # a digest would let the words be guessed
                "tlp": strictest([self.label, ON_ENTRY]),
                "personal": {f"body/{one}": why for one in words},
            }
        return {**entry, "from": {"capture": self._sha256, "line": line}}

    def _aside(self, entity: ftm.Entity, values: Iterable[ftm.Value], why: str) -> None:
        for value in values:
            if (entity.id, value) not in self._unread:  # a wallet of two holders is one value
                self._unread.add((entity.id, value))
                self.outcome.aside[value.prop[:40], why] += 1


def _held(case: Case, sha256: str) -> set[Any]:
    """Return what the record holds: all parties by id; facts and links of this very file by where they stand."""
    found: set[Any] = set(case.tables["party"]["party_id"])
    for kind, names in (("fact", ("party_id", "field")), ("link", ("subject", "relation", "object"))):
        table = case.tables[kind].filter(case.tables[kind]["capture"] == sha256)
        found |= set(table.select(*names, "locator").iter_rows())  # erased ones too: what went may not come back
    return found
