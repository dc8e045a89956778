"""Block files: what is read of raw blocks, in any order and frame, and that no changed byte passes."""

from __future__ import annotations

import bz2

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.bitcoin import made

from watchkeeper.sources.bitcoin import blk
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

REGTEST = Settings("btc-regtest")
KEY_HASH = "mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r"  # of made.KEY on regtest
WITNESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"  # of made.KEY on regtest
BLOCKS = [data for _, data in made.chain(4)]
COMMITS = bytes.fromhex("6a24aa21a9ed")


def read(data, settings=REGTEST):
    return blk.read(data, "blk00000.dat", settings)


def rows(reading: Reading):
    """Return every row but its place in the file, which follows the order of the blocks."""
    tables = (reading.transactions.drop("locator"), reading.inputs, reading.outputs)
    return [set(table.rows()) for table in tables]


def with_witness(item=b"SYNTHETIC signature", *, committed=True):
    """Return a block with a witness to which its coinbase commits."""
    salt = bytes(32)
    spend = made.transaction([(b"\x22" * 32, 1)], [(7, made.P2WPKH)], witness=[item])
    promise = made.twice(made.root([bytes(32), made.twice(spend[1])]) + salt)
    pays = [(50_0000_0000, made.P2PKH)] + ([(0, COMMITS + promise)] if committed else [])
    return made.block(b"\x11" * 32, made.coinbase(500, pays, witness=[salt]), spend)[1]


def test_a_block_gives_its_transactions_with_every_field():
    first = made.coinbase(101)
    spend = made.transaction([(b"\x22" * 32, 3)], [(20_0000_0000, made.P2WPKH), (5, made.P2PKH)])
    id_, data = made.block(b"\x11" * 32, first, spend, at_s=1_700_000_101)
    reading = read(made.framed(data))
    assert (reading.read, reading.kept, reading.rejected) == (2, 2, ())
    here = ("bip122:0f9188f13cb7b2c71f2a335e3a4fc328", 101, made.shown(id_), "11" * 32, 1_700_000_101)
    # Frame of 8 bytes, header of 80, the count of transactions, and then the first one.
    assert reading.transactions.rows() == [
        (*here, made.shown(first[0]), 0, True, "byte 89"),
        (*here, made.shown(spend[0]), 1, False, f"byte {89 + len(first[1])}"),
    ]
    assert reading.inputs.rows() == [(made.shown(spend[0]), made.shown(id_), 0, "22" * 32, 3, None, None)]
    assert reading.outputs.rows() == [
        (made.shown(first[0]), made.shown(id_), 0, "5000000000", KEY_HASH, "pubkeyhash"),
        (made.shown(spend[0]), made.shown(id_), 0, "2000000000", WITNESS, "witness_v0_keyhash"),
        (made.shown(spend[0]), made.shown(id_), 1, "5", KEY_HASH, "pubkeyhash"),
    ]
    assert reading.block_hashes == ((101, made.shown(id_), "11" * 32),)


def test_what_another_file_holds_is_null_and_never_nothing():
    reading = read(made.framed(BLOCKS[1], BLOCKS[2]))
    assert reading.inputs["amount"].to_list() == [None, "5000000000"]
    assert reading.inputs["address"].to_list() == [None, KEY_HASH]
    assert any(
        note.startswith("Inputs of which the file does not give the amount: 1 of 2; none is taken as 0.")
        and "add the block files before this one" in note
        for note in reading.notes
    )


@given(st.permutations(BLOCKS), st.integers(0, 70_000), st.sampled_from([made.REGTEST, b"\xf1\x02\x03\x04"]))
def test_neither_the_order_of_blocks_nor_zeros_between_them_nor_the_networks_mark_change_a_row(blocks, zeros, magic):
    plain = rows(read(made.framed(*BLOCKS)))
    assert rows(read(made.framed(*blocks, magic=magic, between=bytes(zeros % 9)) + bytes(zeros))) == plain


def test_a_block_without_a_frame_is_read():
    assert rows(read(BLOCKS[0])) == rows(read(made.framed(BLOCKS[0])))
    with pytest.raises(Invalid, match=r"something follows the block's end"):
        read(BLOCKS[0] + b"\1")


@given(st.binary(min_size=8, max_size=8))
def test_an_obfuscated_file_is_read_with_its_key(key):
    plain = made.framed(*BLOCKS)
    masked = bytes(byte ^ key[place % 8] for place, byte in enumerate(plain))
    for given_as in (key, key.hex()):
        assert rows(read(masked, Settings("btc-regtest", {"xor": given_as}))) == rows(read(plain))


def test_an_obfuscated_file_without_its_key_is_refused_with_what_to_do():
    masked = bytes(byte ^ 0x5A for byte in made.framed(*BLOCKS))
    with pytest.raises(Invalid, match=r"^blk00000.dat: no block file, .* give the key in blocks/xor.dat"):
        read(masked)


