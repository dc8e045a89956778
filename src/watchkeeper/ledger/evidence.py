"""Evidence: what a decision was made on, as a digest of the standing entries on its subject.

A decision names the digest that it saw. When an entry is added or withdrawn, the digest differs, and the decision is
reopened: it stays in force, it is told so, and nothing is published on it until two accounts have looked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl

from watchkeeper.ledger.decisions import in_force
from watchkeeper.ledger.party_merges import merges
from watchkeeper.values.digest import of_json

Tables = Mapping[str, pl.DataFrame]


def evidence(tables: Tables, kind: str, subject: str, also: Iterable[str] = ()) -> str:
    """Return the digest of the entries on a subject that were not withdrawn.

    Args:
        tables: The case's tables by kind.
        kind: "incident", "party", "claim", "fact", "link", "label" or "trace".
        subject: Its id.
        also: Of a party, the ids that it was merged with.
    """
    return evidences(tables, kind, {subject: {subject, *also}})[subject]


def evidences(tables: Tables, kind: str, subjects: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the digest for each of many subjects of one kind, each with the ids that are one with it."""
    subject_of = {one: subject for subject, ids in subjects.items() for one in ids}
    gone = set(_withdrawn(tables["decision"])["subject"])
    found: dict[str, set[str]] = {subject: set() for subject in subjects}
    for about, entry in _entries(tables, kind, list(subject_of)):
        if entry not in gone:
            found[subject_of[about]].add(entry)
    return {subject: of_json(sorted(entries)) for subject, entries in found.items()}


def reopened(tables: Tables, reviewed: pl.DataFrame) -> set[str]:
    """Return the incidents whose decision in force saw other entries than those that stand now.

    Args:
        tables: The case's tables by kind.
        reviewed: Decisions in force on incidents, as `decisions.in_force` gives them.
    """
    told = reviewed.filter(pl.col("rests_on").is_not_null()).select("subject", "rests_on")
    now = evidences(tables, "incident", {one: [one] for one in told["subject"].to_list()})
    return {subject for subject, seen in told.iter_rows() if now[subject] != seen}


def reviewed_parties(tables: Tables, force: pl.DataFrame, on: date | None = None) -> set[str]:
    """Return the parties that two accounts reviewed and on which nothing was entered since, by all of their ids.

    Args:
        tables: The case's tables by kind.
        force: Decisions in force, as `decisions.in_force` gives them.
        on: The day looked from, for which parties are one.
    """
    found = merges(tables, on)
    place = {one: n for n, one in enumerate(tables["decision"]["decision_id"].to_list())}
    words = force.filter(
        pl.col("verdict").is_in(["reviewed", "unreviewed"])
        & pl.col("subject").is_in(tables["party"]["party_id"].implode())
    )
    # Of those that are one, the newest word holds, under whichever id it was typed.
    ordered = sorted(words.iter_rows(named=True), key=lambda row: place[row["decision_id"]])
    newest = {found.members(row["subject"]): row for row in ordered}
    asked = {ids: row for ids, row in newest.items() if row["verdict"] == "reviewed" and row["calls_for"] == "second"}
    now = evidences(tables, "party", {ids[0]: ids for ids in asked})
    return {one for ids, row in asked.items() if row["rests_on"] in (None, now[ids[0]]) for one in ids}


def in_final_editions(claims: pl.DataFrame, editions: pl.DataFrame) -> set[str]:
    """Return the incidents that a final edition lists, as its own publisher says: they are published, by others.

    Args:
        claims: Claims that stand.
        editions: The table of editions.
    """
    final = editions.filter(pl.col("status") == "final").select("source_id", pl.col("edition_id").alias("value"))
    listings = claims.filter(pl.col("field") == "in_edition").join(final, on=["value", "source_id"], how="semi")
    return set(listings["incident_id"])


def _withdrawn(decisions: pl.DataFrame) -> pl.DataFrame:
    return in_force(decisions.filter(pl.col("verdict").is_in(["withdrawn", "undone"])))


def _entries(tables: Tables, kind: str, about: list[str]) -> Iterator[tuple[str, str]]:
    """Return pairs of a subject and an entry on it."""
    if kind == "incident":
        own = tables["claim"].select("incident_id", "claim_id")
        shared = tables["claim"].filter(pl.col("covers").list.len() > 0).select("covers", "claim_id").explode("covers")
        for table in (own, shared):
            yield from table.filter(pl.col(table.columns[0]).is_in(about)).iter_rows()
    elif kind == "party":
        for name, end in (("fact", "party_id"), ("link", "subject"), ("link", "object")):
            yield from tables[name].filter(pl.col(end).is_in(about)).select(end, f"{name}_id").iter_rows()
    elif kind == "trace":
        yield from _of_traces(tables, about)
    else:
        yield from ((one, one) for one in about)


def _of_traces(tables: Tables, about: list[str]) -> Iterator[tuple[str, str]]:
    """Return the trace itself, its readings, what it found and what is said of the addresses found.

    A new label reopens a review, and so does a reading that is withdrawn.
    """
    found = tables["finding"].filter(pl.col("trace_id").is_in(about)).select("trace_id", "finding_id", "subject")
    yield from ((one, one) for one in about)
    followed = (
        tables["trace"].filter(pl.col("trace_id").is_in(about)).select("trace_id", "readings").explode("readings")
    )
    yield from followed.iter_rows()
    yield from found.select("trace_id", "finding_id").iter_rows()
    subjects = found.select("trace_id", pl.col("subject").alias("address")).unique()
    yield from subjects.join(tables["label"], on="address").select("trace_id", "label_id").iter_rows()
