"""Block files: the blk*.dat files of Bitcoin Core and its kin, and single blocks, from their raw bytes.

Everything in them is computed from the bytes: ids, Merkle root, addresses. What an input spent lies in another block
and often in another file; its amount is then unknown, and is fetched by adding that file too.
"""

from __future__ import annotations

from collections.abc import Iterator

from watchkeeper.sources.bitcoin import raw_block, scripts
from watchkeeper.sources.bitcoin.coin_rows import CoinRows, Paid, Place, Spent
from watchkeeper.sources.bitcoin.heights import heights
from watchkeeper.sources.bitcoin.raw_block import RawBlock, shown
from watchkeeper.sources.chain_reading import Reading, Rejected, Settings
from watchkeeper.sources.limits import limit
from watchkeeper.values import chain as chains
from watchkeeper.values.chain import COINS, Chain
from watchkeeper.values.refused import Invalid

_FRAME = 8  # four bytes that mark the network, four that hold the block's size
# Source: pchMessageStart in the chainparams.cpp of each; Bitcoin Cash marks its files on disk as Bitcoin does.
_MAGIC = {
    bytes.fromhex("f9beb4d9"): ("btc", "bch"),
    bytes.fromhex("0b110907"): ("btc-test",),
    bytes.fromhex("fabfb5da"): ("btc-regtest",),
    bytes.fromhex("fbc0b6db"): ("ltc",),
    bytes.fromhex("e3e1f3e8"): ("bch",),
}
_KEY = 8
_FIRST = bytes(32)
_BITCOIN = "000000000019d6689c085ae165831e93"
_REGTEST = "btc-regtest"  # its mark is shared by the regtest networks of Bitcoin's kin, which have blocks of their own
_UNREAD = {"zec": "Zcash's longer headers", "doge": "Dogecoin's merged mining"}


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transactions of a block file, or of one block without its frame.

    Args:
        data: The file; zeros between blocks and after the last are passed over.
        name: What to call the file in errors.
        settings: The chain; `mapping["xor"]` holds the key of a file that the node obfuscates, in hex or as the bytes
            of its blocks/xor.dat.

    Raises:
        Invalid: no block file, of another chain, damaged (a Merkle root does not agree), or too long.
    """
    chain = chains.parse(settings.chain)
    _check_chain(chain, name)
    if len(data) > limit("block_file"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('block_file')} a block file may have.")
    try:
        plain = _unmasked(data, settings.mapping.get("xor"))
        blocks, cut = _blocks(plain, chain)
    except Invalid as error:
        raise Invalid(f"{name}: {error}") from None
    if not blocks:
        raise Invalid(f"{name}: {cut[0].reason if cut else 'there is no block in it.'}")
    _check_first(blocks, chain, name)
    return _reading(blocks, cut, chain)


def _reading(blocks: list[RawBlock], cut: list[Rejected], chain: Chain) -> Reading:
    known, notes = heights(blocks, _first(chain))
    rows = CoinRows(chain.id)
    for block in blocks:
        _add(rows, block, known.get(block.id), chain)
    notes += [f"{one.locator}: {one.reason}" for one in cut]
    return rows.reading(cut, notes, "add the block files before this one, or the blocks from getblock, verbosity 3")


def _add(rows: CoinRows, block: RawBlock, height: int | None, chain: Chain) -> None:
    id_, previous = shown(block.id), _previous(block)
    for index, one in enumerate(block.transactions):
        place = Place(height, id_, previous, block.at_s, index, f"byte {one.at}")
        spent = [Spent(shown(tx), output) for tx, output in one.inputs]
        paid = [Paid(amount, *scripts.paid_to(script, chain)) for amount, script in one.outputs]
        rows.add(shown(one.id), place, spent, paid, coinbase=one.coinbase)


def _previous(block: RawBlock) -> str | None:
    return None if block.previous == _FIRST else shown(block.previous)


def _blocks(data: bytes, chain: Chain) -> tuple[list[RawBlock], list[Rejected]]:
    start = _after_zeros(data, 0)
    magic = data[start : start + 4]
    if magic not in _MAGIC and not _is_framed(data, start):
        return [_bare(data)], []
    of = _MAGIC.get(magic, (chain.slug,))
    if chain.slug not in of and of != (_REGTEST,):
        raise Invalid(
            f"its blocks are marked as those of {chains.parse(of[0]).name}; the chain here is {chain.name}. "
            "Addresses would be written wrong. Say the right chain."
        )
    blocks: list[RawBlock] = []
    cut: list[Rejected] = []
    for at, end in _frames(data, start, magic):
        if end > len(data):
            cut.append(
                Rejected(
                    f"byte {at}",
                    "the file ends before this block does; its transactions are missing. Copy the file again.",
                )
            )
            break
        blocks.append(raw_block.read(data, at, end))
        if blocks[-1].end != end:
            raise Invalid(f"the block at byte {at} is shorter than its frame says; bytes were changed or lost.")
    return blocks, cut


def _frames(data: bytes, at: int, magic: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each block begins and ends; the end of the last may lie beyond the file."""
    while at < len(data):
        if data[at : at + 4] != magic[: len(data) - at]:
            raise Invalid(f"byte {at}: no block begins here, though one should; bytes were changed or lost.")
        end = at + _FRAME + int.from_bytes(data[at + 4 : at + _FRAME], "little")
        yield at + _FRAME, max(end, at + _FRAME)
        at = _after_zeros(data, end)


