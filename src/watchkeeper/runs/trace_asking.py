"""Asking for a trace: words become addresses, amounts and options, all of them checked before anything is written.

A word for where to begin or to stop is the name of a list of addresses that was added, an address, a label, or a kind
of stop ("kind:mixer"). The addresses it stands for are kept with the trace: a label that comes later changes no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from watchkeeper.ledger import traces
from watchkeeper.ledger.labels import labelled, stop_of
from watchkeeper.methods.taint.options import Options
from watchkeeper.model import vocabulary
from watchkeeper.store.case import Case
from watchkeeper.values import amount, asset, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid, NotFound

if TYPE_CHECKING:
    from watchkeeper.store.chain_index import ChainIndex

NOTHING = "Nothing was written."
EVERY_OUTFLOW = "every-outflow"
POISON = "poison"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_KIND = "kind:"
_OUTPUT = re.compile(r"([0-9a-fA-F]{64}):([0-9]{1,6})\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for, in their own words.

    Attributes:
        names: Sets of readings to follow.
        chain: The chain.
        asset: "native", a contract, or a unit of money for rows that state a worth.
        method: A word of `policies`.
        reason: Why this method; it stands in the record before any result.
        sources: Sets, labels or addresses from which all that left counts as stolen; of coins also TX:N.
        ends: Sets, labels or addresses at which tracing stops.
        thefts: Amounts stated, each ADDRESS=AMOUNT@TX (of coins TX:N=AMOUNT).
        options: Choices by name that differ from the default.
        incident: The incident, if the record has one.
    """

    names: Sequence[str]
    chain: str
    asset: str
    method: str
    reason: str
    sources: Sequence[str] = ()
    ends: Sequence[str] = ()
    thefts: Sequence[str] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A theft as a person stated it: at an address or output, how much (None is all of it), by which transaction."""

    account: str
    amount: int | None
    tx: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be followed, every word resolved; addresses are in normal form without their chain."""

    index: ChainIndex
    chain: str
    asset: str
    unit: str
    method: str
    options: Options
    sources: tuple[str, ...]
    stated: tuple[Stated, ...]
    ends: frozenset[str]
    end_words: tuple[str, ...]


def named(name: str, case: Case) -> str:
    """Return the name of a trace that is to be made; raise `Invalid` if it cannot be one, or is one already."""
    if not _NAME.match(name):
        raise Invalid(f'"{name[:80]}" is no name of a trace: letters, digits, ".", "_" and "-". {NOTHING}')
    if name in set(case.tables["trace"]["trace_id"]):
        raise Invalid(
            f"{name} is a trace already, and a trace is a decision that stays as it was made. Give a new one another "
            f"name; both can be shown. {NOTHING}"
        )
    return name


def plan(case: Case, asked: Asked) -> Plan:
    """Return what is to be followed, with every word resolved and every fault named.

    Raises:
        Invalid: no reason, an unknown policy, option or chain, an amount that cannot be read, nothing to begin with.
        NotFound: a set, label, asset, incident or address that is not there.
    """
    _check_method(asked)
    if asked.incident is not None and asked.incident not in set(case.tables["incident"]["incident_id"]):
        raise NotFound(f"No incident {asked.incident} in this case; see `watchkeeper ledger list`. {NOTHING}")
    chain = chains.parse(asked.chain)
    key = _asset_key(chain, asked.asset)
    index = _opened(case, asked, chain)
    unit = traces.unit_of(chain.id, key)
    words = tuple(_split(asked.ends))
    ends = frozenset(one for word in words for one in _addresses(case, index, word))
    sources = tuple(dict.fromkeys(one for word in _split(asked.sources) for one in _begin(case, index, word)))
    stated = tuple(_stated(chain, unit, text) for text in asked.thefts)
    if not sources and not stated:
        raise Invalid(f"Nothing to follow: say where the money was, with --from or --theft. {NOTHING}")
    chosen = dict(asked.options)
    if chain.family == chains.ACCOUNT and sources:
        chosen.setdefault("sources", EVERY_OUTFLOW)
    return Plan(
        index=index,
        chain=chain.id,
        asset=key,
        unit=unit,
        method=asked.method,
        options=Options.of(chosen, chain.family),
        sources=sources,
        stated=stated,
        ends=ends - set(sources) - {one.account for one in stated},
        end_words=words,
    )


def _check_method(asked: Asked) -> None:
    if not asked.reason.strip():
        raise Invalid(f"A method is a decision, and a decision needs a reason: give --reason. {NOTHING}")
    vocabulary.check("policies", asked.method)
    if asked.method == POISON:
        raise Invalid(
            f"Poison says what was reached and never how much, so no amount can rest on it. Choose another method; "
            f"what was reached is shown beside each. {NOTHING}"
        )


