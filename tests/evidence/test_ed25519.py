"""Ed25519 in plain Python: what a reader runs alone agrees with the standard and with a library."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.evidence.verify import verify_ed25519

# RFC 8032, section 7.1, tests 1 to 3: secret key, public key, message, and the signature's R and S.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY, SIGNATURE = bytes.fromhex(VECTORS[1][1]), bytes.fromhex(VECTORS[1][3] + VECTORS[1][4])
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493  # the order of the base point, RFC 8032, section 5.1
# The neutral point (x = 0, y = 1): as a "key" it fits R = S*B for any message, which shows what else is refused.
NEUTRAL = (1).to_bytes(32, "little")


@pytest.mark.parametrize(("secret", "public", "message", "commitment", "scalar"), VECTORS)
def test_the_vectors_of_rfc_8032_verify(secret, public, message, commitment, scalar):
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert key.public_key().public_bytes_raw().hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == commitment + scalar
    assert verify_ed25519(bytes.fromhex(public), bytes.fromhex(commitment + scalar), bytes.fromhex(message))


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_a_library_signs_verifies_for_its_message_and_key_alone(secret, message):
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify_ed25519(public, signature, message)
    assert not verify_ed25519(public, signature, message + b"\x00")
    assert not verify_ed25519(KEY, signature, message)


@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_a_flipped_bit_of_the_signature_is_refused(bit):
    assert verify_ed25519(KEY, SIGNATURE, b"\x72")
    assert not verify_ed25519(KEY, flipped(SIGNATURE, bit), b"\x72")


@pytest.mark.parametrize("bit", [*range(0, 256, 7), 255])
def test_a_flipped_bit_of_the_key_is_refused(bit):
    assert not verify_ed25519(flipped(KEY, bit), SIGNATURE, b"\x72")


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_of_the_message_is_refused(bit):
    assert not verify_ed25519(KEY, SIGNATURE, flipped(b"\x72", bit))


def flipped(data, bit):
    return (int.from_bytes(data, "little") ^ 1 << bit).to_bytes(len(data), "little")


def test_the_same_signature_written_with_another_scalar_is_refused():
    scalar = int.from_bytes(SIGNATURE[32:], "little")
    for same in (scalar + L, scalar + 2 * L):  # S and S + L give the same point
        assert not verify_ed25519(KEY, SIGNATURE[:32] + same.to_bytes(32, "little"), b"\x72")
    assert not verify_ed25519(NEUTRAL, NEUTRAL + L.to_bytes(32, "little"), b"")
    assert verify_ed25519(NEUTRAL, NEUTRAL + bytes(32), b"")  # the control: S = 0


@pytest.mark.parametrize(
    "other",
    [P + 1, 2**255 + 1, 2**255 + P + 1],
    ids=["y is written as 1 + p", "x = 0 has a sign", "both"],
)
def test_a_point_that_is_not_written_in_its_one_way_is_refused(other):
    other = other.to_bytes(32, "little")
    assert verify_ed25519(NEUTRAL, NEUTRAL + bytes(32), b"")  # the control
    assert not verify_ed25519(other, NEUTRAL + bytes(32), b"")
    assert not verify_ed25519(NEUTRAL, other + bytes(32), b"")


def test_bytes_that_are_no_point_of_the_curve_are_refused():
    none = (2).to_bytes(32, "little")  # no x goes with y = 2
    assert not verify_ed25519(none, NEUTRAL + bytes(32), b"")
    assert not verify_ed25519(NEUTRAL, none + bytes(32), b"")


@pytest.mark.parametrize(("key", "signature"), [(31, 64), (33, 64), (0, 64), (32, 63), (32, 65), (32, 0)])
def test_a_key_or_signature_of_another_length_is_refused(key, signature):
    assert not verify_ed25519((KEY * 2)[:key], (SIGNATURE * 2)[:signature], b"\x72")
