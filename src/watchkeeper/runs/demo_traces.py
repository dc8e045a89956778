"""Demonstration traces: two public cases, retyped as facts, added to a case as anybody would add them.

Ronin: the two withdrawals of the theft, in ether and in USDC. Bybit: the first hop, 47 splits, as one analyst lists
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files

import polars as pl

from watchkeeper.ledger import traces
from watchkeeper.model.tlp import LAXEST
from watchkeeper.runs.chain_adding import Asked as Files
from watchkeeper.runs.chain_adding import add_chain, read_mapping
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.runs.tracing import run
from watchkeeper.runs.valuing import USD, Prices, Valued, total
from watchkeeper.store.case import Case
from watchkeeper.values.amount import readable

_CHAIN = "eth"
_USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
_RONIN_BRIDGE = "0x1a2a1c938ce3ec39b6d47113c7955baa9dd454f2"
_RONIN_TAKER = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
_BYBIT_THEFT, _BYBIT_HUB = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2", "0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92"
_RONIN, _BYBIT = "CR-045", "CR-111"  # incidents of the bundled ledger
_ONE_HOP = "One hop from the theft: every conserving method gives the same; one must be named before results are shown."


@dataclass(frozen=True, slots=True)
class _Set:
    """A bundled file of transfers, and the source that each of its rows names."""

    name: str
    source: str


_SETS = (_Set("ronin", "XCW-RONIN"), _Set("bybit-first-hop", "TAY-BYBIT"))
# Name of the trace, its set, what is followed, from where, to where, and the incident that it belongs to.
_TRACES = (
    ("ronin-ether", "ronin", "native", (_RONIN_BRIDGE,), (_RONIN_TAKER,), _RONIN),
    ("ronin-usdc", "ronin", _USDC, (_RONIN_BRIDGE,), (_RONIN_TAKER,), _RONIN),
    ("bybit-first-hop", "bybit-first-hop", "native", (_BYBIT_THEFT, _BYBIT_HUB), ("first-hop split",), _BYBIT),
)
NAMES = tuple(name for name, *_ in _TRACES)
REPORTED = ("ronin-ether", "bybit-first-hop")


def add_traces(case: Case, *, by: str) -> None:
    """Add the bundled transfers to a case that holds the bundled ledger, and follow them.

    Args:
        case: The case.
        by: Who adds them.
    """
    for one in _SETS:
        _add(case, one, by=by)
    for name, asked in _asked():
        run(case, name, asked, by=by)


def known_on(case: Case, day: date) -> tuple[str, ...]:
    """Return the traces of which a report is built, as far as the record knew them on a day."""
    table = case.tables["trace"]
    return tuple(table.filter(pl.col("trace_id").is_in(REPORTED) & (pl.col("decided_on") <= day))["trace_id"])


def told(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield of each trace its name, what was followed, and in words where it arrived and what it was worth.

    The worth is that of the day of the theft; where no price of that day is held, none is told.
    """
    prices = Prices(case.tables)
    ronin: list[Valued] = []
    for name in NAMES:
        trace, found = traces.trace_of(case.tables, name), traces.findings_of(case.tables, name)
        taken_on = date.fromisoformat(min(found["at"].to_list())[:10])
        addresses = found.filter(pl.col("outcome") == "arrival")["subject"].n_unique()
        valued = prices.value(trace.stolen, trace.unit, taken_on)
        where = f"arrived at {addresses} address{'es' if addresses != 1 else ''}"
        yield name, f"{readable(trace.stolen, trace.unit)} {trace.unit}", f"{name}: {where}" + _worth(valued)
        if trace.incident_id == _RONIN and valued:
            ronin.append(valued)
        if name == "ronin-usdc":
            yield name, f"{readable(total(ronin), USD)} {USD}", "both of Ronin together, on the day of the theft"


def _worth(valued: Valued | None) -> str:
    return f"; {valued.told}" if valued else ""


def _add(case: Case, one: _Set, *, by: str) -> None:
    folder = files("watchkeeper.ledger.bundled").joinpath("chain")
    with as_file(folder.joinpath(f"{one.name}.csv")) as table, as_file(folder.joinpath(f"{one.name}.yml")) as mapping:
        told = Files("plain/table", _CHAIN, one.name, read_mapping(mapping), one.source)
        add_chain(case, [table], told, by=by, tlp=LAXEST, strict=True)


def _asked() -> Iterator[tuple[str, Asked]]:
    for name, readings, asset, sources, ends, incident in _TRACES:
        yield name, Asked([readings], _CHAIN, asset, "fifo", _ONE_HOP, sources=sources, ends=ends, incident=incident)
