"""Words: one line for one statement, so that who says it, on which day and how far it was checked is never lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from watchkeeper.values import amount

Row = Mapping[str, Any]
DISPUTED = "What a source disputes, and who states it"
_URL = ("https://", "http://")


def fact(row: Row, sources: Mapping[str, Row]) -> str:
    """Return the line of a fact, e.g. 'name "X": stated by P on 2024-05-01; S-1, page 3; checked: text; ...'."""
    lang = f" ({row['lang']})" if row["lang"] else ""
    return f'{row["field"]} "{row["value"]}"{lang}{_time(row)}: {said(row, sources)}'


def link(row: Row, sources: Mapping[str, Row]) -> str:
    """Return the line of a link between two parties, named by their ids."""
    share = f", share {row['share']}" if row["share"] else ""
    joint = f', held together as "{row["joint"]}"' if row["joint"] else ""
    return f"{row['from']} {row['relation']} {row['to']}{share}{joint}{_time(row)}: {said(row, sources)}"


def claim(row: Row, sources: Mapping[str, Row]) -> str:
    """Return the line of a claim on an incident."""
    if row["unit"]:
        ends = [amount.plain(int(row[end]), row["unit"]) for end in ("low", "high") if row[end] is not None]
        told = f" {'..'.join(dict.fromkeys(ends))} {row['unit']}"
        told += f" (valued: {row['valuation']})" if row["valuation"] else ""
    else:
        told = f' "{row["value"]}"' if row["value"] else ""
    firmly = f", confidence of the entry: {row['confidence']}" if row["confidence"] else ""
    return f"{row['field']}{told}{firmly}: {said(row, sources)}"


def said(row: Row, sources: Mapping[str, Row]) -> str:
    """Return who says it, where it stands, how it was checked, and under which id the record holds it."""
    parts = [
        f"{_verb(row)} by {speaker(row, sources)}{day(row)}",
        ", ".join(part for part in (reference(row, sources), row["locator"]) if part),
        f"checked: {row['checked']}, {row['basis']}",
        f"entry {_id(row)}, TLP:{row['tlp']}",
        *([f"note: {row['note']}"] if row["note"] else []),
    ]
    return "; ".join(parts)


def speaker(row: Row, sources: Mapping[str, Row]) -> str:
    """Return who states it: the body named, or the source's publisher."""
    source = sources.get(row["source_id"])
    return row["stated_by"] or (source["publisher"] if source else "a source that is withheld")


def day(row: Row) -> str:
    """Return " on DAY" as precisely as known, or "" if it is undated."""
    known = row["stated_on"] or row["published_on"]
    return f" on {known}" if known else ", undated"


def reference(row: Row, sources: Mapping[str, Row]) -> str:
    """Return the source's id and how a reader finds it; nothing of a source above the clearance but that it is one."""
    source = sources.get(row["source_id"])
    return f"{row['source_id']} ({source['reference']})" if source else "source withheld"


def urls(rows: Iterable[Row], sources: Mapping[str, Row]) -> list[str]:
    """Return the addresses of sources whose reference is one."""
    found = {sources[row["source_id"]]["reference"] for row in rows if row["source_id"] in sources}
    return sorted(one for one in found if one.startswith(_URL) and not any(sign.isspace() for sign in one))


def publishers(rows: Iterable[Row], sources: Mapping[str, Row]) -> list[str]:
    """Return the publishers of the sources behind some statements."""
    return sorted({sources[row["source_id"]]["publisher"] for row in rows if row["source_id"] in sources})


def _verb(row: Row) -> str:
    return {"disputes": "disputed", "attributes": "attributed"}.get(row["stance"] or "", "stated")


def _time(row: Row) -> str:
    told = [f"{word} {row[name]}" for word, name in (("since", "since"), ("until", "until")) if row[name]]
    return f" ({', '.join(told)})" if told else ""


def _id(row: Row) -> str:
    return str(next(row[name] for name in ("fact_id", "link_id", "claim_id") if name in row))
