"""Gathering: a row is kept or rejected, whatever number of movements it holds."""

from __future__ import annotations

import pytest

from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

A = "0x" + "a" * 40
TOKEN = "0x" + "c" * 40


def refuse():
    raise Invalid("why", ("and where",))


def test_a_row_with_two_movements_is_one_row_and_one_with_none_is_one_too():
    gathering = Gathering("eth", "x")
    move = Move("native", "external", 1, "line 2", "trace", block=1)
    gathering.row("line 2", lambda: [move, move])
    gathering.row("line 3", list)
    gathering.row("line 4", refuse)
    found = gathering.reading(("external",))
    assert (found.read, found.kept, len(found.transfers)) == (3, 2, 2)
    assert [(one.locator, one.reason) for one in found.rejected] == [("line 4", "why; and where")]
    assert found.covers == ()  # the rejected row may be the one that matters


def test_nobody_is_twenty_bytes_of_zeros_on_either_kind_of_chain():
    for chain, nobody in (("eth", "0x" + "0" * 40), ("tron", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb")):
        gathering = Gathering(chain, "x")
        assert gathering.address(nobody) == nobody
        gathering.row("1", lambda nobody=nobody: [Move(TOKEN, "token", 1, "1", "log/1", origin=nobody, target=nobody)])
        assert gathering.moves[0].origin is gathering.moves[0].target is None


@pytest.mark.parametrize("amount", [-1, 2**256])
def test_an_amount_that_no_chain_can_state_is_rejected(amount):
    gathering = Gathering("eth", "x")
    gathering.row("1", lambda: [Move("native", "external", amount, "1", "trace")])
    assert "no chain can state it" in gathering.rejected[0].reason


def test_a_label_is_kept_once_and_a_blank_one_never():
    gathering = Gathering("eth", "x")
    for label, line in (("Router ", "1"), (" ", "2"), ("Router", "3"), ("Mixer", "4")):
        gathering.label(A, label, line)
    gathering.row("1", list)
    assert [(one.label, one.locator) for one in gathering.reading().labels] == [("Router", "1"), ("Mixer", "4")]


def test_the_hash_before_a_block_is_kept_whichever_row_says_it():
    gathering = Gathering("eth", "x")
    gathering.block(5, "0x5", "0x4")
    gathering.block(5, "0x5", None)
    gathering.block(5, "0x6", None)
    gathering.row("1", list)
    assert gathering.reading().block_hashes == ((5, "0x5", "0x4"), (5, "0x6", None))


def test_a_file_without_a_row_is_refused():
    with pytest.raises(Invalid, match="no row in it"):
        Gathering("eth", "x").reading()
