"""Frames: what a log's bytes still say after a crash, and which changes cannot pass.

Promised: whatever was sealed is read in full or the log is refused; a single changed byte never
passes. Not promised, since no log can show it of itself: bytes cut off behind a seal. The case
then reads as it stood at that seal, and only a copy of the chain hash kept elsewhere tells.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evidence import frames
from watchkeeper.evidence.frames import FIRST_CHAIN, MAGIC
from watchkeeper.values.digest import canonical
from watchkeeper.values.refused import Invalid, Unsound

A, B, C = {"id": "a", "n": 1}, {"id": "b"}, {"id": "c", "quote": 'he wrote {"seal":1} on it'}
DAMAGED = "does not agree with its hashes"


def log_of(*batches):
    """Return the log's bytes and the length at which each of its batches is sealed."""
    data, chain, seals = MAGIC, FIRST_CHAIN, [len(MAGIC)]
    for statements in batches:
        more, chain = frames.batch(statements, chain)
        data += more
        seals.append(len(data))
    return data, seals


def frame(payload, chain, *, crc=None):
    """Return a frame as anyone could forge it who knows the format, and the chain hash after it."""
    chain = hashlib.sha256(chain + payload).digest()
    return struct.pack(">II32s", len(payload), zlib.crc32(payload) if crc is None else crc, chain) + payload, chain


def test_a_frame_is_length_crc_chain_hash_and_canonical_json():
    data, chain = frames.batch([{"b": 1, "a": 2}], FIRST_CHAIN)
    statement, after = frame(b'{"a":2,"b":1}', hashlib.sha256(MAGIC).digest())
    seal, end = frame(b'{"seal":1}', after)
    assert (data, chain) == (statement + seal, end)


def test_what_was_sealed_is_read_back_in_order():
    data, seals = log_of([A, B], [], [C])
    sealed = frames.read(data)
    assert sealed.statements == [A, B, C]
    assert (sealed.sealed_bytes, sealed.torn_bytes) == (seals[-1], 0)
    assert sealed.chain == frames.batch([C], frames.read(data[: seals[2]]).chain)[1]


def test_a_new_log_holds_nothing():
    assert frames.read(MAGIC) == frames.Sealed([], FIRST_CHAIN, len(MAGIC), 0)


@given(
    st.lists(
        st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | st.text('x\u20ac"{}', max_size=8))),
        max_size=4,
    )
)
def test_any_batches_are_read_back(batches):
    assert frames.read(log_of(*batches)[0]).statements == [statement for batch in batches for statement in batch]


def test_a_crash_at_any_byte_of_the_last_batch_loses_nothing_that_was_sealed():
    data, seals = log_of([A, B], [C, A])
    for cut in range(seals[1], seals[2]):
        sealed = frames.read(data[:cut])
        assert sealed.statements == [A, B], cut
        assert (sealed.sealed_bytes, sealed.torn_bytes) == (seals[1], cut - seals[1])
    assert frames.read(data).statements == [A, B, C, A]


@pytest.mark.parametrize("tail", [b"\x00", b"\x00" * 4096, b"{", b'{"seal":1}', b"\xff" * 100, b'x{"seal":2}' * 20])
def test_rubbish_behind_the_last_seal_is_a_torn_tail(tail):
    data, seals = log_of([A, B])
    assert frames.read(data + tail) == frames.Sealed([A, B], frames.read(data).chain, seals[1], len(tail))


def test_a_changed_byte_anywhere_in_the_sealed_bytes_is_refused():
    data, _ = log_of([A, B], [C])
    assert frames.read(data).statements == [A, B, C]  # the control: unchanged, it is read
    for place in range(len(data)):
        for change in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= change
            with pytest.raises(Unsound):
                frames.read(bytes(changed))


def test_a_changed_byte_in_an_empty_batch_is_refused_too():
    data, seals = log_of([A], [])
    for place in range(seals[1], seals[2]):
        changed = bytearray(data)
        changed[place] ^= 0x01
        with pytest.raises(Unsound, match=DAMAGED):
            frames.read(bytes(changed))


def test_damage_is_named_by_statement_and_byte():
    data, seals = log_of([A], [B, C])
    changed = bytearray(data)
    changed[seals[2] - len(canonical({"seal": 2})) - 41] ^= 0x01  # the last byte of the third statement, C
    second = seals[1] + 40 + len(canonical(B))
    with pytest.raises(Unsound, match=rf"statement 3, .* at byte {second} does not agree"):
        frames.read(bytes(changed))


def test_a_byte_too_many_or_too_few_among_sealed_ones_is_refused():
    data, seals = log_of([A, B], [C])
    for place in range(len(MAGIC), seals[1]):
        for changed in (data[:place] + data[place + 1 :], data[:place] + b"\x00" + data[place:]):
            with pytest.raises(Unsound):
                frames.read(changed)


