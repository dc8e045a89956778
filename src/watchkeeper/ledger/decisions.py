"""Decisions: what people decided, folded in the order of the record into what is in force on a day.

A question that calls for two is settled once two accounts have given one verdict on one state of the evidence; until
then a verdict is a proposal and changes nothing. A decision that was taken back counts as if it had not been made, and
taking that back brings it back. One that ends on a day lapses after it, and the question is open again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.model.tlp import strictest
from watchkeeper.model.vocabulary import question_of
from watchkeeper.values.account import key

Row = Mapping[str, Any]
_ON_DECISIONS = ("confirmed", "undone", "dissent")
_ORDERED = ("same-event",)  # of these two the second leaves all counts: the other way round is another verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question on one subject (or pair) stands.

    `verdict` is the one in force, given by the accounts `by` in the decisions `decisions`, None if there is none.
    `proposed` holds by verdict the accounts that gave it and wait for another. `dissent` holds who disagrees, and why.
    """

    question: str
    subject: str
    other: str | None
    verdict: str | None
    by: tuple[str, ...]
    decisions: tuple[str, ...]
    since: date | None
    until: date | None
    rests_on: str | None
    proposed: Mapping[str, tuple[str, ...]]
    waiting: tuple[str, ...]
    dissent: tuple[tuple[str, str], ...]
    lapsed: bool
    rows: tuple[Row, ...] = ()

    @property
    def state(self) -> str:
        """Return "in force", "divided", "proposed", "lapsed" or "open"."""
        if self.verdict is not None:
            return "in force"
        if self.proposed:
            return "divided" if len(self.proposed) > 1 else "proposed"
        return "lapsed" if self.lapsed else "open"

    @property
    def single(self) -> bool:
        """Return whether what is in force rests on one account: it is told as single-analyst."""
        return self.verdict is not None and len(self.by) == 1


@dataclass
class _Topic:
    """The fold of one question on one subject."""

    question: str
    second: bool
    votes: dict[str, Row] = field(default_factory=dict)  # by account, the newest first that waits
    force: tuple[Row, ...] = ()
    against: list[Row] = field(default_factory=list)
    newest: Row | None = None
    lapsed: bool = False

    def take(self, vote: Row) -> None:
        """Take one verdict by one account; settle the question if it needs no second or is the second."""
        self.newest = vote
        self._age(vote["decided_on"])
        self.votes.pop(key(vote["author"]), None)  # an account has one word, its newest
        agreeing = [one for one in self.votes.values() if _agree(one, vote)]
        self.votes[key(vote["author"])] = vote
        if not vote["calls_for"]:
            self._settle((vote,), keep=vote)
        elif agreeing:
            self._settle((agreeing[0], vote))

    def _settle(self, rows: tuple[Row, ...], keep: Row | None = None) -> None:
        self.force, self.lapsed = rows, False
        self.against = [one for one in self.votes.values() if gives(one) != gives(rows[0])]
        # What one account settled still waits for another that says the same; what two settled is closed.
        self.votes = {key(keep["author"]): keep} if keep else {}

    def _age(self, day: date) -> None:
        """Drop what ended before a day."""
        self.votes = {name: one for name, one in self.votes.items() if not _ended(one, day)}
        if self.force and any(_ended(one, day) for one in self.force):
            self.force, self.lapsed = (), True

    def end(self, on: date | None) -> None:
        """Drop what has ended by the day looked from."""
        if on is not None:
            self._age(on)


def _agree(first: Row, second: Row) -> bool:
    """Return whether two accounts said the same of the same evidence; one that looked at none agrees with any."""
    seen = {one["rests_on"] for one in (first, second) if one["rests_on"]}
    return gives(first) == gives(second) and len(seen) < 2


def gives(row: Row) -> tuple[str, str | None]:
    """Return what a verdict comes to: the word, and of a pair whose order matters the one that it keeps."""
    return row["verdict"], row["subject"] if row["verdict"] in _ORDERED else None


def _ended(row: Row, day: date) -> bool:
    return row["until"] is not None and row["until"] < day


