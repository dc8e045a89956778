"""Letter facts: what the record holds of one incident or party and may be told at a clearance, each with its source.

Only what sources state goes into a letter: no grade, note or decision of ours, no heading that we gave, and no other
row. What is above the clearance is counted by its label and not described.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.party_entries import NAMES, standing
from watchkeeper.ledger.party_merges import merges, openly
from watchkeeper.ledger.view import look
from watchkeeper.model.tlp import allowed, strictest
from watchkeeper.model.vocabulary import fields, party_fields
from watchkeeper.report import letter_words as words

Tables = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]
_HEADING = "title"  # how an incident is named in our tables; no source says it


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands, as a reader of the letter finds it."""

    title: str
    publisher: str
    reference: str
    published_on: date | None
    held: str | None  # SHA-256, if the bytes are held


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the letter's table: what is stated, where, and how far it was checked."""

    about: str
    says: str
    source: Source
    locator: str | None
    checked: str
    quote: str | None


@dataclass(slots=True)
class Found:
    """The facts that may be told, in order; the labels of the others; and the amounts left out as not this row's."""

    facts: list[Fact] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)
    shared: int = 0


def of_incident(tables: Tables, incident: str, clearance: str) -> Found:
    """Return what the standing claims on an incident state, in the order of the ledger's fields.

    An amount that a source gives for several incidents together names other rows; it is counted in `shared`.
    """
    claims = look(tables, population="everything").claims
    own = (pl.col("incident_id") == incident) & (pl.col("field") != _HEADING)
    mine = claims.filter(own | pl.col("covers").list.contains(incident))
    return _found(tables, sorted(mine.to_dicts(), key=_place(fields())), clearance, _claimed)


def of_party(tables: Tables, party: str, clearance: str) -> Found:
    """Return what the standing facts and links on a party, and on those that are one with it, state."""
    ids = merges(openly(tables, clearance)).members(party)
    facts = standing(tables, "fact").filter(pl.col("party_id").is_in(ids)).to_dicts()
    links = standing(tables, "link")
    both = links.filter(pl.col("subject").is_in(ids) | pl.col("object").is_in(ids)).to_dicts()
    found = _found(tables, sorted(facts, key=_place(party_fields())), clearance, words.fact)
    linked = _found(tables, both, clearance, lambda row: words.link(row, ids, _called(tables, row, ids, clearance)))
    return Found([*found.facts, *linked.facts], found.withheld + linked.withheld)


def name_of(tables: Tables, party: str, clearance: str) -> str | None:
    """Return the first standing name of a party that may be told; None if there is none."""
    return next(iter(_names(tables, merges(openly(tables, clearance)).members(party), clearance)), None)


def label_of(tables: Tables, kind: str, entry: str) -> str:
    """Return the label of an incident or party itself."""
    found = tables[kind].filter(pl.col(f"{kind}_id") == entry)["tlp"].to_list()
    return strictest(found or [None])


def _claimed(row: Row) -> tuple[str, str] | None:
    return None if row["covers"] else words.claim(row)


def _called(tables: Tables, link: Row, ids: Iterable[str], clearance: str) -> str | None:
    """Return what the other party of a link is called, if that may be told."""
    other = link["object"] if link["subject"] in ids else link["subject"]
    return name_of(tables, other, clearance)


def _names(tables: Tables, ids: Iterable[str], clearance: str) -> Iterable[str]:
    named = standing(tables, "fact").filter(
        pl.col("party_id").is_in(list(ids)) & (pl.col("stance") == "states") & pl.col("value").is_not_null()
    )
    labels = _labels(tables)
    for one in NAMES:
        for row in named.filter(pl.col("field") == one).iter_rows(named=True):
            if allowed(_label(row, labels), clearance):
                yield row["value"]


def _found(tables: Tables, rows: Iterable[Row], clearance: str, told: Any) -> Found:
    sources = {row["source_id"]: row for row in tables["source"].iter_rows(named=True)}
    labels, found = _labels(tables), Found()
    for row in rows:
        label = _label(row, labels)
        if not allowed(label, clearance):
            found.withheld[label] += 1
        elif (said := told(row)) is None:
            found.shared += 1
        else:
            found.facts.append(_fact(said, row, sources[row["source_id"]]))
    return found


def _fact(said: tuple[str, str], row: Row, source: Row) -> Fact:
    where = Source(source["title"], source["publisher"], source["reference"], source["published_on"], row["capture"])
    # Of a source that may be passed on as a hash alone, its words are not.
    quote = row["quote"] if source["redistribute"] != "hash_only" else None
    return Fact(*said, where, row["locator"], row["checked"], quote)


def _labels(tables: Tables) -> dict[str, str]:
    """Return the labels of sources and captures: one that was made stricter closes what was entered before."""
    pairs = [tables["source"].select("source_id", "tlp"), tables["capture"].select("capture", "tlp")]
    return {one: label for table in pairs for one, label in table.iter_rows()}


def _label(row: Row, labels: Mapping[str, str]) -> str:
    behind = [labels.get(row[name]) for name in ("source_id", "capture", "transcription") if row[name]]
    return strictest([row["tlp"], *behind])


def _place(known: Mapping[str, Any]) -> Any:
    order = {name: place for place, name in enumerate(known)}
    return lambda row: order[row["field"]]
