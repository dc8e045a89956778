"""TRC-20: the list of an account's transfers of tokens on TRON, as TronGrid answers it, page by page.

A row names neither block nor place in a log, so transfers of one transaction are told apart by their order alone. An
answer that names the next page is not the whole account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from watchkeeper.sources import strict_json
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_moves, evm_values
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.sources.tron import node
from watchkeeper.values.refused import Invalid

_MOVES, _ALLOWS = "Transfer", "Approval"
_MOST_DECIMALS = 255  # a token's number of decimals fits one byte


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of an answer, with the decimals and symbols of tokens that it states.

    Raises:
        Invalid: no such answer, another chain, mixed decimals, or no row that can be kept.
    """
    gathering = node.opened(name, settings)
    answer = strict_json.read(data, name)
    rows = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise Invalid(f"{name}: no list of transfers; the service refused or the file is another. Ask again.")
    positions = _positions(rows)
    for number, row in enumerate(rows):
        gathering.row(f"data {number + 1}", lambda row=row, number=number: _moves(gathering, row, number, positions))  # type: ignore[misc]
    gathering.notes.append(
        "No block and no log index: rows are ordered by time, and those of one transaction by their order in the file; "
        "of two files that overlap, the first like transfer of one is the first of the other."
    )
    more = _more(answer)
    if more:
        gathering.notes.append("The answer names a next page: the list is not whole. Fetch the pages that follow.")
    # A bare list has lost what would say whether more pages follow.
    whole = isinstance(answer, dict) and isinstance(answer.get("meta"), dict) and not more
    return gathering.reading(("token",) if whole else ())


def _more(answer: strict_json.Read) -> bool:
    meta = answer.get("meta") if isinstance(answer, dict) else None
    return isinstance(meta, dict) and bool(meta.get("fingerprint") or meta.get("links"))


def _positions(rows: list[strict_json.Read]) -> dict[int, int]:
    """Return each row's position among those of its transaction; a list that runs back in time is turned round."""
    told = [row if isinstance(row, dict) else {} for row in rows]
    times = [int(text) for row in told if (text := evm_values.text(row, "block_timestamp")).isdecimal()]
    order = range(len(rows)) if len(times) < 2 or times[0] <= times[-1] else range(len(rows) - 1, -1, -1)
    seen: Counter[str] = Counter()
    found = {}
    for number in order:
        tx = evm_values.text(told[number], "transaction_id")
        found[number] = seen[tx]
        seen[tx] += 1
    return found


def _moves(gathering: Gathering, row: strict_json.Read, number: int, positions: dict[int, int]) -> list[Move]:
    if not isinstance(row, dict):
        raise Invalid("no object; a row of an answer is one.")
    kind = evm_values.text(row, "type") or _MOVES
    if kind not in (_MOVES, _ALLOWS):
        raise Invalid(f'"{kind[:40]}" is no type of row that is known; {_MOVES} and {_ALLOWS} are.')
    where = evm_moves.Where(
        f"data {number + 1}",
        evm_values.needed_hash(row, "transaction_id").removeprefix("0x"),
        at_s=node.milliseconds(row, "block_timestamp"),
    )
    if where.at_s is None:
        raise Invalid("no block_timestamp; without it nothing says what came first.")
    contract = _token(gathering, row.get("token_info"))
    if kind == _ALLOWS:
        return []
    amount = evm_values.number(row.get("value"), "amount")
    origin, target = (gathering.address(evm_values.text(row, end)) for end in ("from", "to"))
    place = f"nth/{positions[number]:06}"
    return [where.move(contract, "token", place, amount)._replace(origin=origin, target=target)]


def _token(gathering: Gathering, told: object) -> str:
    if not isinstance(told, Mapping):
        raise Invalid("no token_info; which token moved is not said.")
    contract = gathering.address(evm_values.text(told, "address"))
    decimals = evm_values.maybe(told, "number of decimals", "decimals")
    if decimals is not None and decimals > _MOST_DECIMALS:
        raise Invalid(f"{decimals} decimals; a token's number of them fits one byte.")
    gathering.token(contract, decimals, evm_values.text(told, "symbol"))
    return contract
