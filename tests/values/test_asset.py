"""Asset: its unit and decimals by chain and contract, and who can freeze it."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from watchkeeper.values import amount, asset, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"


def test_a_token_is_found_by_its_contract_in_any_form_of_it():
    found = asset.find("eth", USDT)
    assert found is not None
    assert (found.unit, found.decimals, found.issuer) == ("USDT", 6, "Tether")
    assert asset.find("eip155:1", USDT.lower()) == found
    assert asset.find("Ethereum", f" {USDT} ") == found


def test_one_name_counts_differently_on_two_chains():
    on_bsc = asset.find("bsc", "0x55d398326f99059fF775485246999027B3197955")
    assert on_bsc is not None
    assert (on_bsc.unit, on_bsc.decimals) == ("BSUSD", 18)
    assert amount.readable(10**18, on_bsc.unit) == "1"


def test_who_can_freeze_is_the_issuer_and_not_the_bridge():
    assert asset.freezable_by("eth", USDT) == "Tether"
    assert asset.freezable_by("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t") == "Tether"
    assert asset.freezable_by("polygon", "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359") == "Circle"
    assert asset.freezable_by("polygon", "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174") is None  # bridged
    assert asset.freezable_by("eth", "0x6B175474E89094C44Da98b954EedeAC495271d0F") is None  # DAI
    assert asset.freezable_by("btc", "native") is None


def test_an_asset_that_is_not_in_the_table_is_none_and_never_guessed():
    assert asset.find("eth", "0x098b716b8aaf21512996dc57eb0615e2383e2f96") is None
    assert asset.freezable_by("eth", "0x098b716b8aaf21512996dc57eb0615e2383e2f96") is None
    assert asset.find("tron", "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7") is None


def test_rows_that_state_a_value_are_counted_in_money():
    found = asset.find("eth", "USD")
    assert found is not None
    assert (found.key, found.unit, found.decimals, found.freezable_by) == ("USD", "USD", 2, None)


@pytest.mark.parametrize("key", ["USDT", "BTC", "0x12", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"])
def test_a_name_is_no_contract(key):
    with pytest.raises(Invalid, match="is no address of Ethereum"):
        asset.find("eth", key)


@pytest.mark.parametrize("chain", chains.chains())
def test_every_chain_has_its_own_coin(chain):
    found = asset.find(chain, "native")
    assert found is not None
    assert found.unit == chains.parse(chain).unit


def test_every_row_has_its_source_and_how_far_it_was_checked_and_the_decimals_of_its_unit():
    for one in asset.assets().values():
        assert one.source
        assert one.checked in ("text", "secondary", "recalled")
        assert one.decimals == amount.unit(one.unit).decimals
        assert one.freezable_by is None or one.freezable_by == one.issuer


def test_no_row_stands_twice_and_contracts_recalled_pass_the_checksum_of_their_mixed_case():
    text = files("watchkeeper.values").joinpath("assets.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(asset.assets())
    contracts = [r["key"] for r in rows if r["key"].startswith("0x") and r["checked"] == "recalled"]
    assert contracts
    assert all(chain_address.eip55(key.lower()) == key for key in contracts)


def test_a_row_whose_decimals_are_not_its_units_is_refused():
    row = {"chain": "eip155:56", "key": "0x55d398326f99059fF775485246999027B3197955", "unit": "USDT", "decimals": "18",
           "issuer": "", "freezable_by": "", "checked": "recalled", "source": "SYNTHETIC"}  # fmt: skip
    with pytest.raises(Invalid, match="has 18 decimals and its unit USDT 6; amounts would be shown wrong"):
        asset._asset(row)
