"""Note: a checkpoint of the log as a signed text that any third party can check.

Formats are those of C2SP: signed-note (a text, an empty line, lines "— name base64") and a
tlog-checkpoint as its text (origin, size, base64 root, further lines). Signatures are Ed25519.
A signature shows that the holder of the key saw this root. It shows neither when, nor that
the statements are true; for the first, hand it to a second custodian or have it time-stamped.

What a third party needs to read notes stands in `evidence/verify.py`; here they are written,
and checked with a library that is faster than plain Python.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from watchkeeper.evidence import verify
from watchkeeper.evidence.verify import Checkpoint, Verifier
from watchkeeper.values.refused import Unsound

_SIGNATURE_DIGITS = 92  # 4 bytes of key id and 64 of signature, in base64


class Signer:
    """Holds a private key of 32 bytes and signs checkpoints with it."""

    def __init__(self, name: str, private: bytes) -> None:
        """Take the key; `name` is what signature lines call it."""
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    def length(self, checkpoint: Checkpoint) -> int:
        """Return how many bytes a checkpoint has as a note that this key signed."""
        return len(checkpoint.text().encode()) + len(self._line("A" * _SIGNATURE_DIGITS).encode())

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return a checkpoint as a signed note."""
        text = checkpoint.text()
        return text + self._line(verify.b64(self.verifier.key_id + self._key.sign(text.encode())))

    def _line(self, signature: str) -> str:
        return f"\n— {self.verifier.name} {signature}\n"


def open_note(note: bytes, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that this verifier's key signed.

    Raises:
        Unsound: the note is malformed, carries no signature of this key, or a wrong one.
    """
    try:
        text, signature = verify.signed(note.decode(), verifier)
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(signature, text)
        return verify.checkpoint(text.decode())
    except verify.Failed as fault:
        raise Unsound(str(fault)) from None
    except UnicodeDecodeError:
        raise Unsound("The checkpoint is no text; it was not written by Watchkeeper.") from None
    except (InvalidSignature, ValueError):
        raise Unsound(verify.WRONG_SIGNATURE.format(name=verifier.name)) from None
