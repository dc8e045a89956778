"""Frames: what a log's bytes still say after a crash, and which changes cannot pass.

Promised: whatever was acknowledged is read in full or the log is refused; a single changed byte
before that point never passes. A crash takes only what nobody was promised. Not promised, since
no log can show it of itself: who puts back an older log with its older checkpoint is not seen.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.evidence import frames
from watchkeeper.evidence.frames import MAGIC, Acknowledged, Head
from watchkeeper.evidence.merkle import Frontier, leaf_hash
from watchkeeper.evidence.statement import encode
from watchkeeper.values.refused import Invalid, Unsound

A, B, C = {"id": "a", "n": 1}, {"id": "b"}, {"id": "c", "quote": 'he wrote {"seal":1} on it'}
SALT = bytes(range(16))
FIRST = hashlib.sha256(MAGIC).digest()
LOST = "is not as it was acknowledged"


def log_of(*batches):
    """Return the log's bytes, and the head at its beginning and behind each of its batches."""
    data, heads = MAGIC, [Head()]
    for statements in batches:
        more, head = frames.batch(statements, [SALT] * len(statements), heads[-1])
        data += more
        heads.append(head)
    return data, heads


def vouched(head):
    """Return what a signed checkpoint of this head vouches for."""
    return Acknowledged(head.size, head.root, head.sealed_bytes, head.chain)


def salted(*statements):
    return [{**statement, "salt": SALT.hex()} for statement in statements]


def frame(payload, chain, *, crc=None):
    """Return a frame as anyone could forge it who knows the format, and the chain hash after it."""
    chain = hashlib.sha256(chain + payload).digest()
    return struct.pack(">II32s", len(payload), zlib.crc32(payload) if crc is None else crc, chain) + payload, chain


def sealed_by(seal, *statements):
    """Return a log of one batch whose seal says what it likes, with all hashes right."""
    data, chain = MAGIC, FIRST
    for payload in (*(encode(statement, SALT)[0] for statement in statements), json.dumps(seal).encode()):
        more, chain = frame(payload, chain)
        data += more
    return data


def test_a_frame_is_length_crc_chain_hash_and_canonical_json_and_a_seal_counts_and_holds_the_tree():
    data, head = frames.batch([{"b": 1, "a": 2}], [bytes(16)], Head())
    statement, after = frame(b'{"a":2,"b":1,"salt":"%b"}' % (b"0" * 32), hashlib.sha256(MAGIC).digest())
    root = leaf_hash(encode({"b": 1, "a": 2}, bytes(16))[1])
    seal, end = frame(b'{"frontier":["%b"],"seal":1,"size":1}' % root.hex().encode(), after)
    assert data == statement + seal
    assert (head.sealed_bytes, head.chain, head.size, head.root) == (len(MAGIC + data), end, 1, root)


def test_what_was_sealed_is_read_back_in_order():
    data, heads = log_of([A, B], [], [C])
    sealed = frames.read(data, vouched(heads[-1]))
    assert sealed.statements == salted(A, B, C)
    assert (sealed.head, sealed.head.root, sealed.torn_bytes) == (heads[-1], heads[-1].root, 0)
    assert sealed.head.size == 3


def test_each_batch_comes_with_the_head_behind_it():
    data, heads = log_of([A, B], [], [C])
    found = list(frames.batches(data, vouched(heads[-1])))
    assert [batch for batch, _ in found] == [salted(A, B), [], salted(C)]
    assert [head for _, head in found] == heads[1:]
    assert [head.size for _, head in found] == [2, 2, 3]


def test_a_new_log_holds_nothing():
    sealed = frames.read(MAGIC, vouched(Head()))
    assert (sealed.statements, sealed.head, sealed.torn_bytes) == ([], Head(), 0)
    assert (sealed.head.size, sealed.head.root) == (0, hashlib.sha256(b"").digest())  # RFC 6962: the hash of nothing


