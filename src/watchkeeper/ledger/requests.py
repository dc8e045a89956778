"""Requests: who was asked what, when, and what became of it, folded from the steps behind each request.

Steps are put in the order of their times, and where these do not tell, in that of the record: a step entered late
gives the same state as one entered in time. A reply outranks all else, or a party could be said to be silent that was
not. Silence is told only where somebody closed a request after its deadline; until then it is overdue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger import request_words
from watchkeeper.ledger.party_merges import merges
from watchkeeper.model.tlp import LAXEST

Tables = Mapping[str, pl.DataFrame]
HEARD = ("sent", "overdue", "replied", "no-reply", "waived")  # a draft that nobody sent is no hearing


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `at` is a day, or a time of one in UTC, as precisely as it is known."""

    step_id: str
    act: str
    at: str
    channel: str | None
    capture: str | None
    may_publish: str | None
    reason: str | None
    entered_on: date
    tlp: str

    @property
    def day(self) -> date:
        """Return the day of the step."""
        return date.fromisoformat(self.at[:10])

    @property
    def time(self) -> str:
        """Return the time of the day, e.g. "10:00:00"; "" if only the day is known."""
        return (self.at[11:].removesuffix("Z") + ":00")[:8] if len(self.at) > 10 else ""

    def before(self, other: Step) -> bool:
        """Return whether this step came before another for certain; days are compared if a time is not known."""
        if self.time and other.time:
            return (self.day, self.time) < (other.day, other.time)
        return self.day < other.day


@dataclass(frozen=True, slots=True)
class Request:
    """One request, looked at on a day: its steps after that day are not among `steps`.

    `addressee`, `questions` and the steps' channels are AMBER at least; they may be gone where they were erased.
    """

    id: str
    subject: str
    party_id: str | None
    purpose: str
    addressee: str | None
    questions: tuple[str, ...]
    deadline: date | None
    entered_on: date
    tlp: str
    steps: tuple[Step, ...]
    on: date | None

    def of(self, *acts: str) -> tuple[Step, ...]:
        """Return the steps of these kinds, in order."""
        return tuple(step for step in self.steps if step.act in acts)

    def having(self, step: Step) -> Request:
        """Return the request with one more step, in its place."""
        return replace(self, steps=_ordered([*self.steps, step]))

    @property
    def state(self) -> str:
        """Return draft, sent, overdue, replied, no-reply or waived; without a day nothing is overdue."""
        if self.of("replied"):
            return "replied"
        spoken = self.of("sent", "no-reply", "waived")
        state = spoken[-1].act if spoken else "draft"
        return "overdue" if state == "sent" and self._late() else state

    def _late(self) -> bool:
        return self.on is not None and self.deadline is not None and self.on > self.deadline

    @property
    def sent(self) -> Step | None:
        """Return the first sending."""
        return next(iter(self.of("sent")), None)

    @property
    def sent_on(self) -> date | None:
        """Return the day on which it was first sent."""
        return self.sent.day if self.sent else None

    @property
    def attempts(self) -> int:
        """Return how often the addressee was tried again; the sending is not among them."""
        return len(self.of("attempt"))

    @property
    def replied(self) -> Step | None:
        """Return the newest reply."""
        return next(reversed(self.of("replied")), None)

    @property
    def reply(self) -> str | None:
        """Return the SHA-256 of the newest reply."""
        return self.replied.capture if self.replied else None

    @property
    def may_publish(self) -> str | None:
        """Return "yes" or "no": whether the newest reply may be quoted; None without a reply."""
        return self.replied.may_publish if self.replied else None

    @property
    def unasked(self) -> bool:
        """Return whether the first reply came though nothing had been sent, or before it was."""
        first = next(iter(self.of("replied")), None)
        return first is not None and (self.sent is None or first.before(self.sent))

    @property
    def reason(self) -> str | None:
        """Return why no reply is sought, if that is where the request stands."""
        return self.of("waived")[-1].reason if self.state == "waived" else None

    def sentence(self, called: str | None = None, *, clearance: str = LAXEST) -> str:
        """Return the sentence that a report prints of the request, for readers of a clearance.

        Args:
            called: What the report calls whoever was asked; without it the addressee's name stands there, or "The
                addressee" for readers who may not be shown it.
            clearance: TLP label of the readers; through what it was sent is AMBER. Above it the sentence says that it
                is withheld.
        """
        return request_words.sentence(self, called, clearance)


def requests(tables: Tables, on: date | None = None) -> tuple[Request, ...]:
    """Return every request in the order of the record, as it stands on a day.

    Args:
        tables: The case's tables by kind.
        on: The day looked from: later steps do not count, and a request of which nothing had happened by then is not
            there. None: every step counts, and nothing is overdue.
    """
    steps = _steps(tables["step"], on)
    found = [_request(row, steps[row["request_id"]], on) for row in tables["request"].iter_rows(named=True)]
    return tuple(one for one in found if on is None or one.entered_on <= on or one.steps)


def reply_of(tables: Tables, party_id: str, on: date | None = None) -> Request | None:
    """Return the request that says whether a party was heard; None if it was not even drafted.

    Of several, one that was answered counts before one that was not, one that left before a draft, and then the one
    with the newest step. Requests to the ids that are one with the party count as well.
    """
    ids = merges(tables, on).members(party_id)
    own = [one for one in requests(tables, on) if one.purpose == "right-of-reply" and one.party_id in ids]
    return max(own, key=_rank, default=None)


def _rank(request: Request) -> tuple[bool, bool, str]:
    newest = request.steps[-1].at if request.steps else ""
    return request.state == "replied", request.state != "draft", newest


def _request(row: Mapping[str, Any], steps: tuple[Step, ...], on: date | None) -> Request:
    return Request(
        id=row["request_id"],
        questions=tuple(row["questions"] or ()),
        steps=steps,
        on=on,
        **{
            name: row[name] for name in ("subject", "party_id", "purpose", "addressee", "deadline", "entered_on", "tlp")
        },
    )


def _steps(table: pl.DataFrame, on: date | None) -> Mapping[str, tuple[Step, ...]]:
    names = list(Step.__dataclass_fields__)
    found: dict[str, list[Step]] = defaultdict(list)
    for row in table.iter_rows(named=True):
        step = Step(**{name: row[name] for name in names})
        if on is None or step.day <= on:
            found[row["request_id"]].append(step)
    return defaultdict(tuple, {request: _ordered(steps) for request, steps in found.items()})


def _ordered(steps: list[Step]) -> tuple[Step, ...]:
    """Return steps by time; the record's order holds within a day of which one step gives no time."""
    vague = {step.day for step in steps if not step.time}
    return tuple(sorted(steps, key=lambda step: (step.day, "" if step.day in vague else step.time)))


def heard(tables: Tables, party_id: str, on: date | None = None) -> bool:
    """Return whether a party may be named: it was asked, or it answered, or somebody says why it was not."""
    request = reply_of(tables, party_id, on)
    return request is not None and request.state in HEARD
