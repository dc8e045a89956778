"""Citing: the source that a claim, fact or link names is in the record, or its capture becomes one; and its label.

An entry may not be marked as better checked than its source unless the bytes are held, and is no more open than
what it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.model.entries import TABLES
from watchkeeper.model.tlp import allowed, strictest
from watchkeeper.model.vocabulary import words
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

_DIGITS = 16  # of a capture's SHA-256, by which it is named for people
_NOTHING = "Nothing was written."


def resolve(case: Case, row: dict[str, str | None], *, what: str = "entry") -> list[dict[str, Any]]:
    """Complete the cells of an entry from its source: source_id, checked, published_on.

    Args:
        case: The case.
        row: Cells of the entry, changed in place; `source_id` or `capture` names what it rests on.
        what: What to call it in errors: "claim", or "entry" of what is said of parties.

    Returns:
        The source entry to log with it, if it is a capture that no source stands for yet.

    Raises:
        NotFound: no source is named, or the record does not hold it; Invalid: the mark is stronger than the source's.
    """
    capture, tables = row.get("capture"), case.tables
    for one in (capture, row.get("transcription")):
        if one and one not in set(tables["capture"]["capture"]):
            raise NotFound(f"No capture {one} in this case; add the file with `watchkeeper add FILE`. {_NOTHING}")
    if capture and not row.get("source_id"):
        row["source_id"] = f"capture-{capture[:_DIGITS]}"
        if row["source_id"] not in set(tables["source"]["source_id"]):
            row["checked"] = row.get("checked") or "text"
            return [_of_capture(case, row, capture)]
    named = tables["source"].filter(tables["source"]["source_id"] == (row.get("source_id") or ""))
    if named.is_empty():
        missing = f"{row['source_id']} in this case" if row.get("source_id") else "is named"
        needs = "a claim" if what == "claim" else "what is said of a party"
        raise NotFound(
            f"No source {missing}, and {needs} needs one: give --source ID (see `watchkeeper ledger sources`), "
            f"or hold the bytes with `watchkeeper add FILE` and give --capture SHA. {_NOTHING}"
        )
    (source,) = named.to_dicts()
    _mark(row, source["checked"], what)
    day = source["published_on"]
    row["published_on"] = row.get("published_on") or (day.isoformat() if day else None)
    return []


def label(
    case: Case, held: Sequence[Mapping[str, Any]], body: Mapping[str, Any], asked: str | None, *, what: str = "entry"
) -> str:
    """Return an entry's label: the strictest of what it rests on, or one that was asked for; no laxer."""
    behind = {("source", str(entry["id"])): str(entry["tlp"]) for entry in held}
    for kind, name, one in (
        ("source", "source_id", body["source_id"]),
        ("capture", "capture", body.get("capture")),
        ("capture", "capture", body.get("transcription")),
    ):
        found = case.tables[kind].filter(case.tables[kind][name] == one)["tlp"].to_list() if one else []
        behind |= {(kind, str(one)): strictest(found)} if found else {}
    for (kind, one), own in behind.items():
        if asked is not None and not allowed(own, asked):
            raise Invalid(
                f"{kind.capitalize()} {one} is TLP:{own}, and the {what} TLP:{asked}: what the {kind} says would be "
                f"open to more people than the {kind}. Leave --tlp out, or give a stricter one. {_NOTHING}"
            )
    return asked or strictest(behind.values())


def _mark(row: dict[str, str | None], of_source: str, what: str) -> None:
    """Give an entry without a mark that of its source; refuse a stronger one that rests on no held bytes."""
    row["checked"] = row.get("checked") or of_source
    marks = words("checked")  # strongest first
    stronger = row["checked"] in marks and marks.index(str(row["checked"])) < marks.index(of_source)
    if stronger and not row.get("capture"):
        raise Invalid(
            f"Source {row['source_id']} is marked {of_source}, and the {what} {row['checked']}: a reader would take it "
            "for better checked than it is. Leave --checked out, or hold what you read with `watchkeeper add FILE` "
            f"and give --capture SHA. {_NOTHING}"
        )


def _of_capture(case: Case, row: Mapping[str, str | None], capture: str) -> dict[str, Any]:
    """Return the source that a held capture becomes; only its hash may be passed on until a person says otherwise.

    The file's name is no title: it can be erased, and a title cannot.
    """
    table = case.tables["capture"]
    own = strictest(table.filter(table["capture"] == capture)["tlp"])
    cells = {
        "source_id": row["source_id"],
        "title": f"capture {capture[:_DIGITS]}",
        "publisher": "not stated",
        "reference": f"capture {capture}",
        "published_on": row.get("published_on"),
        "checked": row["checked"],
        "redistribute": "hash_only",
        "tlp": own,
    }
    return {"kind": "source", "id": row["source_id"], "tlp": own, "body": TABLES["source"].read(cells)}
