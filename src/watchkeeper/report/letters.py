"""Letters: the letter of a request as DOCX: questions, the facts it is about with their sources, and what a reply does.

A letter says what the record may let out and nothing else: no other row, no analyst, no machine. Same record, same
day, same bytes. It has no letterhead and no signature; whoever sends it gives both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from watchkeeper.ledger.request_words import day
from watchkeeper.ledger.requests import Request
from watchkeeper.model.tlp import LABELS, allowed, withheld
from watchkeeper.report import letter_facts, letter_words, trace_letters
from watchkeeper.report.letter_facts import Fact, Found, Source
from watchkeeper.report.letter_word import render
from watchkeeper.report.trace_letters import trace_of
from watchkeeper.values.refused import Invalid

__all__ = ["Letter", "Table", "compose", "render"]
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of facts: its caption, a row of ready texts for each fact, and its heads with their share of a line."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = letter_words.HEAD
    widths_pt: tuple[float, ...] = letter_words.WIDTHS_PT


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in its parts, each a ready text; `facts` and `withheld` count what it tells and what it keeps back."""

    on: date
    draft: bool
    addressee: tuple[str, ...]
    reference: str
    subject: str
    opening: tuple[str, ...]
    questions: tuple[str, ...]
    deadline: str
    tables: tuple[Table, ...]
    remarks: tuple[str, ...]
    sources: tuple[str, ...]
    use: tuple[str, ...]
    facts: int
    withheld: Mapping[str, int]
    asks: str = "Questions"
    standing: str = letter_words.CANDIDATE


def compose(tables: Tables, request: Request, *, clearance: str, on: date) -> Letter:
    """Return the letter of a request.

    Args:
        tables: The case's tables by kind; of a letter that was sent, as they were then.
        request: The request; one that was sent is dated by its sending, else the letter is a draft.
        clearance: What the addressee may be shown.
        on: The day of a draft.

    Raises:
        Invalid: there is nothing to send, or what the letter is about is above the clearance.
    """
    _refuse(tables, request, clearance)
    if request.subject in set(tables["finding"]["finding_id"]):
        return _of_trace(tables, request, clearance=clearance, on=on)
    found = dict(_found(tables, request, clearance))
    name = letter_facts.name_of(tables, request.party_id, clearance) if request.party_id else None
    sources = list(dict.fromkeys(fact.source for one in found.values() for fact in one.facts))
    kept_back = {label: n for label in LABELS if (n := sum(one.withheld[label] for one in found.values()))}
    return Letter(
        on=request.sent_on or on,
        draft=request.sent is None,
        addressee=tuple((request.addressee or "").splitlines()),
        reference=request.id,
        subject=_subject(request, found, name),
        opening=_opening(request, name),
        questions=request.questions,
        deadline=_deadline(request),
        tables=tuple(_table(caption, one.facts, sources) for caption, one in found.items()),
        remarks=tuple(_remarks(found.values(), kept_back)),
        sources=tuple(_source(number, source) for number, source in enumerate(sources, start=1)),
        use=letter_words.HOW_USED,
        facts=sum(len(one.facts) for one in found.values()),
        withheld=kept_back,
    )


def _refuse(tables: Tables, request: Request, clearance: str) -> None:
    if not request.questions or not request.addressee:
        raise Invalid(
            f"{request.id} has no addressee or asks nothing: it only holds a waiver, or its words were erased. There "
            "is no letter to write."
        )
    if request.state == "waived" and not request.sent:
        raise Invalid(f"{request.id} was waived before it was sent; there is no letter to write.")
    for kind, entry in _about(tables, request):
        label = letter_facts.label_of(tables, kind, entry)
        if not allowed(label, clearance):
            raise Invalid(
                f"{kind.capitalize()} {entry} is TLP:{label}, and the letter is for TLP:{clearance}: it could not even "
                f"say what it is about. If the addressee may be shown that, say so with --clearance {label}; nothing "
                "was written."
            )


def _about(tables: Tables, request: Request) -> Iterator[tuple[str, str]]:
    """Yield what the letter is about: an incident or a party, and of an incident the party that may reply."""
    incidents = set(tables["incident"]["incident_id"])
    traced = trace_of(tables, request.subject)
    kind, subject = ("trace", traced) if traced else ("party", request.subject)
    kind, subject = ("incident", request.subject) if request.subject in incidents else (kind, subject)
    yield kind, subject
    if request.party_id and (kind, request.party_id) != ("party", request.subject):
        yield "party", request.party_id


