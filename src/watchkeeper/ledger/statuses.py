"""Statuses: how far an incident, party or entry has come on the ladder; nobody types one, each is a fold.

Candidate, reviewed, reply sought, published, corrected, withdrawn: a rung counts only if those below it do, so that a
party whose reply was sought before two persons looked at it is still a candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from watchkeeper.ledger import requests
from watchkeeper.ledger.decisions import Standing, in_force, standings
from watchkeeper.ledger.evidence import evidence, in_final_editions
from watchkeeper.ledger.parties import canonical


@dataclass(frozen=True, slots=True)
class Status:
    """One rung: its word, who reviewed, whether the review is older than the evidence, and the state of the reply."""

    word: str
    reviewers: tuple[str, ...] = ()
    reopened: bool = False
    reply: str | None = None

    @property
    def words(self) -> str:
        """Return the rung as a reader sees it: one reviewer alone is no review."""
        said = self.word.replace("-", " ")
        if self.reopened:
            return f"{said} (reviewed before entries changed; look again)"
        return f"{said} (single-analyst)" if self.word == "candidate" and self.reviewers else said


def status(tables: Mapping[str, pl.DataFrame], kind: str, subject: str, on: date | None = None) -> Status:
    """Return the status of an incident, party, claim, fact, link, label or trace on a day.

    Args:
        tables: The case's tables by kind.
        kind: What it is.
        subject: Its id; of a party that was merged, the party it is shown as counts.
        on: The day looked from; None is everything recorded.
    """
    decided = tables["decision"] if on is None else tables["decision"].filter(pl.col("decided_on") <= on)
    found = standings(decided, on)
    one = canonical(tables, on) if kind == "party" else {}
    ids = {subject, *(party for party, shown in one.items() if shown == one.get(subject, subject))}
    reply = requests.reply_of(tables, subject, on) if kind == "party" else None
    heard = reply.state if reply else None
    if any(s.verdict == "withdrawn" and s.subject in ids for s in found):
        return Status("withdrawn", reply=heard)
    if kind == "incident" and subject in published_by_others(tables, on):
        return Status("published", reply=heard)
    review = _review([s for s in found if s.question == "review" and s.subject in ids], decided)
    return _reached(tables, review, _Asked(kind, subject, ids, heard, on))


def _review(found: Sequence[Standing], decided: pl.DataFrame) -> Standing | None:
    """Return the review that holds of a party's ids: the newest in force, or the first if none is."""
    place = {one: n for n, one in enumerate(decided["decision_id"].to_list())}
    force = [one for one in found if one.verdict]
    return max(force, key=lambda one: place[one.decisions[-1]], default=next(iter(found), None))


def seen(tables: Mapping[str, pl.DataFrame], kind: str, subject: str, other: str | None = None) -> str:
    """Return the digest of the entries that a decision on a subject, or on a pair, is made on.

    A party comes with all that it was merged with, so that a merge reopens its review.
    """
    named = {one for one in (subject, other) if one}
    if kind == "party":
        shown = canonical(tables)
        wanted = {shown.get(one, one) for one in named}
        named |= {party for party, one in shown.items() if one in wanted}
    return evidence(tables, kind, subject, named)


def published_by_others(tables: Mapping[str, pl.DataFrame], on: date | None = None) -> set[str]:
    """Return the incidents that a final edition of its own publisher lists, by claims that stand on a day."""
    known = tables["decision"] if on is None else tables["decision"].filter(pl.col("decided_on") <= on)
    gone = in_force(known, on).filter(pl.col("verdict") == "withdrawn").select(pl.col("subject").alias("claim_id"))
    claims = tables["claim"].join(gone, on="claim_id", how="anti")
    if on is not None:
        claims = claims.filter(pl.coalesce("published_on", "entered_on") <= on)
    return in_final_editions(claims, tables["edition"])


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    subject: str
    ids: set[str]
    heard: str | None
    on: date | None


def _reached(tables: Mapping[str, pl.DataFrame], review: Standing | None, asked: _Asked) -> Status:
    by = (review.by or _waiting(review)) if review and review.verdict != "unreviewed" else ()
    if review is None or review.verdict != "reviewed" or review.single:
        return Status("candidate", by, reply=asked.heard)
    now = evidence(tables, asked.kind, asked.subject, asked.ids)
    if review.rests_on not in (None, now):
        return Status("candidate", by, reopened=True, reply=asked.heard)
    if asked.kind == "party" and asked.heard not in requests.HEARD:
        return Status("reviewed", by, reply=asked.heard)
    told = _published(tables, asked)
    if told.is_empty():
        return Status("reply-sought" if asked.kind == "party" else "reviewed", by, reply=asked.heard)
    corrected = tables["correction"].filter(pl.col("publication_id").is_in(told["publication_id"].implode()))
    if asked.on is not None:
        corrected = corrected.filter(pl.col("entered_on") <= asked.on)
    return Status("published" if corrected.is_empty() else "corrected", by, reply=asked.heard)


def _waiting(review: Standing) -> tuple[str, ...]:
    return review.proposed.get("reviewed", ())


def _published(tables: Mapping[str, pl.DataFrame], asked: _Asked) -> pl.DataFrame:
    """Return the publications that name a party."""
    table = tables["publication"]
    named = table.filter(pl.col("parties").list.eval(pl.element().is_in(sorted(asked.ids))).list.any())
    return named if asked.on is None else named.filter(pl.col("entered_on") <= asked.on)
