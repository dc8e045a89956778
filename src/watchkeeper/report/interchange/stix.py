"""STIX 2.1: a selection as a bundle, the same bytes for the same record; every object names its sources.

The standard has words that say more than a source did (owned-by, attributed-to). Each tie here is `related-to`, and
its description says who stated what on which day. No confidence is set, and nobody of ours is named.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from watchkeeper.model.tlp import LAXEST, strictest
from watchkeeper.report.interchange import words
from watchkeeper.report.interchange.selection import Dispute, Incident, Link, Party, Row, Selection
from watchkeeper.report.interchange.tlp_markings import marking
from watchkeeper.values import country, when

Object = dict[str, Any]
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:watchkeeper:stix:1")
_CLASSES = {"person": "individual", "company": "organization", "organisation": "organization", "state": "organization"}
_KINDS = {
    "person": "A person.", "company": "A firm.", "organisation": "A body that is no firm.", "vessel": "A ship.",
    "state": "A State or territory.", "address": "A postal address.",
}  # fmt: skip
_OTHER_NAMES = ("name", "alias", "former_name")
_PLACES = ("country", "flag", "nationality")
_NAMED = (
    "A name that sources give to a cluster of actors. Who used it of which incident, and when, stands in the "
    "relationships; nothing is attributed here."
)


def write(selection: Selection, changed: Mapping[str, date]) -> bytes:
    """Return a bundle of a selection, its objects sorted by id.

    Args:
        selection: What may be shown.
        changed: The newest day of a decision by the id of what it is about, as `standing.stand` gives it.
    """
    found = {one["id"]: one for one in _Bundle(selection, changed).objects()}
    if not found:  # the standard allows a bundle of nothing, and its own library fails on it
        found = {one["id"]: one for one in [marking(LAXEST)]}
    objects = [found[one] for one in sorted(found)]
    versions = [one["modified"] for one in objects if "modified" in one]
    bundle = {"type": "bundle", "id": _id("bundle", *sorted(found), *versions), "objects": objects}
    return (json.dumps(bundle, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def kinds(bundle: bytes) -> Counter[str]:
    """Return how many objects of each type a bundle of ours holds."""
    return Counter(one["type"] for one in json.loads(bundle)["objects"])


def shown_as(party: Party) -> str | None:
    """Return the id of the object that a party is shown as, or None: the standard has no place without a State."""
    if party.kind != "address":
        return _id("identity", party.id)
    return _id("location", party.id) if party.values("country") else None


class _Bundle:
    """The objects of one selection, each with the days and labels of what it rests on."""

    def __init__(self, selection: Selection, changed: Mapping[str, date]) -> None:
        self._selection, self._changed, self._sources = selection, changed, selection.sources
        self._shown = {party.id: name for party in selection.parties if (name := shown_as(party))}
        self._labels = {party.id: party.tlp for party in selection.parties}

    def objects(self) -> Iterator[Object]:
        """Yield every object; an id may come again with the same words."""
        for party in self._selection.parties:
            if party.id in self._shown:
                yield from self._party(party)
        for link in self._selection.links:
            if {link.subject, link.object} <= self._shown.keys():
                yield from self._link(link)
        for dispute in self._selection.disputes:
            if {dispute.subject, dispute.object} <= self._shown.keys():
                yield from self._dispute(dispute)
        for incident in self._selection.incidents:
            yield from self._incident(incident)
        yield from self._clusters()

    def _party(self, party: Party) -> Iterator[Object]:
        name, others = party.title, dict.fromkeys(party.values(*_OTHER_NAMES))
        told = [f"{party.status.capitalize()}." if party.status else "", _KINDS[party.kind]]
        told += party.notes
        told += [f"Also named: {'; '.join(one for one in others if one != name)}."] if len(others) > 1 else []
        body: Object = {"name": name, "description": " ".join(filter(None, told)), **_mark(party.status)}
        if party.kind == "address":
            body |= {"country": party.values("country")[0], "street_address": name}
        elif party.kind in _CLASSES:
            body["identity_class"] = _CLASSES[party.kind]
        reach = party.values("phone", "email", "website")
        if reach and party.kind != "address":
            body["contact_information"] = "; ".join(reach)
        rows = (*party.facts, *party.disputed)
        about = self._shown[party.id]
        yield from self._made(about, body, rows, party.tlp, party.id)
        yield from self._note(party.id, "Statements and their sources", about, party.facts, words.fact, party.tlp)
        yield from self._note(
            f"disputed {party.id}",
            words.DISPUTED,
            about,
            party.disputed,
            words.fact,
            party.tlp,
        )
        if party.kind != "address":
            for row in party.facts:
                if row["field"] in _PLACES:
                    yield from self._placed(about, row, words.fact(row, self._sources), row["fact_id"], party)

    def _placed(self, about: str, row: Row, line: str, name: str, party: Party | Incident) -> Iterator[Object]:
        state = country.by_alpha2(row["value"])
        place = _id("location", "state", state.alpha2)
        yield {
            **_common(place, _day(date(2000, 1, 1)), _day(date(2000, 1, 1))),  # reference data: it has no day of ours
            "name": state.un_name,
            "country": state.alpha2,
        }
        body = {"relationship_type": "related-to", "source_ref": about, "target_ref": place, "description": line}
        label = strictest([row["tlp"], party.tlp])
        yield from self._made(_id("relationship", name), {**body, **_mark(party.status)}, [row], label, name)

    def _link(self, link: Link) -> Iterator[Object]:
        label = strictest([link.row["tlp"], self._labels[link.subject], self._labels[link.object]])
        line = words.link(link.row, self._sources)
        ends = [self._shown[link.subject], self._shown[link.object]]
        body: Object = {
            "relationship_type": "related-to",
            "source_ref": ends[0],
            "target_ref": ends[1],
            "description": f"{link.status.capitalize()}. {line}" if link.status else line,
            **_mark(link.status),
            **_times(link.row),
        }
        yield from self._made(_id("relationship", link.id), body, [link.row], label, link.id)

    def _dispute(self, dispute: Dispute) -> Iterator[Object]:
        ends = [self._shown[dispute.subject], self._shown[dispute.object]]
        labels = [self._labels[dispute.subject], self._labels[dispute.object], *(row["tlp"] for row in dispute.rows)]
        name = f"disputed {dispute.id}"
        yield from self._note(name, words.DISPUTED, ends, dispute.rows, words.link, strictest(labels))

    def _incident(self, incident: Incident) -> Iterator[Object]:
        title, occurred = incident.first("title"), incident.first("occurred")
        told = [f"{incident.status.capitalize()}." if incident.status else ""]
        told += [f"Occurred {occurred['value']} as its sources say." if occurred else "Its day is not stated."]
        told += incident.notes
        about = _id("incident", incident.id)
        body = {
            "name": title["value"] if title else incident.id,
            "description": " ".join(filter(None, told)),
            **_mark(incident.status),
        }
        yield from self._made(about, body, incident.claims, incident.tlp, incident.id)
        yield from self._note(
            incident.id, "Statements and their sources", about, incident.claims, words.claim, incident.tlp
        )
        for row in incident.claims:
            line = words.claim(row, self._sources)
            if row["field"] == "victim_state":
                yield from self._placed(about, row, line, row["claim_id"], incident)
            elif row["field"] == "actor":
                ends = {"source_ref": about, "target_ref": _id("intrusion-set", row["value"])}
                tie = {"relationship_type": "related-to", **ends, "description": line, **_mark(incident.status)}
                label = strictest([row["tlp"], incident.tlp])
                yield from self._made(_id("relationship", row["claim_id"]), tie, [row], label, row["claim_id"])

    def _clusters(self) -> Iterator[Object]:
        named: dict[str, list[Row]] = {}
        for incident in self._selection.incidents:
            for row in incident.claims:
                if row["field"] == "actor":
                    named.setdefault(row["value"], []).append(row)
        for name, rows in named.items():
            who = dict.fromkeys(f"{words.speaker(row, self._sources)}{words.day(row)}" for row in rows)
            body = {"name": name, "description": f"{_NAMED} Used by {'; '.join(sorted(who))}."}
            yield from self._made(_id("intrusion-set", name), body, rows, strictest(row["tlp"] for row in rows), name)

    def _note(
        self, name: str, title: str, about: str | Sequence[str], rows: Sequence[Row], line: Any, tlp: str
    ) -> Iterator[Object]:
        if rows:
            body = {
                "abstract": title,
                "content": "\n".join(line(row, self._sources) for row in rows),
                "object_refs": [about] if isinstance(about, str) else list(dict.fromkeys(about)),
            }
            yield from self._made(_id("note", title, name), body, rows, tlp, name)

    def _made(self, name: str, body: Mapping[str, Any], rows: Iterable[Row], tlp: str, about: str) -> Iterator[Object]:
        """Yield an object dated by what it rests on, with its sources and its label."""
        told = list(rows)
        days = [row["entered_on"] for row in told]
        changed = max([*days, *filter(None, [self._changed.get(about)])])
        mark = marking(tlp)
        yield mark
        yield {
            **_common(name, _day(min(days)), _day(changed)),
            **body,
            "object_marking_refs": [mark["id"]],
            **_references(told, self._sources),
        }


def _references(rows: Iterable[Row], sources: Mapping[str, Row]) -> Object:
    found = {row["source_id"]: sources[row["source_id"]] for row in rows if row["source_id"] in sources}
    # The address of a source stands in the description: as `url` the standard asks for a hash of what was there.
    told = [
        {
            "source_name": one["publisher"],
            "external_id": name,
            "description": f"{one['title']}; {one['reference']}; checked: {one['checked']}",
        }
        for name, one in sorted(found.items())
    ]
    return {"external_references": told} if told else {}


def _times(row: Row) -> Object:
    """Return since and until where they are days; anything less precise stands in the description alone."""
    told: Object = {}
    for name, key in (("since", "start_time"), ("until", "stop_time")):
        if row[name] and (known := when.parse(row[name])).precision == "day":
            told[key] = _day(known.first if name == "since" else known.end)
    return told


def _mark(status: str) -> Object:
    return {"labels": [status]} if status else {}


def _common(name: str, created: str, modified: str) -> Object:
    kind = name.partition("--")[0]
    return {"type": kind, "spec_version": "2.1", "id": name, "created": created, "modified": modified}


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def _id(kind: str, *names: str) -> str:
    """Return the id of an object: UUIDv5 in a namespace of ours, so the same entry has the same id in every export."""
    return f"{kind}--{uuid.uuid5(_OURS, json.dumps([kind, *names], ensure_ascii=False))}"
