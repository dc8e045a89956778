"""TagPack: labels of addresses as GraphSense's files write them, each with its source, its date and its place.

A pack is a transcription. One that was copied from a list of sanctions does not say that an address is listed: only an
edition of the list does. So no label of a pack is "designated" (`bases.yml`), and what an address is comes from the
pack's own words alone (`kinds.yml`). Tags inherit from the header; the same tag twice is one label with two places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from watchkeeper.sources.chain_reading import Labelled, Reading, Rejected, Settings
from watchkeeper.sources.tagpack import yaml_tree
from watchkeeper.sources.tagpack.yaml_tree import Node, Table
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=\Z|[T ])")
# Of an address on the web; with a user's name before it (www.fbi.gov@elsewhere) it is no host of ours.
_HOST = re.compile(r"https?://([a-z0-9.-]+)(?=[/:?#]|\Z)")
_FIELDS = ("address", "tx_hash", "label", "source", "currency", "network", "confidence", "category", "actor", "lastmod")

Tag = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Told:
    """One tag with what it inherits; `words` are its category and its concepts."""

    cells: Tag
    words: frozenset[str]
    line: int


def read(data: bytes, name: str, settings: Settings) -> Reading:  # noqa: ARG001 - the file says its own chains
    """Return the labels of a TagPack.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.
        settings: Not used: every tag says its own chain.

    Raises:
        Invalid: no TagPack, or no YAML that can be read without guessing; see `yaml_tree.read`.
    """
    tags = _tags(yaml_tree.read(data, name), name)
    kept: list[Labelled] = []
    rejected: list[Rejected] = []
    counted: Counter[str] = Counter()
    for tag in tags:
        try:
            kept.append(_labelled(tag, counted))
        except Invalid as refusal:
            rejected.append(Rejected(f"line {tag.line}", str(refusal)))
    labels = _merged(kept)
    notes = _notes(counted, len(kept) - len(labels), Counter(label.basis for label in labels))
    return Reading(len(tags), len(kept), tuple(rejected), labels=labels, notes=notes)


def kind(words: frozenset[str]) -> str:
    """Return the kind of stop that a pack's words say, or "unknown"; source: `kinds.yml`."""
    return next((rule["kind"] for rule in _data("kinds")["kinds"] if words & set(rule["words"])), "unknown")


def _tags(pack: Table, name: str) -> list[_Told]:
    tags = pack.get("tags")
    if not isinstance(tags, list):
        other = "it has actors: read it with tagpack/actorpack" if "actors" in pack else "it has no list of tags"
        raise Invalid(f"{name}:1: no TagPack; {other}.")
    if not tags:
        raise Invalid(f"{name}:1: a TagPack without a tag; it may be cut, or is a template.")
    header = {key: value for key, value in pack.items() if key != "tags"}
    return [_told(header, tag, f"{name}, tag {number}") for number, tag in enumerate(tags, start=1)]


def _told(header: Mapping[str, Node], tag: Node, place: str) -> _Told:
    if not isinstance(tag, Table):
        raise Invalid(f"{place}: no mapping of keys to values.")
    whole = {**header, **tag}
    cells: dict[str, str | None] = {}
    for field in _FIELDS:
        value = whole.get(field)
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{place} (line {tag.line}): {field} is no text.")
        # Real packs hold addresses and labels with blanks behind them.
        cells[field] = (value.strip() or None) if value else None
    return _Told(cells, _words(whole), tag.line)


def _words(whole: Mapping[str, Node]) -> frozenset[str]:
    found: set[str] = set()
    for field in _data("kinds")["fields"]:
        value = whole.get(field)
        found |= {one.strip() for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
    return frozenset(found)


def _labelled(tag: _Told, counted: Counter[str]) -> Labelled:
    cells = tag.cells
    if cells["address"] is None:
        if cells["tx_hash"]:
            counted["tx_hash"] += 1
            raise Invalid(f"names a transaction ({cells['tx_hash']}) and no address; only addresses carry labels here.")
        raise Invalid("has no address.")
    if cells["label"] is None:
        raise Invalid(f"{cells['address']} has no label, and the header gives none.")
    address = _address(cells, counted)
    said = kind(tag.words)
    if cells["actor"] and said == "wallet":
        counted["actor"] += 1
    day = _day(cells["lastmod"])
    counted["undated"] += day is None
    return Labelled(
        address=address,
        label=cells["label"],
        locator=f"line {tag.line}",
        # An actor of a wallet is whoever is said to hold it: no service.
        service=cells["actor"] if said != "wallet" else None,
        kind=said,
        basis=_basis(cells),
        cites=cells["source"],
        said_on=day,
        confidence=cells["confidence"],
    )


def _address(cells: Tag, counted: Counter[str]) -> str:
    """Return the address of a tag with its chain; a token without a network is tried on the chains that have it."""
    text, ticker = cells["address"] or "", (cells["network"] or cells["currency"] or "").upper()
    ledgers = _data("ledgers")
    if not ticker:
        raise Invalid(f"{text} has neither network nor currency, so its chain is not known.")
    if ticker in ledgers["networks"]:
        return chain_address.parse(ledgers["networks"][ticker], text).caip10
    for chain in ledgers["tokens"].get(ticker, ()):
        try:
            found = chain_address.parse(chain, text).caip10
        except Invalid:
            continue
        counted["token"] += 1
        return found
    if ticker in ledgers["tokens"]:
        raise Invalid(f"{text} is no address of a chain that is known to have {ticker}.")
    raise Invalid(f"{text} is on {ticker}, a chain that is not read here.")


def _basis(cells: Tag) -> str:
    """Return why a tag's address carries its label; source: `bases.yml`."""
    host = _HOST.match((cells["source"] or "").lower())
    told = {**cells, "host": host[1] if host else None}
    for rule in _data("bases")["rules"]:
        if all(told.get(field) in allowed for field, allowed in rule["when"].items()):
            return str(rule["basis"])
    return str(_data("bases")["otherwise"])


def _day(text: str | None) -> str | None:
    match = _DAY.match(text or "")
    if match is None:
        return None
    try:
        return date.fromisoformat(match[0]).isoformat()
    except ValueError:
        return None


def _merged(labels: list[Labelled]) -> tuple[Labelled, ...]:
    """Return each label once with all its places; what differs in its source or date stays beside it."""
    places: dict[Labelled, list[str]] = {}
    for label in labels:
        places.setdefault(replace(label, locator=""), []).append(label.locator)
    return tuple(replace(label, locator=", ".join(found)) for label, found in places.items())


def _notes(counted: Counter[str], doubles: int, bases: Counter[str]) -> tuple[str, ...]:
    told = (
        (doubles, "Tags that repeat another one of the file: {n}; each label stands once, with all its lines."),
        (counted["tx_hash"], "Tags that name a transaction and no address: {n}; they were set aside."),
        (counted["token"], "Tags that name a token and no network: {n}; an EVM address was taken as Ethereum's."),
        (counted["actor"], "Tags of wallets that name an actor, who is no service: {n}; the actor is not kept."),
        (counted["undated"], "Tags without a day on which they were last changed: {n}."),
        (
            bases["issuer-freeze"],
            "Labels by which the issuer of a token froze the address, as the chain shows it: {n}.",
        ),
        (bases["authority-alert"], "Labels that transcribe an authority's alert: {n}; compare them with it."),
    )
    always = "A TagPack is a transcription: none of its labels says that an address is listed."
    return (*(words.format(n=f"{n:,}") for n, words in told if n), always)


@cache
def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(f"{name}.yml").read_text("utf-8"))
    return loaded