def _after_zeros(data: bytes, at: int) -> int:
    """Return the place of the first byte that is not zero: a node reserves a file's room before it fills it."""
    while at < len(data) and not data[at]:
        step = 1 << 16
        at += (
            step
            if not any(data[at : at + step])
            else len(data[at : at + step]) - len(data[at : at + step].lstrip(b"\0"))
        )
    return min(at, len(data))


def _is_framed(data: bytes, at: int) -> bool:
    """Tell whether an unknown mark is followed by a block of the size it says; a mark is any four bytes."""
    end = at + _FRAME + int.from_bytes(data[at + 4 : at + _FRAME], "little")
    if not at + _FRAME + raw_block.HEADER < end <= len(data):
        return False
    try:
        return raw_block.read(data, at + _FRAME, end).end == end
    except Invalid:
        return False


def _bare(data: bytes) -> RawBlock:
    try:
        block = raw_block.read(data, 0, len(data))
    except Invalid as error:
        raise Invalid(
            f"no block file, and no single block: {error} If the node obfuscates its block files (Bitcoin Core does "
            'since 28.0), give the key in blocks/xor.dat: a mapping with the line `xor: "16 hex digits"`, quoted.'
        ) from None
    if block.end != len(data):
        raise Invalid(f"something follows the block's end at byte {block.end}; this is no single block.")
    return block


def _unmasked(data: bytes, key: object) -> bytes:
    if key is None:
        return data
    if isinstance(key, str):
        try:
            key = bytes.fromhex(key)
        except ValueError:
            key = b""
    if not isinstance(key, bytes) or len(key) != _KEY:
        raise Invalid(f'"xor" is to be the {_KEY} bytes of blocks/xor.dat, as 16 hex digits in quotes.')
    mask = key * (len(data) // _KEY + 1)
    masked = int.from_bytes(data, "big") ^ int.from_bytes(mask[: len(data)], "big")
    return masked.to_bytes(len(data), "big")


def _check_chain(chain: Chain, name: str) -> None:
    if chain.family != COINS:
        raise Invalid(f"{name}: {chain.name} has no block files of this form; say the chain the file is of.")
    if chain.slug in _UNREAD:
        raise Invalid(
            f"{name}: {_UNREAD[chain.slug]} are not read from block files. Ask a node for the blocks with getblock, "
            "verbosity 2, and add them as bitcoin/getblock."
        )


def _first(chain: Chain) -> str:
    """Return how the id of a chain's first block begins; Bitcoin Cash has Bitcoin's, and is named by its fork."""
    return _BITCOIN if chain.slug == "bch" else chain.id.removeprefix("bip122:")


def _check_first(blocks: list[RawBlock], chain: Chain, name: str) -> None:
    """Refuse a file whose first block of all is that of another chain: a chain's id is that block's."""
    first = _first(chain)
    for block in blocks:
        if block.previous == _FIRST and not shown(block.id).startswith(first) and chain.slug != _REGTEST:
            raise Invalid(
                f"{name}: its first block is {shown(block.id)}, which is not that of {chain.name}. Addresses would be "
                "written wrong. Say the right chain."
            )