@pytest.mark.parametrize("key", ["12", "no hex digits", 1234567812345678, b"seven..", ["00" * 8]])
def test_a_key_of_another_form_is_refused(key):
    with pytest.raises(Invalid, match=r'"xor" is to be the 8 bytes of blocks/xor.dat, as 16 hex digits'):
        read(made.framed(*BLOCKS), Settings("btc-regtest", {"xor": key}))


def test_a_last_block_that_is_cut_off_is_said_and_the_others_are_kept():
    whole = made.framed(*BLOCKS)
    for lost in (1, 80, len(BLOCKS[3]) + 2):
        reading = read(whole[:-lost])
        assert (reading.read, reading.kept) == (6, 5)  # of 7, the cut block's two count as the one that was met
        assert "the file ends before this block does" in reading.rejected[0].reason
        assert any("ends before this block" in note for note in reading.notes)


@given(st.integers(0, len(BLOCKS[2]) - 1), st.integers(0, 7))
def test_a_changed_bit_is_refused_or_changes_the_blocks_own_id(place, bit):
    changed = bytearray(BLOCKS[2])
    changed[place] ^= 1 << bit
    before = read(made.framed(BLOCKS[2])).transactions["block_hash"][0]
    try:
        after = read(made.framed(bytes(changed))).transactions["block_hash"][0]
    except Invalid:
        return
    assert place < 80
    assert after != before


@given(st.data())
def test_a_changed_bit_in_a_witness_is_refused_too(data):
    block = with_witness()
    place = data.draw(st.integers(80, len(block) - 1))
    changed = bytearray(block)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    assert read(block).kept == 2
    with pytest.raises(Invalid):
        read(bytes(changed))


def test_a_witness_to_which_the_coinbase_does_not_commit_is_refused():
    with pytest.raises(Invalid, match="its witnesses are not those to which its coinbase commits"):
        read(with_witness(committed=False))


def test_a_witness_is_no_part_of_a_transactions_id():
    ids = [read(with_witness(item)).transactions["tx"].to_list()[1] for item in (b"one", b"another")]
    assert ids[0] == ids[1]


def test_a_transaction_changed_by_one_satoshi_does_not_give_the_root():
    _, data = made.block(b"\x11" * 32, made.coinbase(101))
    with pytest.raises(Invalid, match=r"do not give the Merkle root of its header .* fetch it again"):
        read(made.framed(data.replace((50_0000_0000).to_bytes(8, "little"), (50_0000_0001).to_bytes(8, "little"))))


def test_a_block_with_its_last_transactions_doubled_is_refused_though_its_root_is_right():
    spends = [made.transaction([(bytes([n]) * 32, 0)], [(n, made.P2PKH)]) for n in (1, 2)]
    honest = made.block(b"\x11" * 32, made.coinbase(9), *spends)[1]
    doubled = made.block(b"\x11" * 32, made.coinbase(9), *spends, spends[1])[1]
    assert honest[:80] == doubled[:80]
    with pytest.raises(Invalid, match="holds one transaction twice"):
        read(doubled)


# --- Heights ---


def test_a_height_is_what_the_coinbase_states_from_version_2_on():
    for height in (1, 16, 17, 127, 128, 255, 256, 32_768, 700_000, 8_388_608):
        _, data = made.block(b"\x11" * 32, made.coinbase(height))
        assert read(data).transactions["block"].to_list() == [height]


def test_a_block_of_version_1_has_no_number_by_itself_but_one_by_the_block_after_it():
    old = made.block(b"\x11" * 32, made.coinbase(7), version=1)
    new = made.block(old[0], made.coinbase(401))
    reading = read(made.framed(old[1]))
    assert reading.transactions["block"].to_list() == [None]
    assert reading.block_hashes == ()
    assert any("Blocks without a number: 1." in note for note in reading.notes)
    assert read(made.framed(new[1], old[1])).transactions["block"].to_list() == [401, 400]


def test_blocks_that_state_heights_against_each_other_have_none():
    one = made.block(b"\x11" * 32, made.coinbase(300))
    two = made.block(one[0], made.coinbase(302))
    reading = read(made.framed(one[1], two[1]))
    assert reading.transactions["block"].to_list() == [None, None]
    assert any("heights contradict each other: 1." in note for note in reading.notes)


def test_both_branches_of_a_fork_are_read_with_their_heights():
    base = made.block(b"\x11" * 32, made.coinbase(300))
    left = made.block(base[0], made.coinbase(301), salt=1)
    right = made.block(base[0], made.coinbase(301), salt=2)
    found = read(made.framed(left[1], base[1], right[1])).block_hashes
    assert found == (
        (301, made.shown(left[0]), made.shown(base[0])),
        (300, made.shown(base[0]), "11" * 32),
        (301, made.shown(right[0]), made.shown(base[0])),
    )