def _asset_key(chain: chains.Chain, text: str) -> str:
    if text in (asset.NATIVE, chain.unit):
        return asset.NATIVE
    known = asset.find(chain.id, text)
    return known.key if known else chain_address.parse(chain.id, text).text


def _opened(case: Case, asked: Asked, chain: chains.Chain) -> ChainIndex:
    from watchkeeper.runs.chain_opening import open_chain

    known = dict.fromkeys(case.tables["reading"]["name"])
    missing = [name for name in asked.names if name not in known]
    if missing or not asked.names:
        raise NotFound(
            f"No reading named {', '.join(missing) or '(none given)'} in this case; there are: "
            f"{', '.join(known) or 'none'}. Add files with `watchkeeper add FILES --as READER --name NAME`. {NOTHING}"
        )
    index = open_chain(case, list(dict.fromkeys(asked.names)))
    if index.chain != chain.id:
        raise Invalid(
            f"{', '.join(asked.names)} was read as {index.chain}, not {chain.id} ({chain.name}). Say the right chain, "
            f"or add the files of the other. {NOTHING}"
        )
    return index


def _split(words: Iterable[str]) -> list[str]:
    return [one.strip() for word in words for one in word.split(",") if one.strip()]


def _begin(case: Case, index: ChainIndex, word: str) -> list[str]:
    """Return the addresses of a word to begin with; of coins also one output, TX:N."""
    if index.family == chains.COINS and _OUTPUT.match(word):
        return [word.lower()]
    return _addresses(case, index, word)


def _addresses(case: Case, index: ChainIndex, word: str) -> list[str]:
    """Return the addresses that a word stands for: a set, an address, a label or a kind of stop."""
    read = case.tables["reading"]
    if word in set(read.filter(read["name"] == word)["name"]):
        try:
            return [_bare(index.chain, one) for one in index.addresses_listed(word)]
        except NotFound as refusal:
            raise NotFound(f"{refusal} {word} holds transfers and is no list of addresses. {NOTHING}") from None
    found = _of_labels(case, index.chain, word)
    if found:
        return found
    try:
        return [chain_address.parse(index.chain, word.removeprefix(f"{index.chain}:")).text]
    except Invalid as refusal:
        if _looks_like_an_address(word):
            raise
        names = ", ".join(dict.fromkeys(read["name"])) or "none"
        raise NotFound(
            f'"{word}" is no list that was added ({names}), no label of an address of {index.chain}, and no address: '
            f"{refusal} {NOTHING}"
        ) from None


def _of_labels(case: Case, chain: str, word: str) -> list[str]:
    wanted = word.casefold()
    book = labelled(case.tables)
    of_kind = wanted.removeprefix(_KIND) if wanted.startswith(_KIND) else None
    if of_kind is not None:
        vocabulary.check("stops", of_kind)
    return [
        _bare(chain, address)
        for address, labels in book.items()
        if address.startswith(f"{chain}:")
        and (
            stop_of(labels) == of_kind
            if of_kind
            else any(wanted in _names(one.text, one.stem, one.service) for one in labels)
        )
    ]


def _names(*texts: str | None) -> set[str]:
    return {text.casefold() for text in texts if text}


def _looks_like_an_address(word: str) -> bool:
    return len(word) > 25 and " " not in word


def _bare(chain: str, address: str) -> str:
    return address.removeprefix(f"{chain}:")


def _stated(chain: chains.Chain, unit: str, text: str) -> Stated:
    """Return a theft written ADDRESS=AMOUNT@TX, or of coins TX:N=AMOUNT."""
    place, equals, rest = text.partition("=")
    much, _, tx = rest.partition("@")
    if not equals or not much:
        raise Invalid(
            f'"{text[:120]}" states no theft; write ADDRESS=AMOUNT@TX, e.g. 0x098b...=173600@0xc28f..., or of coins '
            f"TX:N=AMOUNT. {NOTHING}"
        )
    if chain.family == chains.COINS:
        if not _OUTPUT.match(place.strip()):
            raise Invalid(f'"{place[:80]}" is no output; write the transaction and its number, TX:N. {NOTHING}')
        account = place.strip().lower()
    else:
        account = chain_address.parse(chain.id, place).text
    return Stated(account, _amount(much.strip().removesuffix(unit).strip(), unit), tx.strip().lower() or None)


def _amount(text: str, unit: str) -> int:
    if unit in amount.units():
        return amount.parse(text, unit)
    if not text.isdecimal():
        raise Invalid(f'"{text[:60]}" is no amount: decimals of {unit} are not known, so write its smallest parts.')
    return int(text)


def told(value: Mapping[str, Any]) -> str:
    """Return a mapping as canonical JSON text, as trace statements hold it."""
    from watchkeeper.values.digest import canonical

    return canonical(dict(value)).decode()
