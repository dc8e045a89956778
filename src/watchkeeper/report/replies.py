"""Replies: the chapter that says who was asked, what became of it, what was answered, and where nobody was asked, why.

It is written from the record of requests alone, so that no writer can leave a party's answer out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger.party_merges import openly
from watchkeeper.ledger.requests import Request, Step, reply_of, requests
from watchkeeper.model.tlp import allowed, strictest, withheld
from watchkeeper.report import document as doc
from watchkeeper.report.figure_card import day
from watchkeeper.report.fillers import Mention, note_of
from watchkeeper.report.named import Naming, label_of
from watchkeeper.report.publication import standing

Tables = Mapping[str, pl.DataFrame]
_TITLE = "Replies and requests"
_INTRO = (
    "Each party that this report names stands here, and each incident on which somebody was asked, with what became "
    "of it. That a party is named says nothing of its conduct."
)
_HEADER = ("Party or incident", "Asked on", "Deadline", "Further attempts", "What became of it")
_WIDTHS = (2.6, 1.6, 1.6, 1.2, 5.0)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The blocks of the chapter, the labels of what they show, and the requests, steps and entries they rest on."""

    blocks: tuple[doc.Block, ...]
    labels: frozenset[str]
    entries: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the table: what it is called, its request, and the label of all that the line tells."""

    called: str
    party: bool
    request: Request
    label: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is printed of a reply, the label of that, and the entry that quotes it."""

    words: doc.Paragraph
    label: str
    entry: str | None


def chapter(tables: Tables, parties: Iterable[Mention], incidents: set[str], on: date, clearance: str) -> Chapter:
    """Return the chapter on replies; it has no blocks if the report names no party and nobody was asked.

    Args:
        tables: The case's tables by kind.
        parties: Where the text names parties.
        incidents: Incidents that the report counts.
        on: The day looked from.
        clearance: TLP label of the readers.
    """
    lines = [*_of_parties(tables, parties, on, clearance), *_of_incidents(tables, incidents, on)]
    if not lines:
        return Chapter((), frozenset(), frozenset())
    open_ = [line for line in lines if allowed(line.label, clearance)]
    answers = [answer for line in open_ for answer in _answers(tables, line, on, clearance)]
    asked = {one for line in open_ for one in (line.request.id, *(step.step_id for step in line.request.steps))}
    table = doc.TableBlock(
        key="",
        caption=_TITLE,
        header=_HEADER,
        align=("left", "left", "left", "right", "left"),
        rows=tuple(_row(line, clearance) for line in lines),
        widths=_WIDTHS,
    )
    head: tuple[doc.Block, ...] = (doc.Heading(_TITLE, 1), doc.Paragraph((doc.Text(_INTRO),), None), table)
    return Chapter(
        blocks=(*head, *(answer.words for answer in answers)),
        labels=frozenset([*(line.label for line in open_), *(answer.label for answer in answers)]),
        entries=frozenset(asked | {answer.entry for answer in answers if answer.entry}),
    )


def _of_parties(tables: Tables, parties: Iterable[Mention], on: date, clearance: str) -> Iterator[_Line]:
    naming = Naming(tables, on, clearance)
    for party in dict.fromkeys(one.subject for one in parties):
        request = reply_of(openly(tables, clearance), party, on)
        if request is not None:
            # A name may be closer kept than its request; it is said only where both may be.
            yield _Line(naming.words_of(party), True, request, strictest([label_of(request), naming.label_of(party)]))


def _of_incidents(tables: Tables, incidents: set[str], on: date) -> Iterator[_Line]:
    for request in requests(tables, on):
        if request.subject in incidents and request.party_id is None:
            yield _Line(request.subject, False, request, label_of(request))


def _row(line: _Line, clearance: str) -> tuple[str, ...]:
    if not allowed(line.label, clearance):
        return (withheld(line.label), "", "", "", "")
    request = line.request
    return (
        line.called,
        day(request.sent_on) if request.sent_on else "not asked",
        day(request.deadline) if request.deadline else "none",
        str(request.attempts),
        # To readers of the line's own label: whom a letter went to, and through what, is closer kept than that.
        request.sentence(line.called if line.party else None, clearance=line.label),
    )


def _answers(tables: Tables, line: _Line, on: date, clearance: str) -> Iterator[_Answer]:
    """Return what each reply that may be quoted says, in the words that entries quote."""
    for step in line.request.of("replied"):
        found = _quotes(tables, step, on) if step.may_publish == "yes" else []
        for row in found:
            label = strictest([row["tlp"], row["tlp_of_source"]])
            if allowed(label, clearance):
                yield _Answer(doc.Paragraph(_quoted(line, step, row), None), label, row["entry"])
            else:
                yield _plain(f"{_reply(line, step)}: its words are {withheld(label)}.", line.label)
        if step.may_publish == "yes" and not found:
            yield _plain(f"{_reply(line, step)}: it is held, and no words of it are entered.", line.label)


def _reply(line: _Line, step: Step) -> str:
    return f"Reply {'of' if line.party else 'on'} {line.called}, {day(step.day)}"


def _plain(words: str, label: str) -> _Answer:
    return _Answer(doc.Paragraph((doc.Text(words),), None), label, None)


def _quoted(line: _Line, step: Step, row: Mapping[str, Any]) -> tuple[doc.Inline, ...]:
    where = f" {row['locator']}." if row["locator"] else ""
    note = f"{note_of(row)}{where} Entry {row['entry']}."
    return (doc.Text(f"{_reply(line, step)}: "), doc.Quote(row["quote"]), doc.Note(note))


def _quotes(tables: Tables, step: Step, on: date) -> list[dict[str, Any]]:
    """Return the entries that quote a reply, each with its source, in the record's order; the same words once."""
    source = tables["source"].rename({"tlp": "tlp_of_source", "published_on": "source_on", "checked": "source_checked"})
    found: dict[str, dict[str, Any]] = {}
    for kind in ("claim", "fact", "link"):
        table = standing(tables, kind, on).filter((pl.col("capture") == step.capture) & pl.col("quote").is_not_null())
        own = table.select(pl.col(f"{kind}_id").alias("entry"), "source_id", "locator", "quote", "tlp")
        for row in own.join(source, on="source_id", maintain_order="left").iter_rows(named=True):
            told = {**row, "published_on": row["source_on"], "checked": row["source_checked"]}
            found.setdefault(" ".join(row["quote"].split()), told)
    return list(found.values())