# --- Refusals ---


def test_another_chain_than_the_one_said_is_refused():
    mainnet = bytes.fromhex("f9beb4d9")
    with pytest.raises(Invalid, match=r"its blocks are marked as those of Bitcoin; the chain here is Litecoin"):
        read(made.framed(BLOCKS[0], magic=mainnet), Settings("ltc"))
    first = made.block(bytes(32), made.coinbase(0))[1]
    with pytest.raises(Invalid, match=r"its first block is .*, which is not that of Bitcoin"):
        read(made.framed(first, magic=mainnet), Settings("btc"))
    with pytest.raises(Invalid, match="Ethereum has no block files of this form"):
        read(made.framed(*BLOCKS), Settings("eth"))
    for chain, told in (("zec", "Zcash's longer headers"), ("doge", "Dogecoin's merged mining")):
        with pytest.raises(Invalid, match=f"{told} are not read from block files. .* bitcoin/getblock"):
            read(made.framed(*BLOCKS), Settings(chain))


def test_a_block_of_bitcoin_cash_has_its_form_of_address():
    reading = read(made.framed(BLOCKS[0], magic=bytes.fromhex("e3e1f3e8")), Settings("bch"))
    assert reading.outputs["address"].to_list() == ["qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h"]


def test_bytes_between_blocks_that_are_no_block_are_refused():
    with pytest.raises(Invalid, match="no block begins here"):
        read(made.framed(BLOCKS[0]) + b"\7" + made.framed(BLOCKS[1]))


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"PDF", bytes(range(256)), b"\x04" + bytes(400)])
def test_what_is_no_block_file_is_refused(data):
    with pytest.raises(Invalid, match=r"^blk00000.dat: no block file, and no single block"):
        read(data)


def test_a_longer_file_than_a_node_writes_is_not_read(monkeypatch):
    monkeypatch.setattr("watchkeeper.sources.bitcoin.blk.limit", lambda key: 100 if key == "block_file" else limit(key))
    with pytest.raises(Invalid, match="more than the 100 a block file may have"):
        read(made.framed(*BLOCKS))


def test_a_litecoin_extension_block_is_refused_with_what_to_do():
    id_, plain = made.transaction([(b"\x22" * 32, 3)], [(5, made.P2PKH)])
    extended = plain[:4] + b"\x00\x08" + plain[4:]
    _, data = made.block(b"\x11" * 32, made.coinbase(5), (id_, extended))
    with pytest.raises(Invalid, match=r"extension block \(MWEB\).* add them as bitcoin/getblock"):
        read(data)


