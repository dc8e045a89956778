"""Scripts: their kinds as Bitcoin Core names them, and the one address that some of them have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sources.bitcoin import scripts
from watchkeeper.values import chain as chains
from watchkeeper.values import chain_address

BTC = chains.parse("btc")
HASH = "751e76e8199196d454941c45d1b3a323f1433bd6"  # BIP 173's example: its addresses are known
KEY = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
LONG = "04" + "11" * 64


@pytest.mark.parametrize(
    ("script", "kind", "address"),
    [
        (f"76a914{HASH}88ac", "pubkeyhash", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"),
        (f"a914{HASH}87", "scripthash", "3CNHUhP3uyB9EUtRLsmvFUmvGdjGdkTxJw"),
        (f"0014{HASH}", "witness_v0_keyhash", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", "witness_v0_scripthash",
         "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"),
        ("512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "witness_v1_taproot",
         "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
        ("51024e73", "anchor", "bc1pfeessrawgf"),
        ("6002751e", "witness_unknown", "bc1sw50qgdz25j"),
        ("0010" + "11" * 16, "nonstandard", None),  # version 0 of another length is no program
        (f"21{KEY}ac", "pubkey", None),
        (f"41{LONG}ac", "pubkey", None),
        ("21" + "05" * 33 + "ac", "nonstandard", None),  # no key begins with 05
        (f"5121{KEY}21{KEY}52ae", "multisig", None),
        (f"5221{KEY}51ae", "nonstandard", None),  # two of one
        (f"5121{KEY}02abcd52ae", "nonstandard", None),  # one of its two keys is none
        ("6a", "nulldata", None),
        ("6a0548656c6c6f", "nulldata", None),
        ("6a4c0548656c6c6f", "nulldata", None),
        ("6a4d050048656c6c6f", "nulldata", None),
        ("6a0648656c6c6f", "nonstandard", None),  # it promises six bytes and has five
        ("6aac", "nonstandard", None),
        ("", "nonstandard", None),
    ],
)  # fmt: skip
def test_a_script_has_its_kind_and_its_address(script, kind, address):
    assert scripts.paid_to(bytes.fromhex(script), BTC) == (kind, address)


def test_a_chain_without_witnesses_has_none_of_their_addresses():
    assert scripts.paid_to(bytes.fromhex(f"0014{HASH}"), chains.parse("doge")) == ("nonstandard", None)


@given(st.binary(max_size=120), st.sampled_from(["btc", "ltc", "bch", "doge", "zec", "btc-test", "btc-regtest"]))
def test_any_bytes_have_a_kind_and_any_address_is_one_of_the_chain(script, slug):
    kind, address = scripts.paid_to(script, chains.parse(slug))
    assert kind
    if address is not None:
        assert chain_address.parse(slug, address).text == address


@given(st.sampled_from([b"\x6a", b"\x51\x21", b"\x00\x14", b"\x76\xa9\x14"]), st.binary(max_size=80))
def test_the_beginnings_of_known_scripts_lead_to_no_error(begin, rest):
    for end in (b"", b"\xae", b"\x51\xae", b"\x88\xac", b"\xac"):
        assert scripts.paid_to(begin + rest + end, BTC)[0]
