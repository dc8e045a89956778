"""Entries beside the claims: sources, editions, incidents, parties, decisions and published tallies.

Each reader takes a row of texts and returns the body that the log keeps; keys with nothing
to say are left out. Claims have a file of their own, `model/claim.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchkeeper.model import chain_entries, claim, parties, tlp
from watchkeeper.model.cells import Cells
from watchkeeper.model.naming import named
from watchkeeper.model.vocabulary import question_of, words
from watchkeeper.values import amount, country, when
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

Row = Mapping[str, str | None]
Body = dict[str, Json]
_REDISTRIBUTE = ("yes", "extract", "hash_only")
_PLURALS = {"incident": "incidents", "party": "parties"}
_ONES = {"incident": "an incident", "party": "a party"}
_WIDEST_COUNT = 18  # digits; what a 64-bit column holds


@dataclass(frozen=True, slots=True)
class Table:
    """How one kind of entry is written: its columns, how a row is read, how the entry is named."""

    kind: str
    columns: tuple[str, ...]
    read: Callable[[Row], Body]
    name: Callable[[Body], str]
    means: str


def _source(row: Row) -> Body:
    cells = Cells(row)
    body: Body = {
        "source_id": cells.read("source_id", claim.incident_id, needed=True),
        "title": cells.text("title", needed=True),
        "publisher": cells.text("publisher", needed=True),
        "reference": cells.text("reference", needed=True),
        "via": cells.text("via"),
        "published_on": cells.day("published_on"),
        "checked": cells.word("checked", "checked", needed=True),
        "redistribute": cells.read("redistribute", _one_of(_REDISTRIBUTE), needed=True),
        "tlp": cells.read("tlp", tlp.read, needed=True),
        "note": cells.text("note"),
    }
    return _finish(cells, body, "Source")


def _edition(row: Row) -> Body:
    cells = Cells(row)
    body: Body = {
        "edition_id": cells.text("edition_id", needed=True),
        "title": cells.text("title", needed=True),
        "status": cells.read("status", _one_of(("draft", "final")), needed=True),
        "source_id": cells.text("source_id", needed=True),
        "published_on": cells.day("published_on"),
        "note": cells.text("note"),
    }
    return _finish(cells, body, "Edition")


def _incident(row: Row) -> Body:
    cells = Cells(row)
    body: Body = {
        "incident_id": cells.read("incident_id", claim.incident_id, needed=True),
        "kind": cells.word("kind", "kinds", needed=True),
        "parent_id": cells.read("parent_id", claim.incident_id),
        "note": cells.text("note"),
    }
    if body["parent_id"] is not None and body["parent_id"] == body["incident_id"]:
        cells.fault("parent_id", "names the incident itself.")
    return _finish(cells, body, "Incident")


def _decision(row: Row) -> Body:
    cells = Cells(row)
    body: Body = {
        "subject": cells.text("subject", needed=True),
        "verdict": cells.word("verdict", "verdicts", needed=True),
        "other": cells.read("other", claim.incident_id),
        "reason": cells.text("reason", needed=True),
        "calls_for": cells.read("calls_for", _one_of(("second",))),
        "until": cells.day("until"),
        "rests_on": cells.text("rests_on"),
        "author": cells.text("author", needed=True),
        "decided_on": cells.day("decided_on", needed=True),
    }
    question = question_of(str(body["verdict"])) if body["verdict"] else None
    if question and question.pair and not (row.get("other") or "").strip():
        cells.fault("other", f"is empty; {body['verdict']} speaks of two {_PLURALS[question.of[0]]}.")
    if question and question.pair and body["other"] is not None and body["other"] == body["subject"]:
        cells.fault("other", f"names the subject itself; {_ONES[question.of[0]]} cannot be weighed against itself.")
    if question and not question.pair:
        cells.unused(("other",), f"{body['verdict']} speaks of one subject.")
    return _finish(cells, body, "Decision")


def _tally(row: Row) -> Body:
    cells = Cells(row)
    scope = cells.read("scope", _one_of(("year", "state", "total")), needed=True)
    unit = cells.read("unit", lambda text: text if text == "incidents" else amount.unit(text).code, needed=True)
    body: Body = {
        "series": cells.text("series", needed=True),
        "scope": scope,
        "key": cells.read("key", _key(scope), needed=True),
        "value": cells.read("value", _tally_value(unit), needed=True),
        "unit": unit,
        "vintage": cells.text("vintage", needed=True),
        "source_id": cells.text("source_id", needed=True),
        "locator": cells.text("locator"),
        "published_on": cells.day("published_on"),
        "checked": cells.word("checked", "checked", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
        "note": cells.text("note"),
    }
    return _finish(cells, body, "Tally")


def _key(scope: str | None) -> Callable[[str], str]:
    readers = {"year": _year, "state": lambda text: country.parse(text).alpha2, "total": _period}
    return readers[scope] if scope else str  # without a scope the fault is the scope's


def _year(text: str) -> str:
    if when.parse(text).precision != "year":
        raise Invalid(f'"{text}" is not a year; write YYYY.')
    return text


def _period(text: str) -> str:
    return when.parse(text).as_written


def _tally_value(unit: str | None) -> Callable[[str], str]:
    if unit == "incidents":
        return _whole
    if unit is None:
        return str  # the fault is the unit's; which number would be right cannot be said
    return lambda text: str(amount.parse(text, unit))


def _whole(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= _WIDEST_COUNT):
        raise Invalid(f'"{text[:40]}" is not a whole number of incidents.')
    return str(int(text))


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise Invalid(f'"{text}" is not one of {", ".join(allowed)}.')
        return text

    return read


def _finish(cells: Cells, body: Body, what: str) -> Body:
    cells.done(what)
    return {key: value for key, value in body.items() if value is not None}


def _digest_name(kind: str) -> Callable[[Body], str]:
    return lambda body: named(kind, body)


def _own(key: str) -> Callable[[Body], str]:
    return lambda body: str(body[key])


TABLES = {
    table.kind: table
    for table in (
        Table("source", ("source_id", "title", "publisher", "reference", "via", "published_on", "checked",
                         "redistribute", "tlp", "note"), _source, _own("source_id"),
              "where claims come from; `reference` is how a reader finds it, `via` through what we know it"),
        Table("edition", ("edition_id", "title", "status", "source_id", "published_on", "note"), _edition,
              _own("edition_id"), "published sets of incidents"),
        Table("incident", ("incident_id", "kind", "parent_id", "note"), _incident, _own("incident_id"),
              f"what an analyst holds to have happened; kinds: {', '.join(words('kinds'))}"),
        Table("claim", claim.COLUMNS, claim.read, claim.claim_id, "what a source says of an incident"),
        Table("decision", ("subject", "verdict", "other", "reason", "author", "decided_on"), _decision,
              _digest_name("decision"), "what a person decided, and why"),
        Table("party", parties.PARTY, parties.read_party, _own("party_id"),
              f"persons, companies, vessels and others; kinds: {', '.join(words('party_kinds'))}"),
        Table("fact", parties.FACT, parties.read_fact, _digest_name("fact"), "what a source says of a party"),
        Table("link", parties.LINK, parties.read_link, _digest_name("link"),
              f"what a source says of two parties; {', '.join(words('relations'))}"),
        Table("label", chain_entries.LABEL, chain_entries.read_label, _digest_name("label"),
              f"what a source says of an address of a chain; {', '.join(words('label_bases'))}"),
        Table("price", chain_entries.PRICE, chain_entries.read_price, _digest_name("price"),
              "what one unit of an asset was worth in USD on a day"),
        Table("tally", ("series", "scope", "key", "value", "unit", "vintage", "source_id", "locator", "published_on",
                        "checked", "entered_on", "note"), _tally, _digest_name("tally"),
              "totals that others published, kept beside ours and never mixed in"),
    )
}  # fmt: skip