def standings(decisions: pl.DataFrame, on: date | None = None) -> tuple[Standing, ...]:
    """Return where every question stands that somebody decided, in the order in which they were first decided.

    Args:
        decisions: The table of decisions known on the day, in the order of the record.
        on: The day looked from; what ended before it has lapsed. None: nothing lapses.
    """
    rows = list(decisions.iter_rows(named=True))
    active_now = active(rows)
    topics: dict[tuple[str, frozenset[str]], _Topic] = {}
    notes: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row["decision_id"] not in active_now or row["verdict"] == "undone":
            continue
        if row["verdict"] == "dissent":
            notes.setdefault(row["subject"], []).append((row["author"], row["reason"]))
            continue
        for vote in _votes(row, active_now):
            question = question_of(vote["verdict"])
            about = frozenset(one for one in (vote["subject"], vote["other"]) if one)
            topics.setdefault((question.name, about), _Topic(question.name, question.second)).take(vote)
    for topic in topics.values():
        topic.end(on)
    return tuple(_standing(topic, notes) for topic in topics.values())


def active(rows: Iterable[Row]) -> dict[str, Row]:
    """Return by id the decisions that their authors did not take back; the newest taking back speaks first.

    Args:
        rows: Rows of the table of decisions, in the order of the record.
    """
    by_id = {row["decision_id"]: row for row in rows}
    dead: set[str] = set()
    for row in reversed(by_id.values()):
        target = by_id.get(row["subject"]) if row["verdict"] == "undone" else None
        if row["decision_id"] not in dead and target and key(target["author"]) == key(row["author"]):
            dead.add(target["decision_id"])
    return {one: row for one, row in by_id.items() if one not in dead}


def _votes(row: Row, known: Mapping[str, Row]) -> Iterator[Row]:
    """Return the verdict that a decision gives; one that confirms gives that of the decision confirmed.

    A confirmation is never more than a second voice, though the decision confirmed needed none: alone it would
    overturn what two accounts settled since.
    """
    if row["verdict"] != "confirmed":
        yield row
    elif row["subject"] in known and known[row["subject"]]["verdict"] not in _ON_DECISIONS:
        first = known[row["subject"]]
        yield {**row, **{name: first[name] for name in ("subject", "other", "verdict", "until")}, "calls_for": "second"}


def _standing(topic: _Topic, notes: Mapping[str, list[tuple[str, str]]]) -> Standing:
    spoken = topic.force[-1] if topic.force else topic.newest
    assert spoken is not None  # noqa: S101 - a topic begins with a vote
    settled = {row["decision_id"] for row in topic.force}
    waiting = [row for row in topic.votes.values() if row["decision_id"] not in settled]
    told = [note for row in (*topic.force, *waiting) for note in notes.get(row["decision_id"], ())]
    verdicts = dict.fromkeys(row["verdict"] for row in waiting)
    return Standing(
        question=topic.question,
        subject=spoken["subject"],
        other=spoken["other"],
        verdict=topic.force[0]["verdict"] if topic.force else None,
        by=tuple(row["author"] for row in topic.force),
        decisions=tuple(row["decision_id"] for row in topic.force),
        since=topic.force[-1]["decided_on"] if topic.force else None,
        until=min((row["until"] for row in topic.force if row["until"]), default=None),
        rests_on=next((row["rests_on"] for row in reversed(topic.force) if row["rests_on"]), None),
        proposed={v: tuple(row["author"] for row in waiting if row["verdict"] == v) for v in verdicts},
        waiting=tuple(row["decision_id"] for row in waiting),
        dissent=(*((row["author"], row["reason"]) for row in topic.against), *told),
        lapsed=topic.lapsed,
        rows=topic.force,
    )


def in_force(decisions: pl.DataFrame, on: date | None = None) -> pl.DataFrame:
    """Return the decisions in force on a day, one row a question and subject, in the order first decided.

    Each row is that of the account that settled the question, with the reason of the first, as strict as both, and
    dated by the later; its columns are those given.
    """
    rows = [_as_row(one.rows) for one in standings(decisions, on) if one.rows]
    return pl.DataFrame(rows, schema=decisions.schema, orient="row")


def _as_row(rows: tuple[Row, ...]) -> Row:
    return {**rows[-1], "reason": rows[0]["reason"], "tlp": strictest(row["tlp"] for row in rows)}
