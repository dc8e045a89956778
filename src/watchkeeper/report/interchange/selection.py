"""Selection: the parties, links and incidents that an export may show, and why the rest is left out.

Reviewed and later by default. Each statement is asked for its own label, so a party may be shown without one of its
facts. What a source disputes is never a bare value: it is set apart, to be told with both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.view import look
from watchkeeper.model.tlp import LAXEST, allowed, strictest
from watchkeeper.model.vocabulary import fields
from watchkeeper.report.interchange.standing import Standing

Tables = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]
NOT_REVIEWED = "candidate: not reviewed"
CONTESTED = "contested: a source disputes the attribution"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asked for: readers' clearance, whether candidates are shown, and the day looked from."""

    clearance: str = LAXEST
    candidates: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party as it is shown: merged ids as `referents`, facts that stand, and those that a source disputes."""

    id: str
    kind: str
    status: str
    referents: tuple[str, ...]
    facts: tuple[Row, ...]
    disputed: tuple[Row, ...]
    tlp: str
    notes: tuple[str, ...] = ()

    def values(self, *fields: str) -> tuple[str, ...]:
        """Return the undisputed values of some fields, each once, in the record's order."""
        return tuple(dict.fromkeys(fact["value"] for fact in self.facts if fact["field"] in fields))

    @property
    def title(self) -> str:
        """Return the name it is listed by: the first name entered, or else another name."""
        return (*self.values("name"), *self.values("alias", "former_name"))[0]


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two parties that are shown, by their shown ids."""

    id: str
    subject: str
    object: str
    status: str
    row: Row


@dataclass(frozen=True, slots=True)
class Dispute:
    """What sources say of one link that at least one of them disputes; `id` is that of the first entry."""

    id: str
    subject: str
    object: str
    status: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident with the claims on it that may be shown."""

    id: str
    status: str
    claims: tuple[Row, ...]
    tlp: str
    notes: tuple[str, ...] = ()

    def first(self, name: str) -> Row | None:
        """Return the first claim of a field, or None."""
        return next((claim for claim in self.claims if claim["field"] == name), None)


@dataclass(frozen=True, slots=True)
class Selection:
    """What may be shown; `left_out` counts the rest by what it is and why."""

    parties: tuple[Party, ...]
    links: tuple[Link, ...]
    incidents: tuple[Incident, ...]
    sources: Mapping[str, Row]
    disputes: tuple[Dispute, ...] = ()
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)


def select(tables: Tables, standing: Standing, asked: Asked) -> Selection:
    """Return what may be shown.

    Args:
        tables: The case's tables by kind.
        standing: What was decided, as `standing.stand` folds it.
        asked: For whom, how far reviewed, seen from which day.
    """
    out: Counter[tuple[str, str]] = Counter()
    parties = {one.id: one for one in _parties(tables, standing, asked, out)}
    links, disputes = _links(tables, standing, asked, parties, out)
    incidents = tuple(_incidents(tables, standing, asked, out))
    sources = {
        row["source_id"]: row for row in tables["source"].iter_rows(named=True) if allowed(row["tlp"], asked.clearance)
    }
    return Selection(tuple(parties.values()), links, incidents, sources, disputes, +out)


def _parties(tables: Tables, standing: Standing, asked: Asked, out: Counter[tuple[str, str]]) -> Iterable[Party]:
    members: dict[str, list[Row]] = {}
    for row in tables["party"].iter_rows(named=True):
        members.setdefault(standing.shown_as(row["party_id"]), []).append(row)
    facts = _by_party(tables, standing)
    for shown, rows in sorted(members.items()):
        status, why = _status(standing, "party", shown, asked)
        kept = [row for row in rows if allowed(row["tlp"], asked.clearance)]
        if why is None and not any(row["party_id"] == shown for row in kept):
            why = _above(asked)
        if why is not None:
            out["party", why] += 1
            continue
        stands, disputed = _apart("fact", _known("fact", facts.get(shown, ()), standing, asked, out), asked, out)
        if not any(row["field"] in ("name", "alias", "former_name") for row in stands):
            out["party", "no name of it may be shown"] += 1
            continue
        (kind,) = (row["kind"] for row in kept if row["party_id"] == shown)
        referents = tuple(row["party_id"] for row in kept if row["party_id"] != shown)
        label = strictest(row["tlp"] for row in (*kept, *stands, *disputed))
        notes = tuple(row["note"] for row in kept if row["note"])
        yield Party(shown, kind, status, referents, tuple(stands), tuple(disputed), label, notes)


def _by_party(tables: Tables, standing: Standing) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in tables["fact"].iter_rows(named=True):
        found.setdefault(standing.shown_as(row["party_id"]), []).append(row)
    return found


def _known(
    kind: str, rows: Iterable[Row], standing: Standing, asked: Asked, out: Counter[tuple[str, str]]
) -> Iterable[Row]:
    """Return the facts or links that stand on the day, whatever their label."""
    for row in rows:
        why = None
        if row[f"{kind}_id"] in standing.withdrawn:
            why = "withdrawn"
        elif asked.on is not None and (row["published_on"] or row["entered_on"]) > asked.on:
            why = f"not known on {asked.on}"
        elif kind == "fact" and row["value"] is None:
            why = "erased"
        if why is None:
            yield row
        else:
            out[kind, why] += 1


