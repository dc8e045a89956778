"""Rows: stakes and statements of control from links as a case's table holds them.

Rows with one object and one `joint` name are one stake held together: its owners are all their subjects, and a
share on any of them is that of the whole stake. Days are texts; `until` is the last day, as far as it is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

from watchkeeper.ledger.ownership_stakes import Control, Stake
from watchkeeper.values import share, when

Row = Mapping[str, str | None]


class _Days(TypedDict):
    from_first: date | None
    from_end: date | None
    until_first: date | None
    until_end: date | None


def stakes_from(rows: Iterable[Row]) -> list[Stake]:
    """Return the stakes that rows state, those of relation "owns" only.

    Args:
        rows: With link_id, subject (the owner), relation, object (the owned), share, joint, since, until and
            stance; "disputes" denies the stake. Since and until as `values/when.py` reads them, or None.

    Raises:
        Invalid: a share or a day that cannot be read.
    """
    owns = [row for row in rows if row["relation"] == "owns"]
    together: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in owns:
        if row["joint"]:
            together[_text(row, "object"), row["joint"]].add(_text(row, "subject"))
    return [_stake(row, together) for row in owns]


def controls_from(rows: Iterable[Row]) -> list[Control]:
    """Return the statements of control among rows; a disputed one is left to the case's own listing."""
    return [
        Control(**_days(row), party=_text(row, "object"), by=_text(row, "subject"), link_ids=(_text(row, "link_id"),))
        for row in rows
        if row["relation"] == "controls" and row["stance"] != "disputes"
    ]


def _stake(row: Row, together: Mapping[tuple[str, str], set[str]]) -> Stake:
    owned, owner = _text(row, "object"), _text(row, "subject")
    said = share.parse(row["share"])
    return Stake(
        **_days(row),
        owned=owned,
        owners=tuple(sorted(together[owned, row["joint"]])) if row["joint"] else (owner,),
        low=said.low if said else None,
        high=said.high if said else None,
        link_ids=(_text(row, "link_id"),),
        disputed=row["stance"] == "disputes",
    )


def _days(row: Row) -> _Days:
    since, until = (when.parse(text) if (text := row[name]) else None for name in ("since", "until"))
    return {
        "from_first": since.first if since else None,
        "from_end": since.end if since else None,
        "until_first": until.first if until else None,
        "until_end": until.end if until else None,
    }


def _text(row: Row, name: str) -> str:
    return row[name] or ""
