"""Claim: one source says one thing about one incident; it is never edited, only joined by others.

Two claims may contradict each other, and both stay. A claim is named by the digest of its
content, so entering the same row twice is one claim and changing a letter makes another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchkeeper.model.cells import Cells
from watchkeeper.model.naming import named
from watchkeeper.model.vocabulary import Field, fields
from watchkeeper.values import amount, country, language, when
from watchkeeper.values.digest import Json
from watchkeeper.values.refused import Invalid

COLUMNS = (
    "incident_id", "field", "value", "low", "high", "unit", "valuation", "stance", "stated_by", "stated_on",
    "confidence", "admiralty", "source_id", "locator", "quote", "published_on", "checked", "author", "entered_on",
    "note",
)  # fmt: skip
# What a table may have beside them; tables are older than these columns.
OPTIONAL = ("lang", "quote_translation", "translator")
_ATTRIBUTION = ("stance", "stated_by", "stated_on")
_AMOUNT = ("low", "high", "unit", "valuation")
_ADMIRALTY = re.compile(r"[A-F][1-6]\Z")  # source reliability A-F, information credibility 1-6 (NATO AJP-2.1)
_INCIDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,63}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_WIDEST_SUMMED = 2**63 - 1  # USD cents are summed in 64-bit columns; beyond that a claim is refused, not wrapped


def read(row: Mapping[str, str | None]) -> dict[str, Json]:
    """Return the body of a claim from a row of texts; keys with nothing to say are left out.

    Args:
        row: Texts by column name, as in `COLUMNS` and `OPTIONAL`; `capture` may name held bytes by SHA-256, and
            `transcription` the held text that a person typed from them.

    Raises:
        Invalid: with every fault of the row.
    """
    cells = Cells(row)
    ids = cells.read("incident_id", _incident_ids, needed=True) or ("?",)
    body: dict[str, Json] = {
        "incident_id": ids[0],
        "covers": list(ids[1:]) or None,
        "field": cells.read("field", _field, needed=True),
        "source_id": cells.text("source_id", needed=True),
        "capture": cells.read("capture", _capture),
        "locator": cells.text("locator"),
        "quote": cells.text("quote"),
        "lang": cells.read("lang", language.parse),
        "quote_translation": cells.text("quote_translation"),
        "translator": cells.text("translator"),
        "transcription": cells.read("transcription", _capture),
        "published_on": cells.day("published_on"),
        "confidence": cells.word("confidence", "confidences"),
        "admiralty": cells.read("admiralty", _admiralty),
        "checked": cells.word("checked", "checked", needed=True),
        "author": cells.text("author", needed=True),
        "entered_on": cells.day("entered_on", needed=True),
        "note": cells.text("note"),
    }
    if body["field"]:
        body |= _value(cells, fields()[str(body["field"])])
    if body["covers"] and body["field"] != "combined_loss":
        cells.fault(
            "incident_id", "names several incidents; only a combined_loss may, since any other would be counted twice."
        )
    if body["field"] == "combined_loss" and not body["covers"]:
        cells.fault("incident_id", 'names one incident; a combined_loss covers several, written "A+B".')
    _quoted(cells, body)
    cells.done(f"Claim on {row.get('incident_id') or '?'}")
    return {key: value for key, value in body.items() if value is not None}


def claim_id(body: Mapping[str, Json]) -> str:
    """Return the name of a claim: "c-" and 20 hex digits over what it says; who entered it is not part of that."""
    return named("claim", body)


def _quoted(cells: Cells, body: Mapping[str, Json]) -> None:
    """Note what is wrong between a quote, its translation and its transcription."""
    if body["quote_translation"] and not body["quote"]:
        cells.fault("quote_translation", "translates nothing; give the source's own words as quote.")
    if body["quote_translation"] and not body["translator"]:
        cells.fault("translator", "is empty; who translated answers for the words.")
    if body["translator"] and not body["quote_translation"]:
        cells.fault("translator", "is named, and there is no quote_translation.")
    if body["transcription"] and not body["capture"]:
        cells.fault("transcription", "is of held bytes; name them as capture.")
    if body["transcription"] and not body["quote"]:
        cells.fault("transcription", "says how a quote reads, and there is none.")


def _value(cells: Cells, field: Field) -> dict[str, Json]:
    kind = field.kind
    if kind != "attribution":
        cells.unused(_ATTRIBUTION, "only an attribution has a speaker and a stance.")
    if kind == "amount":
        cells.unused(("value",), "an amount stands in low, high and unit.")
        return _amount(cells, field.unit)
    cells.unused(_AMOUNT, f"a claim of kind {kind} is no amount.")
    if kind == "attribution":
        return {
            "value": cells.text("value", needed=True),
            "stance": cells.word("stance", "stances", needed=True),
            "stated_by": cells.text("stated_by", needed=True),
            "stated_on": cells.read("stated_on", lambda text: when.parse(text).as_written),
        }
    if kind == "state":
        return {"value": cells.read("value", lambda text: country.parse(text).alpha2, needed=True)}
    if kind == "when":
        return {"value": cells.read("value", lambda text: when.parse(text).as_written, needed=True)}
    if kind in ("sector", "method"):
        return {"value": cells.word("value", f"{kind}s", needed=True)}
    return {"value": cells.text("value", needed=True)}


def _amount(cells: Cells, counted: str | None) -> dict[str, Json]:
    code = cells.read("unit", lambda text: _unit(text, counted), needed=True)
    if code is None:
        return {}
    low = cells.read("low", lambda text: amount.parse(text, code), needed=True)
    high = cells.read("high", lambda text: amount.parse(text, code))
    high = low if high is None else high
    if low is None or high is None:
        return {}
    if high < low:
        cells.fault("high", f"is below low ({amount.plain(high, code)} < {amount.plain(low, code)}).")
    if code == "USD" and high > _WIDEST_SUMMED:
        cells.fault("high", "is beyond what totals are summed in (2^63 cents); no economy states such an amount.")
    return {"low": str(low), "high": str(high), "unit": code, "valuation": cells.text("valuation")}


def _unit(text: str, counted: str | None) -> str:
    """Return the unit if the field can be in it: a number of persons is no amount of money, nor the other way round."""
    found = amount.unit(text)
    if counted is not None and found.code != counted:
        raise Invalid(f'"{text}" is not what this field counts; write {counted}.')
    if counted is None and found.kind == "count":
        raise Invalid(f'"{text}" counts things; this field holds an amount of money or coins.')
    return found.code


def _incident_ids(text: str) -> tuple[str, ...]:
    ids = tuple(part.strip() for part in text.split("+"))
    for one in ids:
        incident_id(one)
    if len(set(ids)) != len(ids):
        raise Invalid(f'"{text}" names one incident twice.')
    return ids


def incident_id(text: str) -> str:
    """Return an incident id if it is well formed (2-64 of A-Z a-z 0-9 . _ -); raise `Invalid` otherwise."""
    if not _INCIDENT_ID.match(text):
        raise Invalid(f'"{text}" is no incident id; use 2 to 64 of A-Z a-z 0-9 . _ - and start with a letter or digit.')
    return text


def _field(text: str) -> str:
    if text not in fields():
        raise Invalid(f'"{text}" is not a field of the ledger; known: {", ".join(fields())}.')
    return text


def _admiralty(text: str) -> str:
    if not _ADMIRALTY.match(text):
        raise Invalid(f'"{text}" is no Admiralty grade; write a letter A-F and a figure 1-6, e.g. B2.')
    return text


def _capture(text: str) -> str:
    if not _SHA256.match(text):
        raise Invalid(f'"{text}" is no SHA-256; write 64 lower-case hex digits.')
    return text
