"""Trace letters: what a letter says of funds that came to the addresses of a service, by the role of who writes it.

The letter names each transaction with its hash, time and amount, and by whom and when each address was labelled. It
names no other sink, no other address and no analyst; what is above the clearance is counted and not described.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import yaml

from watchkeeper.ledger import proceeds, traces
from watchkeeper.ledger.labels import Label, labelled
from watchkeeper.ledger.proceeds import Row, Sink
from watchkeeper.ledger.request_words import day
from watchkeeper.ledger.requests import Request
from watchkeeper.ledger.view import View, look
from watchkeeper.model.tlp import allowed, strictest
from watchkeeper.model.vocabulary import meaning
from watchkeeper.report import letter_facts, letter_words
from watchkeeper.report.letter_facts import Source
from watchkeeper.values.refused import Invalid

Tables = Mapping[str, pl.DataFrame]
_HEAD = ("When (UTC)", "Transaction", "Address", "Amount recorded", "Of it followed")
_LEAST, _NO_BOUND = 'so "least" reads "not established"', "so no least amount is established"
_WIDTHS_PT = (70.0, 166.0, 124.0, 62.0, 58.0)


@dataclass(frozen=True, slots=True)
class Role:
    """Who writes: the purpose of the request, and the fixed words of the letter."""

    purpose: str
    subject: str
    heading: str
    opening: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(slots=True)
class Told:
    """The parts of a letter on a trace; `withheld` counts what is kept back by its label."""

    subject: str
    opening: tuple[str, ...]
    asks: str
    moved_caption: str
    moved: tuple[tuple[str, ...], ...]
    labels_caption: str
    labels: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]
    sources: tuple[Source, ...]
    withheld: Counter[str] = field(default_factory=Counter)
    moved_head: tuple[str, ...] = _HEAD
    moved_widths_pt: tuple[float, ...] = _WIDTHS_PT


@cache
def roles() -> Mapping[str, Role]:
    """Return every role by its word, from trace_letters.yml."""
    told = yaml.safe_load(files("watchkeeper.report").joinpath("trace_letters.yml").read_text("utf-8"))
    return {
        name: Role(**{**one, "opening": tuple(one["opening"]), "asks": tuple(one["asks"])})
        for name, one in told.items()
    }


def role_of(questions: Sequence[str], purpose: str) -> Role:
    """Return the role whose asks these are; where a person wrote others, the plain one of the purpose."""
    found = next((role for role in roles().values() if role.asks[0] in questions), None)
    return found or roles()["journalist" if purpose == "right-of-reply" else "exchange"]


def trace_of(tables: Tables, finding: str) -> str | None:
    """Return the trace that a finding is of; None if it is no finding."""
    return next(iter(tables["finding"].filter(pl.col("finding_id") == finding)["trace_id"]), None)


def view_of(tables: Tables, trace: str) -> View:
    """Return the view of a trace, with all that is known of parties."""
    return look(tables, population="everything").following(trace)


def sinks_of(view: View, party: str) -> list[Sink]:
    """Return what a trace found at the addresses of a party."""
    return [one for one in proceeds.sinks(view) if one.party == party]


def compose(tables: Tables, request: Request, clearance: str) -> Told:
    """Return what the letter of a request says, whose subject is a finding and whose party a service.

    Raises:
        Invalid: the request names no party, or the trace came to no address that is labelled with it: the letter says
            that funds arrived at an address labelled with its addressee's name, which nothing in the record says.
    """
    view = view_of(tables, str(trace_of(tables, request.subject)))
    role, party = role_of(request.questions, request.purpose), str(request.party_id)
    name = letter_facts.name_of(tables, party, clearance) or party
    rows = [row for sink in sinks_of(view, party) for row in sink.findings]
    if request.party_id is None or not rows:
        whom = (
            f"{party} is the label of no address that {view.trace} came to" if request.party_id else "it names no party"
        )
        raise Invalid(
            f"{request.id} is about a transfer that {view.trace} found, and {whom}, so there is nothing that this "
            "letter could say of its addressee. Write to a service with `watchkeeper trace notify`, or ask about the "
            "party itself with `watchkeeper request add`. Nothing was written."
        )
    shown, withheld = _parted(rows, clearance)
    said, kept = _labels(tables, view, {row["subject"] for row in shown}, clearance)
    sources = list(dict.fromkeys(source for _, source in said))
    return Told(
        subject=role.subject.format(name=name),
        opening=tuple(words.format(name=name) for words in role.opening),
        asks=role.heading,
        moved_caption=f"Transfers to addresses labelled {name}",
        moved=tuple(_moved(row) for row in sorted(shown, key=lambda row: (row["at"] or "", row["finding_id"]))),
        labels_caption="How the addresses are labelled, by whom and when",
        labels=tuple(_labelled(one, source, sources.index(source) + 1) for one, source in said),
        remarks=tuple(_remarks(view, shown)),
        sources=tuple(sources),
        withheld=withheld + kept,
    )


def _parted(rows: Iterable[Row], clearance: str) -> tuple[list[Row], Counter[str]]:
    every = list(rows)
    shown = [row for row in every if allowed(row["tlp"], clearance)]
    return shown, Counter(strictest([row["tlp"]]) for row in every if not allowed(row["tlp"], clearance))


def _labels(
    tables: Tables, view: View, addresses: set[str], clearance: str
) -> tuple[list[tuple[Label, Source]], Counter[str]]:
    """Return the labels of addresses with their sources, and how many are kept back."""
    rows = {row["label_id"]: row for row in view.labels.iter_rows(named=True)}
    sources = {row["source_id"]: row for row in tables["source"].iter_rows(named=True)}
    found = [one for said in labelled(proceeds.tables(view), addresses).values() for one in said]
    told: list[tuple[Label, Source]] = []
    kept: Counter[str] = Counter()
    for one in found:
        source = sources[one.source_id]
        label = strictest([rows[one.label_id]["tlp"], source["tlp"]])
        if allowed(label, clearance):
            told.append((one, _source(source, one)))
        else:
            kept[label] += 1
    return told, kept


def _source(row: Mapping[str, Any], label: Label) -> Source:
    return Source(row["title"], row["publisher"], row["reference"], row["published_on"], label.capture)


def _moved(row: Row) -> tuple[str, ...]:
    when = (row["at"] or "not stated").replace("T", " ").removesuffix("Z")
    amounts = (traces.readable(int(row[name]), row["unit"]) for name in ("received", "followed"))
    return (when, row["tx"] or "not stated", traces.shown(row["subject"]), *amounts)


def _labelled(label: Label, source: Source, number: int) -> tuple[str, ...]:
    dated = day(label.published_on) if label.published_on else f"undated; entered {day(label.entered_on)}"
    by = label.stated_by or (source.publisher if source.publisher != "not stated" else "a held document")
    said = f"“{label.text}” ({label.kind}), by {by}, {dated}. {meaning('label_bases', label.basis)}"
    held = "held" if label.capture else "cited"
    return traces.shown(label.address), said, f"[{number}]", f"{held}; {letter_words.CHECKED[label.checked]}"


def _remarks(view: View, shown: Sequence[Row]) -> Iterable[str]:
    chosen = proceeds.trace(view)
    if chosen is None or not shown:
        return
    received, followed = (sum(int(row[name]) for row in shown) for name in ("received", "followed"))
    transfers = f"{len(shown)} transfer{'s' if len(shown) > 1 else ''}"
    yield (
        f"Recorded here: {transfers}, {traces.readable(received, chosen.unit)}; of it followed from the "
        f"reported theft: {traces.readable(followed, chosen.unit)}. Which units of a mixed balance those are is a "
        f"convention, chosen before anything was found: {chosen.method}. {meaning('policies', chosen.method)}"
    )
    # The report's columns "least" and "most" stand in no letter.
    yield traces.completeness(proceeds.tables(view), chosen).replace(_LEAST, _NO_BOUND)
