"""Partying: enter a party with its first name, one fact of it, or one link; and withdraw an entry made in error.

The words of what is said of a person are encrypted, each entry under a key of its own, so that they can be erased.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.fetch import clock
from watchkeeper.ledger.parties import alike, merges
from watchkeeper.ledger.party_profile import check
from watchkeeper.model.naming import named
from watchkeeper.model.parties import FACT, LINK, party_id, read_fact, read_link, read_party
from watchkeeper.model.tlp import ON_ENTRY, strictest
from watchkeeper.runs.citing import label, resolve
from watchkeeper.runs.claiming import Personal
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.given import days_to_come
from watchkeeper.runs.quoting import look_up
from watchkeeper.store import chance
from watchkeeper.store.case import Case
from watchkeeper.values import imo
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, NotFound
from watchkeeper.values.texts import flagged

_NOTHING = "Nothing was written."
_NUMBERED = re.compile(r"P-([0-9]{1,9})\Z")
_WORDS = ("value", "quote", "note", "stated_by")  # of an entry on a person; who, whom and when stay
_MORE = ("capture", "transcription", "page")
_WHEN_ENTERED = ("author", "entered_on", "note")  # what two entries that say the same may differ in


def add_party(
    case: Case,
    name: str,
    kind: str,
    row: Mapping[str, str | None],
    *,
    by: str,
    own_id: str | None = None,
    tlp: str | None = None,
    personal: Personal | None = None,
) -> dict[str, Any]:
    """Enter a party and the fact that it bears a name, in one batch.

    Args:
        case: The case.
        name: Its name, as the source writes it.
        kind: person, company, organisation, vessel, address or state.
        row: Further cells of the name, among them source_id or capture; see `add_fact`.
        by: Who enters it.
        own_id: Its id; P- and the next number if not given.
        tlp: A stricter label than that of the source.
        personal: Why the words are held and until when; of a person, what party_personal.yml says if not given.

    Returns:
        As `add_fact`, and `alike`: by id the names of parties that differ from this one in spelling at most.

    Raises:
        Invalid: a fault in a cell, or the id is taken; NotFound: source or capture is not in the record.
    """
    known = set(case.tables["party"]["party_id"])
    new = party_id(own_id) if own_id else _next(known)
    if new in known:
        raise Invalid(f"Party {new} is in the record already; choose another --id. {_NOTHING}")
    body = read_party({"party_id": new, "kind": kind})
    like = alike(case.tables, name, clock.today())
    entry, held, told = _read(case, "fact", {"party_id": new, "field": "name", "value": name, **row}, by, tlp)
    _encrypt(entry, personal, persons=kind == "person")
    party: dict[str, Json] = {"kind": "party", "id": new, "tlp": entry["tlp"], "body": body}
    case.append([*held, party, entry], at=clock.stamp(), by=by, new=frozenset({new}))
    return {"party_id": new, "kind": kind, "alike": like, **_done(entry, told)}


def add_fact(
    case: Case,
    party: str,
    said: str,
    row: Mapping[str, str | None],
    *,
    by: str,
    tlp: str | None = None,
    personal: Personal | None = None,
) -> dict[str, Any]:
    """Enter what one source says of one party.

    Args:
        case: The case.
        party: Its id; it stays with this id, also if the party is merged with another.
        said: FIELD=VALUE, e.g. flag=PA.
        row: Further cells by column name, among them source_id or capture; `page` is a locator by number, and
            `transcription` names held text that a person typed from a capture without text.
        by: Who enters it.
        tlp: A stricter label than that of the source.
        personal: Why the words are held and until when; of a person, what party_personal.yml says if not given.

    Returns:
        The entry's id and body, whether the quote was located, cells with characters that mislead under `flagged`,
        and under `doubts` what a reader should look at again.

    Raises:
        Invalid: a fault in a cell, or it is in the record already; NotFound: party, source or capture is not.
    """
    field, equals, value = said.partition("=")
    if not equals:
        raise Invalid(f'"{said}" is no fact; write FIELD=VALUE, for instance flag=PA. {_NOTHING}')
    kind = _kind(case, party)
    entry, held, told = _read(case, "fact", {"party_id": party, "field": field, "value": value, **row}, by, tlp)
    _encrypt(entry, personal, persons=kind == "person")
    case.append([*held, entry], at=clock.stamp(), by=by)
    return {**_done(entry, told), "doubts": _doubts(kind, told["body"])}


def add_link(
    case: Case,
    ends: tuple[str, str],
    relation: str,
    row: Mapping[str, str | None],
    *,
    by: str,
    tlp: str | None = None,
    personal: Personal | None = None,
) -> dict[str, Any]:
    """Enter what one source says of two parties, read "first RELATION second"; else as `add_fact`.

    Args:
        case: The case.
        ends: The two parties, subject and object.
        relation: A word of the vocabulary's relations.
        row: Further cells, among them share, e.g. "25..30%", and joint.
        by: Who enters it.
        tlp: A stricter label than that of the source.
        personal: Why the words are held and until when, for a link that speaks of a person.
    """
    kinds = [_kind(case, end) for end in ends]
    cells = {"subject": ends[0], "relation": relation, "object": ends[1], **row}
    entry, held, told = _read(case, "link", cells, by, tlp)
    _encrypt(entry, personal, persons="person" in kinds)
    case.append([*held, entry], at=clock.stamp(), by=by)
    return _done(entry, told)


def withdraw(case: Case, entry: str, reason: str, *, by: str) -> dict[str, Any]:
    """Withdraw a fact or link entered in error: it stays in the log, and leaves profiles and names.

    Raises:
        NotFound: no such fact or link.
    """
    if entry in set(case.tables["party"]["party_id"]):
        raise Invalid(
            f"{entry} is a party, and has nothing but an id. Withdraw its facts and links one by one; if it is "
            f"another's double, use `watchkeeper party merge`. {_NOTHING}"
        )
    if not any(entry in set(case.tables[kind][f"{kind}_id"]) for kind in ("fact", "link")):
        raise NotFound(f"No fact or link {entry} in this case; see `watchkeeper party show PARTY`. {_NOTHING}")
    return decide(case, entry, "withdrawn", reason=reason, by=by)


def _next(known: set[str]) -> str:
    return f"P-{max((int(found[1]) for one in known if (found := _NUMBERED.match(one))), default=0) + 1}"


def _kind(case: Case, party: str) -> str:
    """Return the kind of a party; of one that was merged, "person" if any of those that are one with it is."""
    found = merges(case.tables, clock.today())
    table = case.tables["party"]
    kinds = dict(zip(table["party_id"], table["kind"], strict=True))
    of_all = {kinds[one] for one in found.members(check(found, party))}
    return "person" if "person" in of_all else str(kinds[party])


def _read(
    case: Case, kind: str, cells: Mapping[str, str | None], by: str, tlp: str | None
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """Return the entry, what is logged with it, and what is told of it, once all of it was checked."""
    columns, read = (FACT, read_fact) if kind == "fact" else (LINK, read_link)
    unknown = sorted(set(cells) - {*columns, *_MORE})
    if unknown:
        raise Invalid(f"A {kind} has no cell {', '.join(unknown)}; known: {', '.join(columns)}. {_NOTHING}")
    today = clock.today()
    row = {**cells, "author": by, "entered_on": today.isoformat()}
    page = row.pop("page", None)
    held = resolve(case, row)
    body = read(row)
    located = look_up(case, body, page)
    if late := days_to_come(body, today):
        raise Invalid(f"{late[:1].upper()}{late[1:]}. {_NOTHING}")
    if twin := _twin(case, kind, body):
        raise Invalid(f"This very {kind} is in the record already ({twin}). {_NOTHING}")
    entry = {"kind": kind, "id": named(kind, body), "tlp": label(case, held, body, tlp), "body": body}
    return entry, held, {"body": body, "located": located}


def _twin(case: Case, kind: str, body: Mapping[str, Json]) -> str | None:
    """Return the entry that says just the same of the same, whoever entered it and when."""
    table = case.tables[kind]
    end = "party_id" if kind == "fact" else "subject"
    keys = [name for name in table.columns if name not in (f"{kind}_id", "tlp", "basis", *_WHEN_ENTERED)]
    said = {name: body.get(name) for name in keys}
    said["published_on"] = date.fromisoformat(str(said["published_on"])) if said["published_on"] else None  # type: ignore[assignment]
    for row in table.filter(table[end] == body[end]).iter_rows(named=True):
        if all(row[name] == said[name] for name in keys):
            return str(row[f"{kind}_id"])
    return None


def _encrypt(entry: dict[str, Any], personal: Personal | None, *, persons: bool) -> None:
    """Have the words of an entry encrypted if it speaks of a person, or if it was asked for."""
    held = personal or (_by_default(clock.today()) if persons else None)
    if held is None:
        return
    if held.retain_until <= clock.today():
        raise Invalid(
            f"{held.retain_until} has come already; name the day until which the words may be held. {_NOTHING}"
        )
    why = {"lawful_basis": held.lawful_basis, "retain_until": held.retain_until.isoformat()}
    closed = {f"body/{name}": why for name in _WORDS if name in entry["body"]}
    if closed:  # a digest would let the words be guessed, so the id is drawn by chance
        drawn = f"{entry['kind'][0]}-{chance.draw(10).hex()}"
        entry |= {"id": drawn, "tlp": strictest([entry["tlp"], ON_ENTRY]), "personal": closed}


def _by_default(today: date) -> Personal:
    told = _personal()
    year = today.year + int(told["retention_years"]["value"])
    try:
        until = today.replace(year=year)
    except ValueError:  # 29 February
        until = today.replace(year=year, day=28)
    return Personal(str(told["lawful_basis"]["value"]), until)


@cache
def _personal() -> Mapping[str, Mapping[str, Any]]:
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        files("watchkeeper.runs").joinpath("party_personal.yml").read_text("utf-8")
    )
    return loaded


def _doubts(kind: str, body: Mapping[str, Any]) -> list[str]:
    """Return what does not fit the kind of a party, and is entered as the source has it."""
    whose = {"vessel": "ship", "company": "company"}.get(kind)
    if body["field"] != "imo" or whose is None or whose in imo.schemes(body["value"]):
        return []
    other = " or ".join(imo.schemes(body["value"]))
    return [f"The check digit of {body['value']} is that of a {other}, and the party is a {kind}; look for a slip."]


def _done(entry: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    body = told["body"]
    texts = {key: text for key, text in body.items() if isinstance(text, str)}
    return {
        f"{entry['kind']}_id": entry["id"],
        entry["kind"]: body,
        "tlp": entry["tlp"],
        "personal": next(iter(entry.get("personal", {}).values()), None),
        "quote_located": told["located"],
        "flagged": list(flagged(texts)),
    }
