"""What the compiled sweeps over coins read and write, and the steps that they share.

An output's record is two words side by side, so that an input costs one visit to memory: its value, and what is stolen
of it (or where its runs stand). What is spent is marked by a minus sign: the rest is held at the end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from watchkeeper.methods.taint.compiled import inlined, kernel, prefetch

RECORD = 2  # words
END, THEFT = 1, 2  # marks of an output
STOLEN, FEES, BURNED, UNKNOWN, DUST = range(5)  # places in `totals`
FIFO, LIFO, HAIRCUT, TIHO, POISON = range(5)
MOST = 1 << 61  # no transaction may hold more: shares are divided without a sign
_TOP = 1 << 62
_FAR = 24  # inputs ahead


class Rows(NamedTuple):
    """The arrays of `coins.Coins`; `stated` may be empty, `subsidy` stands at each coinbase's number, -1 unknown."""

    input_start: Any
    spent: Any
    output_start: Any
    value: Any
    block: Any
    coinbase: Any
    stated: Any
    subsidy: Any


class State(NamedTuple):
    """What a sweep keeps: records and marks of the outputs, thefts by output, and the fees of one block."""

    records: Any  # int64[2 * outputs]
    marks: Any  # uint8[outputs]
    theft_output: Any  # int64, rising
    theft_units: Any
    fees: Any  # int64[2 * transactions of the largest block]: fee (-1 unknown), what is stolen of it
    parts: Any  # int64[outputs of the largest transaction + 1]
    rests: Any
    totals: Any


class Rule(NamedTuple):
    """A policy and its options, as numbers."""

    policy: int
    truncates: bool
    to_coinbase: bool
    earlier_wins: bool
    subsidy_first: bool


@inlined
def spend(rows: Rows, records: Any, number: int) -> tuple[int, int, bool]:
    """Return what the inputs are worth, how many of them carry something, and whether the value of one is unknown."""
    total, carried, unknown = 0, 0, False
    last = len(rows.spent) - 1
    for place in range(rows.input_start[number], rows.input_start[number + 1]):
        prefetch_output(rows.spent, records, min(place + _FAR, last))
        output = rows.spent[place]
        if output >= 0:
            total += records[RECORD * output]
            if records[RECORD * output + 1] != 0:
                carried += 1
        elif len(rows.stated) and rows.stated[place] >= 0:
            total += rows.stated[place]
        else:
            unknown = True
    return total, carried, unknown


@inlined
def prefetch_output(spent: Any, records: Any, place: int) -> None:
    """Ask for the record that an input further on will need."""
    output = spent[place]
    if output >= 0:
        prefetch(records, RECORD * output)


@inlined
def lay(rows: Rows, records: Any, number: int) -> int:
    """Write the records of a transaction's outputs as clean, and return what they hold."""
    paid = 0
    for output in range(rows.output_start[number], rows.output_start[number + 1]):
        value = rows.value[output]
        records[RECORD * output] = value
        records[RECORD * output + 1] = 0
        paid += value
    return paid


@kernel
def digits(whole: int) -> int:
    """Return by how many bits a number can be moved up without a sign."""
    bits = 0
    while whole <= _TOP >> (bits + 1):
        bits += 1
    return bits


@kernel
def share(units: int, slot: int, whole: int, bits: int) -> tuple[int, int]:
    """Return units * slot // whole and its remainder, exactly: a long division in digits of `bits` bits.

    The product may need 128 bits, which compiled code cannot divide; no digit's product needs more than 63.
    """
    at = 0
    while slot >> at >= 1 << bits:
        at += bits
    quotient, rest = 0, 0
    while at >= 0:
        digit = (slot >> at) & ((1 << bits) - 1)
        rest = (rest << bits) + digit * units
        quotient = (quotient << bits) + rest // whole
        rest = rest % whole
        at -= bits
    return quotient, rest


@kernel
def next_largest(sizes: Any, count: int, size: int, index: int) -> int:
    """Return the place that follows (size, index) in the order largest first, of equal ones the lower place first."""
    best = -1
    for place in range(count):
        after = sizes[place] < size or (sizes[place] == size and place > index)
        if after and (best < 0 or sizes[place] > sizes[best]):
            best = place
    return best
