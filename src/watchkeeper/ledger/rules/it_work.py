"""IT work: cases of paid work under a false or borrowed identity, each with what its source counts.

Nothing is added over cases: they share persons, employers and payments, and no source says which.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from watchkeeper.ledger import steps
from watchkeeper.ledger.view import View
from watchkeeper.model.figure import Column, Outcome, Value, count
from watchkeeper.model.vocabulary import words

_COUNTED = {"identities": "identities_misused", "employers": "employers", "paid": "paid"}
_UNITS = {"identities": "persons", "employers": "companies", "paid": "USD"}
_WORDS = {"identities": "the persons whose identity was misused", "employers": "the employers", "paid": "the pay"}
_SAID = (*_COUNTED.values(), "proceeding", "attribution")


def apply(view: View) -> Outcome:
    """Return one row a case: date, case, identities, employers and pay as stated, where it stands, who states it."""
    claims: dict[str, list[dict[str, Any]]] = {}
    for claim in view.of(*_SAID).iter_rows(named=True):
        claims.setdefault(claim["incident_id"], []).append(claim)
    cases = [_case(member, claims.get(member["incident_id"], [])) for member in view.members.iter_rows(named=True)]
    stating = {name: [one["row"][0] for one in cases if f"{name}_low" in one["steps"]] for name in _COUNTED}
    return Outcome(
        values=(
            count("cases", view.members.height, "cases of paid work under a false or borrowed identity"),
            *(_stating(name, ids) for name, ids in stating.items()),
        ),
        derivation={
            "cases": steps.counted(view.member_ids.sort().to_list()),
            **{f"stating_{name}": steps.counted(ids) for name, ids in stating.items()},
            "table": steps.table(one["steps"] for one in cases),
        },
        incidents=view.member_ids,
        claims=view.of(*_SAID)["claim_id"],
        columns=(
            Column("incident_id", "Row"),
            Column("occurred", "When"),
            Column("title", "Case"),
            Column("identities_low", "Persons whose identity was misused, low"),
            Column("identities_high", "Persons whose identity was misused, high"),
            Column("employers_low", "Employers, low"),
            Column("employers_high", "Employers, high"),
            Column("paid_low", "Paid, gross, low", "USD"),
            Column("paid_high", "Paid, gross, high", "USD"),
            Column("proceeding", "Proceeding"),
            Column("stated", "Stated by"),
            Column("checked", "Weakest check"),
        ),
        rows=tuple(one["row"] for one in cases),
        notes=tuple(f"{m['incident_id']}: {m['note']}" for m in view.members.iter_rows(named=True) if m["note"]),
        undated=view.undated.filter(pl.col("field").is_in(_SAID)).height,
    )


def _stating(name: str, ids: list[str]) -> Value:
    return count(f"stating_{name}", len(ids), f"cases of which a source counts {_WORDS[name]}")


def _case(member: dict[str, Any], claims: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of a case and the steps of its numbers; what no source counts is blank and has no step."""
    ends = {name: _ends(name, claims) for name in _COUNTED}
    cells = {f"{name}_{end}": ends[name].get(end) for name in _COUNTED for end in ("low", "high")}
    stated = [c for c in claims if c["field"] == "attribution" and c["stance"] == "attributes"]
    return {
        "row": (
            member["incident_id"],
            member["occurred"],
            member["title"],
            *(int(cell[_end(name)]) if cell else None for name, cell in cells.items()),
            "; ".join(c["value"] for c in claims if c["field"] == "proceeding") or None,
            "; ".join(dict.fromkeys(f"{c['stated_by']} ({c['stated_on'] or 'day not known'})" for c in stated)) or None,
            max((c["checked"] for c in claims), key=words("checked").index, default=None),
        ),
        "steps": {name: _step(name, cell) for name, cell in cells.items() if cell},
    }


def _end(column: str) -> str:
    return column.rpartition("_")[2]


def _ends(name: str, claims: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the claims that set the lowest and the highest number stated; none if none is stated in the unit."""
    said = [c for c in claims if c["field"] == _COUNTED[name] and c["unit"] == _UNITS[name]]
    if not said:
        return {}
    return {"low": min(said, key=lambda c: int(c["low"])), "high": max(said, key=lambda c: int(c["high"]))}


def _step(column: str, claim: dict[str, Any]) -> steps.Step:
    end = _end(column)
    if column.startswith("paid"):
        return steps.added(end, [claim["claim_id"]])
    return steps.stated(end, claim["claim_id"])