def _apart(kind: str, rows: Iterable[Row], asked: Asked, out: Counter[tuple[str, str]]) -> tuple[list[Row], list[Row]]:
    """Return what may be shown and no source disputes, and what one does, its denial among them.

    What only a source above the clearance disputes is in neither: shown bare it would pass for undisputed, and
    that it is disputed may not be told.
    """
    about = (lambda row: (row["field"], row["value"])) if kind == "fact" else _ends
    told = list(rows)
    denied = {about(row) for row in told if row["stance"] == "disputes"}
    shown = [row for row in told if allowed(row["tlp"], asked.clearance)]
    out[kind, _above(asked)] += len(told) - len(shown)
    openly = {about(row) for row in shown if row["stance"] == "disputes"}
    hidden = [row for row in shown if about(row) in denied - openly]
    out[kind, f"disputed by an entry {_above(asked)}"] += len(hidden)
    return (
        [row for row in shown if about(row) not in denied],
        [row for row in shown if about(row) in openly],
    )


def _ends(row: Row) -> tuple[str, str, str]:
    return row["relation"], row["from"], row["to"]


def _links(
    tables: Tables,
    standing: Standing,
    asked: Asked,
    parties: Mapping[str, Party],
    out: Counter[tuple[str, str]],
) -> tuple[tuple[Link, ...], tuple[Dispute, ...]]:
    told = []
    for row in _known("link", tables["link"].iter_rows(named=True), standing, asked, out):
        ends = standing.shown_as(row["subject"]), standing.shown_as(row["object"])
        if ends[0] == ends[1]:
            out["link", "its two ends were found to be one party"] += 1
        elif all(end in parties for end in ends):
            told.append({**row, "from": ends[0], "to": ends[1]})
        else:
            out["link", "one of its ends is not shown"] += 1
    stands, disputed = _apart("link", told, asked, out)
    links = tuple(Link(row["link_id"], row["from"], row["to"], _mark(row, standing, parties), row) for row in stands)
    sides: dict[tuple[str, str, str], list[Row]] = {}
    for row in disputed:
        sides.setdefault(_ends(row), []).append(row)
    disputes = tuple(
        Dispute(rows[0]["link_id"], subject, target, _mark(rows[0], standing, parties), tuple(rows))
        for (_, subject, target), rows in sides.items()
    )
    return links, disputes


def _mark(row: Row, standing: Standing, parties: Mapping[str, Party]) -> str:
    """Return the mark of a link, "" for none: the review of a party covers every entry on it, links among them."""
    marks = [mark for mark in (parties[row["from"]].status, parties[row["to"]].status) if mark]
    return "" if not marks or standing.reviewed("link", row["link_id"]) else marks[0]


def _incidents(tables: Tables, standing: Standing, asked: Asked, out: Counter[tuple[str, str]]) -> Iterable[Incident]:
    view = look(tables, population="everything", as_of=asked.on)
    claims: dict[str, list[Row]] = {}
    for row in view.claims.iter_rows(named=True):
        claims.setdefault(row["incident_id"], []).append(row)
    others = tables["incident"].filter(pl.col("kind") != "incident").height
    if others:
        out["incident", "a heading of several, or work that is no incident"] += others
    labels = dict(tables["incident"].select("incident_id", "tlp").iter_rows())
    notes = dict(tables["incident"].select("incident_id", "note").iter_rows())
    for row in view.members.sort("incident_id").iter_rows(named=True):
        name = row["incident_id"]
        status, why = _status(standing, "incident", name, asked)
        why = why or _set_aside(row, asked)
        if why is None and not allowed(labels[name], asked.clearance):
            why = _above(asked)
        shown = [one for one in claims.get(name, ()) if why is None and _open(one, asked, out)]
        if why is None and not any(one["field"] in ("title", "occurred") for one in shown):
            why = "neither its title nor its day may be shown"
        if why is not None:
            out["incident", why] += 1
            continue
        marks = [mark for mark in (status, CONTESTED if row["contested"] else "") if mark]
        label = strictest((labels[name], *(one["tlp"] for one in shown)))
        note = (notes[name],) if notes[name] else ()
        yield Incident(name, "; ".join(marks), tuple(shown), label, note)


def _set_aside(row: Row, asked: Asked) -> str | None:
    if row["duplicate"]:
        return "found to be the same event as another"
    return "contested" if row["contested"] and not asked.candidates else None


def _open(row: Row, asked: Asked, out: Counter[tuple[str, str]]) -> bool:
    why = None if allowed(row["tlp"], asked.clearance) else _above(asked)
    if why is None and row["value"] is None and row["unit"] is None and fields()[row["field"]].kind == "text":
        why = "erased"
    if why is not None:
        out["claim", why] += 1
    return why is None


def _status(standing: Standing, kind: str, subject: str, asked: Asked) -> tuple[str, str | None]:
    """Return the mark that it is shown with, "" for none, and why it is not shown, if so."""
    word = standing.word(kind, subject)
    if word == "withdrawn":
        return "", "withdrawn"
    if standing.reviewed(kind, subject):
        return "", None
    return NOT_REVIEWED, None if asked.candidates else "not reviewed (--include candidates shows it)"


def _above(asked: Asked) -> str:
    return f"above TLP:{asked.clearance} (--clearance shows more)"
