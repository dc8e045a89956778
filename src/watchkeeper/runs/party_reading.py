"""Reading parties: the profile of one with all that hangs on it, and the list of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from watchkeeper.fetch import clock
from watchkeeper.ledger.decisions import standings
from watchkeeper.ledger.parties import called, merges, profile
from watchkeeper.ledger.party_entries import folded, standing, stated_names
from watchkeeper.ledger.party_profile import Entry, Profile
from watchkeeper.ledger.requests import requests
from watchkeeper.ledger.statuses import status
from watchkeeper.ledger.view import look
from watchkeeper.model import erasure
from watchkeeper.model.vocabulary import check as check_word
from watchkeeper.runs.party_deciding import not_applied
from watchkeeper.store.case import Case

_SAYS = ("victim", "actor")  # fields of a claim that name a party
_KEPT = ("lang", "stated_by", "stated_on", "source_id", "published_on", "checked", "basis", "locator", "quote", "note")


def show(case: Case, party: str, *, on: date | None = None, as_of: date | None = None) -> dict[str, Any]:
    """Return all that the record says of one party, under any of its ids.

    Args:
        case: The case.
        party: Its id, or that of a party merged with it.
        on: The day on which something held; each entry then says whether it did.
        as_of: The day looked from; today if not given, so that what lapsed does not count.

    Raises:
        NotFound: no such party.
    """
    day = as_of or clock.today()
    found = profile(case.tables, party, on, as_of=day)
    rung = status(case.tables, "party", found.party_id, day)
    clashes = {entry: clash.about for clash in found.contradictions for entry in clash.entries}
    gone = _erased(case) if any(one.value is None for one in found.entries) else {}
    rows = [_row(entry, side, found, clashes, gone) for side, entry in _sides(found)]
    return {
        "party_id": found.party_id,
        "kind": found.kind,
        "name": found.called.get(found.party_id),
        "members": list(found.members),
        "status": rung.words,
        "reviewers": list(rung.reviewers),
        "reply": rung.reply,
        "on": on.isoformat() if on else None,
        "entries": rows,
        "contradictions": [
            {"about": clash.about, "why": clash.why, "entries": list(clash.entries)} for clash in found.contradictions
        ],
        "open": _open(case.tables, found.members, day),
        "not_applied": [not_applied(one) for one in found.not_applied],
        "requests": _requests(case.tables, found.members, day),
        "incidents": _incidents(case.tables, found, day),
        "left_out": {"published_later": found.later, "undated_entered_later": found.undated},
    }


def list_parties(
    case: Case, *, kind: str | None = None, name: str | None = None, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return one row a party, those that are one under the first entered.

    Args:
        case: The case.
        kind: Only parties of this kind.
        name: Only parties with a name that holds this text; letter case, accents and spaces do not count.
        as_of: The day looked from; today if not given.

    Raises:
        Invalid: no such kind.
    """
    day = as_of or clock.today()
    tables, found = case.tables, merges(case.tables, day)
    if kind is not None:
        check_word("party_kinds", kind)
    names = called(tables, found, as_of=day)
    wanted = _named_like(tables, found.shown, name, day)
    facts = Counter(found.shown.get(one, one) for one in standing(tables, "fact", day)["party_id"])
    ends = standing(tables, "link", day).select("subject", "object").iter_rows()
    links = Counter(party for pair in ends for party in {found.shown.get(one, one) for one in pair})
    return [
        {
            "party_id": party,
            "kind": of,
            "name": names.get(party),
            "merged": list(found.members(party)[1:]),
            "facts": facts[party],
            "links": links[party],
        }
        for party, of in tables["party"].select("party_id", "kind").iter_rows()
        if found.shown[party] == party and kind in (None, of) and (wanted is None or party in wanted)
    ]


def _named_like(
    tables: Mapping[str, pl.DataFrame], shown: Mapping[str, str], name: str | None, day: date
) -> set[str] | None:
    if name is None:
        return None
    rows = stated_names(tables, day).select("party_id", "value").iter_rows()
    return {shown.get(party, party) for party, value in rows if folded(name) in folded(value)}


def _sides(found: Profile) -> Iterable[tuple[str, Entry]]:
    yield from (("fact", entry) for entry in (*found.names, *found.identifiers, *found.facts))
    yield from (("out", entry) for entry in found.outward)
    yield from (("in", entry) for entry in found.inward)


def _row(
    entry: Entry, side: str, found: Profile, clashes: Mapping[str, str], gone: Mapping[str, str]
) -> dict[str, Any]:
    row = entry.row
    value = entry.value if entry.value is not None else gone.get(entry.id, "its key is not here: restore keys/")
    if side != "fact":
        called_as = found.called.get(value)
        value = f"{value} ({called_as})" if called_as else value
    return {
        "entry": entry.id,
        "of": entry.of_party,
        "what": {"fact": entry.what, "out": f"{entry.what} ->", "in": f"<- {entry.what}"}[side],
        "value": value,
        "share": row.get("share"),
        "joint": row.get("joint"),
        "stance": row["stance"],
        "since": row["since"],
        "until": row["until"],
        "on_the_day": entry.holds,
        "contradicts": entry.id in clashes,
        **{key: _text(row.get(key)) for key in _KEPT},
    }


def _text(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def _erased(case: Case) -> dict[str, str]:
    """Return by entry when its words were erased, in words."""
    statements = case.log.read().statements
    gone = erasure.erased(statements)
    return {s["id"]: f"erased on {gone[s['key']][:10]}" for s in statements if s.get("key") in gone}


def _open(tables: Mapping[str, pl.DataFrame], members: Iterable[str], day: date) -> list[dict[str, Any]]:
    """Return the verdicts on a party, alone or in a pair, that wait for another account."""
    ids = set(members)
    known = tables["decision"].filter(pl.col("decided_on") <= day)
    return [
        {"verdict": verdict, "subject": one.subject, "other": one.other, "by": list(by), "state": one.state}
        for one in standings(known, day)
        if {one.subject, one.other} & ids and one.question in ("same-party", "review")
        for verdict, by in one.proposed.items()
    ]


def _requests(tables: Mapping[str, pl.DataFrame], members: Iterable[str], day: date) -> list[dict[str, Any]]:
    ids = set(members)
    return [
        {"request_id": one.id, "purpose": one.purpose, "state": one.state,
         "deadline": _text(one.deadline), "attempts": one.attempts}
        for one in requests(tables, day)
        if {one.party_id, one.subject} & ids
    ]  # fmt: skip


def _incidents(tables: Mapping[str, pl.DataFrame], found: Profile, day: date) -> list[dict[str, Any]]:
    """Return the claims that name the party exactly, as victim or actor."""
    names = {entry.value for entry in found.names if entry.value is not None and entry.row["stance"] == "states"}
    claims = look(tables, population="everything", as_of=day).claims
    naming = claims.filter(pl.col("field").is_in(_SAYS) & pl.col("value").is_in(list(names)))
    return naming.select("incident_id", "field", "value", "claim_id", "source_id").to_dicts()
