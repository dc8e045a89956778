"""Asking for a trace: words become addresses, amounts and options, all of them checked before anything is written.

A word for where to begin or to stop is the name of a list of addresses that was added, an address, a label, or a kind
of stop ("kind:mixer"). The addresses it stands for are kept with the trace: a label that comes later changes no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from watchkeeper.ledger import traces
from watchkeeper.methods.taint.options import Options
from watchkeeper.model import vocabulary
from watchkeeper.runs.trace_words import NOTHING, addresses, standing
from watchkeeper.store.case import Case
from watchkeeper.values import amount, asset, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.digest import canonical
from watchkeeper.values.refused import Invalid, NotFound

if TYPE_CHECKING:
    from watchkeeper.store.chain_index import ChainIndex

EVERY_OUTFLOW, AS_STATED = "every-outflow", "as-stated"
POISON = "poison"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_TOLD = 5  # addresses named in a note
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
    """What is to be followed, every word resolved; addresses are in normal form without their chain.

    `words` are those that were resolved, for where to begin and where to stop; `notes` what a person must know of them.
    """

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
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    begins, stops = tuple(_split(asked.sources)), tuple(_split(asked.ends))
    ends = frozenset(one for word in stops for one in addresses(case, index, word))
    sources = tuple(dict.fromkeys(one for word in begins for one in _begin(case, index, word)))
    stated = tuple(_stated(chain, unit, text) for text in asked.thefts)
    if not sources and not stated:
        raise Invalid(f"Nothing to follow: say where the money was, with --from or --theft. {NOTHING}")
    robbed = {*sources, *(one.account for one in stated)}
    return Plan(
        index=index,
        chain=chain.id,
        asset=key,
        unit=unit,
        method=asked.method,
        options=Options.of(_options(asked, chain, sources=bool(sources)), chain.family),
        sources=sources,
        stated=stated,
        ends=ends - robbed,
        end_words=stops,
        words=(*begins, *stops),
        notes=tuple(_notes(index, ends, robbed)),
    )


def _options(asked: Asked, chain: chains.Chain, *, sources: bool) -> dict[str, str]:
    """Return the options; which units count as stolen follows from --from and --theft, and none may say otherwise."""
    chosen = dict(asked.options)
    if chain.family == chains.ACCOUNT:
        follows = EVERY_OUTFLOW if sources else AS_STATED
        if chosen.setdefault("sources", follows) != follows:
            raise Invalid(
                f"sources={chosen['sources']} does not fit: --from means {EVERY_OUTFLOW}, and --theft alone "
                f"{AS_STATED}. Leave the option out. {NOTHING}"
            )
    return chosen


def _notes(index: ChainIndex, ends: frozenset[str], robbed: set[str]) -> Iterator[str]:
    """Yield what of the ends will not be: they are in no row, or money was taken from them."""
    both = sorted(ends & robbed)
    if both:
        yield f"{', '.join(both[:_TOLD])}: money was taken there, so it is no end, though it was named as one."
    if index.family == chains.ACCOUNT:
        absent = sorted(one for one in ends if index.account(one) is None)
        if absent:
            more = " and more" if len(absent) > _TOLD else ""
            yield (
                f"{len(absent):,} of {len(ends):,} ends are in no row that is followed, so nothing can arrive there: "
                f"{', '.join(absent[:_TOLD])}{more}."
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
    by_unit = [one.key for one in asset.assets().values() if (one.chain, one.unit) == (chain.id, text)]
    if len(by_unit) == 1:
        return by_unit[0]
    known = asset.find(chain.id, text)
    return known.key if known else chain_address.parse(chain.id, text).text


def _opened(case: Case, asked: Asked, chain: chains.Chain) -> ChainIndex:
    from watchkeeper.runs.chain_opening import open_chain

    read = standing(case)
    known = dict.fromkeys(read["name"])
    missing = [name for name in asked.names if name not in known]
    if missing or not asked.names:
        raise NotFound(
            f"No reading named {', '.join(missing) or '(none given)'} in this case; there are: "
            f"{', '.join(known) or 'none'}. Add files with `watchkeeper add FILES --as READER --name NAME`. {NOTHING}"
        )
    followed = read.filter(read["name"].is_in(list(asked.names)))
    index = open_chain(case, followed["reading_id"].to_list())
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
    return addresses(case, index, word)


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
        if tx.strip():
            raise Invalid(f"An output names its transaction itself; leave @{tx.strip()[:70]} out. {NOTHING}")
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
    return canonical(dict(value)).decode()