def _of_trace(tables: Tables, request: Request, *, clearance: str, on: date) -> Letter:
    """Return the letter on what a trace found at the addresses of a party."""
    told = trace_letters.compose(tables, request, clearance)
    kept_back = {label: n for label in LABELS if (n := told.withheld[label])}
    return Letter(
        on=request.sent_on or on,
        draft=request.sent is None,
        addressee=tuple((request.addressee or "").splitlines()),
        reference=request.id,
        subject=told.subject,
        opening=told.opening,
        questions=request.questions,
        deadline=_deadline(request),
        tables=(
            Table(told.moved_caption, told.moved, told.moved_head, told.moved_widths_pt),
            Table(told.labels_caption, told.labels),
        ),
        remarks=(*told.remarks, *_remarks((), kept_back)),
        sources=tuple(_source(number, source) for number, source in enumerate(told.sources, start=1)),
        use=letter_words.HOW_USED,
        facts=len(told.moved) + len(told.labels),
        withheld=kept_back,
        asks=told.asks,
        standing=letter_words.TRACED,
    )


def _found(tables: Tables, request: Request, clearance: str) -> Iterator[tuple[str, Found]]:
    for kind, entry in _about(tables, request):
        if kind == "incident":
            yield f"What sources state of row {entry}", letter_facts.of_incident(tables, entry, clearance)
        else:
            called = letter_facts.name_of(tables, entry, clearance) or entry
            yield f"What sources state of {called}", letter_facts.of_party(tables, entry, clearance)


def _subject(request: Request, found: Mapping[str, Found], name: str | None) -> str:
    if request.purpose == "right-of-reply":
        return f"Opportunity to reply before publication: {name or request.party_id}"
    first = next(iter(found.values()))
    told = [fact.says for fact in first.facts if fact.about in ("Occurred", "Victim state")]
    words = f" ({', '.join(dict.fromkeys(told))})" if told else ""
    return f"Request for facts: {request.subject}{words}"


def _opening(request: Request, name: str | None) -> tuple[str, ...]:
    purpose = "We are preparing a report on whether sanctions are kept"
    if request.purpose != "right-of-reply":
        facts = f"{purpose}, and ask you for facts on what is set out below."
        return (f"{facts} No wrongdoing by the addressee is alleged.",)
    who = name or "the party addressed"
    begun = f"{who[:1].upper()}{who[1:]}"
    chance = f"{begun} may be named in it, and is given this opportunity to reply before it is published."
    because = f"{begun} is named because the sources set out below name it."
    return f"{purpose}. {chance}", f"{because} No wrongdoing by {who} is alleged."


def _deadline(request: Request) -> str:
    if request.deadline is None:
        return f"Please give the reference {request.id} in your reply."
    by = day(request.deadline)
    return (
        f"We ask for your reply by {by}, under the reference {request.id}. If none has come by then, a report may say "
        f"that you did not respond by {by}."
    )


def _table(caption: str, facts: Sequence[Fact], sources: Sequence[Source]) -> Table:
    return Table(caption, tuple(_row(fact, sources.index(fact.source) + 1) for fact in facts))


def _row(fact: Fact, source: int) -> tuple[str, ...]:
    quoted = f" “{fact.quote}”" if fact.quote else ""
    where = f"[{source}], {fact.locator}" if fact.locator else f"[{source}]"
    basis = "held" if fact.source.held else "cited"
    return fact.about, f"{fact.says}{quoted}", where, f"{basis}; {letter_words.CHECKED[fact.checked]}"


def _source(number: int, source: Source) -> str:
    published = f", published on {day(source.published_on)}" if source.published_on else ", undated"
    publisher = f", {source.publisher}" if source.publisher != "not stated" else ""
    if source.held and source.reference == f"capture {source.held}":  # it has no title but its own digest
        return f"[{number}]\tA document{publisher}{published}; held, SHA-256 {source.held}"
    held = f"; held, SHA-256 {source.held}" if source.held else "; cited"
    return f"[{number}]\t{source.title}{publisher}, {source.reference}{published}{held}"


def _remarks(found: Iterable[Found], kept_back: Mapping[str, int]) -> Iterator[str]:
    shared = sum(one.shared for one in found)
    if shared:
        yield f"Left out, since a source gives one for several rows together: amounts ({shared})."
    if kept_back:
        each = "; ".join(f"{n} {withheld(label)}" for label, n in kept_back.items())
        yield f"Further statements in our record that are not set out in this letter: {each}."