@given(
    st.lists(
        st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9) | st.text('x\u20ac"{}', max_size=8))),
        max_size=4,
    )
)
def test_any_batches_are_read_back_and_their_tree_is_the_one_that_was_sealed(batches):
    data, heads = log_of(*batches)
    sealed = frames.read(data, vouched(heads[-1]))
    assert sealed.statements == salted(*(statement for batch in batches for statement in batch))
    assert frames.audit(sealed).root() == heads[-1].root


def test_a_batch_that_is_added_leaves_the_head_it_was_added_to_as_it_was():
    _, heads = log_of([A], [B])
    before = vouched(heads[1])
    frames.batch([C], [SALT], heads[1])
    assert vouched(heads[1]) == before


# --- what was acknowledged ---


def test_a_changed_byte_anywhere_in_what_was_acknowledged_is_refused():
    data, heads = log_of([A, B], [], [C])
    until = vouched(heads[-1])
    assert frames.read(data, until).statements == salted(A, B, C)  # the control: unchanged, it is read
    for place in range(len(data)):
        for change in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= change
            with pytest.raises(Unsound):
                frames.read(bytes(changed), until)


def test_a_log_that_ends_before_what_was_acknowledged_is_refused_wherever_it_ends():
    data, heads = log_of([A, B], [C])
    for cut in range(len(data)):
        with pytest.raises(Unsound):
            frames.read(data[:cut], vouched(heads[2]))


def test_a_byte_too_many_or_too_few_is_refused():
    data, heads = log_of([A, B], [C])
    for place in range(len(data)):
        for changed in (data[:place] + data[place + 1 :], data[:place] + b"\x00" + data[place:]):
            with pytest.raises(Unsound):
                frames.read(changed, vouched(heads[2]))


def test_the_first_bad_record_is_named_by_its_number_and_byte():
    data, heads = log_of([A], [B, C])
    payloads = [encode(statement, SALT)[0] for statement in (B, C)]
    second = heads[1].sealed_bytes + 40 + len(payloads[0])  # C's frame begins behind B's: a head of 40 bytes, and B
    changed = bytearray(data)
    changed[second + 40 + len(payloads[1]) - 1] ^= 0x01  # the last byte of C
    with pytest.raises(Unsound, match=rf"Log record 3, at byte {second} of {len(data)}, {LOST}: it, or one"):
        frames.read(bytes(changed), vouched(heads[2]))


def test_frames_in_another_order_are_refused():
    data, heads = log_of([A], [B])
    first, second = data[len(MAGIC) : heads[1].sealed_bytes], data[heads[1].sealed_bytes :]
    for changed in (second + first, first + first, second, first + second[:-1]):
        with pytest.raises(Unsound, match=LOST):
            frames.read(MAGIC + changed, vouched(heads[2]))


def test_a_batch_taken_out_of_the_middle_is_missed():
    data, heads = log_of([A], [B], [C])
    with pytest.raises(Unsound, match=f"Log record 2, .* {LOST}"):
        frames.read(data[: heads[1].sealed_bytes] + data[heads[2].sealed_bytes :], vouched(heads[3]))


def test_a_log_written_anew_with_all_its_hashes_right_is_refused_since_no_key_signed_it():
    _, heads = log_of([A], [B])
    forged, _ = log_of([{**A, "n": 9}], [B])
    assert frames.audit(frames.read(forged)).root() != heads[2].root  # whole in itself, and another tree
    with pytest.raises(Unsound, match=LOST):
        frames.read(forged, vouched(heads[2]))


@pytest.mark.parametrize("changed", ["size", "root", "sealed_bytes", "chain"])
def test_a_checkpoint_that_differs_in_any_part_vouches_for_another_log(changed):
    data, heads = log_of([A], [B])
    said = vouched(heads[2])
    other = {"size": 1, "root": bytes(32), "sealed_bytes": said.sealed_bytes - 1, "chain": bytes(32)}
    with pytest.raises(Unsound, match=LOST):
        frames.read(data, replace(said, **{changed: other[changed]}))


def test_bytes_cut_off_behind_a_seal_are_missed_by_the_checkpoint_and_by_nothing_else():
    data, heads = log_of([A], [B])
    cut = data[: heads[1].sealed_bytes]
    assert frames.read(cut).statements == salted(A)  # asked only whether it is whole in itself
    assert frames.read(cut, vouched(heads[1])).statements == salted(A)  # put back with its older checkpoint
    with pytest.raises(Unsound, match=LOST):
        frames.read(cut, vouched(heads[2]))


