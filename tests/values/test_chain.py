"""Chain: which public ledger is meant, and that each is told apart from every other."""

from __future__ import annotations

import pytest

from watchkeeper.values import amount
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid


@pytest.mark.parametrize("text", ["eip155:1", "eth", "ETH", "Ethereum", " ethereum "])
def test_a_chain_is_named_by_its_id_its_short_name_or_its_name(text):
    found = chains.parse(text)
    assert (found.id, found.slug, found.name, found.family, found.unit) == (
        "eip155:1", "eth", "Ethereum", "account", "ETH",
    )  # fmt: skip


def test_an_unknown_chain_is_refused_with_the_known_ones():
    with pytest.raises(
        Invalid, match=r'"bitcorn" is no chain that is known; known: eth \(eip155:1\), .* btc \(bip122:'
    ):
        chains.parse("bitcorn")


@pytest.mark.parametrize("column", ["id", "slug", "name"])
def test_no_two_chains_share_a_name(column):
    names = [getattr(one, column).casefold() for one in chains.chains().values()]
    assert len(set(names)) == len(names)


def test_every_chain_counts_its_own_coin_in_a_known_unit():
    assert {one.unit for one in chains.chains().values()} <= set(amount.units())


def test_only_chains_of_coins_have_forms_of_address_in_base58_but_for_tron():
    for one in chains.chains().values():
        assert one.family == ("account" if one.id.startswith(("eip155:", "tron:")) else "coins")
        assert bool(one.base58) == (not one.id.startswith("eip155:"))
        assert one.bech32 == "" or one.family == "coins"
