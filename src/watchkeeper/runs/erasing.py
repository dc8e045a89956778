"""Erasing: which personal fields the record holds, until when and why; and erase one record's for good.

The digest stays in the log and verifies as before. What goes is the key, and with it the value
and the salt by which the value could be guessed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from watchkeeper.evidence import personal
from watchkeeper.fetch import clock
from watchkeeper.model import protection
from watchkeeper.model.tlp import strictest
from watchkeeper.store import keys
from watchkeeper.store.case import Case
from watchkeeper.values.digest import of_json
from watchkeeper.values.refused import Invalid, NotFound


def held(case: Case, on: date) -> list[dict[str, Any]]:
    """Return one row a personal field: where it stands, since when, until when it may be kept, why, and its state.

    Args:
        case: The case.
        on: The day asked about; a field whose day has come is "to be erased".
    """
    known = keys.personal(case.folder)
    return [row for s in case.log.read().statements if "key" in s for row in _rows(s, s["key"] in known, on)]


def held_on(case: Case, on: date | None) -> list[dict[str, Any]]:
    """Return `held` for a day, or for today by the machine's clock."""
    return held(case, on or clock.today())


def erase(case: Case, record: str, reason: str, ground: str, *, by: str) -> dict[str, Any]:
    """Erase the personal fields of one record.

    Args:
        case: The case.
        record: Id of the claim, capture or other statement, or the first digits of it.
        reason: Why; it stands in the log and may not repeat what is erased.
        ground: The legal ground, e.g. "retention ended", "request of the person, GDPR article 17".
        by: Who erases.

    Returns:
        The record, how many fields went, and what erasing does not reach.

    Raises:
        NotFound: no such record has personal fields. Invalid: it is not the only one, or a text is empty.
    """
    if not reason.strip() or not ground.strip():
        raise Invalid("An erasure states its reason and its legal ground; nothing was erased.")
    found = [s for s in case.log.read().statements if "key" in s and s["id"].startswith(record)]
    ids = sorted({statement["id"] for statement in found})
    if not ids:
        raise NotFound(f"No record {record} with personal fields; see `watchkeeper record personal`.")
    if len(ids) > 1:
        raise Invalid(f"{record} is the beginning of {len(ids)} records ({', '.join(ids[:5])}); write one in full.")
    body = {"subject": ids[0], "reason": reason.strip(), "ground": ground.strip()}
    label = strictest([statement.get("tlp") for statement in found])
    # Logged first: were the key to go first, a crash would leave a loss that nothing explains.
    case.append([{"kind": "erasure", "id": of_json(body), "tlp": label, "body": body}], at=clock.stamp(), by=by)
    gone = case.erase({statement["key"] for statement in found})
    fields = sum(personal.is_closed(value) for statement in found for value in statement["body"].values())
    return {
        "record": ids[0],
        "fields": fields,
        "keys_erased": gone,
        "not_reached": "copies of the case and of its keys, bundles handed over, the capture itself",
    }


def _rows(statement: dict[str, Any], open_: bool, on: date) -> list[dict[str, Any]]:
    named = [name for name, value in statement["body"].items() if personal.is_closed(value)]
    return [_row(statement, f"body/{name}", open_, on) for name in named]


def _row(statement: dict[str, Any], path: str, open_: bool, on: date) -> dict[str, Any]:
    since = date.fromisoformat(statement["at"][:10])
    own = statement.get("personal", {}).get(path)
    if own:
        until, basis = date.fromisoformat(own["retain_until"]), own["lawful_basis"]
    else:
        declared = protection.field(statement["kind"], path)
        until = _years_on(since, declared.retention_years or 0)
        basis = declared.lawful_basis
    state = "erased" if not open_ else "to be erased" if until <= on else "held"
    return {
        "record": statement["id"],
        "kind": statement["kind"],
        "field": path,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "lawful_basis": basis,
        "state": state,
    }


def _years_on(since: date, years: int) -> date:
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # 29 February
        return since.replace(year=since.year + years, day=28)
