"""Exporting: the reviewed part of a case in the formats of other tools, and how much was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.ledger.party_merges import openly
from watchkeeper.model.tlp import LAXEST, allowed, read
from watchkeeper.report.interchange import ftm, stix
from watchkeeper.report.interchange.selection import NOT_REVIEWED, Asked, Selection, select
from watchkeeper.report.interchange.standing import stand
from watchkeeper.store.case import Case

_NO_WALLET = "STIX 2.1 has no object for it; its address stands in the note on its party"
_NO_PLACE = "STIX 2.1 holds no place without a State, and none is stated"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: its bytes, how many of each kind, how many are candidates, and what was left out and why."""

    data: bytes
    written: Counter[str]
    candidates: int
    left_out: Counter[tuple[str, str]]

    def words(self) -> list[str]:
        """Return what a user must know of it, one sentence a line."""
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(self.written.items()))
        lines = [f"Written: {told or 'nothing'}."]
        if self.candidates:
            lines.append(f'{self.candidates} of them are marked "{NOT_REVIEWED}".')
        return [*lines, *(f"Left out: {n} {kind}: {why}." for (kind, why), n in sorted(self.left_out.items()))]


def export_ftm(case: Case, *, clearance: str = LAXEST, candidates: bool = False, on: date | None = None) -> Exported:
    """Return a case as FollowTheMoney entities, JSON lines.

    Args:
        case: The case.
        clearance: TLP label up to which the readers may see.
        candidates: Show what is not reviewed too, marked as that.
        on: The day looked from; None is everything recorded.

    Raises:
        Invalid: the clearance is no label, or two entries would get one id.
    """
    selection, _ = _selected(case, clearance, candidates, on)
    written = Counter(entity["schema"] for entity in ftm.entities(selection))
    return Exported(ftm.write(selection), written, _candidates(selection), selection.left_out)


def export_stix(case: Case, *, clearance: str = LAXEST, candidates: bool = False, on: date | None = None) -> Exported:
    """Return a case as a STIX 2.1 bundle; arguments and refusals as in `export_ftm`."""
    selection, changed = _selected(case, clearance, candidates, on)
    data = stix.write(selection, changed)
    left_out = Counter(selection.left_out)
    left_out["wallet", _NO_WALLET] += sum(row["field"] == "wallet" for p in selection.parties for row in p.facts)
    left_out["address", _NO_PLACE] += sum(stix.shown_as(party) is None for party in selection.parties)
    return Exported(data, stix.kinds(data), _candidates(selection), +left_out)


def _selected(case: Case, clearance: str, candidates: bool, on: date | None) -> tuple[Selection, dict[str, Any]]:
    asked = Asked(clearance=read(clearance), candidates=candidates, on=on)
    tables = openly(case.tables, asked.clearance)
    decided = tables["decision"]
    told = [label for label in decided["tlp"].unique() if allowed(label, asked.clearance)]
    standing = stand(tables, on, told=decided.filter(decided["tlp"].is_in(told)))
    return select(tables, standing, asked), dict(standing.changed)


def _candidates(selection: Selection) -> int:
    marks = [one.status for one in selection.parties]
    marks += [one.status for one in selection.links]
    marks += [one.status for one in selection.incidents]
    return sum(NOT_REVIEWED in mark for mark in marks)
