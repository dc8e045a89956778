"""Etherscan API: the answers of txlist, txlistinternal and tokentx of Etherscan and its sister explorers.

An answer holds one account's rows of one kind, and 10,000 at most; a program may have asked for fewer to a page. A list
of tokens' transfers has no log index, so transfers of one transaction are told apart by their order in the file alone.
"""

from __future__ import annotations

from collections import Counter

from watchkeeper.sources import strict_json
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

_MOST_ROWS = 10_000
_PAGE = 100  # programs ask for pages of 100, 1,000 or 10,000 rows, or of a few
_SMALL_PAGES = (10, 20, 25, 50)
# Some explorers list these beside the calls that move value, with the amount of the call above them.
_STILL = ("delegatecall", "staticcall", "callcode")
_LEGS = {"txlist": ("external", "fee"), "txlistinternal": ("internal",), "tokentx": ("token",)}
_LAYER_ABOVE = ("eip155:10", "eip155:8453")  # Optimism and Base: what a transaction pays to Ethereum comes on top
_NO_ROWS = "no transactions found"


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of an answer, with the decimals and symbols of tokens that it states.

    Raises:
        Invalid: no such answer, one that says an error, NFT rows, mixed decimals, or no row that can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if settings.mapping:
        raise Invalid(f"{name}: an answer of the Etherscan API takes no mapping; a table does (plain/table).")
    rows = _rows(strict_json.read(data, name), name)
    if rows is None:
        note = 'The explorer answered "No transactions found"; of which account and kind, the file does not say.'
        return Reading(0, 0, notes=(note,))
    kinds = {_kind(row, name) for row in rows if isinstance(row, dict)}
    positions = _positions(rows)
    for number, row in enumerate(rows):
        gathering.row(f"result {number + 1}", lambda row=row, number=number: _moves(gathering, row, number, positions))  # type: ignore[misc]
    gathering.notes += _notes(kinds, gathering, sum(_is_still(row) for row in rows))
    gathering.strangers(settings.accounts)
    full = not len(rows) % _PAGE or len(rows) in _SMALL_PAGES
    short = ("fee",) if gathering.chain in _LAYER_ABOVE else ()
    legs = tuple(leg for kind in sorted(kinds) for leg in _LEGS[kind] if leg not in short)
    return gathering.reading(() if full else legs)


def _rows(answer: strict_json.Read, name: str) -> list[strict_json.Read] | None:
    result = answer.get("result") if isinstance(answer, dict) else answer
    message = evm_values.text(answer, "message") if isinstance(answer, dict) else ""
    if result == [] and message.lower().startswith(_NO_ROWS[:15]):
        return None
    if not isinstance(result, list):
        told = f"{message} {result if isinstance(result, str) else ''}".strip()
        raise Invalid(
            f'{name}: no list of rows but the answer "{told[:200]}"; the explorer refused or the file is another. '
            "Ask again, and save the answer whole."
        )
    return result


def _kind(row: Told, name: str) -> str:
    if "tokenID" in row or "tokenId" in row:
        raise Invalid(
            f"{name}: rows of single tokens (tokennfttx or token1155tx). What a single token is worth no amount says, "
            "so they cannot be followed as money. Ask for tokentx, txlist and txlistinternal."
        )
    if "tokenDecimal" in row:
        return "tokentx"
    return "txlist" if "gasPrice" in row else "txlistinternal"


def _positions(rows: list[strict_json.Read]) -> dict[int, int]:
    """Return each row's position among those of its transaction, in the order of the chain.

    An answer may be sorted either way; if its blocks go down, so do the rows of a transaction.
    """
    told = [row if isinstance(row, dict) else {} for row in rows]
    blocks = [int(text) for row in told if (text := evm_values.text(row, "blockNumber")).isdecimal() and len(text) < 16]
    order = range(len(rows)) if len(blocks) < 2 or blocks[0] <= blocks[-1] else range(len(rows) - 1, -1, -1)
    seen: Counter[str] = Counter()
    found = {}
    for number in order:
        tx = evm_values.text(told[number], "hash", "transactionHash")
        found[number] = seen[tx]
        seen[tx] += 1
    return found


