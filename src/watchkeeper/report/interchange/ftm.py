"""FtM: a selection as FollowTheMoney entities, one JSON object a line, the same bytes for the same record.

A property holds a value and not who said it. So each party has a `Documentation` for each of its sources, in whose
summary every statement stands in a line; a link carries its own line. What a source disputes stands in a `Note`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from watchkeeper.report.interchange import words
from watchkeeper.report.interchange.selection import Incident, Link, Party, Row, Selection
from watchkeeper.sources.ftm.model import edge_of, is_a, model, properties, property_of
from watchkeeper.values.digest import of_json

Entity = Mapping[str, Any]
_DIGITS = 20
_STATES = ("country", "flag", "nationality")
_PAST = {"flag": "pastFlags"}


def write(selection: Selection) -> bytes:
    """Return the JSON lines of a selection, sorted by id."""
    # Ids of parties begin with P-, those of all else with a word of their own: none is written twice.
    lines = {
        entity["id"]: json.dumps(entity, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for entity in entities(selection)
    }
    return "".join(f"{lines[one]}\n" for one in sorted(lines)).encode()


def entities(selection: Selection) -> Iterator[Entity]:
    """Yield every entity of a selection."""
    sources = selection.sources
    schemata = {party.id: str(model()["kinds"][party.kind]) for party in selection.parties}
    named: set[str] = set()
    for party in selection.parties:
        yield from _party(party, schemata[party.id], sources)
        named |= {row["source_id"] for row in (*party.facts, *party.disputed)}
    for link in selection.links:
        yield _link(link, schemata, sources)
        named.add(link.row["source_id"])
    for dispute in selection.disputes:
        lines = [words.link(row, sources) for row in dispute.rows]
        about = (dispute.subject, dispute.object)
        yield _note(dispute.id, about, lines, dispute.status, words.publishers(dispute.rows, sources))
    for incident in selection.incidents:
        yield _event(incident, sources)
        yield from _documentation(_event_id(incident), incident.claims, words.claim, sources)
        named |= {row["source_id"] for row in incident.claims}
    yield from (_document(sources[one]) for one in sorted(named & sources.keys()))


def _party(party: Party, schema: str, sources: Mapping[str, Row]) -> Iterator[Entity]:
    held: dict[str, list[str]] = {}
    notes = []
    for row in party.facts:
        if row["field"] == "wallet" and _wallet_of(row) and is_a(schema, "LegalEntity"):
            yield _wallet(row, party, sources)
            continue
        prop, value = _property(schema, row), _value(row)
        if prop is None or value is None:
            notes.append(words.fact(row, sources))
        else:
            held.setdefault(prop, []).append(value)
    told = {
        **held,
        "notes": [*party.notes, *notes],
        "summary": [party.status] if party.status else [],
        "publisher": words.publishers(party.facts, sources),
        "sourceUrl": words.urls(party.facts, sources),
    }
    yield _entity(party.id, schema, told, party.referents)
    yield from _documentation(party.id, party.facts, words.fact, sources)
    if party.disputed:
        lines = [words.fact(row, sources) for row in party.disputed]
        yield _note(party.id, (party.id,), lines, party.status, words.publishers(party.disputed, sources))


def _property(schema: str, row: Row) -> str | None:
    """Return the property that holds a fact; of what has ended, one that says so, or None where there is none."""
    if row["until"] and row["field"] in _STATES:
        past = _PAST.get(row["field"])
        return past if past in properties(schema) else None
    return property_of(schema, "former_name" if row["until"] and row["field"] == "name" else row["field"])


def _value(row: Row) -> str | None:
    """Return a fact's value as the model writes it, or None where it has no form for it."""
    if row["field"] in _STATES:
        return str(row["value"]).lower()
    if row["field"] == "imo":
        return f"IMO{row['value']}"  # the model's own form; without the letters its readers change it
    return _day(row["value"]) if row["field"] == "born" else str(row["value"])


def _day(text: str | None) -> str | None:
    """Return a date the model can hold: a year, month or day. A range is told in words."""
    return text if text and ".." not in text else None


def _wallet_of(row: Row) -> tuple[str, str] | None:
    chain, colon, address = str(row["value"]).partition(":")
    return (chain, address) if colon and chain and address else None


