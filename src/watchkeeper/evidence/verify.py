"""Check a Watchkeeper bundle with nothing but Python: `python3 verify.py [BUNDLE]`.

BUNDLE is a folder or a .zip; without one, the folder in which this file lies. The program uses
the standard library alone, opens no connection and writes nothing. It says of each figure how
it was got, not that it is true: that is for people to judge, from the sources that are named.

It trusts the key whose fingerprint it prints. Compare that fingerprint over another channel.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256, sha512


class Failed(Exception):
    """Something in the bundle is not as it was made; the text says what and where."""


# --- Merkle tree (RFC 6962; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2) ---


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a leaf hash stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    node, last, reached = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if node % 2 or node == last:
            reached = _node_hash(hash_, reached)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            reached = _node_hash(reached, hash_)
        node, last = node >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the tree of `old` leaves with its root is the beginning of the tree of `new` with its own."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            first, second = _node_hash(hash_, first), _node_hash(hash_, second)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = _node_hash(second, hash_)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


# --- Ed25519 (RFC 8032, section 5.1.7): verification only, strict in what it takes ---

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]  # x, y, z and x*y, in extended coordinates


def verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a signature of 64 bytes over a message is that of a public key of 32 bytes."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= _L:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % _L
    return _same(_times(scalar, _BASE), _add(commitment, _times(challenge, public)))


def _point(encoded: bytes) -> _Point | None:
    """Return the point that 32 bytes encode, None if they are no canonical encoding of one."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _add(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    reached: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            reached = _add(reached, point)
        point = _add(point, point)
        scalar >>= 1
    return reached


def _same(one: _Point, other: _Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (one[1] * other[2] - other[1] * one[2]) % _P == 0


_BASE_X, _BASE_Y = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
_BASE: _Point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


# --- Signed checkpoints and proofs (C2SP signed-note, tlog-checkpoint, tlog-proof) ---

_ED25519 = b"\x01"
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log: who keeps it (`origin`), how many statements it has, their root, and further lines."""

    origin: str
    size: int
    root: bytes
    further: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, b64(self.root), *self.further))


@dataclass(frozen=True)
class Verifier:
    """A name with its Ed25519 public key, as it is handed out: name+keyid+base64(0x01|key)."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that a signature line names the key by."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the public key in hex digits, to be compared over another channel."""
        return sha256(self.key).hexdigest()

    def written(self) -> str:
        """Return the verifier key in the form of C2SP signed notes."""
        return f"{self.name}+{self.key_id.hex()}+{b64(_ED25519 + self.key)}"

    @classmethod
    def read(cls, written: str) -> Verifier:
        """Return the verifier that is written so; raise `Failed` if it is none or its key id is another's."""
        name, _, rest = written.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decoded(encoded, "The verifier key")
        found = cls(name, raw[1:])
        if not name or raw[:1] != _ED25519 or len(raw) != 33 or found.key_id.hex() != key_id:
            raise Failed(f'"{written[:120]}" is no Ed25519 verifier key (name+keyid+base64), or its parts do not agree.')
        return found


def open_note(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that this verifier's key signed; raise `Failed` otherwise."""
    text, signature = signed(note, verifier)
    if not verify_ed25519(verifier.key, signature, text):
        raise Failed(WRONG_SIGNATURE.format(name=verifier.name))
    return checkpoint(text.decode())


WRONG_SIGNATURE = "The signature of {name} does not fit the checkpoint: it was changed after signing."


def signed(note: str, verifier: Verifier) -> tuple[bytes, bytes]:
    """Return a note's text and this verifier's signature over it, not checked yet; raise `Failed` if it has none."""
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Failed("The checkpoint is no signed note: its text and signatures cannot be told apart.")
    for line in signatures[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if mark != "\u2014" or not name:
            raise Failed("The checkpoint is no signed note: a line behind its text is no signature.")
        raw = _decoded(encoded, "A signature of the checkpoint")
        if name == verifier.name and raw[:4] == verifier.key_id:
            return f"{text}\n".encode(), raw[4:]
    raise Failed(f"The checkpoint carries no signature of {verifier.name} (key {verifier.key_id.hex()}).")


def checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text states; raise `Failed` if it states none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines) or not _whole(lines[1]):
        raise Failed("The signed text is no checkpoint: origin, size and root are wanted, a line each.")
    return Checkpoint(lines[0], int(lines[1]), _hash(lines[2]), tuple(lines[3:]))


def written_proof(index: int, path: Sequence[bytes], note: str) -> str:
    """Return a tlog-proof: the statement's index, the hashes to the root, and the signed checkpoint."""
    return "\n".join([_PROOF, f"index {index}", *map(b64, path), "", note])


def open_proof(written: str) -> tuple[int, list[bytes], str]:
    """Return index, hashes and signed checkpoint of a tlog-proof; raise `Failed` if it is malformed."""
    head, gap, note = written.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != _PROOF or len(lines) < 2 or not lines[1].startswith("index "):
        raise Failed(f"This is no proof in the form {_PROOF}.")
    index = lines[1].removeprefix("index ")
    if not _whole(index):
        raise Failed(f'The proof names no statement: "{index[:60]}" is no index.')
    return int(index), [_hash(line) for line in lines[2:]], note


def b64(raw: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(raw).decode()


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and str(int(text)) == text


def _hash(written: str) -> bytes:
    raw = _decoded(written, "A hash")
    if len(raw) != 32:
        raise Failed(f'"{written[:60]}" is no SHA-256 in base64.')
    return raw


def _decoded(written: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise Failed(f'{what} is no base64: "{written[:60]}".') from None
    if b64(raw) != written:  # spare bits at the end: the same bytes written otherwise
        raise Failed(f'{what} is not written in the one way base64 has: "{written[:60]}".')
    return raw