@given(st.data())
def test_no_bytes_raise_anything_but_invalid(data):
    file = bytearray(made.framed(*BLOCKS, with_witness()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        if not file:
            break
    try:
        reading = read(bytes(file))
    except Invalid:
        return
    assert reading.read == reading.kept + len(reading.rejected)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for file in (data, made.REGTEST + data, made.framed(data)):
        try:
            found = read(file)
        except Invalid:
            continue
        assert found.read == found.kept + len(found.rejected) > 0


@pytest.mark.parametrize("count", [b"\xfe\xff\xff\xff\xff", b"\xff" * 9])
def test_a_false_count_of_billions_ends_with_the_file_and_not_the_memory(count):
    for place in (80, 85):
        data = BLOCKS[0][:place] + count + BLOCKS[0][place + 1 :]
        with pytest.raises(Invalid):
            read(made.framed(data))


# --- Real files ---

# File, chain, transactions, inputs, outputs, first and last height; None where the coinbase states none.
REAL = [
    ("bitcoin_blocks/btcd_277647.dat.bz2", "btc", 213, 732, 769, 277_647, 277_647),
    ("bitcoin_blocks/btcd_blk_0_to_4.dat.bz2", "btc", 9, 4, 10, 0, 4),
    ("bitcoin_blocks/btcd_blk_3A.dat.bz2", "btc", 3, 2, 3, None, None),
    ("bitcoin_blocks/btcd_blocks1-256.bz2", "btc", 262, 7, 267, 1, 255),
    ("bitcoin_blocks/btcd_block-0000000000000000001602407ac49862a7bca9d00f7f402db20b7be2f5de59d2.blk", "btc",
     3315, 5054, 8150, 574_200, 574_200),
    ("bitcoin_blocks/btcd_block-00000000000000000021868c2cefc52a480d173c849412fe81c4e5ab806f94ab.blk", "btc",
     230, 7032, 472, 540_107, 540_107),
    ("bitcoin_blocks/rustbitcoin_mainnet_block_000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae.raw",
     "btc", 2500, 6517, 6015, 702_861, 702_861),
    ("bitcoin_blocks/rustbitcoin_testnet_block_000000000000045e0b1660b6445b5e5c5ab63c9a4f956be7e1e69be04fa4497b.raw",
     "btc-test", 15, 15, 29, 924_634, 924_634),
    ("blocksci_regtest/btc_blk00000.dat", "btc-regtest", 356, 178, 693, 0, 201),
    ("blocksci_regtest/bch_blk00000.dat", "btc-regtest", 356, 185, 487, 0, 194),
    ("blocksci_regtest/ltc_blk00000.dat", "btc-regtest", 354, 178, 691, 0, 199),
]  # fmt: skip


@pytest.mark.parametrize(("file", "chain", "transactions", "inputs", "outputs", "first", "last"), REAL)
def test_real_files_are_read_whole(shared_data, file, chain, transactions, inputs, outputs, first, last):
    data = shared_data(f"tracing/{file}").read_bytes()
    reading = read(bz2.decompress(data) if file.endswith(".bz2") else data, Settings(chain))
    assert reading.rejected == ()
    assert (reading.kept, reading.inputs.height, reading.outputs.height) == (transactions, inputs, outputs)
    assert (reading.transactions["block"].min(), reading.transactions["block"].max()) == (first, last)
    # No transaction pays out more than it spends, where the file says all of what it spends.
    spent = reading.inputs.group_by("tx").agg(
        pl.col("amount").cast(pl.Int64).sum(), known=pl.col("amount").is_not_null().all()
    )
    paid = dict(reading.outputs.group_by("tx").agg(pl.col("amount").cast(pl.Int64).sum()).rows())
    assert all(paid[tx] <= total for tx, total, known in spent.rows() if known)


def test_the_name_of_a_real_file_is_the_hash_of_its_block(shared_data):
    folder = shared_data("tracing/bitcoin_blocks")
    for path in [*folder.glob("btcd_block-*.blk"), *folder.glob("rustbitcoin_*.raw")]:
        chain = "btc-test" if "testnet" in path.name else "btc"
        reading = read(path.read_bytes(), Settings(chain))
        assert reading.block_hashes[0][1] in path.name


def test_both_branches_of_a_real_reorganisation_test_have_their_heights(shared_data):
    # The file writes blocks 0 to 4 and the branch 3A to 5A in hex, with blanks and headings.
    text = shared_data("tracing/bitcoin_blocks/btcd_reorgtest.hex").read_text()
    words = [w for w in text.split() if len(w) % 2 == 0 and all(c in "0123456789abcdef" for c in w)]
    reading = read(bytes.fromhex("".join(words)), Settings("btc"))
    heights = [height for height, _, _ in reading.block_hashes]
    assert sorted(heights) == [0, 1, 2, 3, 3, 4, 4, 5]
    third = [previous for height, _, previous in reading.block_hashes if height == 3]
    assert third[0] == third[1]  # the branches part after block 2


def test_a_file_of_which_no_block_is_whole_is_refused():
    with pytest.raises(Invalid, match=r"^blk00000.dat: the file ends before this block does"):
        read(made.framed(BLOCKS[0])[:-1])


def test_one_id_in_two_blocks_is_two_rows_told_apart_by_their_block():
    """Before BIP 30 two coinbases could be alike to the last byte; blocks 91,722 and 91,880 of Bitcoin are so."""
    same = made.coinbase(7)
    one = made.block(b"\x11" * 32, same, version=1)
    two = made.block(one[0], same, version=1)
    reading = read(made.framed(one[1], two[1]))
    assert reading.transactions["tx"].to_list() == [made.shown(same[0])] * 2
    for table in (reading.transactions, reading.outputs):
        assert table["block_hash"].to_list() == [made.shown(one[0]), made.shown(two[0])]


def test_a_block_that_is_shorter_than_its_frame_says_is_refused():
    with pytest.raises(Invalid, match="is shorter than its frame says; bytes were changed or lost"):
        read(made.framed(BLOCKS[0] + b"\1\2"))


def test_an_unknown_mark_before_a_damaged_block_is_no_mark():
    damaged = BLOCKS[0][:90] + b"\7" + BLOCKS[0][91:]
    with pytest.raises(Invalid, match="no block file, and no single block"):
        read(made.framed(damaged, magic=b"\xf1\x02\x03\x04"))


@pytest.mark.parametrize("script", [b"", b"\x06\1\2\3\4\5\6", b"\x03\1\2", b"\x02\x01\x80\x51"])
def test_a_coinbase_that_states_no_height_gives_none(script):
    """None at all; longer than a height; longer than the script; and one below zero."""
    only = made.transaction([(bytes(32), 0xFFFFFFFF)], [(1, made.P2PKH)], script=script)
    assert read(made.block(b"\x11" * 32, only)[1]).transactions["block"].to_list() == [None]
