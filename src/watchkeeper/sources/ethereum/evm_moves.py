"""EVM moves: the movements that transactions, traces and events say, with the place that orders them.

The first call of a transaction and the transaction itself are one movement told twice; both get the leg "external" and
the place "trace", so that value is not counted twice where both files are at hand. Calls below it have their place
under that one, events of tokens their place in the block's log, and the fee of a transaction is one leg, whatever of
it is burned and whatever goes to the maker of the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.sources.ethereum import evm_values
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

TRANSFER_TOPIC = (
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"  # Transfer(address,address,uint256)
)
AFTER_ALL = 2**31 - 1  # place in a block of what the block pays when its transactions are done
# A delegated or static call moves nothing, and CALLCODE pays from an account to itself.
_MOVING = ("call", "create", "create2", "suicide", "selfdestruct", "")


@dataclass(frozen=True, slots=True)
class Where:
    """The transaction and block of a movement, and its place in the file."""

    locator: str
    tx: str | None = None
    block: int | None = None
    block_hash: str | None = None
    at_s: int | None = None
    tx_index: int | None = None

    def move(self, asset: str, leg: str, place: str, amount: int) -> Move:
        """Return a movement here, without its ends."""
        return Move(
            asset, leg, amount, self.locator, place, tx=self.tx, block=self.block, block_hash=self.block_hash,
            at_s=self.at_s, tx_index=self.tx_index,
        )  # fmt: skip


def external(where: Where, origin: str, target: str, amount: int, *, succeeded: bool | None) -> Move:
    """Return what a transaction moves by itself; `succeeded` is None where the file does not say."""
    return where.move("native", "external", "trace", amount)._replace(origin=origin, target=target, succeeded=succeeded)


def fee(where: Where, payer: str, amount: int) -> Move:
    """Return what a transaction costs; failed ones cost too."""
    return where.move("native", "fee", "fee", amount)._replace(origin=payer)


def target_of(gathering: Gathering, told: Told, origin: str, to: Sequence[str], made: Sequence[str]) -> str:
    """Return who receives: the one addressed, or the contract that the transaction creates.

    Args:
        gathering: Reads addresses.
        told: The row.
        origin: Its sender.
        to: Keys that may hold the one addressed.
        made: Keys that may hold the contract created.

    Raises:
        Invalid: neither is said, nor the nonce from which the contract follows.
    """
    found = evm_values.text(told, *to) or evm_values.text(told, *made)
    if found:
        return gathering.address(found)
    nonce = evm_values.maybe(told, "nonce", "nonce")
    if nonce is None:
        raise Invalid("no receiver and no nonce; which contract the transaction creates cannot be known.")
    return evm_values.created(origin, nonce)


def traced(
    where: Where, address: Sequence[int], ends: tuple[str, str], amount: int, *, succeeded: bool | None
) -> list[Move]:
    """Return what a call moves: nothing if it is worth nothing and not the transaction itself."""
    origin, target = ends
    if not address:
        return [external(where, origin, target, amount, succeeded=succeeded)]
    if not amount:
        return []
    move = where.move("native", "internal", "/".join(["trace", *(f"{one:04}" for one in address)]), amount)
    return [move._replace(origin=origin, target=target, succeeded=succeeded)]


def moves_value(kind: str) -> bool:
    """Return whether a call of a kind can move value; `kind` is its call type, else its trace type."""
    return kind.lower() in _MOVING


def of_block(where: Where, leg: str, place: str, target: str, amount: int) -> Move:
    """Return what a block itself pays or brings into being: rewards, withdrawals, the first balances.

    It belongs to no transaction, so the block stands for one.
    """
    move = where.move("native", leg, place, amount)
    return move._replace(tx=f"block/{where.block}", tx_index=AFTER_ALL, target=target)


@dataclass(slots=True)
class Events:
    """Reads events of tokens, and counts those that are no movement of one."""

    gathering: Gathering
    other: int = 0
    nft: int = 0
    unindexed: int = 0
    removed: int = 0

    def moves(self, where: Where, contract: str, topics: Sequence[str], data: str, log_index: int) -> list[Move]:
        """Return the movement that an event says, or none.

        Raises:
            Invalid: the event has the form of a transfer and holds no addresses or no amount.
        """
        if not topics or topics[0].lower() != TRANSFER_TOPIC:
            self.other += 1
        elif len(topics) == 4:
            self.nft += 1
        elif len(topics) != 3:
            self.unindexed += 1
        else:
            return [self._move(where, contract, topics, data, log_index)]
        return []

    def _move(self, where: Where, contract: str, topics: Sequence[str], data: str, log_index: int) -> Move:
        if len(data) != 66:
            raise Invalid(f"a transfer with {max(len(data) - 2, 0) // 2} bytes of data where an amount has 32.")
        move = where.move(
            self.gathering.address(contract), "token", f"log/{log_index:06}", evm_values.number(data, "amount")
        )
        ends = evm_values.address_of_word(topics[1]), evm_values.address_of_word(topics[2])
        return move._replace(origin=ends[0], target=ends[1])

    def notes(self) -> list[str]:
        """Return a sentence for each kind of event that moved no token."""
        told = (
            (self.other, "events are no transfers of tokens and move nothing."),
            (self.nft, "events move single tokens (NFT, four topics): an id is no amount, so they were left out."),
            (self.unindexed, "events have the name of a transfer but another form, and were left out."),
            (self.removed, "events were taken back by the chain (removed: true) and left out."),
        )
        return [f"{count:,} {words}" for count, words in told if count]
