"""Demonstration traces: two public cases, retyped as facts, added to a case as anybody would add them.

Ronin: the two withdrawals of the theft, in ether and in USDC. Bybit: the first hop, 47 splits, as one analyst lists them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files

from watchkeeper.model.tlp import LAXEST
from watchkeeper.runs.chain_adding import Asked as Files
from watchkeeper.runs.chain_adding import add_chain, read_mapping
from watchkeeper.runs.trace_asking import Asked
from watchkeeper.runs.tracing import run
from watchkeeper.store.case import Case

_CHAIN = "eth"
_USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
_RONIN_BRIDGE = "0x1a2a1c938ce3ec39b6d47113c7955baa9dd454f2"
_BYBIT_THEFT, _BYBIT_HUB = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2", "0xdd90071d52f20e85c89802e5dc1ec0a7b6475f92"
_ONE_HOP = "One hop from the theft: every conserving method gives the same; one must be named before results are shown."


@dataclass(frozen=True, slots=True)
class _Set:
    """A bundled file of transfers, and the source that each of its rows names."""

    name: str
    source: str


_SETS = (_Set("ronin", "XCW-RONIN"), _Set("bybit-first-hop", "TAY-BYBIT"))
# Name of the trace, its set, what is followed, from where, and the incident of the bundled ledger that it belongs to.
_TRACES = (
    ("ronin-ether", "ronin", "native", (_RONIN_BRIDGE,), "CR-045"),
    ("ronin-usdc", "ronin", _USDC, (_RONIN_BRIDGE,), "CR-045"),
    ("bybit-first-hop", "bybit-first-hop", "native", (_BYBIT_THEFT, _BYBIT_HUB), "CR-111"),
)
NAMES = tuple(name for name, *_ in _TRACES)


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


def _add(case: Case, one: _Set, *, by: str) -> None:
    folder = files("watchkeeper.ledger.bundled").joinpath("chain")
    with as_file(folder.joinpath(f"{one.name}.csv")) as table, as_file(folder.joinpath(f"{one.name}.yml")) as mapping:
        told = Files("plain/table", _CHAIN, one.name, read_mapping(mapping), one.source)
        add_chain(case, [table], told, by=by, tlp=LAXEST, strict=True)


def _asked() -> Iterator[tuple[str, Asked]]:
    for name, readings, asset, sources, incident in _TRACES:
        yield name, Asked([readings], _CHAIN, asset, "fifo", _ONE_HOP, sources=sources, incident=incident)
