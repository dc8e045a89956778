"""Lists of addresses: each once, in normal form, with its line; dirt of exports is taken away and typos are not."""

from __future__ import annotations

import pytest

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.plain import addresses
from watchkeeper.values.refused import Invalid

GOOD = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def read(text, chain="eth"):
    return addresses.read(text.encode(), "list.txt", Settings(chain))


@pytest.mark.parametrize(
    ("case", "count"), [("LIFI/source", 1), ("LIFI/terminal", 33), ("TxPhish/terminal", 13), ("XSam/terminal", 465)]
)
def test_the_sources_and_ends_of_launder_net_are_read(shared_data, case, count):
    found = addresses.read(
        shared_data(f"tracing/launder_net/{case} addresses.csv").read_bytes(), "x.csv", Settings("eth")
    )
    assert (found.read, found.kept, len(found.addresses)) == (count, count, count)


def test_a_list_typed_for_a_program_is_read_without_its_quotation_marks(shared_data):
    data = shared_data("tracing/dspytdao_lazarus_eth/LazarusGroup.txt").read_bytes()
    found = addresses.read(data, "LazarusGroup.txt", Settings("eth"))
    assert found.addresses[0].address == f"eip155:1:{GOOD.lower()}"
    assert found.read == found.kept + len(found.rejected) == len(data.splitlines())


def test_an_address_is_listed_once_at_its_first_line_and_a_note_says_so():
    found = read(f"address\r\n# sources\r\n{GOOD}\r\n\r\n {GOOD.lower()} ,\r\n")
    assert [(one.address, one.locator) for one in found.addresses] == [(f"eip155:1:{GOOD.lower()}", "line 3")]
    assert (found.read, found.kept) == (2, 2)
    assert found.notes == ("1 lines repeat an address of an earlier line; each address is listed once.",)


def test_a_mistyped_address_is_rejected_with_its_line():
    (rejected,) = read(f"{GOOD}\n{GOOD[:-1]}A\n").rejected
    assert (rejected.locator, "checksum" in rejected.reason) == ("line 2", True)


def test_a_list_of_another_chain_is_refused_with_words():
    with pytest.raises(Invalid, match="looks like an address of Bitcoin"):
        read("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n")


def test_bitcoin_addresses_are_listed_on_bitcoin():
    (found,) = read("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n", "btc").addresses
    assert found.address.endswith(":1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")


def test_a_list_takes_no_mapping():
    with pytest.raises(Invalid, match="takes no mapping"):
        addresses.read(GOOD.encode(), "list.txt", Settings("eth", {"columns": {}}))
