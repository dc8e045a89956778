"""Chain address: its normal form, its checksum, and that an address of another chain is told as that.

The addresses are those of the standards' own test vectors (EIP-55, BIP 173, BIP 350, cashaddr.md), or made here.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import cash_address, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

HASHES = st.binary(min_size=20, max_size=20)
COINS = [one for one in chains.chains().values() if one.base58]
WITNESS = [one for one in chains.chains().values() if one.bech32]


def norm(chain, text):
    return chain_address.parse(chain, text).text


@pytest.mark.parametrize(
    "mixed",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
     "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"],
)  # fmt: skip
def test_an_evm_address_is_kept_in_lower_case_and_shown_in_mixed_case(mixed):
    found = chain_address.parse("eth", f" {mixed}\n")
    assert found.text == mixed.lower()
    assert found.shown == mixed
    assert found.caip10 == f"eip155:1:{mixed.lower()}"
    assert chain_address.parse_caip10(found.caip10) == found
    assert norm("eth", mixed.lower()) == norm("eth", mixed[2:].upper()) == norm("eth", "\\x" + mixed[2:]) == found.text


def test_one_letter_in_the_wrong_case_fails_the_checksum_of_an_evm_address():
    with pytest.raises(Invalid, match=r"fails its checksum \(EIP-55\).* Copy it again"):
        chain_address.parse("eth", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",) * 2,
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",) * 2,
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",) * 2,
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",) * 2,
    ],
)
def test_a_bitcoin_address_is_kept_as_it_is_and_bech32_in_lower_case(text, kept):
    assert norm("btc", text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",  # last letter
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # version 0 with the checksum of bech32m
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # version 1 with that of bech32
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # a letter that bech32 has not
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  # version 17
        "bc1pw5dgrnzv",  # one byte
        "bc1qr508d6qejxtdg4y5r3zarvaryvaxxpcs",  # version 0, 16 bytes
        "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # mixed case
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN",
    ],
)
def test_a_mistyped_bitcoin_address_fails_its_checksum(text):
    with pytest.raises(Invalid, match="fails its checksum"):
        chain_address.parse("btc", text)


@pytest.mark.parametrize(
    ("chain", "text", "told"),
    [
        ("eth", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "no address of Ethereum.* It looks like an address of Bitcoin"),
        ("eth", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "It looks like an address of Bitcoin."),
        ("btc", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "It looks like an address of Ethereum or another EVM"),
        ("btc", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "It looks like an address of TRON."),
        ("btc", "DLrPBnddK81Tn7YStmKVAhqfxYexZFJymq", "It looks like an address of Dogecoin."),
        ("tron", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "It looks like an address of Ethereum or another"),
        ("btc", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "It looks like an address of Bitcoin Cash."),
        ("btc", "", "is no address of Bitcoin"),
        ("eth", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA", "which writes 0x and 40 hex digits"),
    ],
)  # fmt: skip
def test_an_address_of_another_chain_is_refused_and_said_to_be_one(chain, text, told):
    with pytest.raises(Invalid, match=told):
        chain_address.parse(chain, text)


def test_a_tron_address_in_hex_is_the_one_in_base58():
    assert norm("tron", "41a614f803b6fd780986a42c78ec9c7f77e6ded13c") == "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
    assert norm("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t") == "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


# The first rows of the table in cashaddr.md: one address in Bitcoin's form and in Bitcoin Cash's.
@pytest.mark.parametrize(
    ("legacy", "cash"),
    [
        ("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
        ("1KXrWXciRDZUpQwQmuM1DbwsKDLYAYsVLR", "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy"),
        ("3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC", "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq"),
        ("3LDsS579y7sruadqu11beEJoTjdFiFCdX4", "bitcoincash:pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e"),
    ],
)
def test_both_forms_of_a_bitcoin_cash_address_are_one(legacy, cash):
    kept = cash.removeprefix("bitcoincash:")
    assert norm("bch", legacy) == norm("bch", cash) == norm("bch", kept) == norm("bch", cash.upper()) == kept
    found = chain_address.parse("bch", legacy)
    assert found.shown == cash
    assert chain_address.parse_caip10(found.caip10) == found
    assert chain_address.parse_caip10(f"{found.chain}:{cash}") == found


@pytest.mark.parametrize(
    "text",
    [
        "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q",
        "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6A",
    ],
)
def test_a_mistyped_bitcoin_cash_address_fails_its_checksum(text):
    with pytest.raises(Invalid, match=r"fails its checksum \(CashAddr\)"):
        chain_address.parse("bch", text)


def test_litecoins_two_forms_of_script_address_are_one():
    payload = bytes(range(20))
    old, new = (chain_address.base58check(bytes([version]), payload) for version in (0x05, 0x32))
    assert (old[0], new[0]) == ("3", "M")
    assert norm("ltc", old) == norm("ltc", new) == new


@given(st.sampled_from(COINS), st.integers(0, 1), HASHES)
def test_what_is_written_in_base58_is_read_back(chain, kind, payload):
    kind = min(kind, len(chain.base58) - 1)
    text = chain_address.base58check(chain.base58[kind], payload)
    if chain.slug == "bch":
        assert cash_address.parse(norm("bch", text)) == (kind, payload)
    else:
        assert norm(chain.id, text) == text


@given(st.sampled_from(WITNESS), st.integers(0, 16), st.binary(min_size=2, max_size=40))
def test_what_is_written_in_bech32_is_read_back(chain, version, program):
    if version == 0 and len(program) not in (20, 32):
        program = program.ljust(20, b"\0")[:20]
    text = chain_address.bech32(chain.bech32, version, program)
    assert norm(chain.id, text) == norm(chain.id, text.upper()) == text


@given(st.text(max_size=100), st.sampled_from(list(chains.chains())))
def test_any_text_is_an_address_or_refused_and_its_normal_form_stays(text, chain):
    try:
        found = chain_address.parse(chain, text)
    except Invalid:
        return
    assert chain_address.parse(chain, found.text) == found
    assert chain_address.parse_caip10(found.caip10) == found


def test_an_address_without_a_chain_is_refused():
    with pytest.raises(Invalid, match="names no chain; write chain:address"):
        chain_address.parse_caip10("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
