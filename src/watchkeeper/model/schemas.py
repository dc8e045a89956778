"""Schemas: the column contract of every table that is built from the log.

Tables are an index: deleted and rebuilt at will, never evidence. Unknown is null in every
column, amounts are text in the unit's smallest part beside 64-bit USD cents for summing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.model.tlp import strictest
from watchkeeper.values import when


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type is text, texts, day or int; only `needed` ones are never null."""

    name: str
    type: str
    means: str
    needed: bool = False


_SAID = (
    Column("source_id", "text", "the source", needed=True),
    Column("published_on", "day", "when the source published it; null is undated"),
    Column("checked", "text", "how it was checked", needed=True),
    Column("note", "text", "what a reader must know"),
)
_OF_PARTIES = (
    Column("stance", "text", "states or disputes", needed=True),
    Column("since", "text", "from when it holds, as written; null is not known"),
    Column("until", "text", "until when it holds, that day included; null is not known to have ended"),
    Column("stated_by", "text", "who states it, if not the source's publisher"),
    Column("stated_on", "text", "when, as written"),
    Column("basis", "text", "held or cited", needed=True),
    Column("capture", "text", "SHA-256 of the held bytes"),
    Column("transcription", "text", "SHA-256 of the held text in which the quote stands, if the capture has none"),
    Column("locator", "text", "page, row or line in the source"),
    Column("quote", "text", "the source's words"),
    Column("author", "text", "who entered it", needed=True),
    Column("entered_on", "day", "when it was entered", needed=True),
    *_SAID,
)
_TLP = Column("tlp", "text", "TLP 2.0 label; RED where the statement has none", needed=True)
SCHEMAS: dict[str, tuple[Column, ...]] = {
    "source": (
        Column("source_id", "text", "own id", needed=True),
        Column("title", "text", "title", needed=True),
        Column("publisher", "text", "who published it", needed=True),
        Column("reference", "text", "how a reader finds it", needed=True),
        Column("via", "text", "through what it is known to us"),
        Column("published_on", "day", "publication day; null is undated"),
        Column("checked", "text", "how it was checked", needed=True),
        Column("redistribute", "text", "yes, extract or hash_only", needed=True),
        Column("note", "text", "what a reader must know"),
        _TLP,
    ),
    "edition": (
        Column("edition_id", "text", "own id", needed=True),
        Column("title", "text", "title", needed=True),
        Column("status", "text", "draft or final", needed=True),
        Column("source_id", "text", "the source", needed=True),
        Column("published_on", "day", "publication day"),
        Column("note", "text", "what a reader must know"),
        _TLP,
    ),
    "incident": (
        Column("incident_id", "text", "own id", needed=True),
        Column("kind", "text", "incident or campaign", needed=True),
        Column("parent_id", "text", "the campaign it belongs to"),
        Column("note", "text", "what a reader must know"),
        _TLP,
    ),
    "claim": (
        Column("claim_id", "text", "digest of the claim", needed=True),
        Column("incident_id", "text", "the incident", needed=True),
        Column("covers", "texts", "further incidents of a combined claim"),
        Column("field", "text", "what it speaks of", needed=True),
        Column("value", "text", "what it says, if no amount"),
        Column("unit", "text", "unit of low and high"),
        Column("low", "text", "lowest amount, in the unit's smallest part"),
        Column("high", "text", "highest amount, in the unit's smallest part"),
        Column("low_usd_cents", "int", "low, if the unit is USD"),
        Column("high_usd_cents", "int", "high, if the unit is USD"),
        Column("first_on", "day", "first day of the interval, for `occurred`"),
        Column("end_on", "day", "day after the interval, for `occurred`"),
        Column("year", "int", "calendar year, null if the interval spans two"),
        Column("valuation", "text", "at which date and prices the amount is valued"),
        Column("stance", "text", "attributes or disputes"),
        Column("stated_by", "text", "who states the attribution"),
        Column("stated_on", "text", "when, as written"),
        Column("confidence", "text", "how firmly"),
        Column("admiralty", "text", "Admiralty grade; null is not graded"),
        Column("basis", "text", "held or cited", needed=True),
        Column("capture", "text", "SHA-256 of the held bytes"),
        Column("locator", "text", "page, row or line in the source"),
        Column("quote", "text", "the source's own words in its own language (quote_original), never a translation"),
        Column("lang", "text", "language of the quote, a BCP 47 tag; null is not stated"),
        Column("quote_translation", "text", "the quote in another language, as the translator has it"),
        Column("translator", "text", "who translated"),
        Column("transcription", "text", "SHA-256 of the held text in which the quote stands, if the capture has none"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        *_SAID,
        _TLP,
    ),
    "decision": (
        Column("decision_id", "text", "digest of the decision", needed=True),
        Column("subject", "text", "incident or claim", needed=True),
        Column("verdict", "text", "what was decided", needed=True),
        Column("other", "text", "the second incident"),
        Column("reason", "text", "why", needed=True),
        Column("calls_for", "text", "second, if it waits for another account to agree"),
        Column("until", "day", "the last day on which it holds; null is without end"),
        Column("rests_on", "text", "digest of the entries on the subject that were seen"),
        Column("author", "text", "who decided", needed=True),
        Column("decided_on", "day", "when", needed=True),
        _TLP,
    ),
    "party": (
        Column("party_id", "text", "own id", needed=True),
        Column("kind", "text", "person, company, organisation, vessel, address or state", needed=True),
        Column("note", "text", "what a reader must know"),
        _TLP,
    ),
    "fact": (
        Column("fact_id", "text", "digest of the fact", needed=True),
        Column("party_id", "text", "the party", needed=True),
        Column("field", "text", "what it speaks of", needed=True),
        Column("value", "text", "what it says; null once erased"),
        Column("lang", "text", "language of the value"),
        *_OF_PARTIES,
        _TLP,
    ),
    "link": (
        Column("link_id", "text", "digest of the link", needed=True),
        Column("subject", "text", "the first party", needed=True),
        Column("relation", "text", "what the first is to the second", needed=True),
        Column("object", "text", "the second party", needed=True),
        Column("share", "text", "share of the object that the subject owns, as written; null is not stated"),
        Column("joint", "text", "name of a stake that several hold together"),
        *_OF_PARTIES,
        _TLP,
    ),
    "request": (
        Column("request_id", "text", "own id", needed=True),
        Column("subject", "text", "incident, party or finding it is about", needed=True),
        Column("party_id", "text", "the party whose reply is asked"),
        Column("purpose", "text", "right-of-reply or question", needed=True),
        Column("addressee", "text", "to whom the letter goes"),
        Column("questions", "texts", "what is asked"),
        Column("deadline", "day", "until when a reply is asked"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        _TLP,
    ),
    "step": (
        Column("step_id", "text", "digest of the step", needed=True),
        Column("request_id", "text", "the request", needed=True),
        Column("act", "text", "sent, attempt, replied, no-reply or waived", needed=True),
        Column("at", "text", "when, UTC, as precisely as known", needed=True),
        Column("channel", "text", "through what it was sent"),
        Column("capture", "text", "SHA-256 of the reply"),
        Column("may_publish", "text", "yes or no: whether the reply may be quoted"),
        Column("reason", "text", "why, for a waiver"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        _TLP,
    ),
    "publication": (
        Column("publication_id", "text", "digest of the publication", needed=True),
        Column("report", "text", "name of the report", needed=True),
        Column("plan", "text", "its plan", needed=True),
        Column("as_of", "day", "the day it tells of", needed=True),
        Column("run", "text", "the run that made it", needed=True),
        Column("figures", "texts", "keys of its figures"),
        Column("parties", "texts", "parties that it names"),
        Column("entered_on", "day", "when it was entered", needed=True),
        _TLP,
    ),
    "correction": (
        Column("correction_id", "text", "digest of the correction", needed=True),
        Column("publication_id", "text", "what it corrects", needed=True),
        Column("reason", "text", "why", needed=True),
        Column("figures", "texts", "figures that it touches"),
        Column("bundles", "texts", "bundles that were made of it"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        _TLP,
    ),
    "tally": (
        Column("tally_id", "text", "digest of the tally", needed=True),
        Column("series", "text", "whose count", needed=True),
        Column("scope", "text", "year, state or total", needed=True),
        Column("key", "text", "the year, State or period", needed=True),
        Column("value", "text", "whole incidents, or the unit's smallest part", needed=True),
        Column("unit", "text", "incidents or a unit of account", needed=True),
        Column("vintage", "text", "which printing of the series", needed=True),
        Column("locator", "text", "page, row or line in the source"),
        Column("entered_on", "day", "when it was entered", needed=True),
        *_SAID,
        _TLP,
    ),
    "reading": (
        Column("reading_id", "text", "digest of the reading", needed=True),
        Column("capture", "text", "SHA-256 of the bytes read", needed=True),
        Column("reader", "text", "which reader takes them, e.g. ethereum/etherscan", needed=True),
        Column("name", "text", "name of the set it belongs to", needed=True),
        Column("chain", "text", "chain, e.g. eip155:1; null where the file says it"),
        Column("settings", "text", "the reader's settings as canonical JSON"),
        Column("covers", "texts", "legs of which the file is said to hold all"),
        Column("accounts", "texts", "accounts whose rows it holds; null is every account in its blocks"),
        Column("block_from", "int", "first block of its range"),
        Column("block_to", "int", "last block of its range"),
        Column("read", "int", "rows read", needed=True),
        Column("kept", "int", "rows kept", needed=True),
        Column("rejected", "int", "rows rejected", needed=True),
        Column("source_id", "text", "the source", needed=True),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        Column("note", "text", "what a reader must know"),
        _TLP,
    ),
    "label": (
        Column("label_id", "text", "digest of the label", needed=True),
        Column("address", "text", "chain:address", needed=True),
        Column("label", "text", "the label as its source writes it", needed=True),
        Column("service", "text", "the service, where it is one of a named service"),
        Column("party_id", "text", "the party of the record that it is"),
        Column("kind", "text", "kind of stop", needed=True),
        Column("label_basis", "text", "why it carries the label", needed=True),
        Column("list", "text", "the list, of a designation"),
        Column("since", "text", "from when it holds; of a designation the day of listing"),
        Column("until", "text", "until when it holds; of a designation the day before removal"),
        Column("stated_by", "text", "who states it, if not the source's publisher"),
        Column("confidence", "text", "the source's own word for how sure it is"),
        Column("basis", "text", "held or cited", needed=True),
        Column("capture", "text", "SHA-256 of the held bytes"),
        Column("locator", "text", "page, row or line in the source"),
        Column("quote", "text", "the source's words"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        *_SAID,
        _TLP,
    ),
    "price": (
        Column("price_id", "text", "digest of the price", needed=True),
        Column("unit", "text", "what is priced, one whole unit of it", needed=True),
        Column("on", "day", "the day", needed=True),
        Column("usd", "text", "USD for one unit, as exact decimal text", needed=True),
        Column("basis", "text", "held or cited", needed=True),
        Column("capture", "text", "SHA-256 of the held bytes"),
        Column("locator", "text", "row or line in the source"),
        Column("author", "text", "who entered it", needed=True),
        Column("entered_on", "day", "when it was entered", needed=True),
        *_SAID,
        _TLP,
    ),
    "trace": (
        Column("trace_id", "text", "own name", needed=True),
        Column("method", "text", "the policy chosen", needed=True),
        Column("options", "text", "every option with its value, as canonical JSON", needed=True),
        Column("reason", "text", "why this policy", needed=True),
        Column("chain", "text", "the chain", needed=True),
        Column("asset", "text", "the asset", needed=True),
        Column("readings", "texts", "the readings followed", needed=True),
        Column("thefts", "text", "what was stolen, where and when, as canonical JSON", needed=True),
        Column("ends", "texts", "sets, labels or addresses at which tracing stops", needed=True),
        Column("incident_id", "text", "the incident, if the record has one"),
        Column("author", "text", "who decided", needed=True),
        Column("decided_on", "day", "when", needed=True),
        _TLP,
    ),
    "finding": (
        Column("finding_id", "text", "digest of watch, version, trace, subject and evidence", needed=True),
        Column("watch", "text", "what found it, e.g. money/proceeds", needed=True),
        Column("version", "int", "version of the watch", needed=True),
        Column("trace_id", "text", "the trace, whose method and options hold", needed=True),
        Column("outcome", "text", "arrival, held, fee or unknown", needed=True),
        Column("subject", "text", "the address it is about, chain:address", needed=True),
        Column("origin", "text", "the address that sent it", needed=False),
        Column("tx", "text", "transaction"),
        Column("place", "text", "place in the transaction: log, trace or output"),
        Column("block", "int", "block"),
        Column("at", "text", "when, UTC"),
        Column("unit", "text", "unit of the amounts", needed=True),
        Column("received", "text", "recorded amount, in the unit's smallest part", needed=True),
        Column("followed", "text", "part of it that the trace's own policy calls stolen", needed=True),
        Column("fifo", "text", "the part under first in, first out; null where not defined"),
        Column("lifo", "text", "the part under last in, first out"),
        Column("haircut", "text", "the part pro rata"),
        Column("tiho", "text", "the part under taint in, highest out"),
        Column("lowest_balance", "text", "the part under the lowest intermediate balance"),
        Column("reached", "text", "yes or no: whether any stolen unit may be in it", needed=True),
        Column("usd_cents", "int", "what was received in USD cents at its time; null if not valued"),
        Column("record", "text", "digest of capture and locator of the row", needed=True),
        Column("capture", "text", "SHA-256 of the bytes that hold the row"),
        Column("locator", "text", "row, line or log in the capture"),
        Column("entered_on", "day", "when it was entered", needed=True),
        _TLP,
    ),
    "capture": (        Column("capture", "text", "SHA-256 of the bytes", needed=True),
        Column("name", "text", "file name as given", needed=True),
        Column("bytes", "int", "size", needed=True),
        Column("format", "text", "what the bytes were understood to be", needed=True),
        _TLP,
    ),
}  # fmt: skip


def row(kind: str, entry_id: str, body: Mapping[str, Any], tlp: str | None = None) -> dict[str, Any]:
    """Return the table row of a logged entry; every column of the kind is there, unknown ones as None.

    `tlp` is the label of its statement: RED where it has none. A source names a label of its own beside it, and
    the stricter of the two holds.
    """
    told = dict.fromkeys(column.name for column in SCHEMAS[kind])
    told |= {key: value for key, value in body.items() if key in told}
    id_column = SCHEMAS[kind][0].name
    told[id_column] = entry_id
    told["tlp"] = strictest([tlp, body["tlp"]] if "tlp" in body else [tlp])
    if kind in ("fact", "link", "label", "price"):
        told["basis"] = "held" if body.get("capture") else "cited"
    if kind == "claim":
        told |= _derived(body)
    return told


def _derived(body: Mapping[str, Any]) -> dict[str, Any]:
    derived: dict[str, Any] = {"basis": "held" if body.get("capture") else "cited"}
    if body.get("unit") == "USD":
        derived |= {"low_usd_cents": int(body["low"]), "high_usd_cents": int(body["high"])}
    if body["field"] == "occurred":
        interval = when.parse(body["value"])
        derived |= {"first_on": interval.first.isoformat(), "end_on": interval.end.isoformat(), "year": interval.year}
    return derived
