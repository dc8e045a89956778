"""Chain opening: the index of some sets of readings, built if it is not there, not whole, or of other code.

It lies in the case and may be deleted at any time: the captures and the log rebuild it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from watchkeeper.sources.chain_readers import Reader, reader
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.store import captures
from watchkeeper.store.case import Case
from watchkeeper.store.chain_building import build
from watchkeeper.store.chain_completeness import Covering, merged
from watchkeeper.store.chain_index import ChainIndex, Listed, open_index
from watchkeeper.store.chain_parts import Part
from watchkeeper.store.foreign_chain_table import read_chain_table
from watchkeeper.values import chain as chains
from watchkeeper.values.digest import of_bytes, of_json
from watchkeeper.values.refused import Invalid, NotFound

_LEGS = ("external", "internal", "token")
_KEY = 32  # digits of a digest, by which an index is named
_MADE_BY = ("sources", "store", "values")
Row = dict[str, Any]


def open_chain(case: Case, names: Sequence[str]) -> ChainIndex:
    """Return the index of the readings of some sets.

    Args:
        case: The case.
        names: Names of sets, as `watchkeeper add --name` gave them, or ids of readings.

    Raises:
        NotFound: a set is not there, or a capture of it is gone.
        Invalid: the sets are of two chains, or their rows contradict each other.
        Unsound: a capture was changed on disk.
    """
    readings = [row for row in readings_of(case, names) if gives_rows(row)]
    if not readings:
        raise NotFound(f"{', '.join(names)} holds no transfers, but labels, prices or a list of addresses alone.")
    chain = _chain(readings)
    for row in readings:
        captures.size(case.folder, row["capture"])  # an index must not outlive the bytes it was read from
    key = of_json({"readings": [row["reading_id"] for row in readings], "code": code()})[:_KEY]
    folder, listed = case.folder / "chain" / key, _listed(case, readings)
    found = open_index(folder, listed)
    if found is None:
        shutil.rmtree(folder, ignore_errors=True)
        build(folder, _parts(case, readings), {**_told(chain, readings), "names": sorted(names)})
        found = open_index(folder, listed)
    if found is None:
        raise Invalid(f"{folder} was built and is gone or changed already; something else writes to it. Try again.")
    return found


def readings_of(case: Case, names: Sequence[str]) -> list[Row]:
    """Return the readings of some sets, in the order of their ids; raise `NotFound` for a name that is none."""
    table = case.tables["reading"]
    known = sorted(set(table["name"]))
    missing = [name for name in names if name not in known and name not in set(table["reading_id"])]
    if missing or not names:
        raise NotFound(
            f"No set of readings {', '.join(missing)}; there are: {', '.join(known) or 'none'}. Add files with "
            "`watchkeeper add FILES --as READER --name NAME`."
        )
    found = table.filter(table["name"].is_in(names) | table["reading_id"].is_in(names))
    return found.sort("reading_id").to_dicts()


def gives_rows(row: Row) -> bool:
    """Say whether a reading gives transfers or coins, and no mere list or labels."""
    return bool({"transfers", "coins"} & set(reader(row["reader"]).gives))


def of_set(rows: Sequence[Row]) -> str:
    """Return in words what the readings of a set are said to hold, over which blocks, and which are missing between."""
    told = []
    of_coins = any("coins" in reader(row["reader"]).gives for row in rows)
    names = {"external": "transactions"} if of_coins else {leg: f"{leg} transfers" for leg in _LEGS}
    for leg, name in names.items():
        mine = [row for row in rows if leg in (row["covers"] or ())]
        ranges = [(row["block_from"], row["block_to"]) for row in mine if row["block_from"] is not None]
        spans = ", ".join(f"{first:,} to {last:,}" for first, last in merged(ranges)) or "not said"
        told.append(f"{name}: {f'held, blocks {spans}' if mine else 'not said whether all'}")
    return f"{'; '.join(told)}."


def again(case: Case, row: Row) -> Reading:
    """Return what the reader of a logged reading gives for its capture, as it did when it was added."""
    told = json.loads(row["settings"] or "{}")
    settings = Settings(row["chain"] or "", told.get("mapping", {}), tuple(row["accounts"] or ()))
    data = captures.read(case.folder, row["capture"])
    return read(reader(row["reader"]), data, f"capture {row['capture'][:16]}", settings)


def read(how: Reader, data: bytes, name: str, settings: Settings) -> Reading:
    """Return what a reader gives for a file; a jailed child opens Parquet for it."""
    columns = how.columns
    return how.read(data, name, settings, None if columns is None else read_chain_table(data, columns, name))


@cache
def code() -> str:
    """Return the digest of the code that makes an index: another version builds another one."""
    found = {}
    for room in _MADE_BY:
        waiting = [(room, files("watchkeeper").joinpath(room))]
        while waiting:
            path, one = waiting.pop()
            if one.is_dir():
                waiting += [(f"{path}/{inner.name}", inner) for inner in one.iterdir()]
            elif one.name.endswith((".py", ".yml", ".csv")):
                found[path] = of_bytes(one.read_bytes())
    return of_json(found)


def _chain(readings: Sequence[Row]) -> chains.Chain:
    named = sorted({row["chain"] for row in readings if row["chain"]})
    if len(named) != 1:
        raise Invalid(
            f"These sets are of {len(named)} chains ({', '.join(named)}), and an index is of one: a transfer across a "
            "bridge is two, one on each side. Open them one by one."
        )
    return chains.parse(named[0])


def _told(chain: chains.Chain, readings: Sequence[Row]) -> Row:
    return {
        "chain": chain.id,
        "family": chain.family,
        "readings": [row["reading_id"] for row in readings],
    }


def _parts(case: Case, readings: Sequence[Row]) -> Iterator[Part]:
    decimals: dict[str, tuple[int, str]] = {}
    for row in readings:
        found = again(case, row)
        _refuse_mixed(decimals, found, row)
        frames = {
            "transfers": found.transfers,
            "transactions": found.transactions,
            "inputs": found.inputs,
            "outputs": found.outputs,
        }
        yield Part(row["reading_id"], row["capture"], frames, found.block_hashes)


def _refuse_mixed(known: dict[str, tuple[int, str]], found: Reading, row: Row) -> None:
    """Note the decimals that a file states of each token; two files that differ put the point at two places."""
    faults = []
    for contract, decimals in found.decimals.items():
        before, capture = known.setdefault(contract, (decimals, row["capture"]))
        if before != decimals:
            faults.append(
                f"{contract}: {before} decimals in capture {capture[:16]}, {decimals} in capture {row['capture'][:16]}."
            )
    if faults:
        raise Invalid(
            "Mixed decimals: two files put the point of a token's amounts at two places, and one is wrong by a power "
            "of ten. Ask the contract (decimals()), and name only the readings that agree with it.",
            tuple(faults),
        )


def _listed(case: Case, readings: Sequence[Row]) -> Listed:
    covering = [
        Covering(
            row["reading_id"],
            tuple(row["covers"] or ()),
            tuple(row["accounts"] or ()),
            row["block_from"],
            row["block_to"],
        )
        for row in readings
    ]
    return Listed(covering, lambda name: addresses_listed(case, name))


def addresses_listed(case: Case, name: str) -> list[str]:
    """Return the addresses of the lists that were added under a name, in the form chain:address, in order.

    Raises:
        NotFound: no list of addresses was added under it; those that were are named.
    """
    lists = [row for row in case.tables["reading"].to_dicts() if "addresses" in reader(row["reader"]).gives]
    mine = [row for row in lists if name in (row["name"], row["reading_id"])]
    if not mine:
        known = ", ".join(sorted({row["name"] for row in lists})) or "none"
        raise NotFound(
            f'No list of addresses was added as "{name}"; there are: {known}. Add one with '
            f"`watchkeeper add FILE --as plain/addresses --chain CHAIN --name {name}`."
        )
    return sorted({one.address for row in mine for one in again(case, row).addresses})
