"""Sweep of haircut, TIHO and poison: one number an output says what is stolen of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from watchkeeper.methods.taint.coins_rows import (
    BURNED,
    DUST,
    END,
    FEES,
    HAIRCUT,
    MOST,
    POISON,
    RECORD,
    STOLEN,
    THEFT,
    UNKNOWN,
    Rows,
    Rule,
    State,
    digits,
    lay,
    next_largest,
    share,
    spend,
)
from watchkeeper.methods.taint.compiled import kernel


@kernel
def sweep(rows: Rows, state: State, rule: Rule) -> Any:
    """Go through all transactions in order; return -1, or the number of one that pays out more than it has."""
    number, count = 0, len(rows.block)
    while number < count:
        first, block = number, rows.block[number]
        if rows.coinbase[first]:
            number += 1
        while number < count and rows.block[number] == block:
            if not _transaction(rows, state, rule, number, number - first):
                return number
            number += 1
        if rows.coinbase[first] and not _coinbase(rows, state, rule, first, number):
            return first
    return -1


@kernel
def _transaction(rows: Rows, state: State, rule: Rule, number: int, place: int) -> Any:
    total, carried, unknown = spend(rows, state.records, number)
    paid = lay(rows, state.records, number)
    if not unknown and (total < paid or total >= MOST):
        return False
    fee = -1 if unknown else total - paid
    stolen = _take(rows, state, number) if carried else 0
    fee_stolen = _divide(rows, state, rule, number, stolen, fee) if stolen else 0
    state.fees[2 * place] = fee
    state.fees[2 * place + 1] = fee_stolen
    if fee_stolen and not (rule.to_coinbase and rows.coinbase[number - place]):
        state.totals[FEES] += fee_stolen
    _thefts(rows, state, rule, number)
    return True


@kernel
def _take(rows: Rows, state: State, number: int) -> Any:
    """Return what is stolen of the inputs, and mark them spent; an end's output brings nothing stolen."""
    stolen = 0
    for place in range(rows.input_start[number], rows.input_start[number + 1]):
        output = rows.spent[place]
        if output >= 0 and state.records[RECORD * output + 1] > 0:
            if not state.marks[output] & END:
                stolen += state.records[RECORD * output + 1]
            state.records[RECORD * output + 1] *= -1
    return stolen


@kernel
def _divide(rows: Rows, state: State, rule: Rule, number: int, stolen: int, fee: int) -> Any:
    """Divide what is stolen over outputs and fee, and return the fee's part."""
    start = rows.output_start[number]
    count = rows.output_start[number + 1] - start
    if rule.policy == POISON:
        for output in range(start, start + count):
            state.records[RECORD * output + 1] = rows.value[output]
        return max(fee, 0)
    if rule.policy == HAIRCUT:
        if fee < 0:
            state.totals[UNKNOWN] += stolen
            return 0
        return _haircut(rows, state, rule, number, stolen, fee)
    left, output, values = stolen, -1, rows.value[start : start + count]
    size = np.int64(1) << 62
    while left:
        output = next_largest(values, count, size, output)
        if output < 0:
            break
        size = values[output]
        state.records[RECORD * (start + output) + 1] = min(left, size)
        left -= min(left, size)
    return left


@kernel
def _haircut(rows: Rows, state: State, rule: Rule, number: int, stolen: int, fee: int) -> Any:
    start = rows.output_start[number]
    count = rows.output_start[number + 1] - start
    parts, rests = state.parts, state.rests
    whole = fee
    for place in range(count):
        parts[place] = rows.value[start + place]
        whole += parts[place]
    parts[count] = fee
    bits = digits(whole)
    left = stolen
    for place in range(count + 1):
        if rule.truncates and place == count:
            parts[place], rests[place] = min(left, fee), 0
        else:
            parts[place], rests[place] = share(stolen, parts[place], whole, bits)
        left -= parts[place]
    if rule.truncates:
        state.totals[DUST] += left
        left = 0
    size, best = np.int64(1) << 62, -1
    while left:
        best = next_largest(rests, count + 1, size, best)
        size = rests[best]
        parts[best] += 1
        left -= 1
    for place in range(count):
        state.records[RECORD * (start + place) + 1] = parts[place]
    return parts[count]


@kernel
def _thefts(rows: Rows, state: State, rule: Rule, number: int) -> None:
    for output in range(rows.output_start[number], rows.output_start[number + 1]):
        if state.marks[output] & THEFT:
            value, carried = state.records[RECORD * output], state.records[RECORD * output + 1]
            units = state.theft_units[np.searchsorted(state.theft_output, output)]
            if rule.policy == POISON:
                stolen = value if units else carried
            else:
                stolen = min(value, carried + units) if rule.earlier_wins else max(carried, units)
            state.records[RECORD * output + 1] = stolen
            state.totals[STOLEN] += stolen - carried


@kernel
def _coinbase(rows: Rows, state: State, rule: Rule, number: int, stop: int) -> Any:
    """Hand the block's fees on; what is not claimed of them is burned."""
    claimed = lay(rows, state.records, number)
    stolen, collected = _collected(state, stop - number)
    if rule.to_coinbase and stolen:
        subsidy = rows.subsidy[number] if len(rows.subsidy) else np.int64(-1)
        if subsidy < 0:
            subsidy = max(0, claimed - collected)
        total = subsidy + collected
        if collected >= 0 and total >= MOST:
            return False
        fee = -1 if collected < 0 or total < claimed else total - claimed
        state.totals[BURNED] += _divide(rows, state, rule, number, stolen, fee)
    _thefts(rows, state, rule, number)
    return True


@kernel
def _collected(state: State, count: int) -> tuple[int, int]:
    """Return what is stolen of a block's fees, and their sum, -1 if one of them is not known."""
    stolen, collected = 0, 0
    for place in range(1, count):
        stolen += state.fees[2 * place + 1]
        if state.fees[2 * place] < 0 or collected < 0:
            collected = -1
        else:
            collected += state.fees[2 * place]
    return stolen, collected
