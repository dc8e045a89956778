"""Claiming: enter one claim by hand, with its source, beside what is there; and withdraw one.

A claim may not be marked as better checked than its source, and a quote from held text must stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.fetch import clock
from watchkeeper.model.claim import COLUMNS, OPTIONAL, claim_id, read
from watchkeeper.model.tlp import ON_ENTRY, strictest
from watchkeeper.model.vocabulary import fields
from watchkeeper.runs.citing import label, resolve
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.given import days_to_come
from watchkeeper.runs.quoting import look_up
from watchkeeper.store import chance
from watchkeeper.store.case import Case
from watchkeeper.values import amount
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid, NotFound
from watchkeeper.values.texts import flagged

_DIGITS = 16  # of a capture's SHA-256, by which it is named for people
_WORDS_OF_A_CLAIM = ("value", "quote", "quote_translation", "note", "stated_by")
_CELLS = (*COLUMNS, *OPTIONAL, "capture", "transcription")


@dataclass(frozen=True, slots=True)
class Personal:
    """Why the words of a claim may be held though they say something of a living person, and until when."""

    lawful_basis: str
    retain_until: date


def add_claim(
    case: Case,
    incident: str,
    said: str,
    row: Mapping[str, str | None],
    *,
    by: str,
    tlp: str | None = None,
    personal: Personal | None = None,
) -> dict[str, Any]:
    """Enter one claim.

    Args:
        case: The case.
        incident: Incident id; A+B for a combined_loss.
        said: FIELD=VALUE; an amount is written with its unit, or as a range: loss_reported=9000000USD,
            loss_reported=37000000..40000000USD.
        row: Further cells by column name, among them source_id or capture; `page` is a locator by number, and
            `transcription` names the held text that a person typed from a capture without text.
        by: Who enters it.
        tlp: The claim's label, as strict as its source's and its capture's or stricter; the stricter of these if not
            given.
        personal: Encrypt the claim's words under a key of its own, so that they can be erased; it is not open.

    Returns:
        The claim's id, its body, the claims of the same field that were there before, and whether the quote
        stands in the capture, or in its transcription: True, False where the format cannot be read, None where there
        was nothing to look for; and under `flagged` the cells that hold
        what a reader cannot see or may take for other letters, kept as they are.

    Raises:
        Invalid: a fault in the claim; NotFound: incident, source or capture is not in the record.
    """
    name, equals, value = said.partition("=")
    if not equals:
        raise Invalid(f'"{said}" is no claim; write FIELD=VALUE, for instance loss_reported=9000000USD.')
    unknown = sorted(set(row) - {*_CELLS, "page"})
    if unknown:
        raise Invalid(f"A claim has no cell {', '.join(unknown)}; known: {', '.join(_CELLS)}.")
    today = clock.today().isoformat()
    full = {"incident_id": incident, "field": name, **_cells(name, value), "author": by, "entered_on": today, **row}
    page = full.pop("page", None)
    _known(case, incident)
    held = resolve(case, full, what="claim")
    body = read(full)
    located = look_up(case, body, page)
    late = days_to_come(body, clock.today())
    if late:
        raise Invalid(f"{late[:1].upper()}{late[1:]}. Nothing was written.")
    editions = case.tables["edition"]["edition_id"].to_list()
    if body["field"] == "in_edition" and body["value"] not in editions:
        raise NotFound(f"No edition {body['value']} in this case; known: {', '.join(editions) or 'none'}.")
    before = _same_field(case, body)
    new_id = _name(body, personal)
    if new_id in {claim["claim_id"] for claim in before}:
        raise Invalid(f"This very claim is in the record already ({new_id}); nothing was written.")
    own = label(case, held, body, tlp, what="claim")
    entry: dict[str, Json] = {"kind": "claim", "id": new_id, "tlp": own, "body": body}
    if personal is not None:
        entry |= {"tlp": strictest([own, ON_ENTRY]), "personal": _held_because(body, personal)}
    case.append([*held, entry], at=clock.stamp(), by=by)
    return {
        "claim_id": new_id,
        "claim": _readable(body),
        "beside": [_readable(claim) for claim in before],
        "quote_located": located,
        "flagged": list(flagged({key: text for key, text in body.items() if isinstance(text, str)})),
    }


def _name(body: Mapping[str, Json], personal: Personal | None) -> str:
    """Return a claim's id; of a personal one it is drawn by chance, since a digest would let its words be guessed."""
    return claim_id(body) if personal is None else f"c-{chance.draw(10).hex()}"


def _held_because(body: Mapping[str, Json], personal: Personal) -> dict[str, Json]:
    """Return the fields of a claim that are encrypted, each with the reason why it is held and the day it must go."""
    field = str(body["field"])
    if fields()[field].kind != "text":
        raise Invalid(
            f"A claim of {field} is counted or computed with, so it cannot be erased later; --personal is for texts, "
            "e.g. victim. Nothing was written."
        )
    if personal.retain_until <= clock.today():
        raise Invalid(f"{personal.retain_until} has come already; name the day until which the words may be held.")
    why: dict[str, Json] = {
        "lawful_basis": personal.lawful_basis,
        "retain_until": personal.retain_until.isoformat(),
    }
    return {f"body/{name}": why for name in _WORDS_OF_A_CLAIM if name in body}


def withdraw_claim(case: Case, claim: str, reason: str, *, by: str) -> dict[str, Any]:
    """Withdraw a claim entered in error: it stays in the log and leaves all figures.

    Raises:
        NotFound: no such claim.
    """
    claims = case.tables["claim"]
    if claim not in set(claims["claim_id"]):
        raise NotFound(f"No claim {claim} in this case; see `watchkeeper ledger show INCIDENT`.")
    told = decide(case, claim, "withdrawn", reason=reason, by=by)
    return {"decision_id": told["decision_id"], "decision": told["decision"]}


def _readable(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim with its amounts as written, not in the unit's smallest part."""
    ends = ("low", "high") if claim.get("unit") else ()
    return {**claim, **{end: amount.plain(int(claim[end]), str(claim["unit"])) for end in ends}}


def _cells(name: str, value: str) -> dict[str, str | None]:
    if name not in fields() or fields()[name].kind != "amount":
        return {"value": value}
    low, dots, high = value.partition("..")
    exact, unit = amount.parse_quantity(high if dots else low)
    if not dots:
        return {"low": amount.plain(exact, unit), "unit": unit}
    return {"low": low.removesuffix(unit), "high": amount.plain(exact, unit), "unit": unit}


def _known(case: Case, incidents: str) -> None:
    known = set(case.tables["incident"]["incident_id"])
    for incident in incidents.split("+"):
        if incident not in known:
            raise NotFound(f"No incident {incident} in this case; see `watchkeeper ledger list`.")


def _same_field(case: Case, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    table = case.tables["claim"]
    same = table.filter((table["incident_id"] == body["incident_id"]) & (table["field"] == body["field"]))
    return same.select("claim_id", "value", "low", "high", "unit", "source_id", "published_on").to_dicts()
