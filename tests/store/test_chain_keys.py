"""Chain keys: two texts that share a key are never taken for one."""

from __future__ import annotations

import polars as pl
import pytest
from tests.store.test_chain_index import amounts_of, arrays, built, part, told

from watchkeeper.store import chain_keys
from watchkeeper.values.refused import Invalid

TWO = ({"tx": "0x1", "amount": "10"}, {"tx": "0x2", "tx_index": 1, "target": "c", "amount": "10"})


@pytest.fixture
def shared(monkeypatch):
    """Return a way to make all texts share a key, but for another salt than the first."""

    def share(name):
        whole = getattr(chain_keys, name)

        def one_key(*given):
            return whole(*given) if given[-1] else whole(*given) * 0

        monkeypatch.setattr(chain_keys, name, one_key)

    return share


@pytest.mark.parametrize("keys", ["_key", "_name"])
def test_addresses_or_movements_that_share_a_key_are_told_apart_by_their_texts(tmp_path, shared, keys):
    want = arrays(built(tmp_path, part("a", *TWO), name="want").folder)
    shared(keys)
    index = built(tmp_path, part("a", *TWO))
    assert told(index) == [("a", "b", 10), ("a", "c", 10)]
    assert arrays(index.folder) == want


def test_movements_of_two_amounts_that_share_a_key_do_not_contradict_each_other(tmp_path, shared):
    shared("_name")
    index = built(tmp_path, part("a", TWO[0], {**TWO[1], "amount": "11"}))
    assert amounts_of(index.transfers("native")) == [10, 11]


def test_keys_made_again_keep_amounts_beyond_128_bits(tmp_path, shared):
    shared("_name")
    big = ({**TWO[0], "amount": str(2**200)}, {**TWO[1], "amount": str(2**201)})
    assert amounts_of(built(tmp_path, part("a", *big)).transfers("native")) == [2**200, 2**201]


def test_a_transaction_at_two_places_of_its_block_is_refused(tmp_path):
    with pytest.raises(Invalid, match="0x1 is said to be transaction 0 and transaction 3 of its block"):
        built(tmp_path, part("a", {}), part("b", {"tx_index": 3}))


def test_a_block_beyond_what_one_number_holds_is_sorted_all_the_same(tmp_path):
    far = ({"block": 2**40, "tx": "0x2", "amount": "9"}, {"block": 2**36 - 1, "tx": "0x3", "amount": "8"}, {})
    assert [amount for _, _, amount in told(built(tmp_path, part("a", *far)))] == [1, 8, 9]


def test_an_amount_that_is_no_whole_number_is_never_rounded(tmp_path):
    with pytest.raises(Invalid, match=r"'1\.5' is no amount in whole smallest parts"):
        built(tmp_path, part("a", {"amount": "1.5"}))


def test_rows_that_say_all_and_rows_that_do_not_give_the_same_events(tmp_path):
    rows = [{"block": n, "tx": f"0x{n}", "amount": str(n)} for n in (3, 1, 2)]
    said = built(tmp_path, part("a", *rows), name="said")
    loose = [{**row, "at_s": None} for row in rows]
    assert told(built(tmp_path, part("a", *loose), name="loose")) == told(said)


def test_keys_of_one_text_are_one_wherever_it_stands():
    frame = pl.DataFrame({"origin": ["a", None], "target": ["b", "a"]})
    keys = frame.select(chain_keys._key("origin", 3), chain_keys._key("target", 3))
    assert keys["origin"][0] == keys["target"][1] != keys["target"][0]
    assert keys["origin"][1] is None
