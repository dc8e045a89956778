"""Cash address: what is written is read back, and one changed letter is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import cash_address
from watchkeeper.values.refused import Invalid

HASHES = st.binary(min_size=20, max_size=20)


def test_a_cash_address_of_another_kind_than_key_and_script_is_refused():
    with pytest.raises(Invalid, match="CashAddr"):
        cash_address.parse(cash_address.written(2, bytes(20)))


@given(st.integers(0, 1), HASHES, st.integers(0, 41), st.integers(1, 31))
def test_one_letter_changed_in_a_cash_address_is_noticed(kind, payload, place, by):
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    text = cash_address.written(kind, payload)
    assert cash_address.parse(text) == (kind, payload)
    other = letters[(letters.index(text[place]) + by) % 32]
    with pytest.raises(Invalid):
        cash_address.parse(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "q" * 42, "bchtest:qpm2qsznhks23z7629mms6s4cwef74vcwvqcw003ap", "b" * 42, "q" * 41]
)
def test_what_is_no_cash_address_is_refused(text):
    with pytest.raises(Invalid, match="CashAddr"):
        cash_address.parse(text)
