"""Erasing: which personal fields the record holds, until when and why; and erase one record's for good.

The digest stays in the log and verifies as before. What goes is the key, and with it the value
and the salt by which the value could be guessed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from watchkeeper.evidence import personal
from watchkeeper.fetch import clock
from watchkeeper.model import erasure, protection
from watchkeeper.model.tlp import strictest
from watchkeeper.runs import traces
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

_FEWEST = 8  # characters of an id; fewer could mean a record that nobody had in mind
_NOT_REACHED = (
    "reports built before, bundles, letters and exports handed over, copies of the case and of its keys, "
    "the capture itself"
)


def held(case: Case, on: date) -> list[dict[str, Any]]:
    """Return one row a personal field: where it stands, since when, until when it may be kept, why, and its state.

    Args:
        case: The case.
        on: The day asked about; a field whose day has come is "to be erased".

    Returns:
        `state` is "held", "to be erased", "erased" if the log says so, or else that the key is not here.
    """
    statements = case.log.read().statements
    erased, known = erasure.erased(statements), case.keys_of(statements)

    def lost(key: str) -> str | None:
        return "erased" if key in erased else None if key in known else "key not here: restore keys/"

    return [row for s in statements if "key" in s for row in _rows(s, lost(s["key"]), on)]


def held_on(case: Case, on: date | None) -> list[dict[str, Any]]:
    """Return `held` for a day, or for today by the machine's clock."""
    return held(case, on or clock.today())


def erase(case: Case, record: str, reason: str, ground: str, *, by: str, reports: bool = False) -> dict[str, Any]:
    """Erase the personal fields of one record.

    Args:
        case: The case.
        record: Id of the claim, capture or other statement, or the first eight characters of it or more.
        reason: Why; it stands in the log and may not repeat what is erased.
        ground: The legal ground, e.g. "retention ended", "request of the person, GDPR article 17".
        by: Who erases.
        reports: Delete the reports built in the case that hold what is erased.

    Returns:
        The record, how many fields and keys went, the reports built in the case in which the words were found, whether
        they were deleted, and what erasing does not reach.

    Raises:
        NotFound: no such record has personal fields.
        Invalid: it is not the only one, too little of its id is given, a text is empty, or it was erased already.
    """
    if not reason.strip() or not ground.strip():
        raise Invalid("An erasure states its reason and its legal ground; nothing was erased.")
    statements = case.log.read().statements
    named = _named(statements, record)
    gone = erasure.erased(statements)
    found = [statement for statement in named if statement["key"] not in gone]
    if not found:
        case.rebuild()  # which erases a key that a crash left, or a backup brought back
        raise Invalid(f"{named[0]['id']} was erased on {gone[named[-1]['key']][:10]} already; nothing was recorded.")
    subject, held_keys = found[0]["id"], case.keys_of(statements)
    words = {word for statement in found for word in _words(statement, held_keys)}
    holding = traces.reports_with(case, words)
    label = strictest([statement.get("tlp") for statement in found])
    # Logged first: were the key to go first, a crash would leave a loss that nothing explains.
    case.append([erasure.erasure(subject, reason.strip(), ground.strip(), label)], at=clock.stamp(), by=by)
    for folder in holding if reports else ():
        shutil.rmtree(folder)
    case.erase({statement["key"] for statement in found})
    return {
        "record": subject,
        "fields": sum(personal.is_closed(value) for statement in found for value in statement["body"].values()),
        "keys_erased": sum(statement["key"] in held_keys for statement in found),
        "reports": [folder.name for folder in holding],
        "reports_deleted": reports and bool(holding),
        "not_reached": _NOT_REACHED,
    }


def _named(statements: Iterable[dict[str, Any]], record: str) -> list[dict[str, Any]]:
    """Return the statements with personal fields of the one record that is meant."""
    found = [s for s in statements if "key" in s and s["id"].startswith(record)]
    whole = [statement for statement in found if statement["id"] == record]
    if not whole and len(record) < _FEWEST:
        raise Invalid(f'"{record}" is too little of an id; write at least {_FEWEST} characters. Nothing was erased.')
    ids = sorted({statement["id"] for statement in whole or found})
    if not ids:
        raise NotFound(f"No record {record} with personal fields; see `watchkeeper record personal`.")
    if len(ids) > 1:
        raise Invalid(f"{record} is the beginning of {len(ids)} records ({', '.join(ids[:5])}); write one in full.")
    return whole or found


def _words(statement: dict[str, Any], held_keys: Mapping[str, bytes]) -> Iterator[str]:
    """Return the texts of a statement's personal fields, if its key is here."""
    key = held_keys.get(statement["key"])
    for name, value in statement["body"].items():
        if key is not None and personal.is_closed(value):
            yield str(personal.open_(f"body/{name}", value, key))


def _rows(statement: dict[str, Any], lost: str | None, on: date) -> list[dict[str, Any]]:
    named = [name for name, value in statement["body"].items() if personal.is_closed(value)]
    return [_row(statement, f"body/{name}", lost, on) for name in named]


def _row(statement: dict[str, Any], path: str, lost: str | None, on: date) -> dict[str, Any]:
    since = date.fromisoformat(statement["at"][:10])
    own = statement.get("personal", {}).get(path)
    if own:
        until, basis = date.fromisoformat(own["retain_until"]), own["lawful_basis"]
    else:
        declared = protection.field(statement["kind"], path)
        until = _years_on(since, declared.retention_years or 0)
        basis = declared.lawful_basis
    return {
        "record": statement["id"],
        "kind": statement["kind"],
        "field": path,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "lawful_basis": basis,
        "state": lost or ("to be erased" if until <= on else "held"),
    }


def _years_on(since: date, years: int) -> date:
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # 29 February
        return since.replace(year=since.year + years, day=28)
