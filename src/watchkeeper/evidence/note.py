"""Note: a checkpoint of the log as a signed text that any third party can check.

Formats are those of C2SP: signed-note (a text, an empty line, lines "— name base64"), a
tlog-checkpoint as its text (origin, size, base64 root), and tlog-proof, which carries a
checkpoint with the hashes that lead from one statement to its root. Signatures are Ed25519.

A signature shows that the holder of the key saw this root. It shows neither when, nor that
the statements are true; a second custodian or a time stamp is needed for the first.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from watchkeeper.values.refused import Unsound

_ED25519 = b"\x01"
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: who keeps it (`origin`), how many statements it has, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name with its Ed25519 public key, as it is handed out: name+keyid+base64(0x01|key)."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that a signature line names the key by."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def written(self) -> str:
        """Return the verifier key in the form of C2SP signed notes."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(_ED25519 + self.key)}"

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the public key, to be compared over another channel."""
        return hashlib.sha256(self.key).hexdigest()


def verifier_of(name: str, private: bytes) -> Verifier:
    """Return the verifier of a private key of 32 bytes."""
    return Verifier(name, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def sign(checkpoint: Checkpoint, name: str, private: bytes) -> str:
    """Return a checkpoint as a signed note."""
    text = checkpoint.text()
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(text.encode())
    line = _b64(verifier_of(name, private).key_id + signature)
    return f"{text}\n— {name} {line}\n"


def open_note(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that this verifier's key signed.

    Raises:
        Unsound: the note is malformed, carries no signature of this key, or a wrong one.
    """
    text, gap, signatures = note.partition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise Unsound("The checkpoint is no signed note: its text and signatures cannot be told apart.")
    for line in signatures.splitlines():
        if _signed_by(line, f"{text}\n".encode(), verifier):
            return _checkpoint(text)
    raise Unsound(f"The checkpoint carries no signature of {verifier.name} (key {verifier.key_id.hex()}).")


def proof(index: int, path: Sequence[bytes], note: str) -> str:
    """Return a tlog-proof: the statement's index, the hashes to the root, and the signed checkpoint."""
    return "\n".join([_PROOF, f"index {index}", *map(_b64, path), "", note])


def open_proof(written: str) -> tuple[int, list[bytes], str]:
    """Return index, hashes and signed checkpoint of a tlog-proof; raise `Unsound` if it is malformed."""
    head, gap, note = written.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != _PROOF or len(lines) < 2 or not lines[1].startswith("index "):
        raise Unsound(f"This is no proof in the form {_PROOF}.")
    index = lines[1].removeprefix("index ")
    if not (index.isascii() and index.isdigit()) or str(int(index)) != index:
        raise Unsound(f'The proof names no statement: "{index}" is no index.')
    return int(index), [_hash(line) for line in lines[2:]], note


def _signed_by(line: str, text: bytes, verifier: Verifier) -> bool:
    mark, _, rest = line.partition(" ")
    name, _, written = rest.partition(" ")
    if mark != "—" or name != verifier.name:
        return False
    raw = _decoded(written)
    if raw[:4] != verifier.key_id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(raw[4:], text)
    except InvalidSignature:
        raise Unsound(f"The signature of {verifier.name} does not fit the checkpoint: it was changed after signing.") from None
    return True


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 3 or not lines[0] or not (lines[1].isascii() and lines[1].isdigit()):
        raise Unsound("The signed text is no checkpoint: origin, size and root are wanted, a line each.")
    return Checkpoint(lines[0], int(lines[1]), _hash(lines[2]))


def _hash(written: str) -> bytes:
    raw = _decoded(written)
    if len(raw) != hashlib.sha256().digest_size:
        raise Unsound(f'"{written[:60]}" is no SHA-256 in base64.')
    return raw


def _decoded(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise Unsound(f'"{written[:60]}" is no base64.') from None


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
