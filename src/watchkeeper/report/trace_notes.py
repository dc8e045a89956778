"""Trace notes: what stands at the foot of a page under a number that a trace gave, and what a wallet may be called.

A number of a trace rests on rows of captured bytes; its note names the capture, and the transactions if they are few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.ledger import proceeds, rules, traces
from watchkeeper.ledger.labels import Label, labels_of
from watchkeeper.ledger.parties import names
from watchkeeper.ledger.statuses import status
from watchkeeper.model.tlp import LAXEST, allowed, strictest
from watchkeeper.report.figures import Figure
from watchkeeper.values import chain, chain_address
from watchkeeper.values.refused import Invalid

Tables = Mapping[str, pl.DataFrame]
_UNREVIEWED = "Who is said to be behind it is not told here: no two accounts reviewed the incident that it belongs to."
_NO_CLAIM = "No claim in this ledger attributes this theft."
_RUN = ("deposit", "hot", "exchange")  # kinds of stop that somebody runs for others
_FEW = 3  # transactions that a note names; of more it says where they stand


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a wallet may be called: the label's words with the label, its source and TLP; or the party that it is."""

    words: str
    label_id: str
    source_id: str
    tlp: str
    party: str | None


def of_figure(figure: Figure) -> str | None:
    """Return the note under a number of a trace: captures, and transactions or how many; None of other figures."""
    if rules.rule(figure.card.rule).over != "traces":
        return None
    chosen = proceeds.trace(figure.view)
    if chosen is None:
        return proceeds.NO_TRACE
    counted = figure.view.findings.filter(pl.col("finding_id").is_in(figure.outcome.incidents.implode()))
    captures = sorted(set(counted["capture"].drop_nulls()) or traces.captures_of(proceeds.tables(figure.view), chosen))
    held = f"Trace {chosen.name}; capture{'s' if len(captures) > 1 else ''} SHA-256 {', '.join(captures)}"
    found = list(dict.fromkeys(counted["tx"].drop_nulls().to_list()))
    if not found:
        return f"{held}."
    if len(found) <= _FEW:
        return f"{held}; transaction{'s' if len(found) > 1 else ''} {', '.join(found)}."
    return (
        f"{held}; {len(found):,} transactions, each with its row, in the table of the figure and the fact-check sheet."
    )


def attribution(figure: Figure) -> str:
    """Return who is said to be behind what was followed, as others state it; else that no claim says it.

    For publication only if the incident was reviewed: what nobody looked at accuses nobody in print.
    """
    chosen = proceeds.trace(figure.view)
    if chosen is None:
        return proceeds.NO_TRACE
    told = traces.attributed(proceeds.tables(figure.view), chosen)
    unsaid = told == _NO_CLAIM or chosen.incident_id is None or _may_tell(figure, chosen.incident_id)
    return told if unsaid else _UNREVIEWED


def theft(figure: Figure, clearance: str) -> tuple[str, str]:
    """Return what was followed, by which method, and to which incident of the record it belongs; and the label of that.

    The incident's title is a claim with a label of its own; above the clearance it is left out.
    """
    chosen = proceeds.trace(figure.view)
    if chosen is None:
        return proceeds.NO_TRACE, LAXEST
    ledger = chain.chains().get(chosen.chain)
    accounts = len({one.account for one in chosen.thefts})
    whence = f"{accounts} address{'es' if accounts > 1 else ''}"
    on = f"{ledger.name if ledger else chosen.chain}, in {chosen.unit}"
    head = f"Trace {chosen.name} follows what was taken from {whence}, on {on}, by {chosen.method}"
    if not chosen.incident_id:
        return f"{head}; it is tied to no incident of the record.", LAXEST
    if not _may_tell(figure, chosen.incident_id):
        return f"{head}; the incident that it is tied to was not reviewed by two accounts.", LAXEST
    of = f"{head}; of the record it belongs to {chosen.incident_id}"
    titles = figure.view.claims.filter(incident_id=chosen.incident_id, field="title").select("value", "tlp").to_dicts()
    if not titles or titles[0]["value"] is None or not allowed(titles[0]["tlp"], clearance):
        return f"{of}.", LAXEST
    return f"{of}, “{titles[0]['value']}”.", titles[0]["tlp"]


def _may_tell(figure: Figure, incident: str) -> bool:
    return not figure.view.reviewed_only or incident in set(figure.view.member_ids)


def about(kind: str, row: Mapping[str, Any]) -> str:
    """Return what an entry of a trace speaks of: the transaction of a finding, or else the trace."""
    return str(row["tx"] or row["trace_id"]) if kind == "finding" else str(row["trace_id"])


def says(kind: str, row: Mapping[str, Any]) -> str:
    """Return what an entry of a trace says, in words."""
    if kind == "trace":
        return f"{row['method']}, because: {row['reason']}"
    when = f" at {row['at']}" if row["at"] else ""
    amounts = [f"{traces.readable(int(row[name]), row['unit'])} {name}" for name in ("received", "followed")]
    return f"{row['outcome']}{when}: {', '.join(amounts)}"


def wallet(tables: Tables, address: str, on: date, *, reviewed_only: bool) -> Wallet:
    """Return what a wallet may be called, by its strongest label; for publication by one that two accounts reviewed.

    Raises:
        Invalid: it has no label that stands, or none that was reviewed.
    """
    written = chain_address.parse_caip10(address).caip10
    known = {kind: tables[kind] for kind in ("label", "decision")}
    found = [one for one in labels_of(known, written) if (one.entered_on <= on)]
    reviewed = [one for one in found if status(tables, "label", one.label_id, on).word == "reviewed"]
    chosen = next(iter(reviewed if reviewed_only else found), None)
    if chosen is None:
        ids = ", ".join(one.label_id for one in found)
        raise Invalid(
            f"{address} has no label that two accounts reviewed (watchkeeper decide {ids} reviewed --reason ...)"
            if ids
            else f"{address} has no label in the record, so it has no name to be printed"
        )
    party = chosen.party_id or _party_called(tables, chosen, on)
    if reviewed_only and party is None and (chosen.service or chosen.kind in _RUN):
        raise Invalid(
            f"{address} is labelled “{chosen.text}”, which names a service, and a service is named as a party that was "
            "reviewed and heard: enter it (watchkeeper party add, or trace notify), and write {party P-...}"
        )
    label = tables["label"].filter(pl.col("label_id") == chosen.label_id)["tlp"][0]
    source = tables["source"].filter(pl.col("source_id") == chosen.source_id)["tlp"].to_list()
    return Wallet(
        f"a wallet labelled “{chosen.text}”",
        chosen.label_id,
        chosen.source_id,
        strictest([label, *source]),
        party,
    )


def _party_called(tables: Tables, label: Label, on: date) -> str | None:
    """Return the party that a label's words name, so that a label is no way around its review and its reply."""
    wanted = {text.casefold() for text in (label.service, label.text, label.stem) if text}
    return next((party for name, party in names(tables, on).items() if name.casefold() in wanted), None)