def _wallet(row: Row, party: Party, sources: Mapping[str, Row]) -> Entity:
    chain, address = _wallet_of(row) or ("", "")
    told = {
        "cryptoAddress": [address],
        "blockchain": [chain],
        "holder": [party.id],
        "description": [words.fact(row, sources)],
        "summary": [party.status] if party.status else [],
        "publisher": words.publishers([row], sources),
        "sourceUrl": words.urls([row], sources),
    }
    return _entity(f"wallet-{row['fact_id']}", "CryptoWallet", told)


def _link(link: Link, schemata: Mapping[str, str], sources: Mapping[str, Row]) -> Entity:
    row = link.row
    edge = edge_of(row["relation"], schemata[link.subject], schemata[link.object])
    told = {
        edge.subject: [link.subject],
        edge.object: [link.object],
        "role": [row["relation"]],
        "percentage": [row["share"]] if row["share"] and edge.schema == "Ownership" else [],
        "startDate": [day] if (day := _day(row["since"])) else [],
        "endDate": [day] if (day := _day(row["until"])) else [],
        "description": [words.link(row, sources)],
        "summary": [link.status] if link.status else [],
        "recordId": [link.id],
        "proof": [_document_id(row["source_id"])] if row["source_id"] in sources else [],
        "publisher": words.publishers([row], sources),
        "sourceUrl": words.urls([row], sources),
    }
    return _entity(link.id, edge.schema, told)


def _note(name: str, about: Iterable[str], lines: Iterable[str], status: str, publishers: Iterable[str]) -> Entity:
    told = {
        "name": [words.DISPUTED],
        "description": lines,
        "entity": about,
        "summary": [status] if status else [],
        "publisher": publishers,
    }
    return _entity(f"disputed-{name}", "Note", told)


def _event(incident: Incident, sources: Mapping[str, Row]) -> Entity:
    title, occurred = incident.first("title"), incident.first("occurred")
    states = sorted({row["value"].lower() for row in incident.claims if row["field"] == "victim_state"})
    told = {
        "name": [title["value"] if title else incident.id],
        **_on(occurred["value"] if occurred else None),
        "country": states,
        "description": [words.claim(row, sources) for row in incident.claims if row["field"] != "title"],
        "notes": incident.notes,
        "summary": [incident.status] if incident.status else [],
        "publisher": words.publishers(incident.claims, sources),
        "sourceUrl": words.urls(incident.claims, sources),
    }
    return _entity(_event_id(incident), "Event", told)


def _event_id(incident: Incident) -> str:
    return f"incident-{incident.id}"


def _on(occurred: str | None) -> dict[str, list[str]]:
    if occurred is None:
        return {}
    first, dots, last = occurred.partition("..")
    return {"startDate": [first], "endDate": [last]} if dots else {"date": [occurred]}


def _documentation(about: str, rows: Sequence[Row], line: Any, sources: Mapping[str, Row]) -> Iterator[Entity]:
    """Yield one for each source: which statements on the entity rest on it."""
    for source in sorted({row["source_id"] for row in rows} & sources.keys()):
        lines = [line(row, sources) for row in rows if row["source_id"] == source]
        told = {
            "document": [_document_id(source)],
            "entity": [about],
            "role": ["source"],
            "summary": lines,
            "publisher": [sources[source]["publisher"]],
        }
        yield _entity(f"source-{of_json([about, source])[:_DIGITS]}", "Documentation", told)


def _document(source: Row) -> Entity:
    told = {
        # The model asks every document for one; this is the source's id in the record.
        "fileName": [source["source_id"]],
        "title": [source["title"]],
        "date": [str(source["published_on"])] if source["published_on"] else [],
        "publisher": [source["publisher"]],
        "sourceUrl": words.urls([source], {source["source_id"]: source}),
        "description": [f"{source['reference']}; checked: {source['checked']}; TLP:{source['tlp']}"],
        "notes": [source["note"]] if source["note"] else [],
    }
    return _entity(_document_id(source["source_id"]), "Document", told)


def _document_id(source: str) -> str:
    return f"document-{of_json(['source', source])[:_DIGITS]}"


def _entity(name: str, schema: str, told: Mapping[str, Iterable[str]], referents: Sequence[str] = ()) -> Entity:
    properties = {prop: list(dict.fromkeys(values)) for prop, values in told.items()}
    entity = {"id": name, "schema": schema, "properties": {p: values for p, values in properties.items() if values}}
    return {**entity, "referents": sorted(referents)} if referents else entity