# --- what a crash leaves ---


def test_a_crash_at_any_byte_of_the_next_batch_loses_nothing_that_was_acknowledged():
    data, heads = log_of([A, B], [C, A])
    end = heads[1].sealed_bytes
    for cut in range(end, len(data)):
        sealed = frames.read(data[:cut], vouched(heads[1]))
        assert (sealed.statements, sealed.head, sealed.torn_bytes) == (salted(A, B), heads[1], cut - end), cut


def test_a_whole_batch_is_kept_though_the_crash_came_before_its_checkpoint():
    data, heads = log_of([A, B], [C, A])
    sealed = frames.read(data, vouched(heads[1]))
    assert (sealed.statements, sealed.head, sealed.torn_bytes) == (salted(A, B, C, A), heads[2], 0)


def test_any_byte_changed_behind_what_was_acknowledged_tears_off_its_batch_and_no_other():
    data, heads = log_of([A, B], [C, A])
    end = heads[1].sealed_bytes
    for place in range(end, len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x01
        sealed = frames.read(bytes(changed), vouched(heads[1]))
        assert (sealed.statements, sealed.torn_bytes) == (salted(A, B), len(data) - end), place


def test_sectors_that_were_lost_before_a_seal_that_reached_the_disk_are_a_torn_tail():
    # A disk writes sectors in any order: the last one, with the seal, can be there before the others.
    data, heads = log_of([A], [{"id": "long", "quote": "x" * 2000}])
    end = heads[1].sealed_bytes
    torn = data[: end + 512] + bytes(1024) + data[end + 1536 :]
    assert torn.endswith(data[-100:])
    sealed = frames.read(torn, vouched(heads[1]))
    assert (sealed.statements, sealed.torn_bytes) == (salted(A), len(data) - end)


@pytest.mark.parametrize("tail", [b"\x00", b"\x00" * 4096, b"{", b'{"seal":1}', b"\xff" * 100, b'x{"seal":2}' * 20])
def test_rubbish_behind_the_last_seal_is_a_torn_tail(tail):
    data, heads = log_of([A, B])
    sealed = frames.read(data + tail, vouched(heads[1]))
    assert (sealed.statements, sealed.head, sealed.torn_bytes) == (salted(A, B), heads[1], len(tail))


@given(st.binary(max_size=300))
def test_any_bytes_behind_what_was_acknowledged_leave_it_readable(tail):
    data, heads = log_of([A, B])
    assert frames.read(data + tail, vouched(heads[1])).statements == salted(A, B)


def test_words_that_look_like_a_seal_are_no_seal():
    data, heads = log_of([A], [C])
    assert b'{\\"seal\\":1}' in data
    assert frames.read(data[:-1], vouched(heads[1])).torn_bytes == len(data) - 1 - heads[1].sealed_bytes


# --- what Watchkeeper never wrote, though all hashes are right ---

ROOT_A = leaf_hash(encode(A, SALT)[1]).hex()
SEAL_A = {"seal": 1, "size": 1, "frontier": [ROOT_A]}


@pytest.mark.parametrize(
    "said",
    [{"seal": 0}, {"seal": 2}, {"seal": -1}, {"seal": "1"}, {"seal": None}, {"seal": [1]}, {"seal": True},
     {"seal": 1.0}, {"size": 0}, {"size": 2}, {"size": "1"}, {"size": True}, {"size": 1.0}, {"x": 2},
     {"frontier": []}, {"frontier": [ROOT_A, ROOT_A]}, {"frontier": None}, {"frontier": [5]},
     {"frontier": ["zz" * 32]}],
)  # fmt: skip
def test_a_seal_that_counts_otherwise_or_holds_no_tree_is_refused(said):
    assert frames.read(sealed_by(SEAL_A, A)).statements == salted(A)  # the control
    data = sealed_by({**SEAL_A, **said}, A)
    with pytest.raises(Unsound, match=rf"The seal before byte {len(data)} of the log says .*; Watchkeeper wrote neith"):
        frames.read(data)


@pytest.mark.parametrize("gone", ["size", "frontier"])
def test_a_seal_without_one_of_its_parts_is_refused(gone):
    data = sealed_by({key: value for key, value in SEAL_A.items() if key != gone}, A)
    with pytest.raises(Unsound, match="and 1 statements stand before it"):
        frames.read(data)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b"5", b'"seal"', b"[]", b"null", b"[" * 100_000])
