"""Letter words: the fixed sentences of a letter, and claims, facts and links in words that a stranger can read.

Each sentence about the addressee is as `right of reply` demands: nothing is alleged in our own voice, and what will
become of the reply is said before it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from watchkeeper.ledger.request_words import day
from watchkeeper.ledger.view import FOREIGN_LISTING
from watchkeeper.model.vocabulary import fields, meaning, party_fields
from watchkeeper.values import amount, country, when

Row = Mapping[str, Any]
NOT_UN = "Not a United Nations document"
DRAFT = "DRAFT: not sent"
CANDIDATE = (
    "What follows is a candidate for a report and not a finding. It sets out what the sources named state, in their "
    "own terms; nothing of it is stated by us, and your reply can change it."
)
TRACED = (
    "What follows is a candidate for a report and not a finding. Transactions, times and amounts recorded stand as in "
    "the rows held, and labels as their sources state them; what of an amount is followed was computed by us, by the "
    "convention named below. Your reply can change it."
)
HOW_USED = (
    "Your reply is kept as it is received, and named by its SHA-256, so that nobody can alter it unseen.",
    "What it states is entered beside what others state. Neither overwrites the other, and both are shown.",
    (
        "Please say whether your reply may be published. Without your leave it is not quoted: a report then says only "
        "that you replied, and when."
    ),
)
HEAD = ("What", "As stated", "Source", "How we know it")
WIDTHS_PT = (82.0, 188.0, 104.0, 106.0)
CHECKED = {
    "text": "read there",
    "secondary": "read in a report of it",
    "recalled": "not verified",
}
LEGEND = (
    "“Held” means that we hold the bytes of the source, under the SHA-256 given with it; “cited” that we know it by "
    "reference only. “Read there” means that the words were read in the source itself, “read in a report of it” that "
    "they were read in a transcription or report of the source, “not verified” that they were noted from memory."
)
_RELATION = {
    "owns": ("owns {share}{other}", "is owned by {other}{share_behind}"),
    "controls": ("controls {other}", "is controlled by {other}"),
    "director": ("is a director of {other}", "has as a director {other}"),
    "manager": ("manages {other}", "is managed by {other}"),
    "charterer": ("charters {other}", "is chartered by {other}"),
    "part-of": ("stands under {other}", "has under it {other}"),
    "acts-for": ("acts for {other}", "is acted for by {other}"),
    "same-phone": ("has one telephone number with {other}",) * 2,
    "same-email": ("has one e-mail address with {other}",) * 2,
    "same-address": ("has one postal address with {other}",) * 2,
    "alleged-same": ("is said to be the same as {other}",) * 2,
}
_ABOUT = {"in_edition": "Published list", "imo": "IMO number", "mmsi": "MMSI", "lei": "LEI", "bic": "BIC"}
_ERASED = "(erased)"


def claim(row: Row) -> tuple[str, str]:
    """Return what a claim speaks of and what it says, in words."""
    name, kind, value = row["field"], fields()[row["field"]].kind, row["value"]
    if kind == "amount":
        return _about(name), _amount(row)
    if value is None:
        return _about(name), _ERASED
    if kind == "attribution":
        on = f" ({span(row['stated_on'])})" if row["stated_on"] else ""
        about = "Attribution" if row["stance"] == "attributes" else "Attribution disputed"
        return about, f"{row['stated_by']}{on}: {value}"
    readers: dict[str, Callable[[str], str]] = {
        "when": span,
        "state": lambda code: country.by_alpha2(code).un_name,
        "sector": lambda word: meaning("sectors", word).rstrip("."),
        "method": lambda word: meaning("methods", word).rstrip("."),
        "edition": lambda edition: f"Listed in {edition.removesuffix(FOREIGN_LISTING)}",
    }
    return _about(name), readers.get(kind, str)(value)


def fact(row: Row) -> tuple[str, str]:
    """Return what a fact on a party speaks of and what it says, in words."""
    kind, value = party_fields()[row["field"]].kind, row["value"]
    readers: dict[str, Callable[[str], str]] = {"when": span, "state": lambda code: country.by_alpha2(code).un_name}
    said = readers.get(kind, str)(value) if value is not None else _ERASED
    return _about(row["field"]), f"{_denied(row)}{said}{_dates(row)}"


def link(row: Row, ids: Collection[str], other: str | None) -> tuple[str, str]:
    """Return what a link says of the party that the letter is about.

    Args:
        row: The link.
        ids: The ids of that party.
        other: What the other party is called; None if that may not be told.
    """
    outward = row["subject"] in ids
    share = f"{row['share']} of " if row["share"] else ""
    behind = f" ({row['share']})" if row["share"] else ""
    words = _RELATION[row["relation"]][0 if outward else 1]
    said = words.format(other=other or "another party, not named here", share=share, share_behind=behind)
    return "Tie", f"{_denied(row)}{said}{_dates(row)}"


def span(written: str) -> str:
    """Return a date in words, as precise as it was written, e.g. "March 2019"."""
    if ".." in written:
        return " to ".join(span(part) for part in written.split(".."))
    interval = when.parse(written)
    if interval.precision == "year":
        return written
    words = day(interval.first)
    return words if interval.precision == "day" else words.partition(" ")[2]


def _about(name: str) -> str:
    return _ABOUT.get(name) or name.replace("_", " ").capitalize()


def _amount(row: Row) -> str:
    ends = dict.fromkeys(amount.readable(int(row[end]), row["unit"]) for end in ("low", "high"))
    return f"{' to '.join(ends)} {row['unit']}{_valued(row)}"


def _valued(row: Row) -> str:
    return f" ({row['valuation']})" if row["valuation"] else ""


def _denied(row: Row) -> str:
    return "denied: " if row["stance"] == "disputes" else ""


def _dates(row: Row) -> str:
    ends = [f"{word} {span(row[name])}" for word, name in (("since", "since"), ("until", "until")) if row[name]]
    return f" ({', '.join(ends)})" if ends else ""
