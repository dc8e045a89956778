"""Personal: a field that can be erased, though its digest stands in the log for good.

The value is encrypted under a key of its record, and the salt of its digest comes from the
same key. Erasing the key erases the value and all means of guessing it; the digest still
verifies, so nothing else in the record is touched. Copies of the key erase nothing: a backup
that holds it must be dealt with too.
"""

from __future__ import annotations

import base64
import json
from hmac import digest as hmac
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from watchkeeper.evidence.statement import CLOSED, SALT_BYTES, field_digest
from watchkeeper.values.digest import Json, canonical
from watchkeeper.values.refused import Unsound

KEY_BYTES = 32
_CIPHERTEXT = "ciphertext"
_NONCE_BYTES = 12


def close(name: str, value: Json, key: bytes) -> dict[str, Json]:
    """Return a field's value as the log keeps it: its digest, and itself encrypted.

    Args:
        name: Name of the field, e.g. "body/value".
        value: What it says.
        key: 32 bytes of chance, of this record alone.
    """
    sealed = _cipher(key).encrypt(_nonce(name, key), canonical(value), name.encode())
    return {
        CLOSED: field_digest(salt_of(name, key), name, value),
        _CIPHERTEXT: base64.b64encode(sealed).decode(),
    }


def is_closed(value: Any) -> bool:
    """Say whether a field's value is encrypted."""
    return isinstance(value, dict) and CLOSED in value


def open_(name: str, closed: Any, key: bytes) -> Json:
    """Return the value of an encrypted field.

    Raises:
        Unsound: the key is another record's, or the value is not the one whose digest stands beside it.
    """
    try:
        data = _cipher(key).decrypt(_nonce(name, key), base64.b64decode(closed[_CIPHERTEXT]), name.encode())
    except (InvalidTag, ValueError, KeyError):
        raise Unsound(f"The encrypted field {name} cannot be opened with the key kept for its record.") from None
    value: Json = json.loads(data)
    if field_digest(salt_of(name, key), name, value) != closed[CLOSED]:
        raise Unsound(f"The encrypted field {name} does not have the digest that stands beside it in the log.")
    return value


def salt_of(name: str, key: bytes) -> str:
    """Return the salt of an encrypted field's digest; it is gone with the key."""
    return hmac(key, b"salt " + name.encode(), "sha256")[:SALT_BYTES].hex()


def _cipher(key: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hmac(key, b"encrypt", "sha256"))


def _nonce(name: str, key: bytes) -> bytes:
    """Return the nonce of a field: each name is encrypted once under a record's key, so none comes twice."""
    return hmac(key, b"nonce " + name.encode(), "sha256")[:_NONCE_BYTES]