def test_a_frame_that_holds_no_statement_is_refused(payload):
    with pytest.raises(Unsound, match="frame at byte 8 holds no statement; it was not written by Watchkeeper"):
        frames.read(MAGIC + frame(payload, FIRST)[0])


@pytest.mark.parametrize("data", [b"", MAGIC[:-1], b"PK\x03\x04", b"WKLOG1\x00\n", b" " + MAGIC])
def test_a_file_that_is_no_log_is_refused(data):
    with pytest.raises(Unsound, match="does not begin as a Watchkeeper log"):
        frames.read(data)


def test_an_audit_computes_the_tree_anew_and_gives_it_for_proofs():
    data, heads = log_of([A, B], [C])
    tree = frames.audit(frames.read(data, vouched(heads[2])))
    assert (len(tree), tree.root(), tree.root(2)) == (3, heads[2].root, heads[1].root)


def test_an_audit_finds_a_seal_that_states_another_tree():
    data = sealed_by({**SEAL_A, "frontier": ["ab" * 32]}, A)
    sealed = frames.read(data)  # chain and counts are right, and nobody asked for a checkpoint
    with pytest.raises(
        Unsound, match=f"1 statements of the log have the root {ROOT_A}, and its seal states {'ab' * 32}"
    ):
        frames.audit(sealed)


@pytest.mark.parametrize(
    "strange",
    [{"id": "a"}, {"id": "a", "salt": 5}, {"id": "a", "salt": "xy"}, {"salt": SALT.hex(), "low": 0.5},
     {"salt": SALT.hex(), "body": [1]}],
)  # fmt: skip
def test_an_audit_names_the_first_statement_that_is_not_in_the_form_of_the_log(strange):
    frontier = Frontier(2, [bytes(32)])
    sealed = frames.Sealed([*salted(A), strange], Head(0, b"", frontier), 0)
    with pytest.raises(Unsound, match="Log record 2 is not in the form of this log: it was not written by Watchkeeper"):
        frames.audit(sealed)


# --- what is never written ---


@pytest.mark.parametrize("statement", [[A], "seal", None, 5])
def test_what_is_no_object_is_never_written(statement):
    with pytest.raises(TypeError, match="A statement of the log is an object, not "):
        frames.batch([A, statement], [SALT, SALT], Head())


@pytest.mark.parametrize("statement", [{"seal": 1}, {"id": "a", "seal": None}, {"id": "a", "salt": "00"}])
def test_what_would_read_as_a_seal_or_hide_its_salt_is_never_written(statement):
    with pytest.raises(TypeError, match="may not have a key salt or seal: the log uses them itself"):
        frames.batch([A, statement], [SALT, SALT], Head())


def test_a_float_is_never_written():
    with pytest.raises(TypeError, match="float may not stand in evidence"):
        frames.batch([{"low": 1.5}], [SALT], Head())


@pytest.mark.parametrize("salts", [[], [SALT, SALT]])
def test_every_statement_wants_a_salt_of_its_own(salts):
    with pytest.raises(ValueError, match=r"zip\(\)"):
        frames.batch([A], salts, Head())


def test_a_statement_may_be_as_long_as_a_frame_and_is_refused_beyond():
    most = 16 * 2**20 - len('{"quote":"","salt":"%s"}' % ("0" * 32))
    longest = {"quote": "x" * most}
    data, heads = log_of([longest])
    assert frames.read(data, vouched(heads[1])).statements == salted(longest)
    with pytest.raises(Invalid, match="16777217 bytes is longer than 16777216; keep its text as a capture"):
        frames.batch([{"quote": "x" * (most + 1)}], [SALT], Head())
