"""Chain entries: how a file was read, labels of addresses, prices, how money is followed, and what was found.

A reading names a capture and a reader, so that its rows can be read again at any time. A label is what one source
says of one address. A trace is a decision: it names its method with a reason, and is logged before its findings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchkeeper.model import parties
from watchkeeper.model.cells import Cells
from watchkeeper.model.naming import named
from watchkeeper.values import amount, chain_address, when
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

Row = Mapping[str, str | None]
Body = dict[str, Json]
PRICE = (
    "unit", "on", "usd", "source_id", "capture", "locator", "published_on", "checked", "author", "entered_on", "note",
)  # fmt: skip
_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,30})?\Z")
LABEL = (
    "address", "label", "service", "party_id", "kind", "label_basis", "list", "since", "until", "stated_by",
    "confidence", "source_id", "capture", "locator", "quote", "published_on", "checked", "author", "entered_on", "note",
)  # fmt: skip


def read_label(row: Row) -> Body:
    """Return the body of a label: what one source says of one address; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    basis = cells.word("label_basis", "label_bases", needed=True)
    body: Body = {
        "address": cells.read("address", lambda text: chain_address.parse_caip10(text).caip10, needed=True),
        "label": cells.text("label", needed=True),
        "service": cells.text("service"),
        "party_id": cells.read("party_id", parties.party_id),
        "kind": cells.word("kind", "stops", needed=True),
        "label_basis": basis,
        "list": cells.text("list", needed=basis == "designated"),
        "since": cells.read("since", _as_written),
        "until": cells.read("until", _as_written),
        "stated_by": cells.text("stated_by"),
        "confidence": cells.text("confidence"),
        "source_id": cells.text("source_id", needed=True),
        "capture": cells.read("capture", parties.capture),
        "locator": cells.text("locator"),
        "quote": cells.text("quote"),
        "published_on": cells.day("published_on"),
        "checked": cells.word("checked", "checked", needed=True),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
        "note": cells.text("note"),
    }
    if basis == "designated" and not (body["since"] or body["until"]):
        cells.fault("since", "is empty, and so is until; a designation begins or ends on a day, or it is none.")
    if basis and basis != "designated":
        cells.unused(("list",), f"{basis} is no list.")
    cells.done(f"Label of {row.get('address') or '?'}")
    return {key: value for key, value in body.items() if value is not None}


def read_price(row: Row) -> Body:
    """Return the body of a price: what one unit was worth on a day; raise `Invalid` with every fault of the row."""
    cells = Cells(row)
    body: Body = {
        "unit": cells.read("unit", lambda text: amount.unit(text).code, needed=True),
        "on": cells.day("on", needed=True),
        "usd": cells.read("usd", _decimal, needed=True),
        "source_id": cells.text("source_id", needed=True),
        "capture": cells.read("capture", parties.capture),
        "locator": cells.text("locator"),
        "published_on": cells.day("published_on"),
        "checked": cells.word("checked", "checked", needed=True),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
        "note": cells.text("note"),
    }
    cells.done(f"Price of {row.get('unit') or '?'} on {row.get('on') or '?'}")
    return {key: value for key, value in body.items() if value is not None}


def entry(kind: str, body: Mapping[str, Json], *, tlp: str, id_: str | None = None) -> dict[str, Json]:
    """Return the statement of a reading, label, price, trace or finding; what it does not say is left out of its body.

    Args:
        kind: "reading", "label", "price", "trace" or "finding".
        body: What it says.
        tlp: Its label.
        id_: Its own id, of a trace; the others are named by a digest of what they say.
    """
    told = {key: value for key, value in body.items() if value is not None}
    return {"kind": kind, "id": id_ or named(kind, told), "tlp": tlp, "body": told}


def _decimal(text: str) -> str:
    if not _PRICE.match(text):
        raise Invalid(f'"{text[:40]}" is no price; write plain digits with a point, e.g. 3109.932464.')
    return text


def _as_written(text: str) -> str:
    try:
        return when.parse(text).as_written
    except Invalid as refusal:
        raise Invalid(f"{refusal} Write a day, month or year, e.g. 2022-08-08.") from None
