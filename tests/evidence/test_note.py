"""Note: a signed checkpoint that says the same to a library and to a reader with nothing but Python."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.evidence import note, verify
from watchkeeper.evidence.merkle import Tree, leaf_hash
from watchkeeper.evidence.note import Signer
from watchkeeper.evidence.verify import Checkpoint, Failed, Verifier, open_proof, written_proof
from watchkeeper.values.refused import Unsound

SIGNER = Signer("watchkeeper/case-1", bytes(range(32)))
OTHER = Signer("watchkeeper/case-1", bytes(32))  # the same name, another key
ROOT = hashlib.sha256(b"").digest()
# SHA-256 of nothing in base64.
ROOT_WRITTEN = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
STATE = Checkpoint("watchkeeper/case-1", 4, ROOT, ("bytes 812", "chain abcd"))


def b64(data):
    return base64.b64encode(data).decode()


def open_by_both(written, verifier=SIGNER.verifier):
    """Return what both readers say of a note; they must agree."""
    said = []
    for read in (lambda: verify.open_note(written, verifier), lambda: note.open_note(written.encode(), verifier)):
        try:
            said.append(read())
        except (Failed, Unsound) as fault:
            said.append(str(fault))
    assert said[0] == said[1]
    return said[0]


def test_a_note_is_the_checkpoint_an_empty_line_and_the_signature():
    written = SIGNER.sign(STATE)
    text, signature = written.split("\n\n")
    assert text == f"watchkeeper/case-1\n4\n{ROOT_WRITTEN}\nbytes 812\nchain abcd"
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    assert (dash, name, len(base64.b64decode(encoded))) == ("\u2014", "watchkeeper/case-1", 4 + 64)
    # C2SP signed-note: the key id is the beginning of SHA-256(name, line feed, 0x01, public key).
    public = SIGNER.verifier.key
    assert base64.b64decode(encoded)[:4] == hashlib.sha256(b"watchkeeper/case-1\n\x01" + public).digest()[:4]


@pytest.mark.parametrize("name", ["watchkeeper/case-1", "\u65e5\u672c"])
def test_the_length_of_a_note_is_known_before_it_is_signed(name):
    signer = Signer(name, bytes(32))
    for state in (STATE, Checkpoint(name, 10**6, ROOT), Checkpoint(name, 0, ROOT, ("pad 000", "\u00e9"))):
        assert signer.length(state) == len(signer.sign(state).encode())


def test_what_was_signed_is_read_back():
    assert open_by_both(SIGNER.sign(STATE)) == STATE
    assert open_by_both(SIGNER.sign(Checkpoint("x", 0, ROOT))) == Checkpoint("x", 0, ROOT)


@settings(max_examples=30)
@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32), st.lists(st.text("ab= +", min_size=1), max_size=3))
def test_any_state_of_a_log_is_read_back(size, root, further):
    state = Checkpoint("watchkeeper/case-1", size, root, tuple(further))
    assert open_by_both(SIGNER.sign(state)) == state


def test_a_change_anywhere_in_a_note_is_refused_by_both_readers():
    written = SIGNER.sign(STATE)
    for place, letter in enumerate(written):
        for changed in (chr(ord(letter) ^ 1), ""):
            assert isinstance(open_by_both(written[:place] + changed + written[place + 1 :]), str), place


def test_a_note_of_another_key_is_refused_though_its_name_is_the_same():
    assert open_by_both(OTHER.sign(STATE)) == (
        f"The checkpoint carries no signature of watchkeeper/case-1 (key {SIGNER.verifier.key_id.hex()})."
    )


def test_a_signature_of_another_text_is_refused():
    text, _ = SIGNER.sign(STATE).split("\n\n")
    _, signature = SIGNER.sign(Checkpoint("watchkeeper/case-1", 5, ROOT)).split("\n\n")
    assert open_by_both(f"{text}\n\n{signature}") == (
        "The signature of watchkeeper/case-1 does not fit the checkpoint: it was changed after signing."
    )


def test_a_note_may_carry_the_signatures_of_witnesses_beside_ours():
    witness = Signer("witness.example", bytes(reversed(range(32))))
    text, ours = SIGNER.sign(STATE).split("\n\n")
    _, theirs = witness.sign(STATE).split("\n\n")
    both = f"{text}\n\n{theirs}{ours}"
    assert open_by_both(both) == open_by_both(both, witness.verifier) == STATE


def test_a_key_that_is_no_point_signs_nothing():
    nobody = Verifier("watchkeeper/case-1", (2).to_bytes(32, "little"))
    text, _ = SIGNER.sign(STATE).split("\n\n")
    assert open_by_both(f"{text}\n\n\u2014 {nobody.name} {b64(nobody.key_id + bytes(64))}\n", nobody) == (
        "The signature of watchkeeper/case-1 does not fit the checkpoint: it was changed after signing."
    )


LINE = f"\u2014 watchkeeper/case-1 {b64(SIGNER.verifier.key_id + bytes(64))}\n"
APART = "The checkpoint is no signed note: its text and signatures cannot be told apart."
NO_SIGNATURE = "The checkpoint is no signed note: a line behind its text is no signature."


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", APART),
        ("origin\n4\nroot\n", APART),
        (f"origin\n\n{LINE[:-1]}", APART),
        ("origin\n\n\n", APART),
        ("origin\n\nwatchkeeper/case-1 AAAA\n", NO_SIGNATURE),
        (f"origin\n\n-{LINE[1:]}", NO_SIGNATURE),
        ("origin\n\n\u2014  AAAA\n", NO_SIGNATURE),
        (f"origin\n\n{LINE}rest\n", "The signature of watchkeeper/case-1 does not fit"),
        ("origin\n\n\u2014 watchkeeper/case-1 %%%\n", 'A signature of the checkpoint is no base64: "%%%".'),
        ("origin\n\n\u2014 watchkeeper/case-1 AAA\n", 'A signature of the checkpoint is no base64: "AAA".'),
        (
            "origin\n\n\u2014 watchkeeper/case-1 \u00e9\u00e9\u00e9\u00e9\n",
            "A signature of the checkpoint is no base64: ",
        ),
        # Two spare bits at the end are not zero: the same bytes, written otherwise.
        ("origin\n\n\u2014 watchkeeper/case-1 AB==\n", "is not written in the one way base64 has"),
        ("origin\n\n\u2014 watchkeeper/case-1 AAAA\n", "The checkpoint carries no signature of watchkeeper/case-1"),
        (f"origin\n\n{LINE}", "The signature of watchkeeper/case-1 does not fit the checkpoint"),
        (f"origin\n\n\u2014 watchkeeper/case-1 {b64(SIGNER.verifier.key_id + bytes(63))}\n", "does not fit"),
        (f"origin\n\n\u2014 watchkeeper/case-1 {b64(SIGNER.verifier.key_id)}\n", "does not fit the checkpoint"),
    ],
)
def test_a_note_in_another_form_is_refused_with_the_reason(written, says):
    assert says in open_by_both(written)


def test_bytes_that_are_no_text_are_no_note():
    with pytest.raises(Unsound, match="The checkpoint is no text; it was not written by Watchkeeper"):
        note.open_note(b"\xff\xfe\x00", SIGNER.verifier)


WANTED = "The signed text is no checkpoint: origin, size and root are wanted, a line each."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", WANTED),
        ("origin\n", WANTED),
        ("origin\n4\n", WANTED),
        (f"origin\n4\n{ROOT_WRITTEN}", WANTED),  # the last line does not end
        (f"origin\n4\n{ROOT_WRITTEN}\nmore", WANTED),
        (f"\n4\n{ROOT_WRITTEN}\n", WANTED),
        (f"origin\n4\n{ROOT_WRITTEN}\n\nmore\n", WANTED),
        (f"origin\n\n{ROOT_WRITTEN}\n", WANTED),
        *((f"origin\n{size}\n{ROOT_WRITTEN}\n", WANTED) for size in ("-1", "+4", "04", "4.0", "four", "\u0664", " 4")),
        (f"origin\n{'9' * 20}\n{ROOT_WRITTEN}\n", WANTED),
        ("origin\n4\nroot!\n", 'A hash is no base64: "root!".'),
        ("origin\n4\nAAAA\n", '"AAAA" is no SHA-256 in base64.'),
        (f"origin\n4\n{ROOT_WRITTEN[:-2]}V=\n", "is not written in the one way base64 has"),
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused_with_the_reason(text, says):
    with pytest.raises(Failed) as fault:
        verify.checkpoint(text)
    assert says in str(fault.value)


def test_a_signed_text_that_is_no_checkpoint_is_refused_by_both_readers():
    class Text:
        def text(self):
            return "all is well\n"

    assert open_by_both(SIGNER.sign(Text())) == WANTED


# --- the key as it is handed out ---


def test_a_key_is_handed_out_with_its_name_and_id_and_read_back():
    written = SIGNER.verifier.written()
    name, key_id, key = written.split("+", 2)
    assert (name, key_id) == ("watchkeeper/case-1", SIGNER.verifier.key_id.hex())
    assert base64.b64decode(key) == b"\x01" + SIGNER.verifier.key
    assert Verifier.read(written) == SIGNER.verifier


def test_the_fingerprint_is_the_sha_256_of_the_public_key():
    # RFC 8032, test 1: this secret key has this public key.
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert Signer("x", secret).verifier.fingerprint == hashlib.sha256(public).hexdigest()


def key_written(name="n", marked=b"\x01" + bytes(32), key_id=None):
    key_id = Verifier(name, marked[1:]).key_id.hex() if key_id is None else key_id
    return f"{name}+{key_id}+{b64(marked)}"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "no Ed25519 verifier key"),
        ("None", "no Ed25519 verifier key"),
        ("name+00000000", "no Ed25519 verifier key"),
        (key_written(name=""), "no Ed25519 verifier key"),
        (key_written(key_id="00000000"), "no Ed25519 verifier key"),
        (key_written(key_id=""), "no Ed25519 verifier key"),
        (key_written(marked=b"\x02" + bytes(32)), "no Ed25519 verifier key"),
        (key_written(marked=b"\x01" + bytes(31)), "no Ed25519 verifier key"),
        (key_written(marked=b"\x01" + bytes(33)), "no Ed25519 verifier key"),
        ("name+00000000+%%%", 'The verifier key is no base64: "%%%".'),
        (f"{key_written()}\n", "The verifier key is no base64"),
    ],
)
def test_what_is_no_key_is_refused_with_the_reason(written, says):
    assert Verifier.read(key_written()).name == "n"  # the control
    with pytest.raises(Failed) as fault:
        Verifier.read(written)
    assert says in str(fault.value)


# --- proofs ---


def test_a_proof_carries_index_hashes_and_the_signed_checkpoint():
    leaves = [leaf_hash(b"%d" % number) for number in range(5)]
    tree = Tree(leaves)
    signed = SIGNER.sign(Checkpoint("watchkeeper/case-1", 5, tree.root()))
    written = written_proof(3, tree.inclusion_proof(3), signed)
    assert written.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    index, path, carried = open_proof(written)
    assert (index, path, carried) == (3, tree.inclusion_proof(3), signed)
    state = verify.open_note(carried, SIGNER.verifier)
    assert verify.verify_inclusion(leaves[index], index, state.size, path, state.root)


def test_the_proof_of_an_only_statement_has_no_hashes():
    written = written_proof(0, [], SIGNER.sign(STATE))
    assert open_proof(written) == (0, [], SIGNER.sign(STATE))


HEAD = "c2sp.org/tlog-proof@v1\nindex 3\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "This is no proof in the form c2sp.org/tlog-proof@v1."),
        (HEAD, "This is no proof in the form"),
        ("c2sp.org/tlog-proof@v1\n\nnote", "This is no proof in the form"),
        ("c2sp.org/tlog-proof@v2\nindex 3\n\nnote", "This is no proof in the form"),
        ("c2sp.org/tlog-proof@v1\n3\n\nnote", "This is no proof in the form"),
        ("c2sp.org/tlog-proof@v1\nindex x\n\nnote", 'The proof names no statement: "x" is no index.'),
        ("c2sp.org/tlog-proof@v1\nindex -1\n\nnote", 'The proof names no statement: "-1" is no index.'),
        ("c2sp.org/tlog-proof@v1\nindex \n\nnote", 'The proof names no statement: "" is no index.'),
        (f"{HEAD}%%%\n\nnote", 'A hash is no base64: "%%%".'),
        (f"{HEAD}AAAA\n\nnote", '"AAAA" is no SHA-256 in base64.'),
    ],
)
def test_a_proof_in_another_form_is_refused_with_the_reason(written, says):
    with pytest.raises(Failed) as fault:
        open_proof(written)
    assert says in str(fault.value)
