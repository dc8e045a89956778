"""Mutated bytes: whatever is done to a file, a reader of plain files reads it whole or refuses it in words."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from watchkeeper.sources.chain_reading import Settings
from watchkeeper.sources.plain import addresses, table
from watchkeeper.values.refused import Invalid

A, B = "0x" + "a" * 40, "0x" + "b" * 40
TABLE = f"""tx,block,at,from,to,amount,log,trace,failed,label
0x{"1" * 64},5,2024-07-16 12:04:47,{A},{B},1.25,3,,0,"One, of them"
0x{"2" * 64},6,2024-07-16 12:04:48,{B},{A},12,,0_1,1,
""".encode()
LISTED = b'[{"tx": "0x' + b"1" * 64 + b'", "from": "' + A.encode() + b'", "amount": 3, "failed": false}]'
MAPPING = {
    "columns": {"tx": "tx", "block": "block", "time": "at", "from": "from", "to": "to", "amount": "amount",
                "log_index": "log", "trace": "trace", "failed": "failed", "to_label": "label"},
    "asset": "USD",
}  # fmt: skip
# Where bytes are cut out, how many, and what stands there instead.
CHANGES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 20), st.one_of(st.binary(max_size=6), st.sampled_from(
        [b",", b"\n", b'"', b"\xff", b"-", b"9" * 90, "٣".encode(), b"0x", b"e5", b"\x00", b"[", b"{"]))),
    max_size=4,
)  # fmt: skip


def changed(data, changes):
    for at, length, new in changes:
        data = data[:at] + new + data[at + length :]
    return data


def sound(read, data, told):
    try:
        found = read(data, "x", Settings("eip155:1", told))
    except Invalid:
        return
    assert found.read == found.kept + len(found.rejected)
    assert all(amount.isdecimal() for amount in found.transfers["amount"])


@given(CHANGES)
@example([(0, 0, b"")])
def test_a_mutated_table_is_read_or_refused(changes):
    sound(table.read, changed(TABLE, changes), MAPPING)
    sound(table.read, changed(LISTED, changes), MAPPING)


@given(CHANGES)
def test_a_mutated_list_is_read_or_refused(changes):
    sound(addresses.read, changed(f"{A}\n{B}\n".encode() * 5, changes), {})


@given(st.dictionaries(st.sampled_from([*MAPPING, "assets", "leg", "decimals", "base_units", "time_form", "failed_when",
                                        "delimiter", "from", "to"]),
                       st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4),
                                 st.lists(st.integers(), max_size=2),
                                 st.dictionaries(st.text(max_size=6), st.one_of(st.text(max_size=6), st.none(),
                                                                               st.integers())))))  # fmt: skip
def test_a_mapping_of_any_shape_is_followed_or_refused(told):
    sound(table.read, TABLE, {**MAPPING, **told})