def test_frames_in_another_order_are_refused():
    first, after = frames.batch([A], FIRST_CHAIN)
    second, _ = frames.batch([B], after)
    assert frames.read(MAGIC + first + second).statements == [A, B]
    for changed in (second + first, first + first, second, first + second + second):
        with pytest.raises(Unsound, match=DAMAGED):
            frames.read(MAGIC + changed)


def test_statements_of_one_batch_in_another_order_are_refused():
    one, after = frame(canonical(A), FIRST_CHAIN)
    two, after = frame(canonical(B), after)
    seal, _ = frame(b'{"seal":2}', after)
    assert frames.read(MAGIC + one + two + seal).statements == [A, B]
    with pytest.raises(Unsound, match=DAMAGED):
        frames.read(MAGIC + two + one + seal)


def test_a_batch_taken_out_of_the_middle_is_missed():
    data, seals = log_of([A], [B], [C])
    with pytest.raises(Unsound, match=DAMAGED):
        frames.read(data[: seals[1]] + data[seals[2] :])


@pytest.mark.parametrize("said", [b"0", b"2", b"-1", b'"1"', b"null", b"[1]", b'1,"x":2'])
def test_a_seal_that_counts_otherwise_is_refused_even_with_the_right_hashes(said):
    statement, after = frame(canonical(A), FIRST_CHAIN)
    for number, sound in ((b"1", True), (said, False)):
        data = MAGIC + statement + frame(b'{"seal":%b}' % number, after)[0]
        if sound:
            assert frames.read(data).statements == [A]
            continue
        with pytest.raises(Unsound, match=rf"before byte {len(data)} covers .* statements but 1 stand before it"):
            frames.read(data)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b"5", b'"seal"', b"[]", b"null", b"[" * 100_000])
def test_a_frame_that_holds_no_statement_is_refused_even_with_the_right_hashes(payload):
    with pytest.raises(Unsound, match="frame at byte 8 holds no statement"):
        frames.read(MAGIC + frame(payload, FIRST_CHAIN)[0])


@pytest.mark.parametrize("data", [b"", MAGIC[:-1], b"PK\x03\x04", b"WKLOG2\x00\n", b" " + MAGIC])
def test_a_file_that_is_no_log_is_refused(data):
    with pytest.raises(Unsound, match="does not begin as a Watchkeeper log"):
        frames.read(data)


def test_a_seal_with_a_wrong_crc_is_damage_since_its_hash_shows_it_was_whole():
    statement, after = frame(canonical(A), FIRST_CHAIN)
    seal, _ = frame(b'{"seal":1}', after, crc=0)
    with pytest.raises(Unsound, match=DAMAGED):
        frames.read(MAGIC + statement + seal)


def test_words_that_look_like_a_seal_are_no_seal():
    data, seals = log_of([A], [C])
    assert b'{\\"seal\\":1}' in data
    assert frames.read(data[:-1]).torn_bytes == len(data) - 1 - seals[1]


def test_bytes_cut_off_behind_a_seal_leave_no_trace_in_the_log_itself():
    data, seals = log_of([A], [B])
    assert frames.read(data[: seals[1]]) == frames.read(log_of([A])[0])
    assert frames.read(data[: seals[1]]).chain != frames.read(data).chain  # a copy of the head would tell


@pytest.mark.parametrize("statement", [{"seal": 1}, {"id": "a", "seal": None}, [A], "seal", None, 5])
def test_what_would_read_as_a_seal_or_is_no_object_is_never_written(statement):
    with pytest.raises(TypeError, match="A statement of the log is an object without the key seal"):
        frames.batch([A, statement], FIRST_CHAIN)


def test_a_float_is_never_written():
    with pytest.raises(TypeError, match="float may not stand in evidence"):
        frames.batch([{"low": 1.5}], FIRST_CHAIN)


def test_a_statement_may_be_as_long_as_a_frame_and_is_refused_beyond():
    most = 16 * 2**20 - len('{"quote":""}')
    longest = {"quote": "x" * most}
    assert frames.read(log_of([longest])[0]).statements == [longest]
    with pytest.raises(Invalid, match="16777217 bytes is longer than 16777216; keep its text as a capture"):
        frames.batch([{"quote": "x" * (most + 1)}], FIRST_CHAIN)


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_last_seal_leave_it_readable_or_are_refused(tail):
    data, _ = log_of([A, B])
    try:
        outcome = frames.read(data + tail).statements == [A, B]
    except Unsound:
        outcome = b'{"seal":' in tail
    assert outcome