def _moves(gathering: Gathering, row: strict_json.Read, number: int, positions: dict[int, int]) -> list[Move]:
    if not isinstance(row, dict):
        raise Invalid("no object; a row of an answer is one.")
    where = evm_moves.Where(
        f"result {number + 1}",
        evm_values.needed_hash(row, "hash", "transactionHash"),
        evm_values.place(row, "number of a block", "blockNumber"),
        evm_values.maybe_hash(row, "blockHash"),
        evm_values.instant(row, "timeStamp"),
        evm_values.place(row, "place in a block", "transactionIndex"),
    )
    if where.block is None:
        raise Invalid("no blockNumber; a transaction that waits has moved nothing yet.")
    origin = gathering.address(evm_values.text(row, "from"))
    kind = _kind(row, gathering.name)
    if kind == "tokentx":
        return [_token(gathering, row, where, origin, positions[number])]
    if kind == "txlistinternal" and _is_still(row):
        return []
    amount = evm_values.number(row.get("value"), "amount")
    target = evm_moves.target_of(gathering, row, origin, ("to",), ("contractAddress",))
    failed = evm_values.text(row, "isError") == "1" or evm_values.text(row, "txreceipt_status") == "0"
    if kind == "txlist":
        return [evm_moves.external(where, origin, target, amount, succeeded=not failed), _fee(row, where, origin)]
    move = where.move("native", "internal", _place(row, positions[number]), amount)
    return [move._replace(origin=origin, target=target, succeeded=not failed)]


def _is_still(row: strict_json.Read) -> bool:
    """Return whether a row of txlistinternal is a call that moves nothing, whatever amount it names."""
    return isinstance(row, dict) and bool(
        {evm_values.text(row, key).lower() for key in ("type", "callType")} & set(_STILL)
    )


def _fee(row: Told, where: evm_moves.Where, origin: str) -> Move:
    used, price = (
        evm_values.number(row.get("gasUsed"), "gas used"),
        evm_values.number(row.get("gasPrice"), "price of gas"),
    )
    return evm_moves.fee(where, origin, used * price)


def _token(gathering: Gathering, row: Told, where: evm_moves.Where, origin: str, position: int) -> Move:
    contract = gathering.address(evm_values.text(row, "contractAddress"))
    decimals = evm_values.maybe(row, "number of decimals", "tokenDecimal")
    if decimals is not None and decimals > 255:
        raise Invalid(f"{decimals} decimals; a token's number of them fits one byte.")
    target = gathering.address(evm_values.text(row, "to"))
    amount = evm_values.number(row.get("value"), "amount")
    gathering.token(contract, decimals, evm_values.text(row, "tokenSymbol"))
    log_index = evm_values.place(row, "place in a log", "logIndex")
    place = f"nth/{position:06}" if log_index is None else f"log/{log_index:06}"
    return where.move(contract, "token", place, amount)._replace(origin=origin, target=target)


def _place(row: Told, position: int) -> str:
    told = evm_values.text(row, "traceId")
    parts = told.split("_")
    if told and all(part.isdecimal() and part.isascii() and len(part) <= 4 for part in parts):
        return "/".join(["trace", *(f"{int(part):04}" for part in parts)])
    return f"nth/{position:06}"


def _notes(kinds: set[str], gathering: Gathering, still: int) -> list[str]:
    notes = [f"{' and '.join(sorted(kinds))}: the other kinds of this account's rows are files of their own."]
    if any(move.place.startswith("nth/") for move in gathering.moves):
        notes.append(
            "No log index or trace: transfers of one transaction are told apart by their order in the file alone; "
            "of two files that overlap, the first like transfer of one is the first of the other. Where a page "
            "ends within a transaction, ask for the next from that block on, or a like transfer behind the cut is lost."
        )
    if "txlist" in kinds and gathering.chain in _LAYER_ABOVE:
        notes.append(
            "On this chain a transaction also pays for its place on Ethereum, which txlist does not say: the fees are "
            "too low. Receipts of a node (ethereum/json_rpc) say it."
        )
    if still:
        notes.append(f"{still:,} rows are delegated or static calls, which move nothing; they were left out.")
    if gathering.read % _PAGE == 0 or gathering.read in _SMALL_PAGES:
        at_most = ", the most that the API gives at once" if gathering.read == _MOST_ROWS else ", as full pages hold"
        blocks = [move.block for move in gathering.moves if move.block is not None] or [0]
        notes.append(
            f"{gathering.read:,} rows exactly{at_most}: the export may be cut off. Fetch the rest with "
            f"startblock={max(blocks)} (or endblock={min(blocks)} if the newest came first) and add both files; rows "
            "in both count once."
        )
    return notes
